"""What customers will do that are played: so many of a usual mixture, or those that a file lists."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from common.nps import Segment, segment


class NoPlan(ValueError):
    """What is to be played cannot be played; the message says why."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What one customer will do. reasons are the places of chips, counted from 0; empty texts are skipped."""

    score: int
    language: str
    reasons: tuple[int, ...] = ()
    comment: str = ""
    email: str = ""
    phone: str = ""


_COMMENTS = {
    "en": ("The queue was too long.", "Friendly people!"),
    "it": ("La fila alla cassa era lunga, perché?", "È sempre un piacere!"),
    "es": ("El baño no estaba limpio.", "¡Qué buen trato!"),
    "fr": ("J’ai trop attendu à la caisse.", "Très bon accueil !"),
}
_SCORES = (3, 9, 0, 5, 7, 6, 8, 10, 2, 9, 10, 4)


def read_plan(text: str, languages: Sequence[str]) -> list[Planned]:
    """Return the visits that a number or the path of a JSON file stands for; raise NoPlan.

    languages are the codes of those that customers can choose, the first one first.
    """
    if text.isdecimal() and int(text) > 0:
        return [_usual(number, languages) for number in range(int(text))]
    try:
        visits = json.loads(Path(text).read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as reason:
        why = reason.strerror if isinstance(reason, OSError) else reason
        raise NoPlan(f"{text!r} is neither a number of visits nor a JSON file of them: {why}") from reason
    if not isinstance(visits, list) or not visits:
        raise NoPlan(f"{text} holds no list of visits")
    return [_planned(f"visit {number} of {text}", visit, languages) for number, visit in enumerate(visits, 1)]


def _planned(which: str, visit: Any, languages: Sequence[str]) -> Planned:
    if not isinstance(visit, dict) or "score" not in visit:
        raise NoPlan(f'{which} is none like {{"score": 9}}')
    whole: dict[str, Any] = {"language": languages[0]} | visit
    names = [each.name for each in fields(Planned)]
    if unknown := whole.keys() - set(names):
        raise NoPlan(f"{which}: there is no {min(unknown)!r}; there are {', '.join(names)}")
    for name, value in whole.items():
        if must := _must_be(name, value, languages):
            raise NoPlan(f"{which}: {name} must be {must}, not {json.dumps(value, ensure_ascii=False)}")
    return Planned(**whole | {"reasons": tuple(whole.get("reasons", ()))})


def _must_be(name: str, value: Any, languages: Sequence[str]) -> str:
    """Return what a part of a visit must be, "" if it is."""
    match name:
        case "score":
            well, must = type(value) is int and 0 <= value <= 10, "from 0 to 10"
        case "language":
            well, must = value in languages, f"one of {', '.join(languages)}"
        case "reasons":
            well = isinstance(value, list) and all(type(place) is int and place >= 0 for place in value)
            must = "a list of places from 0 up"
        case _:
            well, must = isinstance(value, str), "a text"
    return "" if well else must


def _usual(number: int, languages: Sequence[str]) -> Planned:
    """Return a visit out of the usual mixture: in several languages, some unhappy and in want of a reply."""
    score = _SCORES[number % len(_SCORES)]
    spoken = [code for code in _COMMENTS if code in languages] or languages
    language = spoken[number % len(spoken)]
    comments = _COMMENTS.get(language, ("", ""))
    leaves = segment(score) is Segment.DETRACTOR and number % 12 != 8
    return Planned(
        score=score,
        language=language,
        reasons=(number % 6, (number + 2) % 6) if number % 3 else (),
        comment=comments[0 if score <= 6 else 1] if number % 5 < 3 else "",
        email=f"customer{number}@example.org" if leaves and number % 4 != 2 else "",
        phone="+39 06 5550100" if leaves and number % 4 in (0, 2) else "",
    )
