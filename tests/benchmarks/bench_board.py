"""The board: 500 stores over 90 days cost the same from a million responses as from a hundred thousand.

Tallies grow with stores and days, not with responses. The time is that of the page's queries with their
sums in Python; the same numbers counted from the responses themselves are the second baseline.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from common.history import identity
from common.nps import SCORES
from hub.cli import bring_up
from hub.config import Settings
from hub.db import open_engine, reading, writing
from hub.responses import queries
from hub.responses.rules import Source, row
from hub.responses.tables import responses
from hub.scores.queries import board, trend
from hub.scores.rules import Bucket, Choice
from tests.support import postgres
from tests.support.answers import a_response
from tests.support.plans import plans
from tests.support.ratios import ratio

STORES = [f"S{number:03}" for number in range(500)]
FIRST = date(2026, 1, 1)
DAYS = 90
PERIOD = Choice(first_day=FIRST, last_day=FIRST + timedelta(days=DAYS - 1))
FEW, MANY = 100_000, 1_000_000
AT_ONCE = 5_000
TIMES = 31

Query = Callable[[Connection], Any]


def main() -> bool:
    """Measure both engines; say whether every bound is kept."""
    with TemporaryDirectory() as folder, postgres.running(durable=True) as server:
        lite = [Settings(data=Path(folder), database=f"sqlite:///{folder}/{n}") for n in (FEW, MANY)]
        grown = [Settings(data=Path(folder), database=server.url(server.create())) for _ in (FEW, MANY)]
        return all([measure("sqlite", *lite), measure("postgresql", *grown)])


def measure(name: str, few: Settings, many: Settings) -> bool:
    """Measure one engine with few and with many responses."""
    large, small = filled(many, MANY), filled(few, FEW)
    for engine in (small, large):
        assert_plans(engine)
    kept = []
    for page, query in (("board", board_of_all), ("trend of a store", trend_of_one)):
        base, grown = seconds(query, small, large)
        kept.append(ratio(f"{name}, {page}", 1000 * grown, 1000 * base, unit="ms", at_most=1.3))
    (ours,), (counted,) = seconds(board_of_all, large), seconds(count_responses, large)
    told = f"{name}, board against counting responses"
    kept.append(ratio(told, 1000 * ours, 1000 * counted, unit="ms", at_most=0.5))
    return all(kept)


def filled(settings: Settings, count: int) -> Engine:
    """Return a fresh database with so many responses, evenly over stores and days."""
    engine = open_engine(settings.url)
    bring_up(engine)
    rows = invented(count)
    while batch := list(islice(rows, AT_ONCE)):
        with writing(engine) as connection:
            queries.store(connection, batch)
    _settle(engine)
    return engine


def _settle(engine: Engine) -> None:
    """Do now what the database would do in its own time, and what would disturb a measurement."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")
            connection.exec_driver_sql("CHECKPOINT")
        return
    with writing(engine) as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()  # The last connection to leave an SQLite file copies its log into it.


def invented(count: int) -> Iterator[dict[str, Any]]:
    """Yield rows of responses; the same in every run."""
    random, noon = Random(count), datetime(2026, 1, 1, 12, tzinfo=UTC)
    template = row(a_response(comment="x" * 60), Source(STORES[0], FIRST, noon))
    for number in range(count):
        day = number * DAYS // count
        moment = noon + timedelta(days=day, milliseconds=number % (count // DAYS))
        yield template | {
            "id": identity(str(number), given_at=moment),
            "store": STORES[number % len(STORES)],
            "score": random.choice(SCORES),
            "given_at": moment,
            "happened_at": moment,
            "day": FIRST + timedelta(days=day),
        }


def board_of_all(connection: Connection) -> Any:
    """Ask for what the board shows."""
    return board(connection, STORES, PERIOD)


def trend_of_one(connection: Connection) -> Any:
    """Ask for what a store's page draws."""
    return trend(connection, STORES[:1], Choice(), FIRST, FIRST + timedelta(days=DAYS - 1), Bucket.WEEK)


def count_responses(connection: Connection) -> Any:
    """Count what the board shows without tallies."""
    counted = select(responses.c.store, responses.c.score, func.count())
    counted = counted.where(responses.c.day.between(PERIOD.first_day, PERIOD.last_day))
    return connection.execute(counted.group_by(responses.c.store, responses.c.score)).all()


def assert_plans(engine: Engine) -> None:
    """See that no response is read, and that a store's days come through the index."""
    with reading(engine) as connection:
        (of_all,), (of_one,) = plans(connection, board_of_all), plans(connection, trend_of_one)
    assert "responses" not in of_all, str(of_all)
    assert "responses" not in of_one, str(of_one)
    assert of_one.reads_by_index("tallies"), str(of_one)


def seconds(query: Query, *engines: Engine) -> list[float]:
    """Return the median time of a query on each engine, in turns, after one turn that warms up."""
    turns = [[_once(engine, query) for engine in engines] for _ in range(TIMES + 1)]
    return [median(times) for times in zip(*turns[1:], strict=True)]


def _once(engine: Engine, query: Query) -> float:
    with reading(engine) as connection:
        start = perf_counter()
        query(connection)
        return perf_counter() - start


if __name__ == "__main__":
    sys.exit(not main())
