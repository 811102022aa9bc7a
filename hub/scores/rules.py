"""Decisions about scores: what belongs together, how days become buckets, what a command prints."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from common.nps import Score, Tally, score
from common.responses import Channel, Kind

Mix = frozenset[tuple[Kind, Channel]]


@dataclass(frozen=True, slots=True)
class Answers:
    """What was received, what of it counts, and which kinds and channels it was pooled from."""

    received: Tally = field(default_factory=Tally)
    counted: Tally = field(default_factory=Tally)
    mix: Mix = frozenset()

    def __add__(self, other: "Answers") -> "Answers":
        return Answers(self.received + other.received, self.counted + other.counted, self.mix | other.mix)

    @property
    def score(self) -> Score | None:
        """The score of the answers that count."""
        return score(self.counted)

    @property
    def kinds(self) -> list[Kind]:
        """The kinds pooled here, in the order of their definition."""
        return [kind for kind in Kind if any(kind is known for known, _ in self.mix)]

    @property
    def channels(self) -> list[Channel]:
        """The channels pooled here, in the order of their definition."""
        return [channel for channel in Channel if any(channel is known for _, known in self.mix)]

    @property
    def pooled(self) -> bool:
        """Whether several kinds or channels are in it, which whoever shows it has to say."""
        return len(self.mix) > 1


@dataclass(frozen=True, slots=True)
class Choice:
    """Which answers to add up; an empty choice of kinds or channels takes all of them."""

    kinds: Sequence[Kind] = ()
    channels: Sequence[Channel] = ()
    first_day: date | None = None
    last_day: date | None = None


class Bucket(StrEnum):
    """The steps of a trend. A week is Monday to Sunday."""

    DAY = "day"
    WEEK = "week"

    @property
    def days(self) -> int:
        """How many days a step has."""
        return 7 if self is Bucket.WEEK else 1

    def start(self, day: date) -> date:
        """Return the first day of the step that a day belongs to."""
        return day - timedelta(days=day.weekday()) if self is Bucket.WEEK else day


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trend, from its first to its last day; the outer ones may be cut short."""

    first_day: date
    last_day: date
    answers: Answers


def steps(daily: Mapping[date, Answers], first_day: date, last_day: date, bucket: Bucket) -> list[Step]:
    """Add up days to the steps of a trend; a step without answers is there too, and empty."""
    found = []
    start = bucket.start(first_day)
    while start <= last_day:
        end = start + timedelta(days=bucket.days - 1)
        days = (start + timedelta(days=number) for number in range(bucket.days))
        inside = (daily[day] for day in days if day in daily)
        found.append(Step(max(start, first_day), min(end, last_day), total(inside)))
        start = end + timedelta(days=1)
    return found


def total(parts: Iterable[Answers]) -> Answers:
    """Return the sum of answers, in any order."""
    return sum(parts, Answers())


def summary(answers: Answers) -> dict[str, Any]:
    """Return the numbers that a program reads: unrounded, null where there is no answer."""
    result = answers.score
    return {
        "received": answers.received.total,
        "counted": answers.counted.total,
        "promoters": answers.counted.promoters,
        "passives": answers.counted.passives,
        "detractors": answers.counted.detractors,
        "nps": result and result.points,
        "low": result and result.low,
        "high": result and result.high,
        "kinds": answers.kinds,
        "channels": answers.channels,
    }
