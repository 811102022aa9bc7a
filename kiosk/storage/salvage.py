"""A broken database: moved aside whole, and what can still be read carried over into a fresh one."""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from shutil import copyfile, rmtree
from sqlite3 import DatabaseError, IntegrityError, connect
from tempfile import TemporaryDirectory
from typing import Any

from sqlite_utils import Database

from kiosk.storage.database import has_its_schema, open_database, rows, text
from kiosk.storage.migrations import migrations
from kiosk.storage.outbox import State
from kiosk.storage.pin import Door
from kiosk.storage.rows import from_row, moment, readable
from kiosk.storage.store import Storage
from kiosk.storage.ticks import Reading

log = logging.getLogger(__name__)

TABLES = ("responses", "surveys", "settings")
PARTS = ("", "-wal", "-shm")
"""What SQLite adds to the name of a database for its log and its index."""

COPIES = "salvage-"
"""What the name of a folder begins with in which a broken file is looked through."""


FIRST_PAGE = 4096
"""Bytes. SQLite's page size, unless somebody chose another one; nobody does here."""


LATER = "running_totals"
"""The step of the schema after which it needs more than a page. What is salvaged was there before."""


@dataclass
class Found:
    """What a broken file still gave: rows by table, and whether that is certainly everything."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    complete: bool = True


def mend(path: Path, now: datetime, reason: str) -> Storage:
    """Put a fresh database in the place of a broken one, which stays beside it under another name.

    If everything can be read, the fresh one is the same: same numbers, same pairing. If not, only the
    answers that no hub has yet are carried over, numbered anew, and the kiosk has to be paired again,
    because a hub must never see one sequence number twice.
    """
    for copy in path.parent.glob(f"{COPIES}*"):
        # That of a program which was killed here.
        rmtree(copy, ignore_errors=True)
    fresh = path.with_name(path.name + ".new")
    for part in PARTS:
        Path(f"{fresh}{part}").unlink(missing_ok=True)
    with closing(Storage(open_database(fresh), path.parent)) as storage:
        found = _readable(path)
        complete = found.complete and _restore_all(storage, found)
        count = len(found.tables["responses"]) if complete else _restore_unsent(storage, found)
    aside = _move_aside(path, now)
    fresh.rename(path)
    log.warning(
        "%s; it is kept as %s, %d answers were carried over%s",
        reason, aside.name, count, "" if complete else " and this kiosk has to be paired again",
    )  # fmt: skip
    return Storage(open_database(path), path.parent)


def _move_aside(path: Path, now: datetime) -> Path:
    aside = _unused(path.with_name(f"{path.stem}-{now:%Y%m%dT%H%M%S}.broken"))
    # The log first: a main file without its log would pass for a whole one if the power went off here.
    for part in reversed(PARTS):
        with suppress(FileNotFoundError):
            Path(f"{path}{part}").rename(f"{aside}{part}")
    return aside


def _unused(path: Path) -> Path:
    stem, number = path.stem, 1
    while path.exists():
        number += 1
        path = path.with_stem(f"{stem}-{number}")
    return path


def _readable(path: Path) -> Found:
    """Read what can be read; where the schema is damaged, with the first page of a database made here.

    That page says where each table begins, which is the same place in every file. Rows from a wrong place
    do not make sense and are left out later.
    """
    found = _read(path, b"")
    if found.complete:
        return found
    return max(found, _read(path, _first_page()), key=_answers)


def _answers(found: Found) -> int:
    return sum(1 for row in found.tables["responses"] if readable(row))


def _first_page() -> bytes:
    """Return the first page of a database that has no more in its schema than one page holds."""
    with closing(connect(":memory:")) as connection:
        migrations.apply(Database(connection, execute_plugins=False), stop_before=LATER)
        page = connection.serialize()[:FIRST_PAGE]
    # A database in memory has no log, and then a copy's would not be looked at.
    return page[:18] + b"\x02\x02" + page[20:]


def _read(path: Path, first_page: bytes) -> Found:
    found = Found()
    with _copy(path, first_page) as db:
        found.complete = not first_page and _makes_sense(db)
        for table in TABLES:
            found.tables[table] = list(_rows(db, table, found))
    return found


def _makes_sense(db: Database) -> bool:
    try:
        return has_its_schema(db)
    except (DatabaseError, UnicodeDecodeError):
        return False


@contextmanager
def _copy(path: Path, first_page: bytes) -> Iterator[Database]:
    """Open a copy, because SQLite writes to a file even while it reads it."""
    with TemporaryDirectory(dir=path.parent, prefix=COPIES) as folder:
        copy = Path(folder) / path.name
        for part in PARTS[:2]:
            with suppress(FileNotFoundError):
                copyfile(f"{path}{part}", f"{copy}{part}")
        if first_page:
            _replace_first_page(copy, first_page)
        with closing(connect(copy)) as connection:
            connection.text_factory = text
            db = Database(connection, execute_plugins=False)
            with suppress(DatabaseError, UnicodeDecodeError):
                # So that one damaged line of the schema does not hide the tables of the others.
                db.execute("PRAGMA writable_schema = ON")
                migrations.apply(db)
            yield db


def _replace_first_page(file: Path, page: bytes) -> None:
    with file.open("r+b") as content:
        # A change counter other than the one at 92 lets SQLite ask the file for its size.
        content.write(page[:24] + b"\xff" * 4 + page[28:])


def _rows(db: Database, table: str, found: Found) -> Iterator[dict[str, Any]]:
    """Read a table from its beginning and, where that ends at a broken page, from its end."""
    seen: dict[int, dict[str, Any]] = {}
    for order in ("ASC", "DESC"):
        try:
            for row in rows(db, f"SELECT rowid AS place, * FROM {table} ORDER BY rowid {order}", []):
                seen[row.pop("place")] = row
            break
        except (DatabaseError, UnicodeDecodeError):
            found.complete = False
    return (seen[place] for place in sorted(seen))


def _restore_all(storage: Storage, found: Found) -> bool:
    """Copy every table as it was; say no, and copy nothing, if a row or a sequence number is missing."""
    try:
        with storage.together():
            for table, content in found.tables.items():
                storage.copy_rows(table, content)
            for row in found.tables["responses"]:
                from_row(row)
            storage.snapshot()
            if not storage.outbox.is_gapless():
                raise ValueError("a sequence number is missing")
    except (IntegrityError, ValueError, KeyError, TypeError):
        return False
    return True


def _restore_unsent(storage: Storage, found: Found) -> int:
    count = 0
    for row in found.tables["responses"]:
        with suppress(IntegrityError, ValueError, KeyError, TypeError):
            if row["state"] != State.DELIVERED:
                _restore(storage, row)
                count += 1
    for row in found.tables["settings"]:
        if row.get("name") in _PINS:
            storage.copy_rows("settings", [row])
    return count


_PINS = [name for door in Door for name in (door.value, door.tries)]


def _tapped(row: dict[str, Any]) -> Reading | None:
    boot, ticks = row.get("boot"), row.get("ticks")
    return Reading(boot, ticks) if isinstance(boot, str) and isinstance(ticks, int) else None


def _restore(storage: Storage, row: dict[str, Any]) -> None:
    response = from_row(row)
    storage.outbox.save(response, _tapped(row))
    if row["state"] != State.OPEN:
        storage.outbox.finish(response.id)
    if row["state"] == State.QUARANTINED:
        storage.outbox.quarantine(response.id, row["refusal"])
    if (overruled := row.get("overruled_ms")) is not None:
        storage.doubts.overrule(response.id, moment(overruled))
        if not row["counted"]:
            storage.doubts.take_back(response.id, moment(overruled))
