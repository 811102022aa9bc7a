"""A receipt arrives unchanged, and only a receipt is taken for one."""

from contextlib import suppress
from json import dumps, loads
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.wire import (
    BadBatch,
    Code,
    Outcome,
    Receipt,
    Verdict,
    read_receipt,
    receipt_document,
)
from tests.support.answers import NOON, an_id
from tests.support.strategies import any_json, names, times

verdicts = some.one_of(
    some.builds(Verdict, names, some.sampled_from([Outcome.ACCEPTED, Outcome.DUPLICATE]), some.none()),
    some.builds(Verdict, some.none() | names, some.just(Outcome.REFUSED), some.sampled_from(Code)),
)
spans = some.tuples(some.integers(1, 10**6), some.integers(0, 10**6)).map(lambda pair: (pair[0], sum(pair)))
receipts = some.builds(
    Receipt,
    received_at=times,
    verdicts=some.lists(verdicts, max_size=5),
    missing=some.lists(spans, max_size=3),
    survey=some.integers(0, 2**31),
    store=some.text(min_size=1),
    store_name=some.text(),
    time_zone=names,
    touchpoint=names,
    next_sync=some.floats(0, 86_400),
    settings=some.none() | some.integers(0, 2**31),
    overruled=some.lists(verdicts, max_size=5),
)


@given(receipts)
def test_a_receipt_travels_unchanged(receipt: Receipt) -> None:
    assert read_receipt(loads(dumps(receipt_document(receipt)))) == receipt


A_RECEIPT = Receipt(
    received_at=NOON,
    verdicts=[Verdict(an_id(), Outcome.ACCEPTED), Verdict(None, Outcome.REFUSED, Code.BAD_ID)],
    missing=[(3, 7)],
    survey=1,
    store="MI-01",
    store_name="Milano",
    time_zone="Europe/Rome",
    touchpoint="checkout",
    next_sync=30.0,
)
PARTS = sorted(receipt_document(A_RECEIPT))


@given(some.sampled_from(PARTS), any_json)
def test_any_part_of_a_receipt_may_be_anything(part: str, value: Any) -> None:
    with suppress(BadBatch):
        read_receipt(receipt_document(A_RECEIPT) | {part: value})


@pytest.mark.parametrize("part", sorted(set(PARTS) - {"settings", "asking"}))
def test_a_receipt_without_a_part_is_none(part: str) -> None:
    document = receipt_document(A_RECEIPT)
    del document[part]
    with pytest.raises(BadBatch):
        read_receipt(document)


WRONG_VERDICTS = [
    {"id": an_id(), "outcome": "lost"},
    {"id": an_id(), "outcome": "refused"},
    {"id": an_id(), "outcome": "refused", "code": "no_reason"},
    {"id": an_id(), "outcome": "accepted", "code": "bad_score"},
    {"id": None, "outcome": "accepted"},
    {"id": [an_id()], "outcome": "accepted"},
    {"id": 7, "outcome": "duplicate"},
    {"outcome": "accepted"},
    "accepted",
    None,
]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        *(("verdicts", [verdict]) for verdict in WRONG_VERDICTS),
        ("verdicts", {}),
        ("verdicts", ""),
        ("missing", [[1]]),
        ("missing", [["1", "2"]]),
        ("missing", [[5, 4]]),
        ("missing", [[0, 4]]),
        ("missing", [[1, True]]),
        ("next_sync", float("nan")),
        ("next_sync", float("inf")),
        ("next_sync", -1),
        ("next_sync", "30"),
        ("store", None),
        ("store_name", 7),
        ("survey", -1),
        ("settings", "3"),
        *(("overruled", [verdict]) for verdict in WRONG_VERDICTS),
        ("overruled", None),
    ],
)
def test_a_wrong_part_makes_no_receipt(part: str, value: Any) -> None:
    with pytest.raises(BadBatch):
        read_receipt(receipt_document(A_RECEIPT) | {part: value})


@pytest.mark.parametrize("page", ["<html>Please sign in</html>", {}, [], None, True, {"status": "ok"}])
def test_a_login_page_is_no_receipt(page: Any) -> None:
    with pytest.raises(BadBatch):
        read_receipt(page)


@given(any_json)
def test_any_json_is_a_receipt_or_none(document: Any) -> None:
    with suppress(BadBatch):
        read_receipt(document)


def test_w14_a_receipt_from_before_anything_was_overruled_says_nothing_of_it() -> None:
    document = receipt_document(A_RECEIPT)
    assert "overruled" not in document
    assert read_receipt(document).overruled == []


def test_w15_a_hub_from_before_settings_names_none() -> None:
    document = receipt_document(A_RECEIPT)
    del document["settings"]
    assert read_receipt(document) == A_RECEIPT


@pytest.mark.parametrize(
    ("said", "asking"), [({}, True), ({"asking": True}, True), ({"asking": False}, False)]
)
def test_w11_a_receipt_says_whether_customers_are_asked(said: dict[str, bool], asking: bool) -> None:
    document = receipt_document(A_RECEIPT)
    del document["asking"]
    assert read_receipt(document | said).asking is asking
