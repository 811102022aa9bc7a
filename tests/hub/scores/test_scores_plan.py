"""The board reads tallies through their index and no response, as the databases themselves say."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Engine, insert

from common.nps import SCORES
from hub.db import reading, writing
from hub.responses.tables import tallies
from hub.scores.queries import board_statement
from hub.scores.rules import Choice
from tests.support.plans import plan

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


@pytest.mark.parametrize("by", [tallies.c.store, tallies.c.day], ids=["board", "trend"])
@pytest.mark.parametrize("stores", [STORES[:1], STORES[:10]], ids=["one store", "ten stores"])
def test_a_month_is_read_by_index(a_year: Engine, by: ColumnElement[Any], stores: list[str]) -> None:
    month = Choice(first_day=FIRST + timedelta(days=300), last_day=FIRST + timedelta(days=330))
    with reading(a_year) as connection:
        told = plan(connection, board_statement(by, stores, month))
    assert "responses" not in told
    assert told.reads_by_index("tallies"), str(told)
