"""Transactions: whole or not at all, one writer at a time, and errors that tell no secrets."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from hub.config import Settings
from hub.db import DatabaseUnreachable, open_engine, reading, writing
from hub.stores.tables import stores
from tests.hub.conftest import Clock
from tests.support.postgres import Postgres


def a_store(code: str, clock: Clock, **changes: object) -> dict[str, object]:
    row = {"code": code, "name": code, "region": "", "time_zone": "UTC", "created_at": clock()}
    return row | changes


def count(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(stores)).scalar_one()


def test_a_transaction_that_fails_leaves_nothing(engine: Engine, clock: Clock) -> None:
    twice = [a_store("rome", clock), a_store("milan", clock), a_store("rome", clock)]
    with pytest.raises(DBAPIError), writing(engine) as connection:
        connection.execute(insert(stores), twice)
    assert count(engine) == 0


def test_who_has_read_goes_on_to_write_by_the_same_connection(engine: Engine, clock: Clock) -> None:
    with engine.connect() as line:
        assert line.execute(select(func.count()).select_from(stores)).scalar_one() == 0
        # Somebody else writes in between, which an SQLite that had read before would not forgive.
        with writing(engine) as connection:
            connection.execute(insert(stores).values(a_store("rome", clock)))
        with writing(engine, line) as connection:
            connection.execute(insert(stores).values(a_store("milan", clock)))
    assert count(engine) == 2


def test_the_database_keeps_its_own_rules(engine: Engine, clock: Clock) -> None:
    with pytest.raises(DBAPIError), writing(engine) as connection:
        connection.execute(insert(stores).values(a_store("rome", clock, closing_hour=12)))
    assert count(engine) == 0


def test_moments_come_back_aware_in_utc(engine: Engine, clock: Clock) -> None:
    given = datetime.fromisoformat("2026-03-29T03:30:00.125+02:00")
    with writing(engine) as connection:
        connection.execute(insert(stores).values(a_store("rome", clock, created_at=given)))
        found = connection.execute(select(stores.c.created_at)).scalar_one()
        assert connection.execute(select(stores).where(stores.c.created_at == given)).first()
    assert found.isoformat() == "2026-03-29T01:30:00.125000+00:00"


def test_a_moment_without_its_offset_is_no_moment(engine: Engine, clock: Clock) -> None:
    naive = clock().replace(tzinfo=None)
    with pytest.raises(Exception, match="without its offset"), writing(engine) as connection:
        connection.execute(insert(stores).values(a_store("rome", clock, created_at=naive)))


def test_writers_wait_for_each_other_and_lose_nothing(engine: Engine, clock: Clock) -> None:
    with writing(engine) as connection:
        connection.execute(insert(stores).values(a_store("rome", clock, closing_hour=0, name="0")))
    start = Barrier(8)

    def add_one(_: int) -> None:
        start.wait()
        for _ in range(5):
            with writing(engine) as connection:
                # Two steps, as every decision on what was read is.
                name = connection.execute(select(stores.c.name).with_for_update()).scalar_one()
                connection.execute(update(stores).values(name=str(int(name) + 1)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(8)))
    with reading(engine) as connection:
        assert connection.execute(select(stores.c.name)).scalar_one() == "40"


def test_errors_do_not_hold_what_customers_wrote(engine: Engine, clock: Clock) -> None:
    row = a_store("x" * 100, clock, name="call me at 555 1234", closing_hour=99)
    with pytest.raises(DBAPIError) as caught, writing(engine) as connection:
        connection.execute(insert(stores).values(row))
    assert "555 1234" not in str(caught.value)


def test_sqlite_survives_a_power_cut_after_the_commit(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'new.sqlite'}")
    with reading(engine) as connection:
        settings = [connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")]
        assert settings == ["wal", 2]
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "no URL that the hub can read"),
        ("mysql://root:pw@localhost/cerchio", "mysql is no database"),
        ("postgresql+psycopg://me:hunter2@127.0.0.1:1/cerchio", "cannot be used"),
        ("sqlite:////nowhere/at/all/hub.sqlite", "unable to open database file"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(DatabaseUnreachable, match=sentence) as caught:
        open_engine(url)
    assert not any(secret in str(caught.value) for secret in ("hunter2", "me:", "me@"))
    assert "\n" not in str(caught.value)


def test_a_broken_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "hub.sqlite"
    file.write_bytes(b"this is no database" * 100)
    with pytest.raises(DatabaseUnreachable, match="not a database"):
        open_engine(f"sqlite:///{file}")


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_letter_is_told_in_a_sentence(
    postgres: Postgres, encoding: str
) -> None:
    name = postgres.create(encoding=encoding)
    try:
        with pytest.raises(DatabaseUnreachable, match=f"has the encoding {encoding}; make it with UTF8"):
            open_engine(Settings(database=postgres.url(name)).url)
    finally:
        postgres.drop(name)
