"""One PostgreSQL database for one test after the other: emptied, because a new one takes much longer."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, RowMapping, String, Table, text

from hub.cli import bring_up
from hub.config import Settings
from hub.db import metadata, open_engine
from tests.support.postgres import Postgres

_VERSION = Table("alembic_version", MetaData(), Column("version_num", String))
_TABLES = (*metadata.sorted_tables, _VERSION)

_SHAPE = text(
    "SELECT table_name, column_name, data_type FROM information_schema.columns"
    " WHERE table_schema = 'public' ORDER BY 1, 2"
)
_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid != pg_backend_pid()"
)
_SEQUENCES = text("SELECT setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences")


class Reused:
    """A database with the schema and the standard survey. What a test has left in it is gone for the next."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._engine: Engine | None = None
        self._url = ""
        self._rows: Mapping[Table, Sequence[RowMapping]] = {}
        self._shape: Sequence[Any] = ()

    def take(self) -> str:
        """Return the URL of the database as it was at first; of another one if a test changed its tables."""
        if self._engine is None or not self._emptied(self._engine):
            self.leave()
            self._make()
        return self._url

    def leave(self) -> None:
        """Use the database no more."""
        if self._engine:
            self._engine.dispose()
            self._engine = None

    def _make(self) -> None:
        self._url = self._server.url(self._server.create())
        self._engine = open_engine(Settings(database=self._url).url)
        bring_up(self._engine)
        with self._engine.connect() as connection:
            self._shape = connection.execute(_SHAPE).all()
            self._rows = {table: connection.execute(table.select()).mappings().all() for table in _TABLES}

    def _emptied(self, engine: Engine) -> bool:
        with engine.begin() as connection:
            connection.execute(_OTHERS)
            if connection.execute(_SHAPE).all() != self._shape:
                return False
            self._restore(connection)
        return True

    def _restore(self, connection: Connection) -> None:
        for table in reversed(_TABLES):
            connection.execute(table.delete())
        for table, rows in self._rows.items():
            if rows:
                connection.execute(table.insert(), [dict(row) for row in rows])
        connection.execute(_SEQUENCES)
