"""What differs between SQLite and PostgreSQL, one named function for each difference."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Rows = Sequence[Mapping[str, Any]]

_INSERTS: dict[str, type[postgresql.Insert]] = {
    # The two classes are twins without a common type for their ON CONFLICT.
    "sqlite": cast(type[postgresql.Insert], sqlite.Insert),
    "postgresql": postgresql.Insert,
}


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


def add_up(connection: Connection, table: Table, rows: Rows, counts: Sequence[str]) -> None:
    """Insert each row, or add its counts to those of the row with the same primary key."""
    if not rows:
        return
    statement = _INSERTS[connection.dialect.name](table).values(_ordered(rows, table))
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={name: table.c[name] + statement.excluded[name] for name in counts},
    )
    connection.execute(statement)


def _ordered(rows: Rows, table: Table) -> Rows:
    key = [column.name for column in table.primary_key]
    return sorted(rows, key=lambda row: tuple(row[name] for name in key))
