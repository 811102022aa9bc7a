"""What head office sets on its kiosks: languages, patience, brand, hours, doubts, lines for the idle screen.

A kiosk takes new settings between two visits, as it does a survey. Every part may be left out.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, time, timedelta
from json import dumps
from re import fullmatch
from typing import Any

from common.responses import is_name

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

# How these are written. Texts, because a kiosk's first frame does not wait for patterns that it may not need.
COLOUR = r"#[0-9A-Fa-f]{6}"
ADDRESS = r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:[/?#][!-~]*)?"
_LIST = (list, tuple)
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"


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


def to_document(settings: KioskSettings) -> dict[str, Any]:
    """Return the settings as they travel and are stored: plain JSON values."""
    brand = settings.brand
    return {
        "version": settings.version,
        "languages": list(settings.languages),
        "times": asdict(settings.times),
        "doubts": asdict(settings.doubts),
        "brand": {
            "primary": brand.primary,
            "secondary": brand.secondary,
            "logo": b64encode(brand.logo).decode(),
        },
        "hours": _week_document(settings.hours),
        "brightness": {
            "hours": _week_document(settings.brightness.hours),
            "dimmed": settings.brightness.dimmed,
        },
        "address": settings.address,
        "fixes": [dict(fix) for fix in settings.fixes],
    }


def _week_document(week: Week) -> dict[str, list[list[str]]]:
    return {
        day: [[f"{moment:%H:%M}" for moment in spell] for spell in spells] for day, spells in week.items()
    }


def from_document(document: Any) -> KioskSettings:
    """Read settings from JSON values, of which only the version is needed; raise BrokenSettings.

    A name that nobody knows is one of a newer version and is passed over. common.strict does not.
    """
    if not isinstance(document, Mapping):
        raise BrokenSettings("the settings are no JSON object")
    return KioskSettings(
        version=_version(document.get("version")),
        languages=_languages(document.get("languages", ())),
        times=Times(**_numbers("times", document.get("times", {}), Times)),
        doubts=Doubts(**_numbers("doubts", document.get("doubts", {}), Doubts)),
        brand=_brand(_object("brand", document.get("brand", {}))),
        hours=_hours("hours", document.get("hours", {})),
        brightness=_brightness(_object("brightness", document.get("brightness", {}))),
        address=_address(document.get("address", "")),
        fixes=_fixes(document.get("fixes", ())),
    )


def overlaid(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of several documents as one: where more than one has a part, the last one's holds."""
    return {name: layer[name] for layer in layers for name in PARTS if name in layer}


def _version(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise BrokenSettings("the version is not a number from 0 up")
    return value


def _object(part: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BrokenSettings(f"{part} is no JSON object with names and values, but {_said(value)}")
    return value


def _said(value: Any) -> str:
    """Return a value as a person wrote it, cut where it is long; lists and objects may be too deep to say."""
    if isinstance(value, (*_LIST, Mapping)):
        return "an object" if isinstance(value, Mapping) else "a list"
    text = dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _languages(codes: Any) -> tuple[str, ...]:
    if not isinstance(codes, _LIST) or not all(map(is_name, codes)) or len(set(codes)) != len(codes):
        raise BrokenSettings("languages is no list of different language codes")
    return tuple(codes)


def _numbers(part: str, given: Any, kind: type[Times] | type[Doubts]) -> dict[str, Any]:
    """Return what is given of the fields of a kind, each within its bounds."""
    known = _object(part, given).keys() & {each.name for each in fields(kind)}
    return {name: _number(name, given[name]) for name in known}


def _number(name: str, value: Any) -> Any:
    least, most = BETWEEN[name]
    kinds, sort = ((int,), "a whole number ") if name in COUNTS else ((int, float), "")
    if type(value) not in kinds or not least <= value <= most:
        raise BrokenSettings(f"{name} must be {sort}from {least:g} to {most:g}, not {_said(value)}")
    return value


def _brand(given: Mapping[str, Any]) -> Brand:
    primary, secondary = (_colour(name, given.get(name, "")) for name in ("primary", "secondary"))
    return Brand(primary, secondary, _logo(given.get("logo", "")))


def _colour(name: str, value: Any) -> str:
    if not isinstance(value, str) or (value and not fullmatch(COLOUR, value)):
        raise BrokenSettings(f"the {name} colour {_said(value)} is none like #0E5A6B")
    return value


def _logo(text: Any) -> bytes:
    try:
        logo = b64decode(text, validate=True)
    except (TypeError, ValueError) as reason:
        raise BrokenSettings("the logo is no PNG in base64") from reason
    if logo and not logo.startswith(PNG):
        raise BrokenSettings("the logo is no PNG")
    if len(logo) > LARGEST_LOGO:
        raise BrokenSettings(f"the logo has {len(logo):,} bytes; at most {LARGEST_LOGO:,} can travel")
    return logo


def _brightness(given: Mapping[str, Any]) -> Brightness:
    dimmed = _number("dimmed", given["dimmed"]) if "dimmed" in given else Brightness().dimmed
    return Brightness(_hours("brightness hours", given.get("hours", {})), dimmed)


def _hours(part: str, week: Any) -> Week:
    given = _object(part, week)
    if unknown := given.keys() - set(DAYS):
        raise BrokenSettings(f"{part} has {_said(min(unknown))}, which is none of {', '.join(DAYS)}")
    return {day: _spells(f"the {part} of {day}", spells) for day, spells in given.items()}


def _spells(whose: str, spells: Any) -> tuple[Spell, ...]:
    if not isinstance(spells, _LIST) or any(not isinstance(each, _LIST) or len(each) != 2 for each in spells):
        raise BrokenSettings(f'{whose} are no list of pairs like ["09:00", "18:30"]')
    return tuple((_clock(whose, opening), _clock(whose, closing)) for opening, closing in spells)


def _clock(whose: str, text: Any) -> time:
    if not isinstance(text, str) or not fullmatch(CLOCK, text):
        raise BrokenSettings(f"{whose} have {_said(text)}, which is no time like 09:00")
    return time.fromisoformat(text)


def _address(text: Any) -> str:
    if isinstance(text, str) and len(text) > LONGEST_ADDRESS:
        raise BrokenSettings(f"the address has {len(text)} characters; it takes {LONGEST_ADDRESS}")
    if not isinstance(text, str) or (text and not fullmatch(ADDRESS, text)):
        raise BrokenSettings(f"the address {_said(text)} is none like https://survey.example.com")
    return text


def _fixes(given: Any) -> tuple[Mapping[str, str], ...]:
    if not isinstance(given, _LIST) or not all(isinstance(fix, Mapping) for fix in given):
        raise BrokenSettings('fixes is no list of lines by language like {"en": "More tills in the evening"}')
    if len(given) > MOST_FIXES:
        raise BrokenSettings(f"there are {len(given)} lines for the idle screen; it takes {MOST_FIXES}")
    for line in (line for fix in given for line in fix.values()):
        if not isinstance(line, str) or not 0 < len(line.strip()) <= LONGEST_FIX:
            raise BrokenSettings(f"a line for the idle screen must have 1 to {LONGEST_FIX} characters")
    return tuple(dict(fix) for fix in given)
