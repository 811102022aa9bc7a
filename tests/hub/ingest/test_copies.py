"""Tablets whose memory was copied are recognised; nothing of what they bring is lost or there twice."""

from copy import copy
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, insert, select

from common.responses import Response
from common.wire import Copy, Mark, read_receipt
from hub.db import reading, writing
from hub.fleet.kiosks import Worry, worries
from hub.fleet.tables import lines
from hub.privacy.queries import erase
from tests.hub.conftest import Clock, PairTablet
from tests.support.answers import a_response
from tests.support.books import kiosk, stored_rows
from tests.support.chain import BOSS, employ
from tests.support.reader import Reader
from tests.support.tablet import Tablet


@pytest.fixture
def tablet(pair_tablet: PairTablet) -> Tablet:
    """Return a tablet that has synced twice."""
    tablet = replace(pair_tablet(), mark=Mark(None, "drawn at pairing"))
    tablet.give(a_response(1))
    tablet.give(a_response(2))
    return tablet


def test_w16_a_tablet_that_shows_the_last_mark_is_no_copy(tablet: Tablet, engine: Engine) -> None:
    assert tablet.mark is not None
    before = tablet.mark
    assert tablet.give(a_response(3)).copy is None
    assert tablet.mark.last != before.last
    seen = kiosk(engine, tablet.kiosk)
    assert (seen.restored_at, seen.shared_at) == (None, None)


def test_w16_a_tablet_that_was_restored_is_told_with_the_moment(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    old = copy(tablet)
    for number in (3, 4, 5):
        tablet.give(a_response(number))
    restored = clock.forward(hours=5)
    receipt = old.give(a_response(13))
    assert receipt.copy in (None, Copy.RESTORED)
    assert old.give(a_response(14)).copy is Copy.RESTORED
    assert (kiosk(engine, old.kiosk).restored_at, kiosk(engine, old.kiosk).shared_at) == (restored, None)
    assert Worry.RESTORED in worries(kiosk(engine, old.kiosk), clock())
    assert len(stored_rows(engine)) == 7
    assert kiosk(engine, old.kiosk).missing == 0
    assert worries(kiosk(engine, old.kiosk), clock.forward(days=15)) == [Worry.SILENT]


def test_w16_two_tablets_with_one_key_are_told_and_both_are_received(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    twin = copy(tablet)
    said = []
    for number in range(3, 8):
        clock.forward(minutes=1)
        said += [tablet.give(a_response(number)).copy, twin.give(a_response(number + 10)).copy]
    assert said[-2:] == [Copy.SHARED, Copy.SHARED]
    assert said[0] is None
    seen = kiosk(engine, tablet.kiosk)
    assert seen.shared_at == clock()
    assert seen.restored_at is None
    assert Worry.SHARED in worries(seen, clock())
    assert sorted(stored_rows(engine)) == sorted(
        a_response(number).id for number in (1, 2, *range(3, 8), *range(13, 18))
    )
    assert seen.missing == 0


def lose(tablet: Tablet, response: Response) -> None:
    """Let a tablet give an answer and believe that the hub has it."""
    tablet.number(response)
    tablet.delivered += 1


def test_w10_an_answer_that_a_copy_gave_hides_none_that_is_missing(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    twin = copy(tablet)
    tablet.give(a_response(3))
    twin.give(a_response(13))
    lose(tablet, a_response(4))
    receipt = tablet.give(a_response(5))
    assert receipt.missing == [(4, 4)]
    seen = kiosk(engine, tablet.kiosk)
    assert (seen.given, seen.received, seen.doubled, seen.missing) == (5, 5, 1, 1)
    assert Worry.MISSING in worries(seen, clock())


def test_w10_a_kiosk_without_marks_that_used_a_number_twice_is_asked_for_the_one_it_left_out(
    pair_tablet: PairTablet, engine: Engine
) -> None:
    old = pair_tablet()
    twin = copy(old)
    old.give(a_response(1))
    twin.give(a_response(11))
    lose(old, a_response(2))
    assert old.give(a_response(3)).missing == [(2, 2)]
    seen = kiosk(engine, old.kiosk)
    assert (seen.given, seen.received, seen.doubled, seen.missing) == (3, 3, 1, 1)


def test_w10_of_two_answers_with_one_number_an_erased_one_stays_received(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    twin = copy(tablet)
    tablet.give(a_response(3))
    twin.give(a_response(13))
    with writing(engine) as connection:
        assert erase(connection, [a_response(13).id], BOSS, clock()) == 1
    twin.give(a_response(14))
    tablet.give(a_response(4))
    seen = kiosk(engine, tablet.kiosk)
    assert (seen.received, seen.doubled, seen.missing) == (6, 2, 0)


def test_w10_no_range_goes_beyond_what_was_given(tablet: Tablet, engine: Engine) -> None:
    tablet.sequence = 2**53 - 3
    document = tablet.document(tablet.number(a_response(9)))
    document["totals"] |= {"given": 1000, "delivered": 0, "waiting": 0, "quarantined": 0}
    assert read_receipt(tablet.post(document).document).missing == [(3, 1000)]


def test_w16_a_receipt_that_was_lost_is_no_copy(tablet: Tablet, engine: Engine) -> None:
    document = tablet.document(tablet.number(a_response(3)))
    marks = {read_receipt(tablet.post(document).document).mark for _ in range(3)}
    assert len(marks) == 1
    tablet.mark = Mark(marks.pop(), "drawn later")
    assert tablet.give(a_response(4)).copy is None
    with reading(engine) as connection:
        assert len(connection.execute(select(lines)).all()) == 1


def test_w16_an_old_request_that_arrives_late_is_no_copy(tablet: Tablet, engine: Engine) -> None:
    late = tablet.document(tablet.number(a_response(3)))
    read_receipt(tablet.post(late).document)
    tablet.delivered += 1
    for number in (4, 5, 6):
        tablet.give(a_response(number))
        assert tablet.post(late).status == 200
    assert tablet.give(a_response(7)).copy is None
    assert kiosk(engine, tablet.kiosk).restored_at is None


def test_w16_old_requests_that_arrive_late_one_after_the_other_are_no_copy(
    tablet: Tablet, engine: Engine
) -> None:
    late = []
    for number in (3, 4, 5, 6):
        late.append(tablet.document(tablet.number(a_response(number))))
        tablet.sync([])
        tablet.delivered += 1
    assert [tablet.post(each).status for each in late] == [200] * 4
    tablet.give(a_response(7))
    seen = kiosk(engine, tablet.kiosk)
    assert (seen.restored_at, seen.shared_at) == (None, None)


def test_w16_numbers_used_twice_tell_a_copy_made_before_the_last_receipt(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    old = copy(tablet)
    tablet.give(a_response(3))
    restored = clock.forward(minutes=1)
    assert old.give(a_response(13)).copy is Copy.RESTORED
    assert kiosk(engine, old.kiosk).restored_at == restored
    assert {row["sequence"] for row in stored_rows(engine).values()} == {1, 2, 3}
    assert len(stored_rows(engine)) == 4


def test_w16_a_hub_restored_from_a_backup_takes_no_tablet_for_a_copy(tablet: Tablet, engine: Engine) -> None:
    with reading(engine) as connection:
        backup = [dict(row) for row in connection.execute(select(lines)).mappings()]
    for number in (3, 4, 5):
        tablet.give(a_response(number))
    with writing(engine) as connection:
        connection.execute(delete(lines))
        connection.execute(insert(lines), backup)
    assert [tablet.give(a_response(number)).copy for number in (6, 7, 8)] == [None] * 3
    assert kiosk(engine, tablet.kiosk).restored_at is None


def test_w16_a_mark_that_somebody_made_up_is_not_believed(tablet: Tablet, clock: Clock) -> None:
    forger = replace(tablet, mark=Mark("99999-0123456789abcdef-0123456789abcdef01234567", "x"))
    forger.give(a_response(13))
    assert forger.give(a_response(14)).copy is Copy.RESTORED
    clock.forward(minutes=1)
    assert tablet.give(a_response(3)).copy is Copy.SHARED


@pytest.mark.parametrize(
    "wrong", [7, "mark", {}, {"last": 7, "draw": "x"}, {"last": None, "draw": "x" * 101}]
)
def test_w16_a_wrong_mark_holds_up_no_answer(tablet: Tablet, engine: Engine, wrong: object) -> None:
    document = tablet.document(tablet.number(a_response(3))) | {"mark": wrong}
    receipt = read_receipt(tablet.post(document).document)
    assert receipt.mark is None
    assert len(stored_rows(engine)) == 3


def test_w16_a_kiosk_from_before_there_were_marks_is_told_nothing(
    pair_tablet: PairTablet, engine: Engine
) -> None:
    tablet = pair_tablet()
    document = tablet.post(tablet.document(tablet.number(a_response(1)))).document
    assert not {"mark", "copy"} & document.keys()


def test_what_a_copy_misses_is_asked_for_by_its_number(tablet: Tablet, engine: Engine) -> None:
    old = copy(tablet)
    for number in (3, 4, 5):
        tablet.give(a_response(number))
    old.give(a_response(13))
    old.number(*(a_response(number) for number in range(14, 18)))
    assert old.give(a_response(18)).missing == [(6, 7)]


def test_head_office_reads_of_copies(app: Flask, client: FlaskClient, tablet: Tablet, clock: Clock) -> None:
    employ(app, BOSS, "Paola Conti")
    reader = Reader(client)
    reader.sign_in()
    page = f"/fleet/kiosk/{tablet.kiosk}"
    assert "old copy" not in reader.get(page).text
    old = copy(tablet)
    for number in (3, 4, 5):
        tablet.give(a_response(number))
    clock.forward(hours=1)
    for number in (13, 14):
        old.give(a_response(number))
    assert "restored from an old copy on 25 Mar 2026, 12:00" in reader.get(page).text
    assert "restored from an old copy" in reader.get("/fleet?which=restored").text
    clock.forward(hours=1)
    tablet.give(a_response(6))
    assert "please pair one of them anew" in reader.get(page).text
    assert "two tablets use this key" in reader.get("/fleet?which=shared").text
