"""A survey travels unchanged, and one that could not be asked is refused with the reason."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from json import dumps, loads
from typing import Any

import pytest

from common import words
from common.nps import Segment
from common.surveys import BrokenSurvey, from_document, standard_survey, to_document

Document = dict[str, Any]


def test_the_standard_survey_is_asked_in_every_language() -> None:
    survey = standard_survey()
    assert survey.languages == words.LANGUAGES
    for wording in survey.wording.values():
        assert wording.question_for("Rossi & C.").count("Rossi & C.") == 1
        assert set(wording.thanks) == set(Segment)
        assert wording.minors
        assert len(wording.notice_for("Rossi & C.")) == len(survey.wording["en"].notice_for(""))
        assert all(heading and text for heading, text in wording.notice_for("Rossi & C."))
        assert "Rossi & C." in wording.notice_for("Rossi & C.")[0][1]


@pytest.mark.parametrize("segment", Segment)
def test_the_standard_survey_offers_each_segment_six_to_eight_chips(segment: Segment) -> None:
    survey = standard_survey()
    assert 6 <= len(survey.reasons_for(segment)) <= 8
    assert set(survey.reasons) == {reason for each in Segment for reason in survey.reasons_for(each)}


def test_what_the_standard_survey_asks_has_not_changed_within_a_version() -> None:
    """Whoever changes it gives it the next version, and keeps this one with the hub's standard surveys."""
    assert (standard_survey().version, standard_survey().fingerprint) == (
        2,
        "beb5d64ed144c125f277ee9e60a4a443",
    )


def test_a_survey_from_before_there_was_more_is_read_and_written_as_it_was() -> None:
    document = to_document(standard_survey())
    del document["chips"]
    for body in document["wording"].values():
        del body["notice"], body["minors"]
        body["reasons"] = dict(list(body["reasons"].items())[:6])
    survey = from_document(document)
    assert to_document(survey) == document
    assert survey.reasons_for(Segment.PASSIVE) == survey.reasons
    wording = survey.wording["fr"]
    assert wording.why_for(Segment.PASSIVE) == wording.why
    assert (wording.minors, wording.notice_for("Bari")) == ("", ())


def test_a_segment_may_be_asked_in_its_own_way() -> None:
    document = to_document(standard_survey())
    document["wording"]["en"]["why_by"] = {"detractor": "What happened?"}
    survey = from_document(document)
    assert from_document(loads(dumps(to_document(survey)))) == survey
    asked = {segment: survey.wording["en"].why_for(segment) for segment in Segment}
    assert asked.pop(Segment.DETRACTOR) == "What happened?"
    assert set(asked.values()) == {survey.wording["en"].why}
    assert survey.fingerprint != standard_survey().fingerprint


def test_a_notice_is_paragraphs_with_or_without_headings() -> None:
    wording = replace(standard_survey().wording["en"], notice="Hello.\n\n\nWho\nIt is ‹store›\nand us.\n")
    assert wording.notice_for("Bari") == (("", "Hello."), ("Who", "It is Bari\nand us."))


def test_a_survey_travels_unchanged() -> None:
    survey = standard_survey()
    assert from_document(loads(dumps(to_document(survey)))) == survey


def test_the_fingerprint_is_that_of_what_customers_read() -> None:
    document = to_document(standard_survey())
    changed = deepcopy(document)
    changed["wording"]["it"]["reasons"]["staff"] = "Il personale"
    reordered = deepcopy(document)
    reordered["chips"]["passive"].reverse()
    renamed = {**document, "id": "autumn", "version": 3}
    fingerprint = standard_survey().fingerprint
    assert len(fingerprint) == 32
    assert from_document(renamed).fingerprint == fingerprint
    assert from_document(changed).fingerprint != fingerprint
    assert from_document(reordered).fingerprint != fingerprint


def put(value: Any, *path: str) -> Callable[[Document], None]:
    """Return a change that sets one place of a document."""

    def change(document: Document) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


def drop(*path: str) -> Callable[[Document], None]:
    """Return a change that removes one place of a document."""

    def change(document: Document) -> None:
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return change


def too_many_reasons(document: Document) -> None:
    del document["chips"]
    for wording in document["wording"].values():
        wording["reasons"] = {f"r{number}": "Reason" for number in range(9)}


def reasons_in_another_order(document: Document) -> None:
    reasons = document["wording"]["es"]["reasons"]
    document["wording"]["es"]["reasons"] = dict(reversed(reasons.items()))


BREAKS: dict[str, tuple[Callable[[Document], None], str]] = {
    "no id": (drop("id"), "'id'"),
    "empty id": (put("", "id"), "cannot travel"),
    "id that cannot travel": (put("prêt", "id"), "prêt"),
    "no version": (drop("version"), "'version'"),
    "version 0": (put(0, "version"), "version"),
    "version of words": (put("1", "version"), "version"),
    "version that is true": (put(True, "version"), "version"),
    "version beyond counting": (put(2**31, "version"), "version"),
    "no kind": (drop("kind"), "'kind'"),
    "unknown kind": (put("yearly", "kind"), "yearly"),
    "kind of a wrong type": (put([], "kind"), "Kind"),
    "no consent text": (drop("consent_text"), "'consent_text'"),
    "consent text that cannot travel": (put("terms/1", "consent_text"), "terms/1"),
    "no wording": (drop("wording"), "'wording'"),
    "no language": (put({}, "wording"), "no language"),
    "a list of wordings": (put([], "wording"), "wrong type"),
    "language that cannot travel": (put({}, "wording", "português"), "português"),
    "empty wording": (put({}, "wording", "it"), "in it is incomplete"),
    "wording of a wrong type": (put("Ciao", "wording", "it"), "in it is incomplete"),
    "no question": (drop("wording", "fr", "question"), "in fr is incomplete"),
    "question is a number": (put(7, "wording", "fr", "question"), "in fr is incomplete"),
    "empty label": (put("", "wording", "fr", "reasons", "staff"), "in fr is incomplete"),
    "reasons are a list": (put(["staff"], "wording", "fr", "reasons"), "in fr is incomplete"),
    "reason that cannot travel": (put("Été", "wording", "fr", "reasons", "été"), "été"),
    "a reason missing in one language": (drop("wording", "fr", "reasons", "staff"), "in fr are not those"),
    "reasons in another order": (reasons_in_another_order, "in es are not those"),
    "nine reasons": (too_many_reasons, "9 reasons"),
    "nine chips": (put(list("abcdefghi"), "chips", "passive"), "9 reasons for a passive"),
    "a chip that is no reason": (put(["staff", "weather"], "chips", "passive"), "not among its reasons"),
    "a chip twice": (put(["staff", "staff"], "chips", "passive"), "each once"),
    "chips of nobody": (put(["staff"], "chips", "fan"), "fan"),
    "chips that are a word": (put("staff", "chips", "passive"), "no lists"),
    "chips that are no table": (put(["staff"], "chips"), "wrong type"),
    "a question of nobody": (put({"fan": "Why?"}, "wording", "it", "why_by"), "in it is incomplete"),
    "a question that is empty": (put({"passive": " "}, "wording", "it", "why_by"), "in it is incomplete"),
    "a notice that is no text": (put(["Who"], "wording", "it", "notice"), "in it is incomplete"),
    "a notice without end": (put("a" * 8001, "wording", "it", "notice"), "longer than 8000"),
    "no thanks for passives": (drop("wording", "en", "thanks", "passive"), "in en is incomplete"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_survey_is_refused_with_its_reason(name: str) -> None:
    breaks, said = BREAKS[name]
    document = deepcopy(to_document(standard_survey()))
    breaks(document)
    with pytest.raises(BrokenSurvey, match=said):
        from_document(document)


@pytest.mark.parametrize("document", [None, [], "survey", 1, {}])
def test_no_survey_at_all(document: Any) -> None:
    with pytest.raises(BrokenSurvey, match="missing or of the wrong type"):
        from_document(document)
