"""A batch: what travels arrives unchanged; what is wrong gets its code and harms nobody else."""

from base64 import b64encode
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from json import dumps, loads
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.tablet import Battery, Lock, Met
from common.wire import (
    LONGEST_WHY,
    MOST_OVERRULED,
    MOST_RESPONSES,
    BadBatch,
    Batch,
    Code,
    Health,
    Numbered,
    Overruled,
    Refusal,
    TooManyResponses,
    Totals,
    UnspokenProtocol,
    Unusable,
    batch_document,
    batch_text,
    item_text,
    read_batch,
    short,
)
from tests.support.answers import NOON, a_response, an_id
from tests.support.strategies import any_json, names, responses, times

counts = some.integers(0, 2**53 - 1)
batches = some.builds(
    Batch,
    sent_at=times,
    totals=some.builds(Totals, counts, counts, counts, counts, some.none() | times),
    health=some.builds(
        Health,
        names.map(lambda name: name.strip()[:40]),
        counts,
        counts,
        some.none() | some.integers(-(10**12), 10**12),
        some.none() | counts,
        some.builds(Unusable, some.text().map(short), some.text().map(short)),
    ),
    items=some.lists(some.builds(Numbered, some.integers(1, 2**53 - 1), responses), max_size=3),
    overruled=some.lists(
        some.builds(Overruled, some.builds(an_id, some.integers(0, 99)), times, some.booleans()), max_size=3
    ).map(lambda words: sorted(words, key=lambda word: not word.counts)),
)


def a_batch(*items: Numbered | Refusal) -> Batch:
    return Batch(NOON, Totals(1, 0, 1, 0), Health("0.1.0", 1, 10**9), list(items))


def a_document(item: Any) -> Any:
    """Return a batch document with one plain response, one given item and another plain response."""
    document = batch_document(a_batch(Numbered(1, a_response(1)), Numbered(3, a_response(3))))
    document["responses"].insert(1, item)
    return loads(dumps(document))


def an_item(**changes: Any) -> Any:
    item = batch_document(a_batch(Numbered(2, a_response(2))))["responses"][0]
    return item | changes


def test_zero_travels() -> None:
    items = read_batch(loads(dumps(batch_document(a_batch(Numbered(1, a_response(score=0))))))).items
    assert items == [Numbered(1, a_response(score=0))]


@given(batches)
def test_a_batch_travels_unchanged(batch: Batch) -> None:
    assert read_batch(loads(dumps(batch_document(batch)))) == batch
    # Its answers may be written before the rest of it is known.
    written = ",".join(item_text(item) for item in batch.items if isinstance(item, Numbered))
    assert loads(batch_text(replace(batch, items=()), f"[{written}]")) == batch_document(batch)


def test_a_time_travels_to_the_millisecond() -> None:
    exact = a_response(given_at=NOON + timedelta(microseconds=123_456))
    (item,) = read_batch(batch_document(a_batch(Numbered(1, exact)))).items
    assert isinstance(item, Numbered)
    assert item.response.given_at == NOON + timedelta(milliseconds=123)


def test_a_refusal_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="refusal"):
        batch_document(a_batch(Refusal(None, Code.BAD_ID)))


CONSENT = {"text": "standard-1", "language": "en", "given_at": NOON.isoformat()}
BOX = b64encode(bytes(80)).decode()


def a_contact(**changes: Any) -> dict[str, Any]:
    return {"key": "0123456789abcdef", "box": BOX, "consent": CONSENT} | changes


BAD_FIELDS: list[tuple[str, list[Any], Code]] = [
    ("score", [-1, 11, "7", True, False, None, 7.0, [7], 10**400], Code.BAD_SCORE),
    ("id", ["", 5, None, [], "x", an_id().upper(), an_id() + " ", "\ud800", "a" * 10**6], Code.BAD_ID),
    ("id", ["019d3977-1a00-409a-b4d8-880332ed2ec7", f"{{{an_id()}}}"], Code.BAD_ID),
    ("sequence", [0, -1, "1", True, None, 1.0, 2**53], Code.BAD_SEQUENCE),
    ("survey", ["", None, 1, "a" * 65, "../x", "a\0", ["standard"]], Code.BAD_NAME),
    ("version", [0, -1, "1", True, None, 2**31], Code.UNKNOWN_SURVEY),
    ("kind", ["", "yearly", None, 1, [], {}], Code.BAD_NAME),
    ("channel", ["", "fax", None, 1, [], {}], Code.BAD_NAME),
    ("touchpoint", ["", "è", None, 7, {}], Code.BAD_NAME),
    ("language", ["", "日本", None, 7], Code.BAD_NAME),
    ("given_at", ["", "yesterday", None, 0, "2026-03-29T12:00:00", "2026-03-29"], Code.BAD_TIME),
    ("given_at", ["1899-12-31T12:00:00+00:00", "3000-01-01T12:00:00Z", "9" * 10**5], Code.BAD_TIME),
    ("reasons", [None, "staff", {"staff": 1}, ["a"] * 21], Code.BAD_REASONS),
    ("reasons", [[1], [None], ["è"], [["staff"]]], Code.BAD_NAME),
    ("flags", [None, "burst", {}, ["a"] * 21], Code.BAD_REASONS),
    ("comment", [None, 7, ["x"], "a\0", "\ud800", "x" * 4001, "x" * 10**6, "a\r\nb"], Code.BAD_COMMENT),
    ("contact", ["x", 1, [], {}, a_contact(key=1), a_contact(consent=None)], Code.BAD_CONTACT),
    ("contact", [a_contact(box=box) for box in (None, 1, "", "è", "\ud800", "AA==", BOX * 99, BOX + "!")],
     Code.BAD_CONTACT),
    ("contact", [a_contact(consent=CONSENT | {"given_at": at}) for at in (None, 1, "", "2026-03-29T12:00")],
     Code.BAD_CONTACT),
    ("contact", [a_contact(key="è"), a_contact(consent=CONSENT | {"text": ""}),
                 a_contact(consent=CONSENT | {"language": None})], Code.BAD_CONTACT),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        pytest.param(field, value, code, id=f"{field}-{repr(value)[:24].encode('ascii', 'replace').decode()}")
        for field, values, code in BAD_FIELDS
        for value in values
    ],
)
def test_a_wrong_field_has_its_code_and_harms_no_neighbour(field: str, value: Any, code: Code) -> None:
    document = a_document(an_item(**{field: value}))
    first, wrong, last = read_batch(document).items
    assert isinstance(wrong, Refusal)
    assert wrong.code is code
    assert wrong.id == (an_id(2) if field != "id" else wrong.id)
    assert (first, last) == (Numbered(1, a_response(1)), Numbered(3, a_response(3)))


@pytest.mark.parametrize("field", ["id", "sequence", "survey", "version", "kind", "score", "given_at"])
def test_a_missing_field_is_a_wrong_one(field: str) -> None:
    item = an_item()
    del item[field]
    assert isinstance(read_batch(a_document(item)).items[1], Refusal)


@pytest.mark.parametrize("item", [None, 1, "answer", [], [an_item()]])
def test_what_is_no_response_at_all(item: Any) -> None:
    assert read_batch(a_document(item)).items[1] == Refusal(None, Code.BAD_RESPONSE)


def test_an_unreadable_id_is_named_as_far_as_it_can_be() -> None:
    assert read_batch(a_document(an_item(id="42"))).items[1] == Refusal("42", Code.BAD_ID)
    assert read_batch(a_document(an_item(id="x" * 65))).items[1] == Refusal(None, Code.BAD_ID)


@given(some.sampled_from(sorted(an_item())), any_json)
def test_any_field_may_hold_anything(field: str, value: Any) -> None:
    first, _, last = read_batch(a_document(an_item(**{field: value}))).items
    assert (first, last) == (Numbered(1, a_response(1)), Numbered(3, a_response(3)))


@given(any_json)
def test_a_contact_may_be_anything(value: Any) -> None:
    for contact in (value, a_contact(box=value), a_contact(consent=value), a_contact(key=value)):
        assert len(read_batch(a_document(an_item(contact=contact))).items) == 3


ENVELOPE: list[tuple[str, Any, type[BadBatch]]] = [
    ("protocol", 99, UnspokenProtocol),
    ("protocol", "1", UnspokenProtocol),
    ("protocol", True, UnspokenProtocol),
    ("protocol", [], UnspokenProtocol),
    ("responses", {}, BadBatch),
    ("responses", None, BadBatch),
    ("sent_at", "2026-03-29T12:00:00", BadBatch),
    ("sent_at", None, BadBatch),
    ("totals", None, BadBatch),
    ("totals", {"given": 1}, BadBatch),
    ("health", [], BadBatch),
]


@pytest.mark.parametrize(("part", "value", "error"), ENVELOPE)
def test_a_wrong_envelope_is_no_batch(part: str, value: Any, error: type[BadBatch]) -> None:
    with pytest.raises(error) as caught:
        read_batch(a_document(an_item()) | {part: value})
    assert type(caught.value) is error


@pytest.mark.parametrize("part", ["protocol", "sent_at", "totals", "health", "responses"])
def test_an_envelope_without_a_part_is_no_batch(part: str) -> None:
    document = a_document(an_item())
    del document[part]
    with pytest.raises(BadBatch):
        read_batch(document)


@pytest.mark.parametrize(
    ("table", "name", "values"),
    [
        ("totals", "given", [-1, "1", True, None, 2**53, 1.0]),
        ("totals", "oldest_waiting", [0, "soon", "2026-03-29T12:00:00"]),
        ("health", "survey", [-1, None]),
        ("health", "free_disk", [-1, 2**60]),
        ("health", "offset", ["7", True, 1.5, 2**53, -(2**53)]),
    ],
)
def test_a_wrong_number_in_the_envelope_is_no_batch(table: str, name: str, values: list[Any]) -> None:
    for value in values:
        document = a_document(an_item())
        document[table][name] = value
        with pytest.raises(BadBatch):
            read_batch(document)


def test_a_batch_has_an_end() -> None:
    document = a_document(an_item())
    document["responses"] = document["responses"][:1] * MOST_RESPONSES
    assert len(read_batch(document).items) == MOST_RESPONSES
    document["responses"].append(an_item())
    with pytest.raises(TooManyResponses, match="1001 responses; 1000 are allowed"):
        read_batch(document)


@given(any_json)
def test_any_json_is_a_batch_or_a_bad_one(document: Any) -> None:
    with suppress(BadBatch):
        read_batch(document)


@given(some.sampled_from(["protocol", "sent_at", "totals", "health", "responses"]), any_json)
def test_any_part_of_a_batch_may_be_anything(part: str, value: Any) -> None:
    with suppress(BadBatch):
        read_batch(a_document(an_item()) | {part: value})


def test_reading_leaves_the_document_alone() -> None:
    document = a_document(an_item(contact=a_contact()))
    before = deepcopy(document)
    read_batch(document)
    assert document == before


def test_an_answer_with_everything_travels() -> None:
    full = a_response(reasons=("staff",), comment="Sì\n🙂", flags=("burst",))
    assert read_batch(batch_document(a_batch(Numbered(9, full)))).items == [Numbered(9, full)]
    assert read_batch(batch_document(a_batch(Numbered(9, replace(full, score=0))))).items != [
        Numbered(9, full)
    ]


def test_w14_a_kiosk_from_before_anything_was_overruled_says_nothing_of_it() -> None:
    document = batch_document(a_batch())
    assert "overruled" not in document
    assert read_batch(document).overruled == []


@given(any_json)
def test_w14_what_cannot_be_read_of_the_overruled_harms_no_neighbour(value: Any) -> None:
    good = Overruled(an_id(7), NOON)
    document = batch_document(replace(a_batch(), overruled=[good]))
    document["overruled"] += [value, {"id": an_id(), "at": value}, {"id": value, "at": NOON.isoformat()}]
    assert read_batch(loads(dumps(document))).overruled == [good]


@pytest.mark.parametrize("value", [None, {}, "all", [{"id": an_id(), "at": NOON.isoformat()}] * 101])
def test_w14_what_is_overruled_comes_in_a_list_that_is_not_too_long(value: Any) -> None:
    assert MOST_OVERRULED == 100
    with pytest.raises(BadBatch):
        read_batch(batch_document(a_batch()) | {"overruled": value})


def test_w15_a_kiosk_from_before_settings_and_one_that_says_nonsense_are_heard() -> None:
    document = batch_document(a_batch(Numbered(1, a_response(1))))
    nonsense: list[Any] = ["gone", None, [], "idle", {"settings": 5, "survey": None}]
    for told in nonsense:
        document["health"] |= {"unusable": told, "settings": None}
        assert read_batch(document).health == Health("0.1.0", 1, 10**9)
    del document["health"]["unusable"], document["health"]["settings"]
    assert read_batch(document).health == Health("0.1.0", 1, 10**9)
    with pytest.raises(BadBatch, match="settings"):
        read_batch(document | {"health": document["health"] | {"settings": "3"}})


def test_w20_how_a_tablet_is_travels_and_what_it_does_not_know_is_left_out() -> None:
    plain = a_batch()
    known: dict[str, Any] = {
        "battery": Battery(84, True),
        "lock": Lock.LOCKED,
        "trouble": Met("offline", NOON),
    }
    assert not batch_document(plain)["health"].keys() & known.keys()
    batch = replace(plain, health=replace(plain.health, **known))
    assert batch_document(batch)["health"]["battery"] == {"percent": 84, "plugged": True}
    assert read_batch(loads(dumps(batch_document(batch)))).health == batch.health


@pytest.mark.parametrize(
    "told",
    [
        {"battery": 84, "lock": 3, "trouble": "offline"},
        {"battery": {"percent": 101, "plugged": True}, "lock": "bolted", "trouble": {"code": "offline"}},
        {
            "battery": {"percent": True, "plugged": True},
            "lock": ["locked"],
            "trouble": {"at": "2026-03-25T10:00Z"},
        },
        {
            "battery": {"percent": 8.5, "plugged": True},
            "lock": {},
            "trouble": {"code": "x" * 65, "at": "2026-03-25T10:00Z"},
        },
        {
            "battery": {"percent": 84, "plugged": 1},
            "lock": "",
            "trouble": {"code": "a", "at": "2026-03-25T10:00"},
        },
        {"battery": None, "lock": None, "trouble": {"code": ["a"], "at": "2026-03-25T10:00Z"}},
    ],
)
def test_w20_what_makes_no_sense_is_unknown_and_holds_up_no_answer(told: dict[str, Any]) -> None:
    document = batch_document(a_batch(Numbered(1, a_response(1))))
    document["health"] |= told
    assert read_batch(document).health == Health("0.1.0", 1, 10**9)


def test_w15_a_reason_travels_on_one_short_line() -> None:
    health = replace(a_batch().health, unusable=Unusable("", "a\nb\0" + "x" * 500))
    told = read_batch(batch_document(replace(a_batch(), health=health))).health.unusable
    assert told == Unusable("", "a b" + "x" * (LONGEST_WHY - 3))
