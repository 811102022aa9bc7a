"""The pace of syncs: while more kiosks come than the hub can serve, each is told when its turn is.

After a night without a network, or when the shops open, thousands come at once. Those that had to stand in
line for long would give up, the hub would have worked for nobody, and they would come again. So a line of a
few seconds is let in as it comes; whoever comes while it is longer gets a turn of its own and is sent away
until then, which costs the hub a fraction of a sync.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from time import monotonic

LONGEST_WAIT = 120.0
"""Seconds. Whose turn is later asks again meanwhile, and is let in if the hub has got on faster."""

MOST_TURNS = 100_000
"""At once. Keys are not checked before they get a turn, so nobody may fill the memory with made-up ones."""

LATE = 15.0
"""Seconds that a kiosk may be late for its turn, beside the quarter by which kiosks spread."""

_STRAINED = 6
"""Times its patience. By such a line the hub has become slower since it gave turns, and they come later."""

_MEMORY = 8
"""Syncs after which a measured one weighs a third of what it did."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """When a kiosk may come, on the clock of the pace."""

    at: float
    until: float


class Pace:
    """Who is let in and who is sent away until when. One for each process of a hub; all threads use it.

    patience is how many seconds of work may stand in line; with an endless one nobody is sent away. line
    says how many requests wait for a thread; the server sets it.
    """

    def __init__(self, patience: float, clock: Callable[[], float] = monotonic) -> None:
        self.line: Callable[[], int] = lambda: 0
        self._patience, self._clock = patience, clock
        self._lock = Lock()
        self._working = 0
        self._seconds = self._lost = 0.0
        self._turns: dict[str, _Turn] = {}
        self._booked = 0.0

    @property
    def ahead(self) -> float:
        """The seconds until the last turn that was given."""
        return max(0.0, self._booked - self._clock())

    def wait(self, kiosk: str) -> int:
        """Let a kiosk in, which is 0, or return the seconds after which it should come back.

        One that comes back at its turn is let in, although others have to wait.
        """
        with self._lock:
            now, queued = self._clock(), self.line() * self._seconds
            turn = self._turns.pop(kiosk, None)
            if queued <= self._patience:
                return 0
            if turn is None or turn.until < now:
                return self._give_turn(kiosk, now, queued)
            late = queued if queued > self._patience * _STRAINED else 0.0
            at = max(turn.at, now + late)
            return self._send_away(kiosk, now, at) if at > now else 0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Learn from one sync how long the hub takes for each.

        Several are worked on at once, so each has had only its share of the time. What ends by an error, such
        as sending a kiosk away, has taken time from the next sync that does not.
        """
        begun, beside, served = self._clock(), self._begin(), False
        try:
            yield
            served = True
        finally:
            self._end(beside, self._clock() - begun, served=served)

    def _give_turn(self, kiosk: str, now: float, queued: float) -> int:
        if self._booked <= now:
            self._turns = {name: turn for name, turn in self._turns.items() if turn.until >= now}
        if len(self._turns) >= MOST_TURNS:
            return _whole(LONGEST_WAIT)
        self._booked = max(self._booked, now + queued) + self._seconds
        return self._send_away(kiosk, now, self._booked)

    def _send_away(self, kiosk: str, now: float, at: float) -> int:
        self._turns[kiosk] = _Turn(at, at + (at - now) / 4 + LATE)
        return _whole(min(at - now, LONGEST_WAIT))

    def _begin(self) -> int:
        with self._lock:
            self._working += 1
            return self._working

    def _end(self, beside: int, took: float, *, served: bool) -> None:
        with self._lock:
            self._lost += took * 2 / (beside + self._working)
            self._working -= 1
            if served:
                self._seconds += (self._lost - self._seconds) / (_MEMORY if self._seconds else 1)
                self._lost = 0.0


def _whole(seconds: float) -> int:
    """Return seconds as they travel in Retry-After."""
    return max(1, math.ceil(seconds))
