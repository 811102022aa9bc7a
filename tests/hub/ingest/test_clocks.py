"""When an answer was really given: the clock that never jumps, what was measured earlier, and lost dates."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from common.wire import Numbered, Receipt, read_receipt
from hub.db import writing
from hub.responses.queries import decide
from hub.responses.rules import Decision
from tests.hub.conftest import Clock
from tests.support.answers import a_response, an_id
from tests.support.books import stored_rows
from tests.support.tablet import Tablet

HOUR = timedelta(hours=1)


def send(tablet: Tablet, now: Any, items: Sequence[Numbered], **spoilt: Any) -> Receipt:
    """Send a batch whose ticks are now; spoilt is written over the members of its responses."""
    document = tablet.document(list(items)) | {"ticks": now}
    for item in document["responses"]:
        item.update(spoilt)
    reply = tablet.post(document)
    assert reply.status == 200, reply.body
    return read_receipt(reply.document)


@pytest.mark.parametrize("set_to", [-400 * 24 * HOUR, -HOUR, timedelta(minutes=-3), HOUR, 400 * 24 * HOUR])
def test_w8_a_clock_set_between_answer_and_sync_falsifies_no_time(
    tablet: Tablet, engine: Engine, clock: Clock, set_to: timedelta
) -> None:
    given = clock() - 2 * HOUR
    # The tablet was right at the sync, and wrong at the tap.
    item = Numbered(1, a_response(1, given_at=given + set_to), ticks=1_000_000)
    send(tablet, 1_000_000 + 7_200_000, [item])
    row = stored_rows(engine)[an_id(1)]
    assert (row["given_at"], row["happened_at"]) == (given + set_to, given)
    assert (row["timing"], row["clock_offset"]) == ("exact", -set_to // timedelta(milliseconds=1))
    assert (row["flags"], row["counted"]) == ((), True)


def test_w8_the_way_of_a_batch_is_no_error_of_the_clock(tablet: Tablet, engine: Engine, clock: Clock) -> None:
    send(tablet, 5000, [Numbered(1, a_response(1, given_at=clock() - timedelta(seconds=4)), ticks=5000)])
    row = stored_rows(engine)[an_id(1)]
    assert (row["timing"], row["clock_offset"]) == ("exact", 0)


def test_w8_what_an_earlier_sync_measured_dates_answers_of_an_earlier_start(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    given = clock() - 30 * HOUR
    response = a_response(1, given_at=clock() - 9000 * HOUR)
    send(tablet, 5000, [Numbered(1, response, happened_at=given)])
    row = stored_rows(engine)[an_id(1)]
    assert (row["happened_at"], row["timing"], row["day"]) == (given, "exact", given.date())


def test_w8_a_time_from_a_file_is_believed_however_long_ago(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    given = clock() - timedelta(days=3000)
    send(tablet, 5000, [Numbered(1, a_response(1, given_at=given), happened_at=given)])
    row = stored_rows(engine)[an_id(1)]
    assert (row["happened_at"], row["timing"], row["clock_offset"]) == (given, "exact", 0)
    assert (row["flags"], row["counted"]) == ((), True)


def test_w8_a_time_from_before_anybody_asked_is_no_time(tablet: Tablet, engine: Engine, clock: Clock) -> None:
    lost = datetime(1971, 1, 1, tzinfo=UTC)
    send(tablet, 5000, [Numbered(1, a_response(1, given_at=lost), happened_at=lost)])
    row = stored_rows(engine)[an_id(1)]
    assert (row["timing"], row["flags"], row["happened_at"]) == ("unknown", ("clock",), clock())


@pytest.mark.parametrize("way", [timedelta(days=40), timedelta(minutes=3), timedelta(days=-367)])
def test_w8_a_lost_date_is_flagged_and_received_and_never_dropped(
    tablet: Tablet, engine: Engine, clock: Clock, way: timedelta
) -> None:
    response = a_response(1, score=3, given_at=clock() + way, flags=("burst",))
    receipt = tablet.give(response, a_response(2, given_at=clock() + way))
    assert [verdict.outcome for verdict in receipt.verdicts] == ["accepted"] * 2
    doubted, row = (stored_rows(engine)[an_id(number)] for number in (1, 2))
    assert (row["flags"], row["counted"], row["timing"]) == (("clock",), False, "unknown")
    assert (row["given_at"], row["happened_at"], row["day"]) == (clock() + way, clock(), clock().date())
    assert doubted["flags"] == ("burst", "clock")
    again = tablet.sync([Numbered(1, response)])
    assert again.verdicts[0].outcome == "duplicate", "the hub's flag is no part of the answer"


def test_w8_somebody_may_let_an_answer_of_unknown_time_count_but_never_a_test(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    long_ago = clock() - timedelta(days=9000)
    tablet.give(a_response(1, given_at=long_ago), a_response(2, given_at=long_ago, flags=("test",)))
    words = [Decision(an_id(number), counts=True, at=clock(), by="ada@example.com") for number in (1, 2)]
    with writing(engine) as connection:
        assert decide(connection, words, clock()) == {an_id(1)}
    assert stored_rows(engine)[an_id(2)]["flags"] == ("test",)


@pytest.mark.parametrize("ticks", [None, -1, 2**53, "5", True, 1.5, [], 10])
def test_w8_ticks_that_make_no_sense_are_passed_over(
    tablet: Tablet, engine: Engine, clock: Clock, ticks: Any
) -> None:
    send(tablet, ticks, tablet.number(a_response(1, given_at=clock() - HOUR)), ticks=11)
    send(tablet, 10, tablet.number(a_response(2, given_at=clock() - HOUR)), ticks=ticks)
    rows = stored_rows(engine)
    assert rows[an_id(1)]["timing"] == "offset"
    assert rows[an_id(1)]["happened_at"] == clock() - HOUR
    assert rows[an_id(2)]["timing"] == ("exact" if ticks == 10 else "offset")


@pytest.mark.parametrize("told", [None, "yesterday", "2026-03-01", 7, {}, "2199-01-01T00:00:00+00:00"])
def test_w8_a_true_time_that_cannot_be_is_passed_over(
    tablet: Tablet, engine: Engine, clock: Clock, told: Any
) -> None:
    send(tablet, 10, tablet.number(a_response(1, given_at=clock() - HOUR)), happened_at=told)
    row = stored_rows(engine)[an_id(1)]
    assert (row["timing"], row["happened_at"], row["day"]) == ("offset", clock() - HOUR, date(2026, 3, 25))
