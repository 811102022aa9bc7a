"""Decisions about stores: which business day a moment belongs to."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LATEST_CLOSING = 11


class NotAStore(ValueError):
    """The store cannot be as described; the message says which part is wrong."""


def business_day(moment: datetime, time_zone: str, closing_hour: int) -> date:
    """Return the day that a moment counts for: local time, until the hour at which the store's day ends."""
    local = moment.astimezone(zone(time_zone))
    return local.date() if local.hour >= closing_hour else local.date() - timedelta(days=1)


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name; raise NotAStore for a name that is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as reason:
        raise NotAStore(f"{name!r} is no time zone; an example is Europe/Rome.") from reason


def check(code: str, name: str, time_zone: str, closing_hour: int) -> None:
    """Raise NotAStore unless a store can be as described."""
    if not 0 < len(code) <= 64 or not code.isprintable() or code != code.strip():
        raise NotAStore(f"{code!r} is no code: 1 to 64 characters, without blanks around them.")
    if not name.strip() or len(name) > 200 or not name.isprintable():
        raise NotAStore("A store has a name of at most 200 characters.")
    if not 0 <= closing_hour <= LATEST_CLOSING:
        raise NotAStore(f"The day ends at an hour from 0 to {LATEST_CLOSING}, not {closing_hour}.")
    zone(time_zone)
