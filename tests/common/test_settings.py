"""Settings that head office sends: read whole or refused by the part that is wrong; when a store is open."""

from datetime import datetime
from typing import Any

import pytest

from common.settings import BrokenSettings, KioskSettings, from_document, to_document

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WHOLE: dict[str, Any] = {
    "version": 3,
    "languages": ["it", "de"],
    "times": {"idle": 30, "extensions": 12},
    "brand": {"primary": "#0E5A6B", "secondary": "#DCECEF", "logo": PNG},
    "hours": {"sat": [["09:00", "13:00"], ["18:00", "02:00"]], "sun": []},
    "address": "https://survey.example.com/roma",
    "fixes": [{"it": "Più casse aperte la sera", "en": "More tills in the evening"}],
}


def test_settings_travel_and_come_back() -> None:
    settings = from_document(WHOLE)
    assert from_document(to_document(settings)) == settings
    assert (settings.languages, settings.times.idle, settings.times.thanks) == (("it", "de"), 30, 8)
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
        ({"brand": {"primary": "teal"}}, "the primary colour 'teal'"),
        ({"brand": {"logo": "AAAA"}}, "no PNG"),
        ({"brand": {"logo": "!"}}, "base64"),
        ({"brand": []}, "wrong type"),
        ({"hours": {"monday": []}}, "'monday' is none of"),
        ({"hours": {"mon": [["9", "25:00"]]}}, "hours of mon"),
        ({"hours": {"mon": [["09:00"]]}}, "hours of mon"),
        ({"address": "http://survey.example.com"}, "no address"),
        ({"fixes": [{"it": ""}]}, "1 to 140 characters"),
        ({"fixes": [{"it": "x" * 141}]}, "1 to 140 characters"),
        ({"fixes": [{}] * 13}, "13 lines"),
    ],
)
def test_a_part_that_cannot_be_used_is_named(part: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BrokenSettings, match=sentence):
        from_document(WHOLE | part)


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
