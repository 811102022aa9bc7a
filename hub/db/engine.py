"""One engine per process, and two kinds of transaction: reading and writing.

A writing transaction on SQLite takes the write lock when it begins (BEGIN IMMEDIATE), behind one lock of
this process: eight writers that only wait on SQLite's busy handler starve each other for seconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from sqlite3 import Connection as SqliteConnection
from sqlite3 import OperationalError as SqliteError
from threading import Lock
from time import monotonic
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    InvalidatePoolError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 5
"""How long SQLite waits for another process's write before the request is told to come back later."""

TRUSTED_SECONDS = 0.1
"""How long PostgreSQL's connection is not asked whether it is still there, after it was. One that broke
meanwhile is told to the client as a busy database, and all of its age are given up."""

_WRITES, _USED = "cerchio_writes", "cerchio_used"


class DatabaseUnreachable(Exception):
    """The database cannot be opened; the message is a sentence, without user name and password."""


def open_engine(url: str) -> Engine:
    """Return an engine for an SQLite or PostgreSQL URL; raise DatabaseUnreachable if it does not answer.

    Errors of the engine hide the values that a statement was given: these are what customers wrote.
    """
    try:
        address = make_url(url)
        if address.get_backend_name() not in _OPENERS:
            raise DatabaseUnreachable(f"{address.get_backend_name()} is no database that the hub speaks.")
        engine = _OPENERS[address.get_backend_name()](url)
    except (ArgumentError, NoSuchModuleError, ImportError) as reason:
        raise DatabaseUnreachable("The database's URL is no URL that the hub can read.") from reason
    shown = address._replace(drivername=address.get_backend_name(), username=None, password=None)
    try:
        with engine.connect() as connection:
            _require_unicode(connection, shown)
    except DatabaseError as reason:
        why = str(reason.orig).splitlines()[0]
        raise DatabaseUnreachable(f"The database {shown} cannot be used: {why}.") from reason
    return engine


def _require_unicode(connection: Connection, shown: URL) -> None:
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise DatabaseUnreachable(f"The database {shown} has the encoding {encoding}; make it with UTF8.")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection in a transaction that only reads and sees one state of the database."""
    with engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, line: Connection | None = None) -> Iterator[Connection]:
    """Give a connection in a transaction that commits at the end, or rolls back if an error leaves it.

    line is one that has read, and goes on: another one costs a tenth of a sync with nothing to send. SQLite
    lets nobody write who has read before, so there the reading ends before the write begins.
    """
    if line and engine.dialect.name == "sqlite":
        line.rollback()
    lock = engine.pool.__dict__.setdefault("write_lock", _NoLock())
    with lock, nullcontext(line) if line else engine.connect() as connection:
        connection = connection.execution_options(**{_WRITES: True})
        with connection.get_transaction() or connection.begin():
            yield connection


def empty_log(engine: Engine) -> None:
    """Let nothing that was deleted linger in SQLite's log, as far as nobody reads just now.

    PostgreSQL overwrites it in its own time (autovacuum).
    """
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()


class _NoLock:
    """PostgreSQL needs no lock of ours."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def _open_sqlite(url: str) -> Engine:
    waiting = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(url, connect_args=waiting, hide_parameters=True)
    engine.pool.__dict__["write_lock"] = Lock()

    @event.listens_for(engine, "connect")
    def prepare(connection: SqliteConnection, _: Any) -> None:
        # sqlite3 would begin transactions by its own rules; begin() below does it by ours.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # What is deleted is overwritten, because it may have been somebody's address.
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        how = "BEGIN IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "BEGIN"
        try:
            # By the shortest way: SQLAlchemy's own is a fortieth of a sync with nothing to send.
            connection.connection.cursor().execute(how)
        except SqliteError as reason:
            raise OperationalError(how, None, reason, hide_parameters=True) from reason

    return engine


def _open_postgresql(url: str) -> Engine:
    # Without it a database in SQL_ASCII answers in bytes, even when it is asked for its version.
    spoken = {"client_encoding": "utf8"}
    engine = create_engine(url, connect_args=spoken, hide_parameters=True, pool_size=10, max_overflow=10)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        from psycopg.types.string import TextLoader  # only where there is a PostgreSQL

        # Ids are texts to us. Making an object of each, and a text of that, takes longer than reading them.
        connection.adapters.register_loader("uuid", TextLoader)

    _ask_the_idle(engine)
    return engine


def _ask_the_idle(engine: Engine) -> None:
    """Ask a connection whether it is still there before it is used, unless it just was.

    SQLAlchemy's pool_pre_ping asks each time, which is a tenth of a sync with nothing to send.
    """

    @event.listens_for(engine, "checkin")
    def used(_: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_USED] = monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
        now = monotonic()
        if now - entry.info.get(_USED, now) > TRUSTED_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as reason:
                raise InvalidatePoolError from reason


_OPENERS = {"sqlite": _open_sqlite, "postgresql": _open_postgresql}
