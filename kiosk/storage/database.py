"""Opening the file, and the two ways of talking to it.

sqlite-utils commits a write by itself unless a transaction is open, and its atomic() begins one that may
fail half-way when another program writes in between. So writes go through writing(), which takes the
write lock first, and before the first one of all has SQLite look whether the file is in order.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import SQLITE_ERROR, connect
from typing import Any

import sqlite_utils

from kiosk.storage.errors import StorageBroken
from kiosk.storage.migrations import migrations
from kiosk.storage.running import keep

PATIENCE = 10.0
"""Seconds to wait for another program's write."""


class Database(sqlite_utils.Database):
    """The open file, whose schema is sound. Looking through all of it takes the longer the more is in it.

    So that is done before the first write and not before the first look: a broken file is never written
    on, and nobody who only looks waits.
    """

    checked = False

    def check(self) -> None:
        """Raise StorageBroken unless the file is in order; it is looked through once."""
        if not self.checked:
            found = self.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise StorageBroken(f"the database is broken ({found})")
            self.checked = True


def open_database(path: Path) -> Database:
    """Open the file and bring it up to date; raise StorageBroken, and let errors of sqlite3 pass."""
    connection = connect(path, timeout=PATIENCE)
    try:
        db = Database(connection, execute_plugins=False)
        # A damaged letter must not make a whole batch unreadable.
        connection.text_factory = text
        # FULL: what the customer was thanked for must survive the power going off.
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
            db.execute(f"PRAGMA {pragma}").fetchall()
        # Set later it would take away the temporary tables that are there.
        db.execute("PRAGMA temp_store = MEMORY")
        if migrations.pending(db):
            with writing(db):
                migrations.apply(db)
        if not has_its_schema(db):
            raise StorageBroken("the database's schema is not what it was")
        keep(db)
    except BaseException as reason:
        connection.close()
        # All this is known to fit a sound schema, and the list of what was done to it.
        if getattr(reason, "sqlite_errorcode", None) == SQLITE_ERROR:
            raise StorageBroken(f"the database is broken ({reason})") from reason
        raise
    return db


def has_its_schema(db: sqlite_utils.Database) -> bool:
    """Say whether tables and indexes are what the migrations that were applied make them.

    SQLite does not know what they should be: damage to the name of a column is no fault to it. After an
    older program was installed again, there is nothing to compare with.
    """
    applied = {each.name for each in migrations.applied(db)}
    with closing(connect(":memory:")) as connection:
        fresh = sqlite_utils.Database(connection, execute_plugins=False)
        known = [each.name for each in migrations.pending(fresh)]
        migrations.apply(fresh, stop_before=[name for name in known if name not in applied])
        return not applied <= {*known} or _schema(fresh) <= _schema(db)


def _schema(db: sqlite_utils.Database) -> set[tuple[str, ...]]:
    return {*db.execute(_SCHEMA).fetchall()}


_SCHEMA = f"""
    SELECT type, name, sql FROM sqlite_schema WHERE sql <> '' AND tbl_name <> '{migrations.migrations_table}'
"""


def text(content: bytes) -> str:
    """Read a text of the database, in which a failing disk may have damaged letters."""
    return content.decode("utf-8", "replace")


@contextmanager
def writing(db: Database) -> Iterator[None]:
    """Make the writes inside one durable step, all or none. Inside another one it is part of that one.

    Raise StorageBroken where the file is not in order.
    """
    if db.conn.in_transaction:
        yield
        return
    db.check()
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        # SQLite has rolled back by itself after some errors, a full disk among them.
        db.rollback()
        raise


def rows(db: sqlite_utils.Database, sql: str, parameters: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Return what a SELECT finds, each row by its columns' names."""
    cursor = db.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)
