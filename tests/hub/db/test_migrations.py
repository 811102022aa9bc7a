"""The migrations and the tables in the code say the same, on both engines."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text

from hub.db import WrongSchema, metadata, migrate, reading, require_current, writing
from tests.support.hub import Hub
from tests.support.postgres import Postgres


def test_the_migrated_database_is_the_one_that_the_tables_describe(engine: Engine) -> None:
    # On SQLite Alembic takes an empty text as a default for a difference from itself.
    options = {"compare_server_default": engine.dialect.name == "postgresql"}
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    require_current(engine)


def set_version(engine: Engine, version: str) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_a_database_of_a_newer_hub_is_refused(engine: Engine) -> None:
    set_version(engine, "9999")
    with pytest.raises(WrongSchema, match="newer"):
        require_current(engine)
    with pytest.raises(WrongSchema, match="newer"):
        migrate(engine)


def test_a_database_of_an_older_hub_is_not_served(engine: Engine) -> None:
    set_version(engine, "0001")
    with pytest.raises(WrongSchema, match="cerchio-hub migrate"):
        require_current(engine)


def test_processes_that_start_at_once_migrate_once(postgres: Postgres, tmp_path: Path) -> None:
    for database in ("", postgres.url(postgres.create())):
        hub = Hub(tmp_path / str(bool(database)), database)
        with ThreadPoolExecutor(3) as pool:
            done = list(pool.map(lambda hub: hub.run("migrate"), [hub] * 3))
        assert [process.stderr for process in done if process.returncode] == []
        assert hub.must("fleet", "--json").strip() == "[]"
