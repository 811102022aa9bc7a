"""A survey: what is asked, in every language it is asked in. Immutable once published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from json import dumps
from typing import Any

from common import words
from common.nps import Segment
from common.responses import Kind, is_name

MOST_REASONS = 8
"""Chips that a screen holds."""

LONGEST_NOTICE = 8000
"""Characters."""


class BrokenSurvey(ValueError):
    """The document is no survey; the message says which part of it is wrong."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's sentences. ‹store› in the question stands for the store's name.

    reasons maps the id of a chip to its label; thanks maps a segment to the closing sentence. The rest may
    be empty: why_by holds questions that take the place of why for a segment, minors is said to the young,
    and notice is the whole privacy notice, in paragraphs with a blank line between them. The first of a
    paragraph's lines is its heading if there is more than one.
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
    why_by: Mapping[Segment, str] = field(default_factory=dict)
    minors: str = ""
    notice: str = ""

    def question_for(self, store: str) -> str:
        """Return the question about a store."""
        return self.question.replace(STORE, store)

    def why_for(self, segment: Segment) -> str:
        """Return the question why, as a segment is asked it."""
        return self.why_by.get(segment, self.why)

    def notice_for(self, store: str) -> tuple[tuple[str, str], ...]:
        """Return the privacy notice of a store: headings, which may be empty, and what stands under them."""
        return tuple(
            _paragraph(text) for text in self.notice.replace(STORE, store).split("\n\n") if text.strip()
        )


@dataclass(frozen=True, slots=True)
class Survey:
    """A questionnaire: its id, its version (1, 2, …), its kind and its wording per language code.

    The first language is the one shown before the customer chooses. consent_text names the version of
    the consent sentence, which is stored with every consent given. chips are the ids of the reasons that a
    segment is offered, in the order shown; one without its own is offered all.
    """

    id: str
    version: int
    kind: Kind
    consent_text: str
    wording: Mapping[str, Wording]
    chips: Mapping[Segment, tuple[str, ...]] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """The language codes it can be answered in, the first one first."""
        return tuple(self.wording)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The ids of all its chips."""
        return tuple(next(iter(self.wording.values())).reasons)

    def reasons_for(self, segment: Segment) -> tuple[str, ...]:
        """Return the ids of the chips that a segment is offered, in the order shown."""
        return self.chips.get(segment, self.reasons)

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits that change with anything a customer reads."""
        document = to_document(self)
        text = dumps([document["wording"], document.get("chips")], ensure_ascii=False)
        return blake2b(text.encode(), digest_size=16).hexdigest()


def to_document(survey: Survey) -> dict[str, Any]:
    """Return the survey as it travels and is stored: plain JSON values, without parts that are empty."""
    document: dict[str, Any] = {
        "id": survey.id,
        "version": survey.version,
        "kind": survey.kind.value,
        "consent_text": survey.consent_text,
        "wording": {language: _body(wording) for language, wording in survey.wording.items()},
    }
    if survey.chips:
        document["chips"] = {segment.value: list(reasons) for segment, reasons in survey.chips.items()}
    return document


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
            chips=_chips(document.get("chips", {})),
        )
    except (KeyError, TypeError, AttributeError) as reason:
        raise BrokenSurvey(f"a part is missing or of the wrong type: {reason}") from reason
    except ValueError as reason:
        raise BrokenSurvey(str(reason)) from reason
    _check(survey)
    return survey


def standard_survey() -> Survey:
    """Return the survey that every new hub starts with, in the languages that Cerchio speaks.

    A sentence or a chip that changes here makes another version, as it does in every survey.
    """
    return from_document(
        {
            "id": "standard",
            "version": 2,
            "kind": Kind.RELATIONAL,
            "consent_text": "standard-2",
            "wording": {language: words.section(language, "survey") for language in words.LANGUAGES},
            "chips": {segment: chips.split() for segment, chips in _STANDARD_CHIPS.items()},
        }
    )


STORE = "‹store›"

_STANDARD_CHIPS = {
    Segment.DETRACTOR: "waiting staff availability price quality returns finding cleanliness",
    Segment.PASSIVE: "choice availability price quality staff waiting finding cleanliness",
    Segment.PROMOTER: "staff advice choice quality price atmosphere cleanliness location",
}
_TABLES = ("reasons", "thanks", "why_by")
_OPTIONAL = ("minors", "notice")


def _check(survey: Survey) -> None:
    if type(survey.version) is not int or not 0 < survey.version < 2**31:
        raise BrokenSurvey("its version is not a number from 1 up")
    if not survey.wording:
        raise BrokenSurvey("it has no language")
    for language, wording in survey.wording.items():
        if tuple(wording.reasons) != survey.reasons:
            raise BrokenSurvey(f"its reasons in {language} are not those of {survey.languages[0]}")
    for segment in Segment:
        offered = survey.reasons_for(segment)
        if len(offered) > MOST_REASONS:
            raise BrokenSurvey(
                f"it has {len(offered)} reasons for a {segment}; a screen holds {MOST_REASONS}"
            )
        if len(set(offered)) < len(offered) or not set(offered) <= set(survey.reasons):
            raise BrokenSurvey(f"its chips for a {segment} are not among its reasons, each once")


def _body(wording: Wording) -> dict[str, Any]:
    fields = ((name, getattr(wording, name)) for name in Wording.__dataclass_fields__)
    return {
        name: dict(value) if name in _TABLES else value
        for name, value in fields
        if value or name == "reasons"
    }


def _chips(chips: Mapping[str, Any]) -> dict[Segment, tuple[str, ...]]:
    for reasons in chips.values():
        if not isinstance(reasons, list):
            raise BrokenSurvey("its chips are no lists")
    return {Segment(segment): tuple(map(_name, reasons)) for segment, reasons in chips.items()}


def _wording(language: str, body: Mapping[str, Any]) -> Wording:
    try:
        reasons = {_name(reason): _text(body["reasons"], reason) for reason in body["reasons"]}
        thanks = {segment: _text(body["thanks"], segment) for segment in Segment}
        why_by = {Segment(name): _text(body["why_by"], name) for name in body.get("why_by", {})}
        sentences = {
            name: _text(body, name)
            for name in Wording.__dataclass_fields__
            if name not in _TABLES and not (name in _OPTIONAL and body.get(name, "") == "")
        }
    except (KeyError, TypeError, ValueError, AttributeError) as reason:
        raise BrokenSurvey(f"its wording in {language} is incomplete: {reason}") from reason
    if len(sentences.get("notice", "")) > LONGEST_NOTICE:
        raise BrokenSurvey(f"its notice in {language} is longer than {LONGEST_NOTICE} characters")
    return Wording(**sentences, reasons=reasons, thanks=thanks, why_by=why_by)


def _paragraph(text: str) -> tuple[str, str]:
    first, _, rest = text.strip().partition("\n")
    return (first, rest) if rest else ("", first)


def _name(value: Any) -> str:
    if not is_name(value):
        raise BrokenSurvey(f"{value!r} cannot travel as an id: letters, digits, blanks, . - _, up to 64")
    return value


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body[name]
    if not isinstance(value, str) or not value.strip():
        raise BrokenSurvey(f"{name} is no text")
    return value
