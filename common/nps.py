"""Net Promoter Score: segments, tallies, the score with its interval, and the difference of two scores.

Every number that Cerchio shows comes from here. Points run from -100 to 100; a tally counts the
answers 0…10; nothing is rounded before it is shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import erf, sqrt
from typing import Self

LOWEST, HIGHEST = 0, 10
SCORES = range(LOWEST, HIGHEST + 1)
Z95 = 1.959963984540054
"""The standard normal quantile of a two-sided 95 % interval."""

TOO_FEW_BELOW = 10
INDICATIVE_BELOW = 30


class Segment(StrEnum):
    """What a score makes of a customer (Reichheld, Harvard Business Review, December 2003)."""

    DETRACTOR = "detractor"
    PASSIVE = "passive"
    PROMOTER = "promoter"


def segment(score: int) -> Segment:
    """Return the segment of a score 0…10; raise ValueError for anything else."""
    if type(score) is not int or score not in SCORES:
        raise ValueError(f"a score is a whole number from {LOWEST} to {HIGHEST}, not {score!r}")
    if score >= 9:
        return Segment.PROMOTER
    return Segment.PASSIVE if score >= 7 else Segment.DETRACTOR


def is_followed_up(score: int) -> bool:
    """Say whether the store gets back to a customer of this score who may be contacted: an unhappy one.

    What the customer is promised and whose answer opens a case are the same rule.
    """
    return segment(score) is Segment.DETRACTOR


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each score 0…10 was given: eleven counts, added in any order and any grouping."""

    counts: tuple[int, ...] = (0,) * len(SCORES)

    def __post_init__(self) -> None:
        if len(self.counts) != len(SCORES) or min(self.counts) < 0:
            raise ValueError(f"a tally has {len(SCORES)} counts, none below zero")

    @classmethod
    def of(cls, scores: Iterable[int]) -> Self:
        """Count scores 0…10; raise ValueError at the first that is none."""
        counts = [0] * len(SCORES)
        for score in scores:
            segment(score)
            counts[score] += 1
        return cls(tuple(counts))

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(tuple(mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)))

    @property
    def detractors(self) -> int:
        """Answers from 0 to 6."""
        return sum(self.counts[:7])

    @property
    def passives(self) -> int:
        """Answers 7 and 8."""
        return sum(self.counts[7:9])

    @property
    def promoters(self) -> int:
        """Answers 9 and 10."""
        return sum(self.counts[9:])

    @property
    def total(self) -> int:
        """All answers."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Score:
    """A Net Promoter Score in points, its 95 % interval (clipped to ±100) and the answers behind it.

    The points are not the middle of the interval, so "± 15" would say something else.
    """

    points: float
    low: float
    high: float
    answers: int


def score(tally: Tally, z: float = Z95) -> Score | None:
    """Return the raw score with its adjusted Wald interval, or None where nobody answered.

    The interval adds three imaginary answers, 3/4 promoters and 3/4 detractors among them, which keeps
    its promise at small n where the plain Wald interval has no width at all: Rocks, B. (2016), "Interval
    Estimation for the Net Promoter Score", The American Statistician 70(4), 365-372.
    """
    if tally.total == 0:
        return None
    mean, variance = _adjusted(tally)
    half = 100 * z * sqrt(variance)
    return Score(
        points=100 * (tally.promoters - tally.detractors) / tally.total,
        low=max(-100.0, 100 * mean - half),
        high=min(100.0, 100 * mean + half),
        answers=tally.total,
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """Score a minus score b in points, its 95 % interval, and the two-sided p of "there is none".

    points is the adjusted difference, the middle of the interval before it is clipped to ±200.
    """

    points: float
    low: float
    high: float
    p: float


def difference(a: Tally, b: Tally, z: float = Z95) -> Difference | None:
    """Compare two independent scores by the adjusted Wald method (Rocks 2016); None where one is empty."""
    if a.total == 0 or b.total == 0:
        return None
    (mean_a, variance_a), (mean_b, variance_b) = _adjusted(a), _adjusted(b)
    points = 100 * (mean_a - mean_b)
    error = 100 * sqrt(variance_a + variance_b)
    return Difference(
        points=points,
        low=max(-200.0, points - z * error),
        high=min(200.0, points + z * error),
        p=1 - erf(abs(points) / error / sqrt(2)),
    )


def _adjusted(tally: Tally) -> tuple[float, float]:
    """Return mean and variance of the mean, on the scale -1…1, with three imaginary answers added."""
    n = tally.total + 3
    promoters = (tally.promoters + 0.75) / n
    detractors = (tally.detractors + 0.75) / n
    mean = promoters - detractors
    return mean, (promoters + detractors - mean * mean) / n


class Weight(StrEnum):
    """How much a score of so many answers may be trusted; each screen has a sentence for each."""

    NONE = "none"
    TOO_FEW = "too_few"
    INDICATIVE = "indicative"
    NORMAL = "normal"


def weight(answers: int) -> Weight:
    """Return how far a score of so many answers carries: under 10 it is not shown, under 30 indicative."""
    if answers == 0:
        return Weight.NONE
    if answers < TOO_FEW_BELOW:
        return Weight.TOO_FEW
    return Weight.INDICATIVE if answers < INDICATIVE_BELOW else Weight.NORMAL


def answers_wanted(answers: int) -> int:
    """Return how many more answers a score needs before it is shown ("too few: 4 more answers")."""
    return max(0, TOO_FEW_BELOW - answers)
