"""The fair filter: which answers look as if nobody had meant them, and why.

Such an answer is kept, sent and shown like every other one, and opens a case like every other one. It
only does not count until a manager says that it does. The numbers are those of common.settings.Doubts,
which a store may have otherwise; docs/how-it-works.md says where they come from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from common.responses import Response
from common.settings import Doubts, KioskSettings

STEP = timedelta(minutes=5)
"""Opening hours are looked at so often within the time of grace."""


class Doubt(StrEnum):
    """Why an answer looks wrong, as its row and the wire spell it."""

    BURST = "burst"
    CLOSED = "closed"
    SWEEP = "sweep"
    SPEED = "speed"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one visit looked like. Times are seconds of a clock that never jumps.

    asked is when the question appeared, tapped when the first score was tapped. swept are the scores that
    the last movement went over. silent are the taps of earlier visits that said nothing but a score.
    """

    asked: float
    tapped: float
    swept: frozenset[int] = frozenset()
    silent: Sequence[float] = ()


def doubts(seen: Seen, response: Response, local: datetime, settings: KioskSettings) -> tuple[str, ...]:
    """Return why an answer looks wrong, in the order of Doubt; local is its time in the store's zone."""
    limits = settings.doubts
    found = {
        Doubt.BURST: is_silent(response) and _crowded(seen, limits),
        Doubt.CLOSED: not _about_open(local, settings),
        Doubt.SWEEP: len(seen.swept) >= limits.sweep,
        Doubt.SPEED: not _wrote(response) and 0 <= seen.tapped - seen.asked < limits.reading,
    }
    return tuple(doubt.value for doubt, applies in found.items() if applies)


def is_silent(response: Response) -> bool:
    """Say whether a customer gave a score and nothing else."""
    return not response.reasons and not _wrote(response)


def _wrote(response: Response) -> bool:
    """Say whether somebody wrote something, which no hand does that only plays with the numbers."""
    return bool(response.comment or response.contact)


def _crowded(seen: Seen, limits: Doubts) -> bool:
    lately = sum(0 <= seen.tapped - tap <= limits.burst_within for tap in seen.silent)
    return lately + 1 >= limits.burst


def _about_open(local: datetime, settings: KioskSettings) -> bool:
    grace = timedelta(seconds=settings.doubts.grace)
    near = (local + number * STEP for number in range(-(grace // STEP), grace // STEP + 1))
    return any(map(settings.is_open, (local, local - grace, local + grace, *near)))


class Watch:
    """Watches the visits at one window, one after the other. It forgets them when the program ends.

    tick returns seconds of a clock that never jumps; the wall's clock only says whether the store is open.
    """

    def __init__(self, tick: Callable[[], float]) -> None:
        self._tick = tick
        self._asked = tick()
        self._tapped: float | None = None
        self._silent: list[float] = []
        self._swept: set[int] = set()
        self._touched_at = float("-inf")

    def ask(self, at: float) -> None:
        """A visit begins, in which the question appeared at a moment of the clock."""
        self._asked, self._tapped = at, None

    def touch(self, score: int, pause: float) -> None:
        """A finger went over a score; after a pause of so many seconds a new movement begins."""
        now = self._tick()
        if now - self._touched_at > pause:
            self._swept.clear()
        self._touched_at = now
        self._swept.add(score)

    def judge(self, response: Response, zone: tzinfo | None, settings: KioskSettings) -> Response:
        """Return the response of this visit with what makes it look wrong; a zone of None is the device's."""
        if self._tapped is None:
            self._tapped = self._tick()
        seen = Seen(self._asked, self._tapped, frozenset(self._swept), self._silent)
        local = response.given_at.astimezone(zone)
        return replace(response, flags=doubts(seen, response, local, settings))

    def end(self, response: Response, within: float) -> None:
        """The visit ends; visits that began more than so many seconds ago are forgotten."""
        if self._tapped is not None and is_silent(response):
            self._silent.append(self._tapped)
        self._silent = [tap for tap in self._silent if self._tick() - tap <= within]
        self._tapped = None
        self._swept.clear()
