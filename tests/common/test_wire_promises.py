"""WIRE.md and the code say the same, and each of its promises is signed by a test."""

from pathlib import Path
from re import MULTILINE, findall

from common import wire
from common.responses import LONGEST_COMMENT, LONGEST_NAME, Channel, Kind
from hub.fleet.queries import MOST_GAPS
from hub.fleet.rules import INTERVAL_SECONDS, LIFE
from hub.web.problems import Reason

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "common" / "WIRE.md").read_text("utf-8")

PAGES_ONLY = {Reason.FORBIDDEN}
"""Problems that only people meet."""


def test_every_promise_has_a_test_that_names_it_and_the_other_way_round() -> None:
    promised = findall(r"^\*\*W(\d+)\*\* ", DOCUMENT, MULTILINE)
    signed = {
        number
        for file in (ROOT / "tests").rglob("test_*.py")
        for number in findall(r"^ *(?:async )?def test_w(\d+)_", file.read_text("utf-8"), MULTILINE)
    }
    assert promised == [str(number) for number in range(1, len(promised) + 1)]
    assert signed == set(promised)


def test_every_reason_to_refuse_a_response_is_written_down_and_no_other() -> None:
    rows = findall(r"^\| `\w+`.*\| ((?:`\w+`(?:, )?)+) \|$", DOCUMENT, MULTILINE)
    fields = {code for row in rows for code in findall(r"`(\w+)`", row)}
    apart = {"bad_response", "answer_changed", "unknown_answer"}
    assert fields | apart == {code.value for code in wire.Code}
    assert "`bad_response`" in DOCUMENT
    assert "`answer_changed`" in DOCUMENT
    assert "`unknown_answer`" in DOCUMENT


def test_every_problem_is_written_down_with_its_status() -> None:
    rows = findall(r"^\| (\d{3}) \| (.+?) \|", DOCUMENT, MULTILINE)
    written = {code: int(status) for status, codes in rows for code in findall(r"`(\w+)`", codes)}
    assert written == {reason.code: reason.status for reason in set(Reason) - PAGES_ONLY}


def test_addresses_limits_and_words_are_those_of_the_code() -> None:
    for path in (wire.SYNC_PATH, wire.SURVEY_PATH, wire.PAIRING_PATH, wire.PAIRING_KEY_PATH):
        assert f" {path}\n" in DOCUMENT or f" {path} " in DOCUMENT
    assert f"at most {wire.LARGEST_BATCH} bytes" in DOCUMENT
    assert f"at most {wire.MOST_RESPONSES} responses" in DOCUMENT
    assert f"at most {MOST_GAPS} ranges" in DOCUMENT
    assert f"at most {wire.MOST_OVERRULED} of them" in DOCUMENT
    assert f"at most {LONGEST_COMMENT} characters" in DOCUMENT
    assert f"1 to {LONGEST_NAME} letters" in DOCUMENT
    assert f'"expires_in": {int(LIFE.total_seconds())}, "interval": {INTERVAL_SECONDS}' in DOCUMENT
    for word in (*Kind, *Channel, *wire.Outcome):
        assert f"`{word.value}`" in DOCUMENT
    assert wire.SPOKEN == (1,)
