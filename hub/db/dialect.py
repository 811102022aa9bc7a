"""What differs between SQLite and PostgreSQL, one named function for each difference.

Many rows go in one statement: SQLite runs it once for each row, PostgreSQL gets each column as a JSON
list. For the rows of a batch both are several times as fast as a list of VALUES.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from json import dumps
from operator import itemgetter
from sqlite3 import Connection as SqliteConnection
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Dialect,
    Engine,
    LargeBinary,
    String,
    Table,
    bindparam,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from hub.db.schema import Moment, Names, metadata, moment_text, names_text

Rows = Sequence[Mapping[str, Any]]

_MIGRATING = 0x63657263
"""Any number that stands for "migrates Cerchio" among the locks of a PostgreSQL database."""

Texts = Mapping[type, Callable[[Any], str]]

_POSTGRES = postgresql.dialect()  # type: ignore[no-untyped-call]
_SQLITE_TEXTS: Texts = {Moment: moment_text, Names: names_text, Date: date.isoformat}
_JSON_TEXTS: Texts = {**_SQLITE_TEXTS, LargeBinary: lambda octets: f"\\x{octets.hex()}"}
"""Types that a driver does not take as they are, and what it takes instead."""


def hold(connection: Connection, table: Table) -> None:
    """Keep everybody else from writing to a table until this transaction ends.

    SQLite's one writer has no company.
    """
    if _is_postgres(connection):
        connection.execute(text(f"LOCK TABLE {table.name} IN EXCLUSIVE MODE"))


def be_alone(connection: Connection) -> None:
    """Wait until no other process migrates, and keep others from it until this transaction ends.

    SQLite's one writer is alone already.
    """
    if _is_postgres(connection):
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))


@contextmanager
def one_state(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose many questions are all answered by one state of the database.

    SQLite answers so always.
    """
    one = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect() as connection:
        connection = connection.execution_options(**one)
        with connection.begin():
            yield connection


def copy_pages(source: Engine, target: Engine) -> bool:
    """Copy a database into the place of another as it lies on the disk; no, if not both are SQLite's."""
    if {source.dialect.name, target.dialect.name} != {"sqlite"}:
        return False
    taken, given = source.raw_connection(), target.raw_connection()
    try:
        cast(SqliteConnection, taken.driver_connection).backup(
            cast(SqliteConnection, given.driver_connection)
        )
    finally:
        given.close()
        taken.close()
    return True


def count_on(connection: Connection) -> None:
    """Let numbers that the database gives go on after the highest ones there, which came with their rows.

    SQLite always goes on after the highest.
    """
    if _is_postgres(connection):
        for table in metadata.tables.values():
            if (column := table.autoincrement_column) is not None:
                counter = func.pg_get_serial_sequence(table.name, column.name)
                connection.execute(select(func.setval(counter, func.max(column))))


def is_among(column: Column[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a column has one of many texts, which travel as one parameter."""
    return _Among(column, literal(list(values), _Texts()))


def is_among_given(column: Column[Any], name: str) -> ColumnElement[bool]:
    """Return the same condition for a list that is given with each execution, under a name."""
    return _Among(column, bindparam(name, type_=_Texts()))


def hour_text(column: Column[Any]) -> ColumnElement[str]:
    """Return the hour of UTC that a moment is in, as a text like 2026-03-25T10."""
    return _HourText(column)


def insert_missing(connection: Connection, table: Table, rows: Rows) -> set[tuple[Any, ...]]:
    """Insert the rows whose primary key is not there yet; return the keys that were really inserted.

    All rows have the same columns. They go in the order of their keys, so that two transactions that
    bring the same rows wait for each other instead of locking each other out.
    """
    if not rows:
        return set()
    key = list(table.primary_key)
    nothing = f"ON CONFLICT ({_listed(key)}) DO NOTHING"
    if _is_postgres(connection):
        sql = f"{_insert_lists(table, rows)} {nothing} RETURNING {_listed(key)}"
        return {tuple(row) for row in connection.execute(text(sql).columns(*key), _lists(table, rows))}
    sql = f"{_insert_row(table, rows)} {nothing}"
    inserted = connection.exec_driver_sql(sql, _tuples(table, rows)).rowcount
    if inserted == len(rows):
        return {tuple(row[column.name] for column in key) for row in rows}
    # Only this transaction writes, so the rows that it has just added are those with the last row numbers.
    added = select(*key).where(text("rowid > last_insert_rowid() - :inserted"))
    return {tuple(row) for row in connection.execute(added, {"inserted": inserted})} if inserted else set()


def add_up(
    connection: Connection, table: Table, rows: Rows, counts: Sequence[str], latest: Sequence[str] = ()
) -> None:
    """Insert each row, or bring the row with the same primary key up to date.

    That row's counts grow by the new ones, and its columns named in latest take the new values.
    """
    if not rows:
        return
    changes = [f"{name} = {table.name}.{name} + excluded.{name}" for name in counts]
    changes += [f"{name} = excluded.{name}" for name in latest]
    update = f"ON CONFLICT ({_listed(table.primary_key)}) DO UPDATE SET {', '.join(changes)}"
    if _is_postgres(connection):
        connection.execute(text(f"{_insert_lists(table, rows)} {update}"), _lists(table, rows))
    else:
        connection.exec_driver_sql(f"{_insert_row(table, rows)} {update}", _tuples(table, rows))


class _Texts(TypeDecorator[list[str]]):
    """Many texts in one parameter: JSON in SQLite, an array in PostgreSQL."""

    impl = ARRAY(String)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return String() if dialect.name == "sqlite" else ARRAY(String)

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> Any:
        return dumps(value) if dialect.name == "sqlite" else value


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """Stand as it is. SQLAlchemy would write "… = 1" for SQLite, which then reads the whole table."""
        return self


@compiles(_Among, "sqlite")
def _among_in_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"


@compiles(_Among, "postgresql")
def _among_in_postgres(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY(CAST({texts} AS {next(iter(element.clauses)).type.compile(_POSTGRES)}[]))"


class _HourText(FunctionElement[str]):
    type = String()
    inherit_cache = True


@compiles(_HourText, "sqlite")
def _hour_in_sqlite(element: _HourText, compiler: SQLCompiler, **options: Any) -> str:
    return f"substr({compiler.process(next(iter(element.clauses)), **options)}, 1, 13)"


@compiles(_HourText, "postgresql")
def _hour_in_postgres(element: _HourText, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(next(iter(element.clauses)), **options)
    # A moment at time zone UTC is what UTC's clock shows; its text has a T where it is cut.
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24')"""


def _is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _listed(columns: Iterable[Column[Any]]) -> str:
    return ", ".join(column.name for column in columns)


def _insert_row(table: Table, rows: Rows) -> str:
    return f"INSERT INTO {table.name} ({', '.join(rows[0])}) VALUES ({', '.join('?' * len(rows[0]))})"


def _insert_lists(table: Table, rows: Rows) -> str:
    names = ", ".join(rows[0])
    casts = (f"CAST({name} AS {table.c[name].type.compile(_POSTGRES)})" for name in rows[0])
    lists = (f"json_array_elements_text(CAST(:{name} AS json))" for name in rows[0])
    source = f"ROWS FROM ({', '.join(lists)}) AS listed ({names})"
    return f"INSERT INTO {table.name} ({names}) SELECT {', '.join(casts)} FROM {source}"


def _lists(table: Table, rows: Rows) -> dict[str, str]:
    columns = _encoded(table, rows, _JSON_TEXTS)
    return {name: dumps(list(column)) for name, column in zip(rows[0], columns, strict=True)}


def _tuples(table: Table, rows: Rows) -> list[tuple[Any, ...]]:
    return list(zip(*_encoded(table, rows, _SQLITE_TEXTS), strict=True))


def _encoded(table: Table, rows: Rows, texts: Texts) -> list[Sequence[Any]]:
    """Return the values column by column, as the driver takes them, in the order of the rows' keys."""
    ordered = sorted(rows, key=itemgetter(*(column.name for column in table.primary_key)))
    columns = zip(*(row.values() for row in ordered), strict=True)
    encoders = (texts.get(type(table.c[name].type)) for name in rows[0])
    done: dict[int, str] = {}
    return [
        _texts(column, encode, done) if encode else column
        for encode, column in zip(encoders, columns, strict=True)
    ]


def _texts(column: Iterable[Any], encode: Callable[[Any], str], done: dict[int, str]) -> list[str | None]:
    # By identity, because many values are one object: the moment when the batch came, a device's right time.
    return [
        None if value is None else done.get(id(value)) or done.setdefault(id(value), encode(value))
        for value in column
    ]
