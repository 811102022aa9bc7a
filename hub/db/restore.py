"""A backup brought back: into an empty database of either engine, on this machine or another."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, delete, select

from hub.db.backup import copy_rows, opened
from hub.db.dialect import copy_pages, count_on
from hub.db.engine import reading, writing
from hub.db.migrations import migrate
from hub.db.schema import metadata

PRECIOUS = ("stores", "people", "kiosks", "responses")
"""Tables. A hub that has nothing in any of them has nothing to lose."""


class BadBackup(Exception):
    """A file is no whole backup of a hub; the message is a sentence."""


class HubInUse(Exception):
    """The database that a backup should go into has something of its own."""


@contextmanager
def opened_backup(file: Path, folder: Path) -> Iterator[Engine]:
    """Give a copy of a backup, made in a folder and brought to this version's schema.

    The file itself is only read. Raise BadBackup, WrongSchema if a newer hub made it, or OSError.
    """
    file.open("rb").close()
    with TemporaryDirectory(dir=folder, prefix="restore-") as room:
        copy = Path(room, "backup.sqlite")
        try:
            _read(file, copy)
            with opened(copy) as engine:
                migrate(engine)
                yield engine
        except sqlite3.DatabaseError as reason:
            raise BadBackup(f"{file} is no backup of a hub, or a damaged one ({reason}).") from reason


def _read(file: Path, copy: Path) -> None:
    only_read = f"{file.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(only_read, uri=True)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        found = target.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)
        if not target.execute(_OURS).fetchone():
            raise sqlite3.DatabaseError("it has no hub's tables")


_OURS = "SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'"


def restore(backup: Engine, engine: Engine) -> None:
    """Put a backup of this version's schema in the place of an empty database, whole or not at all.

    Raise HubInUse if the database is not empty.
    """
    with reading(engine) as connection:
        _require_nothing(connection)
    if copy_pages(backup, engine):
        return
    with reading(backup) as source, writing(engine) as target:
        _require_nothing(target)
        for table in reversed(metadata.sorted_tables):
            target.execute(delete(table))
        copy_rows(source, target)
        count_on(target)


def _require_nothing(connection: Connection) -> None:
    for name in PRECIOUS:
        if connection.execute(select(metadata.tables[name]).limit(1)).first():
            raise HubInUse(f"The database has {name} of its own.")
