"""What head office sets on its kiosks: languages, patience, brand, hours, doubts, lines for the idle screen.

A kiosk takes new settings between two visits, as it does a survey. Every part may be left out.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, time, timedelta
from re import fullmatch
from typing import Any

from common.responses import is_name

LARGEST_LOGO = 64 * 1024
"""Bytes of a PNG; it travels with the settings and is kept beside the first screen."""

MOST_FIXES = 12
LONGEST_FIX = 140
"""Characters of a line "You said – we did" in one language; it is read while walking past."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

LONGEST_ADDRESS = 400
"""Characters; a longer one makes a QR code that no telephone reads from where a customer stands."""

# Texts, because a kiosk's first frame does not wait for patterns that it may not need.
_COLOUR = r"#[0-9A-Fa-f]{6}"
_ADDRESS = r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:[/?#][!-~]*)?"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_PNG = b"\x89PNG\r\n\x1a\n"


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


LEAST = {"still_there": 20.0, "extensions": 10, "idle": 10.0, "change": 0.5, "thanks": 2.0}
"""Below these nobody can keep up; the first two are those of WCAG 2.2, success criterion 2.2.1."""


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
    "reading": (0, 10),
    "burst": (3, 100),
    "burst_within": (5, 3600),
    "grace": (0, 6 * 3600),
    "sweep": (4, 11),
}
"""The least and the most that each doubt may be set to."""


@dataclass(frozen=True, slots=True)
class Brand:
    """A chain's looks: two colours as #RRGGBB, empty for Cerchio's own, and a logo as PNG bytes, or none."""

    primary: str = ""
    secondary: str = ""
    logo: bytes = b""


Spell = tuple[time, time]
"""From opening to closing; a closing that is not later than the opening is one of the next day."""


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
    hours: Mapping[str, tuple[Spell, ...]] = field(default_factory=dict)
    address: str = ""
    fixes: tuple[Mapping[str, str], ...] = ()

    def is_open(self, local: datetime) -> bool:
        """Say whether the store is open at a moment, given as its own local time."""
        if not self.hours:
            return True
        today, yesterday = DAYS[local.weekday()], DAYS[(local - timedelta(days=1)).weekday()]
        at = local.time()
        return any(_covers(spell, at) for spell in self.hours.get(today, ())) or any(
            closing <= opening and at < closing for opening, closing in self.hours.get(yesterday, ())
        )


PARTS = tuple(part.name for part in fields(KioskSettings) if part.name != "version")
"""What a document may have beside its version. Each part is taken whole, or not at all."""


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
        "hours": {
            day: [[f"{moment:%H:%M}" for moment in spell] for spell in spells]
            for day, spells in settings.hours.items()
        },
        "address": settings.address,
        "fixes": [dict(fix) for fix in settings.fixes],
    }


def from_document(document: Any) -> KioskSettings:
    """Read settings from JSON values, of which only the version is needed; raise BrokenSettings."""
    try:
        return KioskSettings(
            version=_version(document["version"]),
            languages=_languages(document.get("languages", ())),
            times=_times(document.get("times", {})),
            doubts=_doubts(document.get("doubts", {})),
            brand=_brand(document.get("brand", {})),
            hours=_hours(document.get("hours", {})),
            address=_address(document.get("address", "")),
            fixes=_fixes(document.get("fixes", ())),
        )
    except (KeyError, TypeError, AttributeError) as reason:
        raise BrokenSettings(f"a part is missing or of the wrong type: {reason}") from reason


def from_person(document: Any) -> KioskSettings:
    """Read settings that a person wrote, the version of which may be left out; raise BrokenSettings.

    A part that nobody knows is a slip of the pen here; in what travels it is one of a newer version.
    """
    if not isinstance(document, Mapping):
        raise BrokenSettings("the settings are no JSON object")
    if unknown := document.keys() - {*PARTS, "version"}:
        raise BrokenSettings(f"there is no part called {min(unknown)!r}; there are {', '.join(PARTS)}")
    return from_document({"version": 0} | dict(document))


def overlaid(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of several documents as one: where more than one has a part, the last one's holds."""
    return {name: layer[name] for layer in layers for name in PARTS if name in layer}


def _version(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise BrokenSettings("the version is not a number from 0 up")
    return value


def _languages(codes: Sequence[Any]) -> tuple[str, ...]:
    if isinstance(codes, str) or not all(map(is_name, codes)) or len(set(codes)) != len(codes):
        raise BrokenSettings("languages is no list of different language codes")
    return tuple(codes)


def _times(given: Mapping[str, Any]) -> Times:
    unknown = given.keys() - {each.name for each in fields(Times)}
    if unknown:
        raise BrokenSettings(f"there is no time called {sorted(unknown)[0]!r}")
    for name, value in given.items():
        if type(value) not in (int, float) or not LEAST.get(name, 0.1) <= value <= 3600:
            raise BrokenSettings(f"{name} must be from {LEAST.get(name, 0.1)} to 3600, not {value!r}")
    whole = {"extensions": int(given["extensions"])} if "extensions" in given else {}
    return Times(**{**given, **whole})


def _doubts(given: Mapping[str, Any]) -> Doubts:
    if unknown := given.keys() - BETWEEN.keys():
        raise BrokenSettings(f"there is no doubt called {sorted(unknown)[0]!r}")
    for name, value in given.items():
        least, most = BETWEEN[name]
        kinds = (int,) if name in ("burst", "sweep") else (int, float)
        if type(value) not in kinds or not least <= value <= most:
            raise BrokenSettings(f"{name} must be from {least} to {most}, not {value!r}")
    return Doubts(**given)


def _brand(given: Mapping[str, Any]) -> Brand:
    for name in ("primary", "secondary"):
        if given.get(name, "") != "" and not fullmatch(_COLOUR, given[name]):
            raise BrokenSettings(f"the {name} colour {given[name]!r} is none like #0E5A6B")
    try:
        logo = b64decode(given.get("logo", ""), validate=True)
    except ValueError as reason:
        raise BrokenSettings("the logo is not in base64") from reason
    if logo and not logo.startswith(_PNG):
        raise BrokenSettings("the logo is no PNG")
    if len(logo) > LARGEST_LOGO:
        raise BrokenSettings(f"the logo has {len(logo):,} bytes; at most {LARGEST_LOGO:,} can travel")
    return Brand(given.get("primary", ""), given.get("secondary", ""), logo)


def _hours(given: Mapping[str, Any]) -> dict[str, tuple[Spell, ...]]:
    if unknown := given.keys() - set(DAYS):
        raise BrokenSettings(f"{sorted(unknown)[0]!r} is none of {', '.join(DAYS)}")
    return {day: _spells(day, spells) for day, spells in given.items()}


def _spells(day: str, spells: Sequence[Sequence[str]]) -> tuple[Spell, ...]:
    try:
        return tuple((_clock(opening), _clock(closing)) for opening, closing in spells)
    except ValueError as reason:
        raise BrokenSettings(f"the hours of {day} are no pairs like 09:00 and 18:30: {reason}") from reason


def _clock(text: Any) -> time:
    if not isinstance(text, str) or not fullmatch(_CLOCK, text):
        raise ValueError(f"{text!r} is no time of the day")
    return time.fromisoformat(text)


def _address(text: Any) -> str:
    if not isinstance(text, str) or (text and not _is_address(text)):
        raise BrokenSettings(f"{text!r} is no address like https://survey.example.com")
    return text


def _is_address(text: str) -> bool:
    return len(text) <= LONGEST_ADDRESS and fullmatch(_ADDRESS, text) is not None


def _fixes(given: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, str], ...]:
    if len(given) > MOST_FIXES:
        raise BrokenSettings(f"there are {len(given)} lines for the idle screen; it takes {MOST_FIXES}")
    for line in (line for fix in given for line in fix.values()):
        if not isinstance(line, str) or not 0 < len(line.strip()) <= LONGEST_FIX:
            raise BrokenSettings(f"a line for the idle screen must have 1 to {LONGEST_FIX} characters")
    return tuple(dict(fix) for fix in given)
