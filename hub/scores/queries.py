"""The SQL of scores. It reads the daily tallies and never the responses."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from common.nps import Tally
from common.responses import Channel, Kind
from hub.db.dialect import is_among
from hub.responses.tables import COUNTS, tallies
from hub.scores.rules import Answers, Bucket, Choice, Step, steps

_SUMS = tuple(func.sum(tallies.c[name]) for name in COUNTS)


def board(connection: Connection, stores: Collection[str], choice: Choice) -> dict[str, Answers]:
    """Return what each of the stores (codes) received; one without answers is there too, and empty."""
    found = _added_up(connection, tallies.c.store, stores, choice)
    return {store: found.get(store, Answers()) for store in stores}


def daily(connection: Connection, stores: Collection[str], choice: Choice) -> dict[date, Answers]:
    """Return what the stores received together on each business day that has answers."""
    return _added_up(connection, tallies.c.day, stores, choice)


def trend(
    connection: Connection,
    stores: Collection[str],
    choice: Choice,
    first_day: date,
    last_day: date,
    bucket: Bucket,
) -> Sequence[Step]:
    """Return the stores' common score step by step, from the first to the last day."""
    days = daily(connection, stores, replace(choice, first_day=first_day, last_day=last_day))
    return steps(days, first_day, last_day, bucket)


def _added_up(
    connection: Connection, by: ColumnElement[Any], stores: Collection[str], choice: Choice
) -> dict[Any, Answers]:
    found: dict[Any, Answers] = defaultdict(Answers)
    if stores:
        for row in connection.execute(_statement(by, stores, choice)):
            found[row[0]] += _answers(row)
    return dict(found)


def _statement(by: ColumnElement[Any], stores: Collection[str], choice: Choice) -> Select[Any]:
    """Return the statement behind every score: sums by store or by day, kinds and channels apart."""
    apart = (by, tallies.c.kind, tallies.c.channel, tallies.c.counted)
    statement = select(*apart, *_SUMS).where(is_among(tallies.c.store, stores)).group_by(*apart)
    if choice.first_day:
        statement = statement.where(tallies.c.day >= choice.first_day)
    if choice.last_day:
        statement = statement.where(tallies.c.day <= choice.last_day)
    if choice.kinds:
        statement = statement.where(tallies.c.kind.in_(choice.kinds))
    if choice.channels:
        statement = statement.where(tallies.c.channel.in_(choice.channels))
    return statement


def _answers(row: Sequence[Any]) -> Answers:
    _, kind, channel, counted, *counts = row
    tally = Tally(tuple(map(int, counts)))
    return Answers(tally, tally if counted else Tally(), frozenset([(Kind(kind), Channel(channel))]))
