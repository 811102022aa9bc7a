"""Tallies that have gone wrong, by whatever accident, are right again after a rebuild."""

from collections.abc import Callable
from datetime import date, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, update

from hub.db import reading, writing
from hub.responses.queries import rebuild_tallies, store
from hub.responses.rules import TALLY_KEY
from hub.responses.tables import tallies
from tests.support.answers import a_response
from tests.support.tallies import add_stores, invented, keep

DAY = date(2026, 3, 25)
STORES = ["Milano", "Roma"]


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """Return a hub with answers of two stores, one answer flagged."""
    add_stores(engine, STORES)
    for number, code in enumerate(STORES):
        keep(engine, code, DAY, *(a_response(10 * number + score, score=score) for score in range(9)))
    keep(engine, "Roma", DAY + timedelta(days=1), a_response(99, score=0, flags=("burst",)))
    return engine


def kept(engine: Engine) -> list[tuple[Any, ...]]:
    """Return the whole table of tallies."""
    with reading(engine) as connection:
        rows = connection.execute(select(tallies).order_by(*tallies.primary_key))
        return [tuple(row) for row in rows]


def lose_all(connection: Connection) -> None:
    connection.execute(delete(tallies))


def lose_one(connection: Connection) -> None:
    connection.execute(delete(tallies).where(tallies.c.store == "Roma", ~tallies.c.counted))


def count_too_many(connection: Connection) -> None:
    connection.execute(update(tallies).where(tallies.c.store == "Milano").values(s0=tallies.c.s0 + 5))


def swap_two_scores(connection: Connection) -> None:
    connection.execute(update(tallies).values(s8=tallies.c.s10, s10=tallies.c.s8))


def invent_one(connection: Connection) -> None:
    row = connection.execute(select(tallies).limit(1)).one()._asdict()
    connection.execute(insert(tallies), row | {"store": "Nowhere"})


ACCIDENTS: list[tuple[Callable[[Connection], None], list[tuple[str, int, int]]]] = [
    (lose_all, [("Milano", 0, 9), ("Roma", 0, 9), ("Roma", 0, 1)]),
    (lose_one, [("Roma", 0, 1)]),
    (count_too_many, [("Milano", 14, 9)]),
    (swap_two_scores, [("Milano", 9, 9), ("Roma", 9, 9)]),
    (invent_one, [("Nowhere", 9, 0)]),
]


@pytest.mark.parametrize(("accident", "expected"), ACCIDENTS)
def test_wrong_tallies_are_put_right_and_named(
    filled: Engine, accident: Callable[[Connection], None], expected: list[tuple[str, int, int]]
) -> None:
    before = kept(filled)
    with writing(filled) as connection:
        accident(connection)
    assert kept(filled) != before
    with writing(filled) as connection:
        changed = rebuild_tallies(connection)
    assert kept(filled) == before
    place = TALLY_KEY.index("store")
    assert [(change.key[place], change.before, change.after) for change in changed] == expected


def test_right_tallies_stay_as_they_are(filled: Engine) -> None:
    with writing(filled) as connection:
        assert rebuild_tallies(connection) == []


def rebuild_and_fail(engine: Engine) -> None:
    with writing(engine) as connection:
        rebuild_tallies(connection)
        raise ZeroDivisionError


def test_a_rebuild_that_fails_changes_nothing(filled: Engine) -> None:
    with writing(filled) as connection:
        count_too_many(connection)
    wrong = kept(filled)
    with pytest.raises(ZeroDivisionError):
        rebuild_and_fail(filled)
    assert kept(filled) == wrong


def test_answers_that_arrive_meanwhile_are_counted_once(filled: Engine) -> None:
    def arrive() -> None:
        for row in invented(STORES, DAY, 5, 60):
            with writing(filled) as connection:
                store(connection, [row])

    arriving = Thread(target=arrive)
    arriving.start()
    while arriving.is_alive():
        with writing(filled) as connection:
            rebuild_tallies(connection)
    arriving.join()
    with writing(filled) as connection:
        assert rebuild_tallies(connection) == []
