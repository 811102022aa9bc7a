"""A copy of the database in one SQLite file, taken while it is in use, whichever engine holds it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EEXIST
from pathlib import Path
from secrets import token_hex
from typing import cast

from sqlalchemy import Connection, Engine, select

from hub.db.dialect import Rows, copy_pages, insert_missing, one_state
from hub.db.engine import open_engine, writing
from hub.db.migrations import migrate
from hub.db.schema import metadata

AT_ONCE = 1000
"""Rows that travel together."""


def copy_to(engine: Engine, file: Path) -> None:
    """Copy a database into a new file, whole or not at all, readable by its owner only.

    The copy is one state of the database, whatever is written meanwhile. Raise FileExistsError if there is
    such a file, or any other OSError.
    """
    if file.exists():
        raise FileExistsError(EEXIST, os.strerror(EEXIST), str(file))
    draft = file.with_name(f"{file.name}.{token_hex(8)}.part")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as reason:
        # Nobody has asked for a draft: what cannot be written is the file.
        reason.filename = str(file)
        raise
    try:
        with opened(draft) as copy:
            _fill(engine, copy)
        os.link(draft, file)
    finally:
        for part in ("", "-wal", "-shm"):
            Path(f"{draft}{part}").unlink(missing_ok=True)


def _fill(engine: Engine, copy: Engine) -> None:
    if not copy_pages(engine, copy):
        migrate(copy)
        with one_state(engine) as source, writing(copy) as target:
            copy_rows(source, target)
    with copy.connect() as connection:
        # A copy keeps the mode of its source, and would want two more files beside it to be read.
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA journal_mode = DELETE")


@contextmanager
def opened(file: Path) -> Iterator[Engine]:
    """Give the engine of an SQLite file, and let go of it afterwards."""
    engine = open_engine(f"sqlite:///{file.absolute()}")
    try:
        yield engine
    finally:
        engine.dispose()


def copy_rows(source: Connection, target: Connection) -> None:
    """Add all rows of a database of this version's schema to another one, in its transaction."""
    for table in metadata.sorted_tables:
        found = source.execution_options(yield_per=AT_ONCE).execute(select(table)).mappings()
        for part in found.partitions():
            insert_missing(target, table, cast(Rows, part))
