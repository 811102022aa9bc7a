"""Opening the file, and the two ways of talking to it.

sqlite-utils commits a write by itself unless a transaction is open, and its atomic() begins one that may
fail half-way when another program writes in between. So writes go through writing(), which takes the
write lock first.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import connect
from typing import Any

from sqlite_utils import Database

from kiosk.storage.migrations import migrations

PATIENCE = 10.0
"""Seconds to wait for another program's write."""


def open_database(path: Path) -> Database:
    """Open the file and bring it up to date; sqlite3's errors pass through."""
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
    except BaseException:
        connection.close()
        raise
    return db


def text(content: bytes) -> str:
    """Read a text of the database, in which a failing disk may have damaged letters."""
    return content.decode("utf-8", "replace")


def is_sound(db: Database) -> bool:
    """Say whether SQLite finds its file in order."""
    return bool(db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")


@contextmanager
def writing(db: Database) -> Iterator[None]:
    """Make the writes inside one durable step, all or none. Inside another one it is part of that one."""
    if db.conn.in_transaction:
        yield
        return
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        # SQLite has rolled back by itself after some errors, a full disk among them.
        db.rollback()
        raise


def rows(db: Database, sql: str, parameters: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Return what a SELECT finds, each row by its columns' names."""
    cursor = db.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)
