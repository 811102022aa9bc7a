"""Rows, tallies of rows, and hashes that find a person without telling who it is."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hub.responses.rules import Source, email_hash, phone_hash, row, tally
from tests.support.answers import NOON, a_response
from tests.support.strategies import responses

KEY = b"k" * 32
SOURCES = [Source(store, date(2026, 3, day), NOON) for store in ("rome", "milan") for day in (24, 25)]


@given(some.lists(some.tuples(responses, some.sampled_from(SOURCES)), max_size=30))
def test_tallies_hold_every_row_once_under_its_own_key(pairs: list[tuple[object, Source]]) -> None:
    rows = [row(response, source) for response, source in pairs]  # type: ignore[arg-type]
    key = ("store", "day", "kind", "channel", "touchpoint", "counted")
    wanted = Counter((*(each[name] for name in key), each["score"]) for each in rows)
    found = Counter(
        {
            (*(each[name] for name in key), score): each[f"s{score}"]
            for each in tally(rows)
            for score in range(11)
            if each[f"s{score}"]
        }
    )
    assert found == wanted
    assert len({tuple(each[name] for name in key) for each in tally(rows)}) == len(tally(rows))


@given(responses)
def test_the_true_time_of_a_row_is_the_devices_plus_the_offset(response: object) -> None:
    late = row(response, Source("rome", date(2026, 3, 25), NOON, clock_offset=-90_000))  # type: ignore[arg-type]
    assert (late["given_at"] - late["happened_at"]).total_seconds() == 90


@pytest.mark.parametrize("other", ["Anna@Example.org", " anna@example.org ", "ANNA@EXAMPLE.ORG"])
def test_an_address_is_found_however_it_is_written(other: str) -> None:
    assert email_hash(other, KEY) == email_hash("anna@example.org", KEY)


@pytest.mark.parametrize("other", ["0039 06 123456", "+39-06-123456", "+39 (06) 12.34.56", "3906123456"])
def test_a_number_is_found_however_it_is_grouped(other: str) -> None:
    assert phone_hash(other, KEY) == phone_hash("+39 06 123456", KEY)


def test_hashes_need_the_key_and_tell_kinds_apart() -> None:
    found = {
        email_hash("390612", KEY), phone_hash("390612", KEY),
        email_hash("390612", b"other"), phone_hash("390613", KEY),
    }  # fmt: skip
    assert len(found) == 4
    assert email_hash("", KEY) is None
    assert phone_hash("", KEY) is None


def test_a_plain_row_has_no_contact() -> None:
    plain = row(a_response(), SOURCES[0])
    assert not [name for name, value in plain.items() if name.startswith(("contact", "consent")) and value]
