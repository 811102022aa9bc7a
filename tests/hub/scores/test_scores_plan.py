"""The board reads tallies through their index and no response, as the databases themselves say."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert

from common.nps import SCORES
from hub.db import reading, writing
from hub.responses.tables import tallies
from hub.scores.queries import board, trend
from hub.scores.rules import Bucket, Choice
from tests.support.plans import plans

FIRST = date(2025, 1, 1)
STORES = [f"S{number:03}" for number in range(40)]


@pytest.fixture
def a_year(engine: Engine) -> Engine:
    """Return a hub with the tallies of forty stores over a year."""
    rows = [
        {"store": store, "day": FIRST + timedelta(days=day), "kind": "relational", "channel": "kiosk",
         "touchpoint": "checkout", "counted": True} | {f"s{score}": 1 for score in SCORES}
        for store in STORES for day in range(365)
    ]  # fmt: skip
    with writing(engine) as connection:
        connection.execute(insert(tallies), rows)
        connection.exec_driver_sql("ANALYZE")
    return engine


LAST = FIRST + timedelta(days=330)
MONTH = Choice(first_day=FIRST + timedelta(days=300), last_day=LAST)


def ask_board(connection: Connection, stores: list[str]) -> Any:
    return board(connection, stores, MONTH)


def ask_trend(connection: Connection, stores: list[str]) -> Any:
    return trend(connection, stores, Choice(), FIRST + timedelta(days=300), LAST, Bucket.WEEK)


@pytest.mark.parametrize("ask", [ask_board, ask_trend])
@pytest.mark.parametrize("stores", [STORES[:1], STORES[:10]], ids=["one store", "ten stores"])
def test_a_month_is_read_by_index(
    a_year: Engine, ask: Callable[[Connection, list[str]], Any], stores: list[str]
) -> None:
    with reading(a_year) as connection:
        (told,) = plans(connection, lambda connection: ask(connection, stores))
    assert "responses" not in told
    assert told.reads_by_index("tallies"), str(told)
