"""WIRE.md and the code say the same, and each of its promises is signed by a test."""

from pathlib import Path
from re import MULTILINE, findall

from common import wire
from common.responses import LONGEST_COMMENT, LONGEST_NAME, Channel, Kind
from hub.fleet.api import LARGEST_REQUEST
from hub.fleet.queries import MOST_GAPS
from hub.fleet.rules import INTERVAL_SECONDS, LIFE

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "common" / "WIRE.md").read_text("utf-8")

HUB_ONLY = {"12"}
"""Promises that a kiosk keeps by nothing of its own: what is erased is a duplicate like any other."""


def test_every_promise_has_a_test_that_names_it_and_the_other_way_round() -> None:
    promised = findall(r"^\*\*W(\d+)\*\* ", DOCUMENT, MULTILINE)
    assert promised == [str(number) for number in range(1, len(promised) + 1)]
    assert signed("") == set(promised)


def test_both_sides_sign_every_promise_that_both_have_to_keep() -> None:
    assert signed("hub") >= signed("")
    assert signed("kiosk") == signed("") - HUB_ONLY


def signed(side: str) -> set[str]:
    """Return the numbers of the promises that tests of a side name; of all sides if it is empty."""
    return {
        number
        for file in (ROOT / "tests" / side).rglob("test_*.py")
        for number in findall(r"^ *(?:async )?def test_w(\d+)_", file.read_text("utf-8"), MULTILINE)
    }


def test_every_reason_to_refuse_a_response_is_written_down_and_no_other() -> None:
    rows = findall(r"^\| `\w+`.*\| ((?:`\w+`(?:, )?)+) \|$", DOCUMENT, MULTILINE)
    fields = {code for row in rows for code in findall(r"`(\w+)`", row)}
    apart = {"bad_response", "answer_changed", "unknown_answer"}
    assert fields | apart == {code.value for code in wire.Code}
    assert "`bad_response`" in DOCUMENT
    assert "`answer_changed`" in DOCUMENT
    assert "`unknown_answer`" in DOCUMENT


def test_addresses_limits_and_words_are_those_of_the_code() -> None:
    for path in (wire.SYNC_PATH, wire.SURVEY_PATH, wire.PAIRING_PATH, wire.PAIRING_KEY_PATH):
        assert f" {path}\n" in DOCUMENT or f" {path} " in DOCUMENT
    assert f"`GET {wire.OPENAPI_PATH}`" in DOCUMENT
    assert f"at most {wire.LARGEST_BATCH} bytes" in DOCUMENT
    assert f"at most {wire.MOST_RESPONSES} responses" in DOCUMENT
    assert f"at most {MOST_GAPS} ranges" in DOCUMENT
    assert f"at most {LARGEST_REQUEST} bytes" in DOCUMENT
    assert f"at most {wire.MOST_OVERRULED} of them" in DOCUMENT
    assert f"at most {LONGEST_COMMENT} characters" in DOCUMENT
    assert f"1 to {LONGEST_NAME} letters" in DOCUMENT
    assert f'"expires_in": {int(LIFE.total_seconds())}, "interval": {INTERVAL_SECONDS}' in DOCUMENT
    for word in (*Kind, *Channel, *wire.Outcome):
        assert f"`{word.value}`" in DOCUMENT
    assert wire.SPOKEN == (1,)
