"""Responses and tallies put straight into a hub's database, for tests of what reads them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import Engine

from common.history import identity
from common.nps import SCORES
from common.responses import Response
from hub.db import writing
from hub.responses import queries, rules
from hub.stores.queries import Store, add_store
from tests.support.answers import a_response

CREATED = datetime(2026, 1, 1, tzinfo=UTC)


def add_stores(engine: Engine, codes: Iterable[str], region: str = "") -> None:
    """Add stores that are called like their codes."""
    with writing(engine) as connection:
        for code in codes:
            add_store(connection, Store(code, code, region, "Europe/Rome", 0), CREATED)


def keep(engine: Engine, store: str, day: date, *answers: Response) -> None:
    """Store answers as a sync does, all on one business day of a store."""
    source = rules.Source(store=store, day=day, received_at=CREATED)
    with writing(engine) as connection:
        queries.store(connection, [rules.row(answer, source) for answer in answers])


def invented(stores: Sequence[str], first_day: date, days: int, count: int) -> Iterable[dict[str, Any]]:
    """Yield rows of invented responses, spread evenly over stores and days; the same in every run."""
    random = Random(count)
    noon = datetime.combine(first_day, datetime.min.time(), UTC) + timedelta(hours=12)
    for number in range(count):
        store = stores[number % len(stores)]
        moment = noon + timedelta(days=number // len(stores) % days, milliseconds=number)
        made = identity("invented", str(number), given_at=moment)
        answer = a_response(id=made, score=random.choice(SCORES), given_at=moment)
        yield rules.row(answer, rules.Source(store=store, day=moment.date(), received_at=moment))


def fill(engine: Engine, rows: Iterable[dict[str, Any]], at_once: int = 2000) -> None:
    """Store rows of responses with their tallies, some thousands in a transaction."""
    remaining = iter(rows)
    while batch := list(islice(remaining, at_once)):
        with writing(engine) as connection:
            queries.store(connection, batch)
