"""Decisions about kiosks, one by one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.wire import Totals
from hub.fleet.rules import (
    ALPHABET,
    CODE_LENGTH,
    MOST_WRONG,
    Pairing,
    Place,
    Progress,
    clock_offset,
    device_key,
    digest,
    missing,
    new_user_code,
    place_at,
    progress,
    shown_code,
    typed_code,
)

NOW = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)


def a_place(store: str, days: int) -> Place:
    return Place(NOW + timedelta(days=days), store, store, "UTC", 0, "exit")


@pytest.mark.parametrize(("days", "store"), [(-99, "a"), (0, "a"), (4, "a"), (5, "b"), (9, "c"), (99, "c")])
def test_a_moment_has_the_place_of_its_time(days: int, store: str) -> None:
    places = [a_place("a", 0), a_place("b", 5), a_place("c", 9)]
    assert place_at(places, NOW + timedelta(days=days)).store == store


@pytest.mark.parametrize(
    ("seconds", "offset"),
    [(0, 0), (119, 0), (-119, 0), (120, 120_000), (-3600, -3_600_000), (1e9, 1_000_000_000_000)],
)
def test_small_differences_of_clocks_are_the_networks(seconds: float, offset: int) -> None:
    assert clock_offset(NOW - timedelta(seconds=seconds), NOW) == offset


def test_a_codes_spelling_does_not_matter() -> None:
    code = new_user_code()
    assert len(code) == CODE_LENGTH
    for typed in (code, shown_code(code), shown_code(code).lower(), f" {code[:2]} {code[2:]}\n"):
        assert typed_code(typed) == code


def test_codes_use_the_whole_alphabet() -> None:
    assert {letter for _ in range(200) for letter in new_user_code()} == set(ALPHABET)


def test_keys_follow_from_the_device_code_and_the_hubs_seed() -> None:
    key = device_key("code", b"seed")
    assert key == device_key("code", b"seed")
    assert len({key, device_key("code", b"other"), device_key("cod", b"seed"), digest(key).hex()}) == 4
    assert len(bytes.fromhex(key)) == 32


def a_pairing(**changes: object) -> Pairing:
    plain = {
        "requested_at": NOW, "expires_at": NOW + timedelta(minutes=15), "polled_at": None, "tries": 0,
        "store": None, "touchpoint": None, "kiosk": None,
    }  # fmt: skip
    return Pairing(**(plain | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pairing", "expected"),
    [
        (None, Progress.EXPIRED),
        (a_pairing(), Progress.PENDING),
        (a_pairing(expires_at=NOW), Progress.EXPIRED),
        (a_pairing(expires_at=NOW, store="rome"), Progress.EXPIRED),
        (a_pairing(store="rome"), Progress.APPROVED),
        (a_pairing(store="rome", polled_at=NOW), Progress.APPROVED),
        (a_pairing(store="rome", tries=MOST_WRONG), Progress.APPROVED),
        (a_pairing(tries=MOST_WRONG - 1), Progress.PENDING),
        (a_pairing(tries=MOST_WRONG), Progress.DENIED),
        (a_pairing(polled_at=NOW - timedelta(seconds=3.9)), Progress.TOO_SOON),
        (a_pairing(polled_at=NOW - timedelta(seconds=4)), Progress.PENDING),
    ],
)
def test_how_far_a_pairing_is(pairing: Pairing | None, expected: Progress) -> None:
    assert progress(pairing, NOW) is expected


counts = some.integers(0, 10**6)


@given(counts, counts, counts, counts, counts)
def test_verdicts_move_totals_and_lose_nothing(
    delivered: int, waiting: int, quarantined: int, taken: int, refused: int
) -> None:
    given = delivered + waiting + quarantined
    waiting = max(waiting, taken + refused)
    totals = Totals(given, delivered, waiting, quarantined, NOW).after(taken=taken, refused=refused)
    assert totals.delivered + totals.waiting + totals.quarantined == delivered + waiting + quarantined
    assert (totals.oldest_waiting is None) == (totals.waiting == 0)


def test_missing_is_never_less_than_none() -> None:
    assert missing(given=10, received=4, waiting=3, quarantined=1) == 2
    assert missing(given=10, received=40, waiting=3, quarantined=1) == 0
