"""Settings read strictly: the logo can be drawn, and no name that a person wrote is a slip of the pen.

Apart from common.settings, because a kiosk's first frame does not wait for it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import time
from typing import Any

from common.logo import check_logo
from common.settings import DAYS, PARTS, Brand, Brightness, BrokenSettings, Doubts, KioskSettings, Times, Week
from common.settings_document import from_document

_NAMES = {
    part: tuple(each.name for each in fields(kind))
    for part, kind in (("times", Times), ("doubts", Doubts), ("brand", Brand), ("brightness", Brightness))
}
_ONE = {
    "times": "time",
    "doubts": "doubt",
    "brand": "part of the brand",
    "brightness": "part of the brightness",
}


def usable(document: Any) -> KioskSettings:
    """Read settings that travelled, as from_document does, and see that a kiosk can draw the logo."""
    settings = from_document(document)
    check_logo(settings.brand.logo)
    return settings


def from_person(document: Any, languages: Collection[str]) -> KioskSettings:
    """Read settings that a person wrote, the version of which may be left out; raise BrokenSettings.

    Every name in them must be known, and every language one of the survey's, whose codes these are. In
    what travels a name that nobody knows is one of a newer version.
    """
    if not isinstance(document, Mapping):
        raise BrokenSettings("the settings are no JSON object")
    _know("part", document.keys() - {"version"}, PARTS)
    settings = usable({"version": 0} | dict(document))
    for part, names in _NAMES.items():
        _know(_ONE[part], document.get(part, {}), names)
    for name, week in (("hours", settings.hours), ("brightness hours", settings.brightness.hours)):
        _apart(name, week)
    _speak("languages has", settings.languages, languages)
    for fix in settings.fixes:
        if not fix:
            raise BrokenSettings("fixes has a {} without a line in any language")
        _speak("fixes has a line in", fix, languages)
    return settings


def usable_parts(document: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return those parts of a document that can be used, and why another cannot; "" if all can."""
    parts, why = {}, ""
    for name in PARTS:
        if name in document:
            try:
                usable({"version": 0, name: document[name]})
                parts[name] = document[name]
            except BrokenSettings as reason:
                why = why or str(reason)
    return parts, why


def _apart(name: str, week: Week) -> None:
    """See that no two spells of a week overlap, those past midnight included: one of them is a slip."""
    minutes = sorted(
        (DAYS.index(day) * _DAY + _minute(opening), (_minute(closing) - _minute(opening)) % _DAY or _DAY, day)
        for day, spells in week.items()
        for opening, closing in spells
    )
    for (begin, lasts, _), (following, _, day) in zip(minutes, minutes[1:] + minutes[:1], strict=True):
        if len(minutes) > 1 and (following - begin) % (7 * _DAY) < lasts:
            raise BrokenSettings(f"the {name} of {day} overlap others")


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


_DAY = 24 * 60


def _know(kind: str, given: Iterable[str], names: Collection[str]) -> None:
    if unknown := set(given) - set(names):
        raise BrokenSettings(f"there is no {kind} called {min(unknown)!r}; there are {', '.join(names)}")


def _speak(what: str, given: Iterable[str], languages: Collection[str]) -> None:
    if unknown := set(given) - set(languages):
        raise BrokenSettings(f"{what} {min(unknown)!r}; the survey is in {', '.join(languages)}")
