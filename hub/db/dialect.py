"""What differs between SQLite and PostgreSQL, one named function for each difference."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Table, text
from sqlalchemy.dialects import postgresql, sqlite

Rows = Sequence[Mapping[str, Any]]

_INSERTS: dict[str, type[postgresql.Insert]] = {
    # The two classes are twins without a common type for their ON CONFLICT.
    "sqlite": cast(type[postgresql.Insert], sqlite.Insert),
    "postgresql": postgresql.Insert,
}


def hold(connection: Connection, table: Table) -> None:
    """Keep everybody else from writing to a table until this transaction ends.

    SQLite's one writer has no company.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f'LOCK TABLE "{table.name}" IN EXCLUSIVE MODE'))


def is_among(column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Return the condition that a column has one of many values, in one parameter and one prepared plan."""
    return column.in_(values)


def insert_missing(connection: Connection, table: Table, rows: Rows) -> set[tuple[Any, ...]]:
    """Insert the rows whose primary key is not there yet; return the keys that were really inserted.

    All rows have the same columns. They go in the order of their keys, so that two transactions that
    bring the same rows wait for each other instead of locking each other out.
    """
    if not rows:
        return set()
    key = list(table.primary_key)
    insert = _INSERTS[connection.dialect.name](table).values(_ordered(rows, table))
    missing = insert.on_conflict_do_nothing(index_elements=key).returning(*key)
    return {tuple(row) for row in connection.execute(missing)}


def add_up(
    connection: Connection, table: Table, rows: Rows, counts: Sequence[str], latest: Sequence[str] = ()
) -> None:
    """Insert each row, or bring the row with the same primary key up to date.

    That row's counts grow by the new ones, and its columns named in latest take the new values.
    """
    if not rows:
        return
    insert = _INSERTS[connection.dialect.name](table).values(_ordered(rows, table))
    sums = {name: table.c[name] + insert.excluded[name] for name in counts}
    news = {name: insert.excluded[name] for name in latest}
    connection.execute(insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=sums | news))


def _ordered(rows: Rows, table: Table) -> Rows:
    key = [column.name for column in table.primary_key]
    return sorted(rows, key=lambda row: tuple(row[name] for name in key))
