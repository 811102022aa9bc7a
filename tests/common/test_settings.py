"""Settings that head office sends: read whole or refused by the part that is wrong; when a store is open."""

from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from json import dumps, loads
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.settings import (
    BETWEEN,
    COUNTS,
    DAYS,
    PARTS,
    Brightness,
    BrokenSettings,
    Doubts,
    KioskSettings,
    Times,
)
from common.settings_document import from_document, overlaid, to_document
from common.strict import from_person, usable_parts
from common.words import LANGUAGES
from tests.support.strategies import any_json

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WHOLE: dict[str, Any] = {
    "version": 3,
    "languages": ["it", "de"],
    "times": {"idle": 30, "extensions": 12},
    "doubts": {"burst": 8, "grace": 600},
    "brand": {"primary": "#0E5A6B", "secondary": "#DCECEF", "logo": PNG},
    "hours": {"sat": [["09:00", "13:00"], ["18:00", "02:00"]], "sun": []},
    "brightness": {"hours": {"sat": [["08:00", "03:00"]]}, "dimmed": 60},
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
        ({"times": []}, "^times is no JSON object with names and values, but a list$"),
        ({"times": {"still_there": 5}}, "^still_there must be from 20 to 300, not 5$"),
        ({"times": {"extensions": 10.9}}, "^extensions must be a whole number from 10 to 100, not 10.9$"),
        ({"times": {"extensions": True}}, "extensions must be a whole number from 10 to 100, not true"),
        ({"times": {"settle": 350}}, "^settle must be from 0.1 to 2, not 350$"),
        ({"times": {"idle": float("nan")}}, "idle must be from 10 to 600, not NaN"),
        ({"times": {"idle": "40"}}, 'idle must be from 10 to 600, not "40"'),
        ({"times": {"idle": {}}}, "idle must be from 10 to 600, not an object"),
        ({"times": {"idle": None}}, "idle must be from 10 to 600, not null"),
        ({"doubts": 3}, "doubts is no JSON object"),
        ({"doubts": {"sweep": 12}}, "sweep must be a whole number from 4 to 11"),
        ({"doubts": {"burst": 6.5}}, "burst must be a whole number from 3 to 100, not 6.5"),
        ({"doubts": {"reading": float("nan")}}, "reading"),
        ({"brightness": 80}, "brightness is no JSON object"),
        ({"brightness": {"dimmed": 96}}, "^dimmed must be a whole number from 0 to 95, not 96$"),
        ({"brightness": {"dimmed": 8.5}}, "dimmed must be a whole number"),
        ({"brightness": {"hours": []}}, "^brightness hours is no JSON object"),
        ({"brightness": {"hours": {"Mo": []}}}, '^brightness hours has "Mo", which is none of mon, tue'),
        ({"brightness": {"hours": {"mon": [["8", "9"]]}}}, '^the brightness hours of mon have "8"'),
        ({"brand": {"primary": "teal"}}, 'the primary colour "teal" is none like #0E5A6B'),
        ({"brand": {"secondary": "#fff"}}, 'the secondary colour "#fff"'),
        ({"brand": {"logo": 7}}, "base64"),
        ({"brand": {"logo": "AAAA"}}, "no PNG"),
        ({"brand": {"logo": "!"}}, "base64"),
        ({"brand": []}, "brand is no JSON object"),
        ({"hours": []}, "hours is no JSON object"),
        ({"hours": {"monday": []}}, 'hours has "monday", which is none of mon, tue'),
        ({"hours": {"mon": None}}, 'the hours of mon are no list of pairs like \\["09:00", "18:30"\\]'),
        ({"hours": {"mon": "09:00"}}, "the hours of mon are no list of pairs"),
        ({"hours": {"mon": [["9", "25:00"]]}}, "hours of mon"),
        ({"hours": {"mon": [["09:00"]]}}, "hours of mon"),
        ({"hours": {"mon": [["09:00+02:00", "18:00"]]}}, "hours of mon"),
        ({"hours": {"mon": [[9, 18]]}}, "hours of mon"),
        ({"brand": {"primary": None}}, "the primary colour null"),
        ({"address": "http://survey.example.com"}, "the address .* is none like https"),
        ({"address": "https://["}, "the address"),
        ({"address": "https://a b"}, "the address"),
        ({"address": 7}, "the address 7 is none like"),
        ({"address": "https://a/" + "x" * 400}, "the address has 410 characters; it takes 134"),
        ({"fixes": {}}, "fixes is no list"),
        ({"fixes": ["hello"]}, "fixes is no list of lines by language"),
        ({"fixes": [{"it": ""}]}, "1 to 140 characters"),
        ({"fixes": [{"it": "x" * 141}]}, "1 to 140 characters"),
        ({"fixes": [{}] * 13}, "13 lines"),
    ],
)
def test_a_part_that_cannot_be_used_is_named(part: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BrokenSettings, match=sentence):
        from_document(WHOLE | part)
    with pytest.raises(BrokenSettings, match=sentence):
        from_person(WHOLE | part, LANGUAGES)


@pytest.mark.parametrize("name", BETWEEN)
def test_everything_with_a_number_has_a_least_and_a_most(name: str) -> None:
    kind = next(each for each in (Times, Doubts, Brightness) if name in each.__slots__)
    part, (least, most) = kind.__name__.lower(), BETWEEN[name]
    for value in (least, most):
        held = from_document({"version": 1, part: {name: value}})
        assert getattr(getattr(held, part), name) == value
    assert least <= getattr(kind(), name) <= most
    for value in (least - 1, most + 1):
        with pytest.raises(BrokenSettings, match=f"{name} must be"):
            from_document({"version": 1, part: {name: value}})


def test_nothing_is_without_bounds() -> None:
    defaults = asdict(Times()) | asdict(Doubts()) | {"dimmed": Brightness().dimmed}
    assert defaults.keys() == BETWEEN.keys()
    assert {name for name, value in defaults.items() if type(value) is int} == COUNTS


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"langages": ["de"]}, "^there is no part called 'langages'; there are languages, times, "),
        ({"times": {"idel": 30}}, "there is no time called 'idel'; there are settle, "),
        ({"doubts": {"mood": 3}}, "there is no doubt called 'mood'"),
        (
            {"brand": {"primery": "#112233"}},
            "no part of the brand called 'primery'; there are primary, secondary",
        ),
        ({"languages": ["it", "xx"]}, "^languages has 'xx'; the survey is in it, en$"),
        ({"fixes": [{"xx": "hello"}]}, "^fixes has a line in 'xx'; the survey is in it, en$"),
        ({"fixes": [{}]}, "fixes has a {} without a line"),
        ([], "no JSON object"),
    ],
)
def test_a_slip_of_the_pen_is_refused_and_taken_from_a_newer_hub(document: Any, sentence: str) -> None:
    with pytest.raises(BrokenSettings, match=sentence):
        from_person(document, ["it", "en"])
    if document:
        from_document({"version": 1} | document)


def test_what_an_earlier_version_took_is_left_out_part_by_part() -> None:
    kept = {"version": 3, "languages": ["it"], "times": {"settle": 350}, "brand": {"logo": "AAAA"}}
    assert usable_parts(kept) == ({"languages": ["it"]}, "settle must be from 0.1 to 2, not 350")
    assert usable_parts(WHOLE) == ({name: WHOLE[name] for name in PARTS}, "")


@given(some.sampled_from(("version", *PARTS)), any_json)
def test_any_part_is_read_or_refused(part: str, value: Any) -> None:
    with suppress(BrokenSettings):
        settings = from_document(WHOLE | {part: value})
        assert from_document(loads(dumps(to_document(settings)))) == settings


def test_a_person_may_leave_out_the_version_and_a_newer_hub_may_say_more() -> None:
    assert from_person({"languages": ["de"]}, LANGUAGES) == KioskSettings(languages=("de",))
    newer = WHOLE | {"of a newer version": 1, "times": WHOLE["times"] | {"of a newer version": "now"}}
    assert from_document(newer) == from_document(WHOLE)


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
    settings = from_person(example, LANGUAGES)
    assert (settings.languages, settings.times.idle, settings.hours["sun"]) == (("it", "en", "de"), 60, ())
    assert {name for name in (*PARTS, *DAYS[::6]) if f"`{name}`" not in text} == set()
    for kind in (Times(), Doubts()):
        for name in kind.__slots__:
            least, most = BETWEEN[name]
            assert f"| `{name}` | {getattr(kind, name):g} | {least:g} | {most:g} |" in text


@pytest.mark.parametrize(
    ("brightness", "noon", "evening", "night"),
    [
        ({}, 0, 82, 82),
        ({"dimmed": 0}, 0, 0, 0),
        ({"dimmed": 50, "hours": {"sat": [["08:00", "23:00"]]}}, 0, 0, 50),
        ({"hours": {"sun": [["08:00", "23:00"]]}}, 82, 82, 82),
    ],
)
def test_a_screen_is_dimmed_outside_hours_of_its_own_or_else_the_stores(
    brightness: dict[str, Any], noon: int, evening: int, night: int
) -> None:
    hours = {"sat": [["09:00", "18:00"]]}
    settings = from_document({"version": 1, "hours": hours, "brightness": brightness})
    saturday = [datetime(2026, 3, 28, hour, 30, tzinfo=ZoneInfo("Europe/Rome")) for hour in (12, 20, 23)]
    assert [settings.dimmed(local) for local in saturday] == [noon, evening, night]


def test_without_any_hours_a_screen_is_never_dimmed() -> None:
    settings = from_document({"version": 1, "brightness": {"dimmed": 90}})
    assert settings.dimmed(datetime(2026, 3, 28, 3, tzinfo=ZoneInfo("Europe/Rome"))) == 0
