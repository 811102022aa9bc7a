"""How settings travel and are stored: as JSON, written here and read part by part."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import time
from json import dumps
from re import fullmatch
from typing import Any

from common.responses import is_name
from common.settings import (
    BETWEEN,
    COUNTS,
    DAYS,
    LARGEST_LOGO,
    LONGEST_ADDRESS,
    LONGEST_FIX,
    MOST_FIXES,
    PARTS,
    PNG,
    Brand,
    Brightness,
    BrokenSettings,
    Doubts,
    KioskSettings,
    Spell,
    Times,
    Week,
)

# How these are written. Texts, because a kiosk's first frame does not wait for patterns that it may not need.
COLOUR = r"#[0-9A-Fa-f]{6}"
ADDRESS = r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:[/?#][!-~]*)?"
_LIST = (list, tuple)
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"


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
