"""History files into the hub's database: what goes in, what does not, and that twice is once."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from common.history import Layout, NotAHistory, Rejected
from common.responses import Kind
from hub.db import reading, writing
from hub.ingest.history import AT_ONCE, Cut, Order, Report, take
from hub.responses.queries import rebuild_tallies
from hub.responses.tables import erased, responses, tallies
from hub.stores.queries import Store, add_store, all_stores
from tests.support.history import HEADER, a_row
from tests.support.tallies import add_stores

NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
OURS = Order(Layout({}))


def bring(engine: Engine, *rows: str, order: Order = OURS) -> Report:
    """Take a file of some rows and return what became of them altogether."""
    found = Report()
    for report in take(engine, StringIO(HEADER + "".join(rows), newline=""), order, NOW):
        found.added += report.added
        found.known += report.known
        found.ambiguous += report.ambiguous
        found.rejected += report.rejected
        found.cut += report.cut
        found.stores += report.stores
    return found


def kept(engine: Engine) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(select(responses).order_by(responses.c.id)))


def tallied(engine: Engine) -> list[Any]:
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(select(tallies).order_by(*tallies.primary_key))]


@pytest.fixture
def milan(engine: Engine) -> Engine:
    add_stores(engine, ["Milano"])
    return engine


def test_a_row_becomes_an_answer_as_the_file_says(milan: Engine) -> None:
    assert bring(milan, a_row(score="0", comment="Mah")) == Report(added=1)
    (row,) = kept(milan)
    assert (row.store, row.score, row.comment, row.language) == ("Milano", 0, "Mah", "it")
    assert (row.channel, row.touchpoint, row.kind, row.counted) == ("web", "Checkout", "relational", True)
    assert (row.kiosk, row.sequence, row.contact_box, row.clock_offset) == (None, None, None, 0)
    assert row.happened_at == datetime(2026, 3, 28, 13, 5, tzinfo=UTC)
    assert (row.utc_offset, row.day, row.received_at) == (60, date(2026, 3, 28), NOW)


def test_twice_is_once(milan: Engine) -> None:
    rows = [a_row(number, score=str(number % 11)) for number in range(40)]
    assert bring(milan, *rows) == Report(added=40)
    before, counts = kept(milan), tallied(milan)
    assert bring(milan, *reversed(rows)) == Report(known=40)
    assert (kept(milan), tallied(milan)) == (before, counts)


def test_tallies_are_those_of_the_answers(milan: Engine) -> None:
    bring(milan, *(a_row(number, score=str(number % 11), channel="x" * (number % 2)) for number in range(30)))
    with writing(milan) as connection:
        assert rebuild_tallies(connection) == []


def test_a_row_that_occurs_twice_in_a_file_is_one_answer(milan: Engine) -> None:
    far_apart = [a_row(number) for number in range(AT_ONCE)]
    assert bring(milan, a_row(1), a_row(1), *far_apart) == Report(added=AT_ONCE, known=2)


@pytest.mark.parametrize("between", [0, AT_ONCE])
def test_the_same_id_with_another_answer_is_rejected_and_the_first_stays(milan: Engine, between: int) -> None:
    others = [a_row(number) for number in range(100, 100 + between)]
    found = bring(milan, a_row(1, score="9"), *others, a_row(1, score="2"))
    line = between + 3
    reason = "'A1' of this store and time is known with another answer, which stays"
    assert (found.added, found.rejected) == (between + 1, [Rejected(line, reason)])
    assert {row.score for row in kept(milan)} == {9}


def test_the_same_id_in_another_store_is_another_answer(milan: Engine) -> None:
    add_stores(milan, ["Roma"])
    assert bring(milan, a_row(1), a_row(1, store="Roma")).added == 2


def test_unknown_stores_are_rejected(milan: Engine) -> None:
    found = bring(milan, a_row(1), a_row(2, store="Atlantis"))
    assert found == Report(added=1, rejected=[Rejected(3, "there is no store 'Atlantis'")])


def test_unknown_stores_are_made_if_wanted(milan: Engine) -> None:
    order = Order(Layout({}), new_stores_zone="America/New_York")
    code = "NEAS/PTS  - Patient Transport"
    found = bring(milan, a_row(1), a_row(2, store=code), a_row(3, store=code), order=order)
    assert found == Report(added=3, stores=[code])
    with reading(milan) as connection:
        made = {store.code: store for store in all_stores(connection)}
    assert made[code] == Store(code, code, "", "America/New_York", 0)
    assert made["Milano"].time_zone == "Europe/Rome"
    assert {row.happened_at.hour for row in kept(milan) if row.store == code} == {18}


@pytest.mark.parametrize("code", ["x" * 65, "a\0b", "a\u2028b"])
def test_a_store_that_cannot_be_made_is_rejected(engine: Engine, code: str) -> None:
    found = bring(engine, a_row(store=code), order=Order(Layout({}), new_stores_zone="UTC"))
    assert (found.added, found.stores, len(found.rejected)) == (0, [], 1)
    assert "is no code" in found.rejected[0].reason


@pytest.mark.parametrize(
    ("written", "channel"),
    [
        ("web", "web"),
        ("Kiosk", "kiosk"),
        ("E-mail", "email"),
        ("email", "email"),
        ("fax", "import"),
        ("", "import"),
    ],
)
def test_channels_by_name_and_otherwise_import(milan: Engine, written: str, channel: str) -> None:
    bring(milan, a_row(channel=written))
    assert [row.channel for row in kept(milan)] == [channel]


@pytest.mark.parametrize(
    ("written", "given", "kept_as"),
    [("fr", "und", "fr"), ("", "und", "und"), ("", "it", "it"), ("Français", "und", "und")],
)
def test_languages(milan: Engine, written: str, given: str, kept_as: str) -> None:
    bring(milan, a_row(language=written), order=Order(Layout({}), language=given))
    assert [row.language for row in kept(milan)] == [kept_as]


def test_the_kind_is_that_of_the_whole_file(milan: Engine) -> None:
    bring(milan, a_row(), order=Order(Layout({}), kind=Kind.TRANSACTIONAL))
    assert [row.kind for row in kept(milan)] == ["transactional"]


def test_long_texts_are_cut_and_said(milan: Engine) -> None:
    found = bring(
        milan,
        a_row(1, comment="🙂" * 4000, touchpoint="x" * 200),
        a_row(2, comment="x" * 4001),
        a_row(3, touchpoint="x" * 201),
    )
    assert found.added == 3
    assert found.cut == [
        Cut(3, "the comment is cut to 4,000 characters"),
        Cut(4, "the touchpoint is cut to 200 characters"),
    ]
    assert {(len(row.comment), len(row.touchpoint)) for row in kept(milan)} == {
        (4000, 200),
        (4000, 8),
        (0, 200),
    }


def test_what_no_database_can_store_is_left_out(milan: Engine) -> None:
    assert bring(milan, a_row(comment="a\0b", touchpoint="c\0d", channel="\0", language="\0")).added == 1
    (row,) = kept(milan)
    assert (row.comment, row.touchpoint, row.language) == ("ab", "cd", "und")


def test_an_answer_from_the_future_is_none(milan: Engine) -> None:
    found = bring(milan, a_row(1, timestamp="2026-04-02T12:00"), a_row(2, timestamp="2026-12-03"))
    assert (found.added, found.rejected) == (1, [Rejected(3, "2026-12-03 is in the future")])


def test_the_business_day_is_that_of_the_store(engine: Engine) -> None:
    with writing(engine) as connection:
        add_store(connection, Store("Bar", "Bar", "", "Europe/Rome", 3), NOW)
    bring(
        engine,
        a_row(1, store="Bar", timestamp="2026-03-28T02:30"),
        a_row(2, store="Bar", timestamp="2026-03-28T03:00"),
        a_row(3, store="Bar", timestamp="2026-03-28"),
        a_row(4, store="Bar", timestamp="2026-03-28T23:30-05:00"),
    )
    days = sorted(row.day.isoformat() for row in kept(engine))
    assert days == ["2026-03-27", "2026-03-28", "2026-03-28", "2026-03-29"]


def test_a_dry_run_says_the_same_and_changes_nothing(engine: Engine) -> None:
    rows = [a_row(1), a_row(2, score="11"), a_row(3, store="Roma")]
    order = Order(Layout({}), new_stores_zone="Europe/Rome")
    dry = bring(engine, *rows, order=Order(Layout({}), new_stores_zone="Europe/Rome", dry_run=True))
    assert (kept(engine), tallied(engine)) == ([], [])
    with reading(engine) as connection:
        assert all_stores(connection) == []
    assert bring(engine, *rows, order=order) == dry
    assert dry.stores == ["Milano", "Roma"]


def test_an_erased_answer_does_not_come_back(milan: Engine) -> None:
    bring(milan, a_row(1))
    with writing(milan) as connection:
        gone = connection.execute(select(responses.c.id)).scalar_one()
        connection.execute(responses.delete())
        connection.execute(erased.insert().values(id=gone, erased_at=NOW))
    assert bring(milan, a_row(1)) == Report(known=1)
    assert kept(milan) == []


def test_rejected_rows_come_in_the_order_of_the_file(milan: Engine) -> None:
    found = bring(
        milan, a_row(1, store="Atlantis"), a_row(2, score="x"), a_row(3, store="Atlantis"), a_row(4)
    )
    assert [rejected.line for rejected in found.rejected] == [2, 3, 4]
    assert found.added == 1


def test_a_file_without_a_column_is_none(milan: Engine) -> None:
    with pytest.raises(NotAHistory, match="no column 'score'"):
        list(take(milan, ["response_id,store,timestamp\n"], OURS, NOW))


def test_a_long_file_is_read_as_it_goes_in(milan: Engine) -> None:
    taken = 0

    def lines() -> Iterable[str]:
        nonlocal taken
        yield HEADER
        for number in range(3 * AT_ONCE):
            taken += 1
            yield a_row(number)

    reports = take(milan, lines(), OURS, NOW)
    assert next(reports).added == AT_ONCE
    assert taken <= AT_ONCE + 1
    with reading(milan) as connection:
        assert connection.execute(select(func.count()).select_from(responses)).scalar() == AT_ONCE


def test_times_that_fit_several_formats_are_counted(engine: Engine) -> None:
    add_stores(engine, ["Milano"])
    order = Order(Layout({}, ("%d/%m/%Y", "%m/%d/%Y")))
    days = ("13/02/2026", "02/03/2026", "03/03/2026", "03/13/2026")
    report = bring(engine, *(a_row(n, timestamp=day) for n, day in enumerate(days)), order=order)
    assert (report.added, report.ambiguous) == (4, 1)
