"""The migrations and the tables in the code say the same, on both engines."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

from hub.db import metadata, reading


def test_the_migrated_database_is_the_one_that_the_tables_describe(engine: Engine) -> None:
    # On SQLite Alembic takes an empty text as a default for a difference from itself.
    options = {"compare_server_default": engine.dialect.name == "postgresql"}
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
