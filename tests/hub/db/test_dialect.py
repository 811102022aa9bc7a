"""What differs between the engines behaves the same on both."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from hub.db import reading, writing
from hub.db.dialect import add_up, hold, insert_missing, is_among
from hub.responses.rules import Source, row
from hub.responses.tables import COUNTS, responses, tallies
from hub.stores.tables import stores
from tests.hub.conftest import Clock
from tests.support.answers import a_response, an_id


def rows(clock: Clock, *numbers: int, **changes: Any) -> list[dict[str, Any]]:
    source = Source("rome", date(2026, 3, 25), clock())
    return [row(a_response(number, **changes), source) for number in numbers]


def test_only_missing_rows_are_inserted_and_named(engine: Engine, clock: Clock) -> None:
    with writing(engine) as connection:
        assert insert_missing(connection, responses, rows(clock, 1, 2)) == {(an_id(1),), (an_id(2),)}
        assert insert_missing(connection, responses, rows(clock, 3, 2, 4)) == {(an_id(3),), (an_id(4),)}
        assert insert_missing(connection, responses, rows(clock, 1, 2)) == set()
        assert insert_missing(connection, responses, []) == set()
        assert connection.execute(select(func.count()).select_from(responses)).scalar_one() == 4


def test_a_row_that_is_there_stays_as_it_is(engine: Engine, clock: Clock) -> None:
    with writing(engine) as connection:
        insert_missing(connection, responses, rows(clock, 1, comment="first"))
        insert_missing(connection, responses, rows(clock, 1, comment="second"))
        assert connection.execute(select(responses.c.comment)).scalar_one() == "first"


def test_a_row_that_breaks_a_rule_is_an_error_and_not_left_out(engine: Engine, clock: Clock) -> None:
    broken = [rows(clock, 1)[0], rows(clock, 2)[0] | {"score": 11}]
    with pytest.raises(Exception, match="score"), writing(engine) as connection:
        insert_missing(connection, responses, broken)
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(responses)).scalar_one() == 0


def test_transactions_with_the_same_rows_in_any_order_do_not_lock_each_other_out(
    engine: Engine, clock: Clock
) -> None:
    def insert(turned: bool) -> int:
        with writing(engine) as connection:
            mine = rows(clock, *range(300))
            return len(insert_missing(connection, responses, mine[::-1] if turned else mine))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(insert, (False, True, False, True))) == 300


def a_tally(score: int, times: int) -> dict[str, Any]:
    key = {"store": "rome", "day": date(2026, 3, 25), "kind": "relational", "channel": "kiosk"}
    return key | {"touchpoint": "exit", "counted": True} | dict.fromkeys(COUNTS, 0) | {f"s{score}": times}


def test_counts_add_up(engine: Engine) -> None:
    with writing(engine) as connection:
        add_up(connection, tallies, [a_tally(0, 2)], COUNTS)
        add_up(connection, tallies, [a_tally(0, 3), a_tally(0, 1) | {"touchpoint": "other"}], COUNTS)
        add_up(connection, tallies, [a_tally(10, 1)], COUNTS)
        add_up(connection, tallies, [], COUNTS)
        exit_ = select(tallies).where(tallies.c.touchpoint == "exit")
        [found] = connection.execute(exit_).all()
    assert (found.s0, found.s10, found.day, found.counted) == (5, 1, date(2026, 3, 25), True)


def test_parallel_counts_all_arrive(engine: Engine) -> None:
    def add(_: int) -> None:
        with writing(engine) as connection:
            add_up(connection, tallies, [a_tally(5, 1)], COUNTS)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    with reading(engine) as connection:
        assert connection.execute(select(tallies.c.s5)).scalar_one() == 40


def test_a_column_is_among_texts(engine: Engine, clock: Clock) -> None:
    with writing(engine) as connection:
        insert_missing(connection, responses, rows(clock, 1, 2, 3))
        ids = select(responses.c.id)
        wanted = [an_id(1), an_id(3), an_id(9)]
        found = connection.execute(ids.where(is_among(responses.c.id, wanted))).scalars()
        assert set(found) == {an_id(1), an_id(3)}
        assert connection.execute(ids.where(is_among(responses.c.id, []))).all() == []
        quoted = select(stores.c.code).where(
            is_among(stores.c.code, ["'; DROP TABLE stores; --", "a,b", '"'])
        )
        assert connection.execute(quoted).all() == []


def test_a_held_table_waits_for_its_holder(engine: Engine) -> None:
    with ThreadPoolExecutor(1) as pool:
        with writing(engine) as connection:
            hold(connection, tallies)
            other = pool.submit(_add, engine)
            with pytest.raises(TimeoutError):
                other.result(0.2)
            assert connection.execute(select(tallies)).all() == []
        other.result(10)


def _add(engine: Engine) -> None:
    with writing(engine) as connection:
        add_up(connection, tallies, [a_tally(5, 1)], COUNTS)
