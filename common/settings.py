"""What head office sets on its kiosks: languages, patience, brand, hours, doubts, lines for the idle screen.

A kiosk takes new settings between two visits, as it does a survey. Every part may be left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, time, timedelta

PNG = b"\x89PNG\r\n\x1a\n"
"""How every PNG begins."""

LARGEST_LOGO = 64 * 1024
"""Bytes of a PNG; it travels with the settings and is kept beside the first screen."""

MOST_FIXES = 12
LONGEST_FIX = 140
"""Characters of a line "You said – we did" in one language; it is read while walking past."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

LONGEST_ADDRESS = 134
"""Characters; a longer one makes a QR code of more modules than 1024 by 600 pixels draw for a telephone."""


class BrokenSettings(ValueError):
    """The document holds no settings that a kiosk can use; the message says which part is wrong."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds, but for extensions, which is how often "Still there?" may be answered in one visit.

    settle is how long a fresh screen ignores touches, so that a double tap is one answer; change how
    long a score can be changed before the next screen comes.
    """

    settle: float = 0.35
    change: float = 2.0
    idle: float = 40.0
    still_there: float = 20.0
    extensions: int = 10
    thanks: float = 8.0
    corner: float = 3.0
    desk: float = 120.0
    try_again: float = 3.0


@dataclass(frozen=True, slots=True)
class Doubts:
    """From where on an answer looks wrong and does not count until a manager says so; see kiosk.fair.

    reading is how many seconds the question is there at least before anybody who has read it taps a score;
    burst how many silent visits within burst_within seconds are too many; grace how many seconds before
    opening and after closing still belong to the store's hours; sweep over how many of the eleven scores
    one movement goes that means none of them.
    """

    reading: float = 1.0
    burst: int = 6
    burst_within: float = 60.0
    grace: float = 1800.0
    sweep: int = 8


BETWEEN: Mapping[str, tuple[float, float]] = {
    "settle": (0.1, 2),
    "change": (0.5, 30),
    "idle": (10, 600),
    "still_there": (20, 300),
    "extensions": (10, 100),
    "thanks": (2, 60),
    "corner": (1, 10),
    "desk": (30, 1800),
    "try_again": (1, 60),
    "reading": (0, 10),
    "burst": (3, 100),
    "burst_within": (5, 3600),
    "grace": (0, 6 * 3600),
    "sweep": (4, 11),
    "dimmed": (0, 95),
}
"""The least and the most that each time, each doubt and the dimming may be set to.

Below the least nobody keeps up; above the most a kiosk that takes no touch, or keeps a manager out, looks
just like one that works. 20 seconds and ten extensions are those of WCAG 2.2, success criterion 2.2.1.
"""

COUNTS = frozenset({"extensions", "burst", "sweep", "dimmed"})
"""Those that are whole numbers."""


@dataclass(frozen=True, slots=True)
class Brand:
    """A chain's looks: two colours as #RRGGBB, empty for Cerchio's own, and a logo as PNG bytes, or none."""

    primary: str = ""
    secondary: str = ""
    logo: bytes = b""


Spell = tuple[time, time]
"""From opening to closing; a closing that is not later than the opening is one of the next day."""

Week = Mapping[str, tuple[Spell, ...]]
"""The spells of each weekday of DAYS; one that is left out has none."""


@dataclass(frozen=True, slots=True)
class Brightness:
    """When the screen shows all its light; empty is while the store is open. dimmed is percent less then."""

    hours: Week = field(default_factory=dict)
    dimmed: int = 82


@dataclass(frozen=True, slots=True)
class KioskSettings:
    """All of it. version 0 is what a kiosk has before any hub sent settings.

    languages are codes in the order shown, the first one first; empty means all of the survey's. hours
    maps a weekday of DAYS to its spells; empty means always open. address is that of the same survey on
    a customer's own phone, empty while there is none. fixes are lines by language code.
    """

    version: int = 0
    languages: tuple[str, ...] = ()
    times: Times = Times()
    doubts: Doubts = Doubts()
    brand: Brand = Brand()
    hours: Week = field(default_factory=dict)
    brightness: Brightness = field(default_factory=Brightness)
    address: str = ""
    fixes: tuple[Mapping[str, str], ...] = ()

    def is_open(self, local: datetime) -> bool:
        """Say whether the store is open at a moment, given as its own local time."""
        return _is_within(self.hours, local)

    def dimmed(self, local: datetime) -> int:
        """Return by how many percent a screen that rests is darker at a moment, in the store's own time."""
        bright = _is_within(self.brightness.hours or self.hours, local)
        return 0 if bright else self.brightness.dimmed


PARTS = tuple(part.name for part in fields(KioskSettings) if part.name != "version")
"""What a document may have beside its version. Each part is taken whole, or not at all."""


def _is_within(week: Week, local: datetime) -> bool:
    """Say whether a moment is in a week's spells; in a week that says nothing every moment is."""
    if not week:
        return True
    today, yesterday = DAYS[local.weekday()], DAYS[(local - timedelta(days=1)).weekday()]
    at = local.time()
    return any(_covers(spell, at) for spell in week.get(today, ())) or any(
        closing <= opening and at < closing for opening, closing in week.get(yesterday, ())
    )


def _covers(spell: Spell, at: time) -> bool:
    opening, closing = spell
    return opening <= at and (at < closing or closing <= opening)
