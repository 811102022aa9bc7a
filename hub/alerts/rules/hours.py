"""The hours of a shop: its local business days, cut into the hours of UTC that every clock change keeps.

An hour of UTC has one business day, one weekday and one local hour, so that the night when clocks go back
has that local hour twice and the night when they go forward lacks one, as the shop does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from common.settings import KioskSettings
from hub.stores.rules import business_day, zone

HOUR = timedelta(hours=1)
ALWAYS_OPEN = KioskSettings()
"""A shop that has not told its hours."""

Slot = tuple[int, int]
"""A weekday from 0 (Monday) on, which is the business day's, and an hour of the local clock."""


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of a shop: when it begins, in UTC, the business day that it counts for, and its slot."""

    at: datetime
    day: date
    slot: Slot


@dataclass(frozen=True, slots=True)
class Shop:
    """What tells a shop's hours: its zone, when its day ends, its opening hours, the days it is closed."""

    time_zone: str
    closing_hour: int
    opening: KioskSettings = ALWAYS_OPEN
    closed: frozenset[date] = frozenset()

    def hours(self, first: datetime, until: datetime) -> Iterator[Hour]:
        """Yield the hours in which the shop may be open, from the one that holds a moment until another."""
        at, always = whole_hour(first), not self.opening.hours
        while at < until:
            hour = _hour(at, self.time_zone, self.closing_hour)
            if hour.day not in self.closed and (always or self._opens_in(at)):
                yield hour
            at += HOUR

    def day_of(self, moment: datetime) -> date:
        """Return the business day of a moment."""
        return business_day(moment, self.time_zone, self.closing_hour)

    def _opens_in(self, at: datetime) -> bool:
        quarters = (at + part * HOUR / 4 for part in range(4))
        return any(self.opening.is_open(moment.astimezone(zone(self.time_zone))) for moment in quarters)


def whole_hour(moment: datetime) -> datetime:
    """Return when the hour of UTC began that holds a moment."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


@lru_cache(maxsize=50_000)
def _hour(at: datetime, time_zone: str, closing_hour: int) -> Hour:
    day = business_day(at, time_zone, closing_hour)
    return Hour(at, day, (day.weekday(), at.astimezone(zone(time_zone)).hour))
