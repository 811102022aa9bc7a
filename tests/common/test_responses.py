"""What a comment may hold, and what makes an answer another answer."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.responses import (
    LONGEST_COMMENT,
    Channel,
    Kind,
    clean_comment,
    fingerprint,
    is_clean,
    is_name,
)
from tests.support.answers import NOON, a_response
from tests.support.strategies import contacts, responses


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("  spaced out \n", "spaced out"),
        ("two\r\nlines\rthree", "two\nlines\nthree"),
        ("nul\0 bell\a escape\x1b delete\x7f next\x85", "nul bell escape delete next"),
        ("one\ttwo", "one two"),
        ("half a pair \ud83d here", "half a pair  here"),
        ("Perché? 🙂 日本 «sì»", "Perché? 🙂 日本 «sì»"),
        ("x" * 5000, "x" * LONGEST_COMMENT),
        ("x" * 3999 + "  y", "x" * 3999),
    ],
)
def test_clean_comment(typed: str, kept: str) -> None:
    assert clean_comment(typed) == kept


@given(some.text(some.characters(), max_size=50) | some.text(min_size=4000, max_size=4100))
def test_a_cleaned_comment_is_clean_and_stays_so(typed: str) -> None:
    kept = clean_comment(typed)
    assert is_clean(kept)
    assert clean_comment(kept) == kept
    assert kept.encode().decode() == kept


@pytest.mark.parametrize("comment", ["a\0", "\ud800", "tab\t", "x" * 4001])
def test_what_may_not_be_stored_is_not_clean(comment: str) -> None:
    assert not is_clean(comment)


def test_4000_characters_of_any_script_are_clean() -> None:
    assert is_clean("🙂" * LONGEST_COMMENT)


@pytest.mark.parametrize("name", ["checkout", "1", "Returns desk 2", "a" * 64, "pt-BR", "v1.0_x"])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("name", ["", " checkout", "a" * 65, "caffè", "a/b", "a\n", None, 1, ["a"]])
def test_no_names(name: Any) -> None:
    assert not is_name(name)


CHANGES: dict[str, Any] = {
    "survey": "other",
    "version": 2,
    "kind": Kind.PHASE,
    "touchpoint": "returns",
    "channel": Channel.WEB,
    "language": "it",
    "score": 0,
    "given_at": NOON + timedelta(milliseconds=1),
    "reasons": ("staff",),
    "comment": "slow",
    "flags": ("burst",),
}


@pytest.mark.parametrize("part", CHANGES)
def test_the_fingerprint_changes_with_every_part_of_the_answer(part: str) -> None:
    assert fingerprint(a_response(**{part: CHANGES[part]})) != fingerprint(a_response())


def test_the_fingerprint_tells_neighbouring_parts_apart() -> None:
    one, other = a_response(reasons=("a",), flags=("b",)), a_response(reasons=("a", "b"))
    assert fingerprint(one) != fingerprint(other)


@given(responses, contacts)
def test_the_fingerprint_leaves_contact_details_out(response: Any, contact: Any) -> None:
    assert fingerprint(replace(response, contact=contact)) == fingerprint(replace(response, contact=None))
    assert len(fingerprint(response)) == 16


def test_a_flagged_answer_does_not_count() -> None:
    assert a_response().counted
    assert not a_response(flags=("burst",)).counted
