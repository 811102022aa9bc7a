"""Settings that head office sends: read whole or refused by the part that is wrong; when a store is open."""

from contextlib import suppress
from dataclasses import fields
from datetime import datetime
from json import dumps, loads
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.settings import (
    LEAST,
    PARTS,
    BrokenSettings,
    Doubts,
    KioskSettings,
    Times,
    from_document,
    from_person,
    overlaid,
    to_document,
)
from tests.support.strategies import any_json

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WHOLE: dict[str, Any] = {
    "version": 3,
    "languages": ["it", "de"],
    "times": {"idle": 30, "extensions": 12},
    "doubts": {"burst": 8, "grace": 600},
    "brand": {"primary": "#0E5A6B", "secondary": "#DCECEF", "logo": PNG},
    "hours": {"sat": [["09:00", "13:00"], ["18:00", "02:00"]], "sun": []},
    "address": "https://survey.example.com/roma",
    "fixes": [{"it": "Più casse aperte la sera", "en": "More tills in the evening"}],
}


def test_settings_travel_and_come_back() -> None:
    settings = from_document(WHOLE)
    assert from_document(to_document(settings)) == settings
    assert (settings.languages, settings.times.idle, settings.times.thanks) == (("it", "de"), 30, 8)
    assert (settings.doubts.burst, settings.doubts.sweep) == (8, 8)
    assert settings.brand.logo.startswith(b"\x89PNG")


def test_only_the_version_is_needed() -> None:
    assert from_document({"version": 1}) == KioskSettings(version=1)


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ({"version": True}, "version"),
        ({"version": None}, "version"),
        ({"languages": "it"}, "languages"),
        ({"languages": ["it", "it"]}, "languages"),
        ({"times": {"patience": 3}}, "no time called 'patience'"),
        ({"times": {"still_there": 5}}, "still_there must be from 20.0"),
        ({"times": {"extensions": 3}}, "extensions must be from 10"),
        ({"times": {"idle": float("nan")}}, "idle"),
        ({"times": {"idle": "40"}}, "idle"),
        ({"doubts": {"mood": 3}}, "no doubt called 'mood'"),
        ({"doubts": {"sweep": 12}}, "sweep must be from 4 to 11"),
        ({"doubts": {"burst": 6.5}}, "burst must be from 3 to 100"),
        ({"doubts": {"reading": float("nan")}}, "reading"),
        ({"brand": {"primary": "teal"}}, "the primary colour 'teal'"),
        ({"brand": {"logo": "AAAA"}}, "no PNG"),
        ({"brand": {"logo": "!"}}, "base64"),
        ({"brand": []}, "wrong type"),
        ({"hours": {"monday": []}}, "'monday' is none of"),
        ({"hours": {"mon": [["9", "25:00"]]}}, "hours of mon"),
        ({"hours": {"mon": [["09:00"]]}}, "hours of mon"),
        ({"hours": {"mon": [["09:00+02:00", "18:00"]]}}, "hours of mon"),
        ({"hours": {"mon": [[9, 18]]}}, "hours of mon"),
        ({"brand": {"primary": None}}, "wrong type"),
        ({"address": "http://survey.example.com"}, "no address"),
        ({"address": "https://["}, "no address"),
        ({"address": "https://a b"}, "no address"),
        ({"address": "https://a/" + "x" * 400}, "no address"),
        ({"fixes": [{"it": ""}]}, "1 to 140 characters"),
        ({"fixes": [{"it": "x" * 141}]}, "1 to 140 characters"),
        ({"fixes": [{}] * 13}, "13 lines"),
    ],
)
def test_a_part_that_cannot_be_used_is_named(part: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BrokenSettings, match=sentence):
        from_document(WHOLE | part)


@given(some.sampled_from(("version", *PARTS)), any_json)
def test_any_part_is_read_or_refused(part: str, value: Any) -> None:
    with suppress(BrokenSettings):
        settings = from_document(WHOLE | {part: value})
        assert from_document(loads(dumps(to_document(settings)))) == settings


def test_a_person_may_leave_out_the_version_but_not_invent_a_part() -> None:
    assert from_person({"languages": ["de"]}) == KioskSettings(languages=("de",))
    assert from_document(WHOLE | {"of a newer version": 1}) == from_document(WHOLE)
    for document, sentence in (({"langages": ["de"]}, "no part called 'langages'"), ([], "no JSON object")):
        with pytest.raises(BrokenSettings, match=sentence):
            from_person(document)


def test_a_part_of_a_later_document_holds_as_a_whole() -> None:
    chain, store = (
        {"version": 1, "languages": ["it"], "times": {"idle": 30}},
        {"times": {"thanks": 5}, "x": 1},
    )
    assert overlaid(chain, store) == {"languages": ["it"], "times": {"thanks": 5}}
    assert overlaid() == {}


@pytest.mark.parametrize("document", [None, [], "settings", {}])
def test_what_is_no_document_is_refused(document: Any) -> None:
    with pytest.raises(BrokenSettings):
        from_document(document)


@pytest.mark.parametrize(
    ("local", "is_open"),
    [
        ("2026-11-21T08:59", False),
        ("2026-11-21T09:00", True),
        ("2026-11-21T13:00", False),
        ("2026-11-21T23:59", True),
        ("2026-11-22T01:59", True),
        ("2026-11-22T02:00", False),
        ("2026-11-23T12:00", False),
    ],
)
def test_a_store_is_open_in_its_hours_and_past_midnight(local: str, is_open: bool) -> None:
    assert from_document(WHOLE).is_open(datetime.fromisoformat(local)) is is_open


def test_a_store_without_hours_is_always_open() -> None:
    assert KioskSettings().is_open(datetime.fromisoformat("2026-11-22T03:00"))


def test_the_example_in_the_documents_is_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "running-in-a-shop.md").read_text("utf-8")
    example, text = loads(page.partition("```json\n")[2].partition("```")[0]), page.partition("```json")[2]
    settings = from_person(example)
    assert (settings.languages, settings.times.idle, settings.hours["sun"]) == (("it", "en", "de"), 60, ())
    names = {*PARTS, *LEAST, *(each.name for kind in (Times, Doubts) for each in fields(kind))}
    assert {name for name in names if f"`{name}`" not in text} == set()
