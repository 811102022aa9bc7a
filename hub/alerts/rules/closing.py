"""Decisions about closed days: which days a form means, and which of them belong together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST = 366
"""Days that can be closed at once."""

BACK, AHEAD = timedelta(days=31), timedelta(days=3 * 366)
"""How far from today. What has gone by is still learned from; long ago it makes no difference."""

_DAY = timedelta(days=1)


class NoSpan(ValueError):
    """These are no days that can be closed."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Days in a row on which a store is closed, or every store where the code is empty."""

    store: str
    first: date
    last: date

    @property
    def days(self) -> Sequence[date]:
        """Each of the days."""
        return [self.first + number * _DAY for number in range((self.last - self.first).days + 1)]


def asked(store: str, first: str, last: str, today: date) -> Closed:
    """Return the days that a form means, with ISO dates in either order; one day if the last is left empty.

    Raise NoSpan where they are no days, too many, or too far away.
    """
    try:
        ends = sorted(date.fromisoformat(each) for each in (first, last or first))
    except ValueError as reason:
        raise NoSpan(str(reason)) from reason
    if ends[0] < today - BACK or ends[1] > today + AHEAD or ends[1] - ends[0] >= LONGEST * _DAY:
        raise NoSpan("too many, or too far away")
    return Closed(store, ends[0], ends[1])


def in_rows(days: Iterable[tuple[str, date]]) -> list[Closed]:
    """Return days of stores, which are ordered, as days in a row; the earliest first."""
    found: list[Closed] = []
    for store, day in days:
        if found and (found[-1].store, found[-1].last + _DAY) == (store, day):
            found[-1] = Closed(store, found[-1].first, day)
        else:
            found.append(Closed(store, day, day))
    return sorted(found, key=lambda closed: (closed.first, closed.store))
