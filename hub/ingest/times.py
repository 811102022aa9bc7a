"""Decisions about time: when a response was really given, whatever the clock of its device said."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from common.wire import Numbered
from hub.fleet.rules import CLOCK_TOLERANCE
from hub.responses.rules import Timing

EXACT = timedelta(seconds=5)
"""The time that a batch may take on its way. An exact time that differs by less from the device's is that."""

OLDEST = timedelta(days=366)
"""A response that seems to be older than this was dated by a clock that had lost its date."""

FIRST = datetime(2000, 1, 1, tzinfo=UTC)
"""What is said to be older, even by a clock that never jumps, is a mistake: the question is of 2003."""

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Clocks:
    """What a batch tells of time: how wrong its device's clock is, and the clock that never jumps.

    offset is hub time minus device time, in milliseconds; ticks are milliseconds at the sending of the batch.
    """

    now: datetime
    offset: int
    ticks: int | None = None

    def correction(self, item: Numbered) -> tuple[int, Timing]:
        """Return the milliseconds to add to a response's own time, and how that was found.

        Where no clock helps the true time is unknown. Then it is the time of its arrival, because there
        somebody sees it.
        """
        given_at = item.response.given_at
        told = self._told(item)
        if told is not None and FIRST <= told <= self.now + CLOCK_TOLERANCE:
            error = told - given_at
            return (0 if abs(error) < EXACT else error // _MILLISECOND), Timing.EXACT
        earliest, latest = self._bounds
        if earliest < given_at <= latest:
            return self.offset, Timing.OFFSET
        return (self.now - given_at) // _MILLISECOND, Timing.UNKNOWN

    def _told(self, item: Numbered) -> datetime | None:
        """Return the time that does not come from a clock that can be set, None if there is none."""
        if item.ticks is None or self.ticks is None:
            return item.happened_at
        age = timedelta(milliseconds=self.ticks - item.ticks)
        return self.now - age if timedelta(0) <= age < OLDEST else None

    @cached_property
    def _bounds(self) -> tuple[datetime, datetime]:
        """Between which times of the device a response may have been given."""
        here = self.now - timedelta(milliseconds=self.offset)
        return here - OLDEST, here + CLOCK_TOLERANCE
