"""A survey: what is asked, in every language it is asked in. Immutable once published."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from json import dumps
from typing import Any

from common import words
from common.nps import Segment
from common.responses import Kind, is_name

MOST_REASONS = 8


class BrokenSurvey(ValueError):
    """The document is no survey; the message says which part of it is wrong."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's sentences. ‹store› in the question stands for the store's name.

    reasons maps the id of a chip to its label; thanks maps a segment to the closing sentence.
    """

    question: str
    lowest: str
    highest: str
    why: str
    reasons: Mapping[str, str]
    contact: str
    purpose: str
    consent: str
    thanks: Mapping[Segment, str]

    def question_for(self, store: str) -> str:
        """Return the question about a store."""
        return self.question.replace("‹store›", store)


@dataclass(frozen=True, slots=True)
class Survey:
    """A questionnaire: its id, its version (1, 2, …), its kind and its wording per language code.

    The first language is the one shown before the customer chooses. consent_text names the version of
    the consent sentence, which is stored with every consent given.
    """

    id: str
    version: int
    kind: Kind
    consent_text: str
    wording: Mapping[str, Wording]

    @property
    def languages(self) -> tuple[str, ...]:
        """The language codes it can be answered in, the first one first."""
        return tuple(self.wording)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The ids of its chips, in the order shown."""
        return tuple(next(iter(self.wording.values())).reasons)

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits that change with anything a customer reads."""
        text = dumps(to_document(self)["wording"], ensure_ascii=False)
        return blake2b(text.encode(), digest_size=16).hexdigest()


def to_document(survey: Survey) -> dict[str, Any]:
    """Return the survey as it travels and is stored: plain JSON values."""
    return {
        "id": survey.id,
        "version": survey.version,
        "kind": survey.kind.value,
        "consent_text": survey.consent_text,
        "wording": {
            language: {name: dict(value) if name in _TABLES else value for name, value in _fields(wording)}
            for language, wording in survey.wording.items()
        },
    }


def from_document(document: Any) -> Survey:
    """Read a survey from JSON values; raise BrokenSurvey unless it can be asked in all its languages."""
    try:
        survey = Survey(
            id=_name(document["id"]),
            version=document["version"],
            kind=Kind(document["kind"]),
            consent_text=_name(document["consent_text"]),
            wording={
                _name(language): _wording(language, body) for language, body in document["wording"].items()
            },
        )
    except (KeyError, TypeError, AttributeError) as reason:
        raise BrokenSurvey(f"a part is missing or of the wrong type: {reason}") from reason
    except ValueError as reason:
        raise BrokenSurvey(str(reason)) from reason
    if type(survey.version) is not int or not 0 < survey.version < 2**31:
        raise BrokenSurvey("its version is not a number from 1 up")
    if not survey.wording:
        raise BrokenSurvey("it has no language")
    for language, wording in survey.wording.items():
        if tuple(wording.reasons) != survey.reasons:
            raise BrokenSurvey(f"its reasons in {language} are not those of {survey.languages[0]}")
    return survey


def standard_survey() -> Survey:
    """Return the survey that every new hub starts with, in the languages that Cerchio speaks."""
    return from_document(
        {
            "id": "standard",
            "version": 1,
            "kind": Kind.RELATIONAL,
            "consent_text": "standard-1",
            "wording": {language: words.section(language, "survey") for language in words.LANGUAGES},
        }
    )


_TABLES = ("reasons", "thanks")


def _fields(wording: Wording) -> list[tuple[str, Any]]:
    return [(name, getattr(wording, name)) for name in Wording.__dataclass_fields__]


def _wording(language: str, body: Mapping[str, Any]) -> Wording:
    try:
        reasons = {_name(reason): _text(body["reasons"], reason) for reason in body["reasons"]}
        thanks = {segment: _text(body["thanks"], segment) for segment in Segment}
        sentences = {name: _text(body, name) for name in Wording.__dataclass_fields__ if name not in _TABLES}
    except (KeyError, TypeError, ValueError, AttributeError) as reason:
        raise BrokenSurvey(f"its wording in {language} is incomplete: {reason}") from reason
    if len(reasons) > MOST_REASONS:
        raise BrokenSurvey(f"it has {len(reasons)} reasons in {language}; a screen holds {MOST_REASONS}")
    return Wording(**sentences, reasons=reasons, thanks=thanks)


def _name(value: Any) -> str:
    if not is_name(value):
        raise BrokenSurvey(f"{value!r} cannot travel as an id: letters, digits, blanks, . - _, up to 64")
    return value


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body[name]
    if not isinstance(value, str) or not value.strip():
        raise BrokenSurvey(f"{name} is no text")
    return value
