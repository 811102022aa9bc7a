"""A batch in, a receipt out: what is stored, counted, opened and told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.event import listen

from common.nps import SCORES, Tally
from common.wire import Code, Outcome, Verdict
from hub.db import reading, writing
from hub.fleet.tables import refusals
from hub.responses.tables import erased
from tests.hub.conftest import Clock, PairTablet
from tests.support.answers import NOON, a_response, an_id
from tests.support.books import assert_balanced, counted, kiosk, stored_rows
from tests.support.contacts import reachable
from tests.support.tablet import Tablet


def accepted(*numbers: int) -> list[Verdict]:
    return [Verdict(an_id(number), Outcome.ACCEPTED) for number in numbers]


def duplicate(*numbers: int) -> list[Verdict]:
    return [Verdict(an_id(number), Outcome.DUPLICATE) for number in numbers]


def refused(number: int, code: Code) -> list[Verdict]:
    return [Verdict(an_id(number), Outcome.REFUSED, code)]


def test_w1_a_response_keeps_the_id_and_the_number_it_was_born_with(tablet: Tablet, engine: Engine) -> None:
    tablet.sequence = 41
    tablet.give(a_response(1))
    row = stored_rows(engine)[an_id(1)]
    assert (row["kiosk"], row["sequence"]) == (tablet.kiosk, 42)


def test_a_row_has_all_of_the_response(tablet: Tablet, engine: Engine, clock: Clock) -> None:
    rome = timezone(timedelta(hours=1))
    tablet.give(
        a_response(
            1,
            score=0,
            reasons=("staff", "waiting"),
            comment="Mai più – ¡nunca! 😠\nBasta.",
            flags=("burst",),
            language="it",
            given_at=datetime(2026, 3, 25, 0, 30, 0, 125000, tzinfo=rome),
        )
    )
    row = stored_rows(engine)[an_id(1)]
    row.pop("fingerprint")
    assert row == {
        "id": an_id(1), "store": "rome", "kiosk": tablet.kiosk, "sequence": 1,
        "survey": "standard", "version": 1, "kind": "relational", "channel": "kiosk",
        "touchpoint": "checkout", "language": "it", "score": 0, "reasons": ("staff", "waiting"),
        "comment": "Mai più – ¡nunca! 😠\nBasta.", "flags": ("burst",), "counted": False,
        "given_at": datetime(2026, 3, 24, 23, 30, 0, 125000, tzinfo=UTC), "utc_offset": 60,
        "clock_offset": 0, "happened_at": datetime(2026, 3, 24, 23, 30, 0, 125000, tzinfo=UTC),
        "received_at": clock(), "day": date(2026, 3, 25),
        "contact_key": None, "contact_box": None, "email_hash": None, "phone_hash": None,
        "consent_text": None, "consent_language": None, "consent_at": None,
        "decided_at": None, "decided_by": None, "timing": "offset",
    }  # fmt: skip


def test_every_score_is_counted_zero_too(tablet: Tablet, engine: Engine) -> None:
    receipt = tablet.give(*(a_response(score, score=score) for score in SCORES))
    assert receipt.verdicts == accepted(*SCORES)
    assert counted(engine) == Tally((1,) * 11)


def test_flagged_answers_are_received_and_not_counted(tablet: Tablet, engine: Engine, clock: Clock) -> None:
    fair, unfair = (a_response(number, score=3, given_at=clock()) for number in (1, 2))
    tablet.give(fair, replace(unfair, flags=("burst",)))
    assert counted(engine, fair=True).counts[3] == 1
    assert counted(engine, fair=False).counts[3] == 1


def test_the_receipt_says_where_the_kiosk_stands_and_what_it_should_show(
    tablet: Tablet, clock: Clock
) -> None:
    receipt = tablet.give(a_response(1))
    assert receipt.received_at == clock()
    assert (receipt.store, receipt.store_name, receipt.time_zone) == ("rome", "Da Vinci", "Europe/Rome")
    assert (receipt.touchpoint, receipt.survey, receipt.missing) == ("checkout", 2, [])


def test_w13_the_receipt_sets_the_pace_and_no_two_kiosks_get_the_same(tablet: Tablet) -> None:
    paces = {tablet.sync([]).next_sync for _ in range(20)}
    assert len(paces) > 1
    assert all(54 <= pace <= 66 for pace in paces)


def test_w2_sending_again_changes_nothing(tablet: Tablet, engine: Engine) -> None:
    items = tablet.number(a_response(1), a_response(2, score=2))
    document = tablet.document(items)
    first, again = tablet.post(document), tablet.post(document)
    assert [verdict["outcome"] for verdict in first.document["verdicts"]] == ["accepted"] * 2
    assert [verdict["outcome"] for verdict in again.document["verdicts"]] == ["duplicate"] * 2
    assert counted(engine).total == 2
    assert_balanced(engine)


def test_w2_an_answer_comes_again_without_its_contact_details(tablet: Tablet, engine: Engine) -> None:
    [item] = tablet.number(reachable(1, tablet.public_key, score=1))
    tablet.sync([item])
    box = stored_rows(engine)[an_id(1)]["contact_box"]
    [bare] = [type(item)(item.sequence, a_response(1, score=1))]
    assert tablet.post(tablet.document([bare])).document["verdicts"][0]["outcome"] == "duplicate"
    assert stored_rows(engine)[an_id(1)]["contact_box"] == box


def test_w3_there_is_one_verdict_per_response_in_the_order_sent(tablet: Tablet) -> None:
    tablet.give(a_response(2))
    items = tablet.number(a_response(3), a_response(2), a_response(1, language="xx"))
    assert tablet.sync(items).verdicts == [
        *accepted(3), *duplicate(2), *refused(1, Code.UNKNOWN_LANGUAGE),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "value", "code"),
    [
        *(("score", score, "bad_score") for score in (-1, 11, "7", True, None, 7.0, [7])),
        ("survey", "nobody-knows", "unknown_survey"),
        ("version", 3, "unknown_survey"),
        ("version", "1", "unknown_survey"),
        ("kind", "transactional", "unknown_survey"),
        ("language", "xx", "unknown_language"),
        ("reasons", ["no-such-chip"], "bad_reasons"),
        ("comment", "x" * 1_000_000, "bad_comment"),
        ("comment", "a\0b", "bad_comment"),
        ("comment", "\ud800", "bad_comment"),
        ("given_at", "yesterday", "bad_time"),
        ("given_at", "2026-03-29T12:00:00", "bad_time"),
        ("touchpoint", "\0", "bad_name"),
        ("sequence", 0, "bad_sequence"),
        ("id", "1", "bad_id"),
        ("id", "\ud800", "bad_id"),
        ("id", None, "bad_id"),
        ("contact", {"key": "k", "box": "AAAA"}, "bad_contact"),
    ],
)
def test_w4_one_bad_response_never_holds_back_its_neighbours(
    tablet: Tablet, engine: Engine, part: str, value: object, code: str
) -> None:
    document = tablet.document(tablet.number(a_response(1), a_response(2), a_response(3)))
    document["responses"][1][part] = value
    reply = tablet.post(document)
    assert [verdict.get("code") for verdict in reply.document["verdicts"]] == [None, code, None]
    assert set(stored_rows(engine)) == {an_id(1), an_id(3)}
    assert counted(engine).total == 2
    assert_balanced(engine)


def test_a_refused_response_is_noted_once_however_often_it_comes(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    items = tablet.number(a_response(1, language="xx"))
    for _ in range(3):
        clock.forward(minutes=1)
        tablet.post(tablet.document(items))
    with reading(engine) as connection:
        [row] = connection.execute(select(refusals)).all()
    assert (row.response, row.code, row.times) == (an_id(1), "unknown_language", 3)
    assert row.last_at - row.first_at == timedelta(minutes=2)


def test_w5_the_same_id_with_another_answer_is_refused_and_the_first_stays(
    tablet: Tablet, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    tablet.give(a_response(1, score=9))
    receipt = tablet.give(a_response(1, score=2, comment="secret words"))
    assert receipt.verdicts == refused(1, Code.ANSWER_CHANGED)
    assert stored_rows(engine)[an_id(1)]["score"] == 9
    assert counted(engine).total == 1
    assert an_id(1) in caplog.text
    assert "secret words" not in caplog.text
    assert_balanced(engine)


def test_w5_two_answers_with_one_id_in_one_batch(tablet: Tablet, engine: Engine) -> None:
    verdicts = tablet.give(a_response(1, score=9), a_response(1, score=9), a_response(1, score=1)).verdicts
    assert verdicts == [*accepted(1), *duplicate(1), *refused(1, Code.ANSWER_CHANGED)]
    assert counted(engine).counts[9] == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"given_at": NOON.astimezone(timezone(timedelta(hours=1)))}, Code.ANSWER_CHANGED),
        ({"reasons": ("waiting", "staff")}, Code.ANSWER_CHANGED),
        ({"given_at": NOON, "contact": None}, None),
    ],
)
def test_w5_what_is_compared_is_compared_as_it_was_sent(
    tablet: Tablet, change: dict[str, Any], code: Code | None
) -> None:
    first = a_response(1, given_at=NOON, reasons=("staff", "waiting"))
    tablet.give(first)
    assert [verdict.code for verdict in tablet.give(replace(first, **change)).verdicts] == [code]


def test_w7_the_order_in_which_responses_come_does_not_matter(tablet: Tablet, engine: Engine) -> None:
    first, second, third = tablet.number(*(a_response(number) for number in (1, 2, 3)))
    tablet.sync([third])
    tablet.sync([second, first])
    assert set(stored_rows(engine)) == {an_id(1), an_id(2), an_id(3)}
    assert_balanced(engine)


def test_w10_given_is_received_waiting_and_quarantined(tablet: Tablet, engine: Engine) -> None:
    tablet.give(a_response(1), a_response(2, language="xx"))
    tablet.number(a_response(3))
    tablet.sync([])
    told = kiosk(engine, tablet.kiosk)
    assert (told.given, told.received, told.waiting, told.quarantined, told.missing) == (3, 1, 1, 1, 0)


def test_w10_totals_are_right_at_the_moment_of_the_receipt(tablet: Tablet, engine: Engine) -> None:
    items = tablet.number(*(a_response(number) for number in range(5)))
    tablet.sync(items[:2])
    told = kiosk(engine, tablet.kiosk)
    assert (told.received, told.waiting, told.delivered, told.missing) == (2, 3, 2, 0)


def test_w10_missing_numbers_are_asked_for(tablet: Tablet, engine: Engine) -> None:
    items = tablet.number(*(a_response(number) for number in range(9)))
    tablet.sync([items[1], items[4], items[5]])
    tablet.delivered = 9
    receipt = tablet.sync([])
    assert receipt.missing == [(1, 1), (3, 4), (7, 9)]
    assert kiosk(engine, tablet.kiosk).missing == 6
    tablet.delivered = 3
    receipt = tablet.sync([items[0], items[2], items[3], *items[6:]])
    assert receipt.missing == []
    assert_balanced(engine)


def test_w10_refused_numbers_are_named_too_and_none_beyond_given(tablet: Tablet) -> None:
    items = tablet.number(*(a_response(number) for number in range(3)))
    document = tablet.document([items[0], replace(items[1], sequence=2**53 - 1), items[2]])
    document["responses"][0]["score"] = 11
    document["totals"] |= {"given": 4, "delivered": 3, "waiting": 0, "quarantined": 0}
    reply = tablet.post(document).document
    assert [verdict["outcome"] for verdict in reply["verdicts"]] == ["refused", "accepted", "accepted"]
    assert reply["missing"] == [[1, 2], [4, 4]]


def test_a_response_of_another_kiosk_is_a_duplicate_and_nobody_misses_it(
    tablet: Tablet, pair_tablet: PairTablet, engine: Engine
) -> None:
    # A tablet that was paired again: the same answers, a new name, and numbers that go on.
    other = pair_tablet()
    tablet.give(a_response(1), a_response(2))
    assert other.give(a_response(1), a_response(2), a_response(3)).verdicts == [
        *duplicate(1, 2), *accepted(3),
    ]  # fmt: skip
    assert other.sync([]).missing == []
    assert stored_rows(engine)[an_id(1)]["kiosk"] == tablet.kiosk
    assert_balanced(engine)
    assert other.post(other.document(other.number(a_response(1))[:1])).status == 200


def test_w12_an_erased_id_is_acknowledged_and_never_stored_again(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    with writing(engine) as connection:
        connection.execute(insert(erased).values(id=an_id(1), erased_at=clock()))
    assert tablet.give(a_response(1), a_response(2)).verdicts == [*duplicate(1), *accepted(2)]
    assert set(stored_rows(engine)) == {an_id(2)}
    assert counted(engine).total == 1


def test_a_batch_sent_again_writes_no_response_and_no_tally(tablet: Tablet, engine: Engine) -> None:
    document = tablet.document(tablet.number(a_response(1), a_response(2)))
    tablet.post(document)
    statements: list[str] = []
    listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    tablet.post(document)
    writes = [
        statement.split()[:3] for statement in statements if not statement.startswith(("SELECT", "BEGIN"))
    ]
    assert [(verb, table) for verb, table, _ in writes] == [("UPDATE", "kiosks")]
