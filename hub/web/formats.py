"""Numbers, dates and spans of time as the reader's language writes them. Rounding happens here, once.

A minus is the real minus sign, a range has no spaces to break at, and days belong to the store's zone.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from flask_babel import get_locale, gettext, ngettext

MINUS = "\N{MINUS SIGN}"
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def locale() -> Locale:
    """Return the reader's locale; English where nobody reads, as in a command."""
    return get_locale() or Locale("en")


def count(number: int) -> str:
    """Return a whole number with the language's grouping: 12,345 or 12.345."""
    return _with_minus(format_decimal(number, locale=locale()))


def points(value: float) -> str:
    """Return points of a score, rounded to whole ones, halves away from zero: "42", "−36", "0"."""
    return count(whole(value))


def whole(value: float) -> int:
    """Return the nearest whole number, halves away from zero, which round() does not do."""
    return int(Decimal(repr(value)).quantize(Decimal(1), ROUND_HALF_UP))


def percent(share: float) -> str:
    """Return a share 0…1 as whole percent: "58 %" or "58%", without a place to break."""
    return _percent(whole(100 * share))


def percents(parts: Sequence[int]) -> list[str]:
    """Return each part's percentage of the whole; together they say 100 (largest remainders).

    Where there is nothing each says 0.
    """
    total = sum(parts)
    if not total:
        return [_percent(0) for _ in parts]
    floors = [100 * part // total for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda i: -(100 * parts[i] % total))
    for i in by_remainder[: 100 - sum(floors)]:
        floors[i] += 1
    return [_percent(floor) for floor in floors]


def day(when: date) -> str:
    """Return a day with its year: "12 Nov 2026"."""
    return format_date(when, "medium", locale=locale())


def short_day(when: date) -> str:
    """Return a day without its year, for axes: "12 Nov"."""
    return format_date(when, "d MMM", locale=locale())


def moment(when: datetime, time_zone: str) -> str:
    """Return an aware time as the clock of a zone showed it: "12 Nov 2026, 14:05"."""
    return f"{format_datetime(when, 'd MMM y', ZoneInfo(time_zone), locale())}, {clock(when, time_zone)}"


def clock(when: datetime, time_zone: str) -> str:
    """Return the time of day in a zone: "14:05"."""
    return format_datetime(when, "HH:mm", ZoneInfo(time_zone), locale())


def span(duration: timedelta) -> str:
    """Return the length of a span, whatever its sign, in the largest unit it fills: "47 hours", "9 days".

    Days only from two on, because "1 day" hides how much of it is left. The rest is dropped, so that
    time left is never said to be more than it is.
    """
    seconds = int(abs(duration).total_seconds())
    if seconds >= 2 * _DAY:
        return str(ngettext("%(num)d day", "%(num)d days", seconds // _DAY))
    if seconds >= _HOUR:
        return str(ngettext("%(num)d hour", "%(num)d hours", seconds // _HOUR))
    return str(ngettext("%(num)d minute", "%(num)d minutes", seconds // _MINUTE))


def size(number: int) -> str:
    """Return a number of bytes in the larger of MB and GB that it fills, rounded down: "28 GB", "28 Go"."""
    unit, one = ("gigabyte", 10**9) if number >= 10**9 else ("megabyte", 10**6)
    return _with_minus(format_unit(number // one, f"digital-{unit}", "short", locale=locale()))


def ago(when: datetime, now: datetime) -> str:
    """Return how long ago something was: "3 hours ago"; under a minute it is "just now"."""
    if now - when < timedelta(minutes=1):
        return str(gettext("just now"))
    return str(gettext("%(span)s ago", span=span(now - when)))


def _percent(number: int) -> str:
    return _with_minus(format_percent(Decimal(number) / 100, locale=locale()))


def _with_minus(text: str) -> str:
    return text.replace("-", MINUS)
