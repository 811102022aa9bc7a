"""Ingest: rows per second of the sync endpoint against a raw insert of the same rows into the same engine.

A real hub process answers gzip batches of 500 over HTTP, with the device's key, full validation, tallies
and cases. One response in forty has sealed contact details, which the hub opens: about a tenth of the
detractors.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from gzip import compress
from http.client import HTTPConnection
from itertools import count
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import psycopg
from sqlalchemy import Dialect, Engine, make_url

from common.responses import Response
from common.wire import SYNC_PATH
from hub.cli import bring_up
from hub.config import Settings
from hub.db import open_engine
from hub.responses.rules import Source, row
from hub.responses.tables import responses as table
from tests.support import postgres
from tests.support.backlog import answers, chunks
from tests.support.hub import serving
from tests.support.ratios import percentile, ratio
from tests.support.tablet import Tablet

BATCH = 500
BACKLOG = 20_000
KIOSKS = 8
BYTES_ON_THE_WIRE = 75

Rows = list[tuple[Any, ...]]
Insert = Callable[[Rows], object]


def main() -> bool:
    """Measure both engines; say whether every bound is kept."""
    with TemporaryDirectory() as folder, postgres.running(durable=True) as server:
        home = Path(folder)
        with raw_sqlite(home) as insert:
            lite = measure(home / "sqlite", "", insert, least=0.2, longest=1.0)
        with raw_postgres(server) as insert:
            grown = measure(home / "postgresql", server.url(server.create()), insert, least=0.3, longest=0.3)
    return lite and grown


def measure(folder: Path, database: str, insert: Insert, least: float, longest: float) -> bool:
    """Measure one engine: one kiosk's backlog, the same again, and eight kiosks at once."""
    name, dialect = folder.name, make_url(Settings(folder, database).url).get_dialect()()
    with serving(folder, database) as hub:
        hub.add_store("rome")
        first, *others = [hub.pair("rome") for _ in range(1 + KIOSKS)]
        backlog = list(answers(BACKLOG, start_of(BACKLOG), first.public_key))
        rows = [stored_rows(batch, dialect) for batch in chunks(backlog, BATCH)]
        bodies = bodies_of(first, backlog)
        raw, ours = _in_turns(rows, insert, bodies, poster(first, hub.address))
        again = sum(map(_timed(poster(first, hub.address)), bodies))
        together, times = _at_once(others, hub.address)
    alone, wire = BACKLOG / ours, sum(map(len, bodies)) / BACKLOG
    return all(
        (
            ratio(f"{name}, one kiosk's backlog", alone, BACKLOG / raw, unit="rows/s", at_least=least),
            ratio(f"{name}, the same batches again", again, ours, unit="s", at_most=1),
            ratio(f"{name}, eight kiosks at once", together, alone, unit="rows/s", at_least=0.9),
            ratio(f"{name}, a batch of the eight, p99", percentile(times, 99), longest, unit="s", at_most=1),
            ratio(f"{name}, a response on the wire", wire, BYTES_ON_THE_WIRE, unit="bytes", at_most=1),
        )
    )


def _in_turns(
    rows: Sequence[Rows], insert: Insert, bodies: Sequence[bytes], post: Callable[[bytes], object]
) -> tuple[float, float]:
    """Return the seconds of raw inserts and those of posts, in turns so that both have the same machine."""
    pairs = [(_timed(insert)(batch), _timed(post)(body)) for batch, body in zip(rows, bodies, strict=True)]
    return sum(raw for raw, _ in pairs), sum(ours for _, ours in pairs)


def _timed(act: Callable[[Any], object]) -> Callable[[Any], float]:
    """Return what acts and says how many seconds that took."""

    def timed(argument: Any) -> float:
        begun = perf_counter()
        act(argument)
        return perf_counter() - begun

    return timed


def _at_once(tablets: Sequence[Tablet], address: str) -> tuple[float, list[float]]:
    """Send from all tablets at the same time; return rows per second and the seconds of each batch."""
    share = BACKLOG // len(tablets)
    queues = [
        bodies_of(tablet, list(answers(share, start_of(share), tablet.public_key, seed=2 + number)))
        for number, tablet in enumerate(tablets)
    ]

    def drain(tablet: Tablet, bodies: Sequence[bytes]) -> list[float]:
        return list(map(_timed(poster(tablet, address)), bodies))

    begun = perf_counter()
    with ThreadPoolExecutor(len(tablets)) as pool:
        times = [time for own in pool.map(drain, tablets, queues) for time in own]
    return share * len(tablets) / (perf_counter() - begun), times


def poster(tablet: Tablet, address: str) -> Callable[[bytes], None]:
    """Return what posts a batch on a connection of its own and reads the whole receipt."""
    # Not through requests, which takes about a millisecond of every batch for itself.
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    headers = {
        "Authorization": f"Bearer {tablet.key}", "Content-Encoding": "gzip", "Accept-Encoding": "gzip",
    }  # fmt: skip

    def post(body: bytes) -> None:
        connection.request("POST", SYNC_PATH, body, headers)
        reply = connection.getresponse()
        receipt = reply.read()
        if reply.status != 200:
            raise RuntimeError(receipt)

    return post


@contextmanager
def raw_sqlite(folder: Path) -> Iterator[Insert]:
    """Give what inserts a batch into a fresh database with the hub's schema and durability."""
    file = folder / "raw.sqlite"
    _migrated(f"sqlite:///{file}")
    statement = f"INSERT INTO responses VALUES ({', '.join('?' for _ in table.columns)})"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")

        def insert(rows: Rows) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(statement, rows)
            connection.execute("COMMIT")

        yield insert


@contextmanager
def raw_postgres(server: postgres.Postgres) -> Iterator[Insert]:
    """Give what inserts a batch into a fresh database, by one statement of many rows.

    Each column is an array: a list of VALUES with a parameter for every field takes four times as long.
    """
    url = server.url(server.create())
    engine = _migrated(Settings(database=url).url)
    lists = ", ".join(f"%s::{column.type.compile(engine.dialect)}[]" for column in table.columns)
    statement = f"INSERT INTO responses SELECT * FROM unnest({lists}) ON CONFLICT DO NOTHING".encode()
    with psycopg.connect(url, autocommit=True) as connection:
        yield lambda rows: connection.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def _migrated(url: str) -> Engine:
    engine = open_engine(url)
    bring_up(engine)
    engine.dispose()
    return engine


def start_of(count: int) -> datetime:
    """Return when the first of so many answers was given, so that the last was given just now."""
    return datetime.now(UTC) - timedelta(minutes=2 * count)


def bodies_of(tablet: Tablet, backlog: Sequence[Response]) -> list[bytes]:
    """Return the bodies in which a light kiosk sends its backlog."""
    batches = [tablet.number(*batch) for batch in chunks(backlog, BATCH)]
    return [compress(dumps(tablet.document(batch), separators=(",", ":")).encode()) for batch in batches]


def stored_rows(batch: Sequence[Response], dialect: Dialect) -> Rows:
    """Return the rows that the hub would store, as the engine's driver takes them."""
    now = datetime.now(UTC)
    types = {
        column.name: column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns
    }
    sources = (Source("rome", now.date(), now, 0, batch[0].id, number) for number in count(1))
    rows = map(row, batch, sources)
    # What somebody may decide later is empty at first.
    return [tuple(e(row.get(name)) if e else row.get(name) for name, e in types.items()) for row in rows]


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
