"""The standard survey's versions, what head office may publish, and which takes the place of which."""

from collections.abc import Iterable
from dataclasses import fields, replace
from functools import cache
from importlib.resources import files
from json import loads
from typing import Any

from common.responses import Kind
from common.surveys import BrokenSurvey, Survey, Wording, from_document, standard_survey

Key = tuple[str, int]
"""A survey's id and version."""

FIRST_OWN = 1001
"""The first version of head office's own surveys. No two surveys of a hub have the same one, because a kiosk
sees by the version that it should ask another survey."""

NOT_OWN = ("standard", "import")
"""Ids that head office's surveys cannot have."""

_PARTS = [each.name for each in fields(Survey)]


@cache
def standard_surveys() -> tuple[Survey, ...]:
    """Return every version of the standard survey, oldest first.

    Kiosks ask the one that they were built with until a hub gives them another, so every hub takes answers
    to all of them. What earlier versions asked is kept in standard/‹version›.json and never changes.
    """
    newest = standard_survey()
    folder = files(__package__) / "standard"
    earlier = (folder / f"{version}.json" for version in range(1, newest.version))
    return (*(from_document(loads(file.read_text("utf-8"))) for file in earlier), newest)


def makes_way(shown: Key | None) -> bool:
    """Say whether the newest standard survey is to be shown in place of the one that is.

    It follows an earlier one of its own. A survey that head office wrote stays.
    """
    newest = standard_survey()
    return shown is None or (shown[0] == newest.id and shown[1] < newest.version)


def from_person(document: Any, version: int) -> Survey:
    """Read a survey that somebody wrote, as this version of it; raise BrokenSurvey.

    Every name in it must be known: in what travels one that nobody knows is of a newer version.
    """
    if not isinstance(document, dict):
        raise BrokenSurvey("it is no JSON object")
    _know("it has a part", document, _PARTS)
    survey = from_document(document | {"version": version})
    for language, body in document["wording"].items():
        _know(f"its wording in {language} has a part", body, Wording.__dataclass_fields__)
    if survey.id in NOT_OWN:
        raise BrokenSurvey(f"its id {survey.id!r} is not free; choose another, for example 'our-shops'")
    return survey


def outline(key: Key, document: Any) -> Survey | None:
    """Return what must be known of a survey to take answers to it, although it cannot be asked any more.

    It has a kind, languages and reasons; None where not even those can be read.
    """
    try:
        reasons = {language: list(body["reasons"]) for language, body in document["wording"].items()}
        wording = {language: _silent(ids) for language, ids in reasons.items()}
        return Survey(*key, Kind(document["kind"]), "", wording) if wording else None
    except (KeyError, TypeError, AttributeError, ValueError):
        return None


def _silent(reasons: Iterable[str]) -> Wording:
    labels = dict.fromkeys(reasons, "")
    return Wording("", "", "", "", labels, "", "", "", {})


def consent_reworded(survey: Survey, earlier: Iterable[Survey]) -> str | None:
    """Return the language in which the name of a consent's wording meant another sentence before, if any."""
    for each in earlier:
        if each.consent_text == survey.consent_text:
            for language in each.wording.keys() & survey.wording.keys():
                if each.wording[language].consent != survey.wording[language].consent:
                    return language
    return None


def is_same(survey: Survey, other: Survey) -> bool:
    """Say whether two surveys ask the same, whatever their numbers."""
    return replace(survey, version=other.version) == other


def _know(what: str, given: Iterable[str], names: Iterable[str]) -> None:
    if unknown := set(given) - set(names):
        raise BrokenSurvey(f"{what} {min(unknown)!r} that nobody reads; there are {', '.join(names)}")
