"""A copy of the embedded database, taken while it is in use."""

import os
import sqlite3
from errno import EEXIST
from pathlib import Path
from secrets import token_hex
from typing import cast

from sqlalchemy import Engine


def copy_to(engine: Engine, file: Path) -> None:
    """Copy an SQLite database into a new file, whole or not at all, readable by its owner only.

    Raise FileExistsError if there is such a file, or any other OSError.
    """
    if file.exists():
        raise FileExistsError(EEXIST, os.strerror(EEXIST), str(file))
    draft = file.with_name(f"{file.name}.{token_hex(8)}.part")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        _copy(engine, draft)
        os.link(draft, file)
    finally:
        draft.unlink()


def _copy(engine: Engine, draft: Path) -> None:
    source, target = engine.raw_connection(), sqlite3.connect(draft)
    try:
        cast(sqlite3.Connection, source.driver_connection).backup(target)
        # A copy keeps the mode of its source, and would want two more files beside it to be read.
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        target.close()
        source.close()
