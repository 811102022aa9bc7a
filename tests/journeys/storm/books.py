"""The books of hub and tablets, read with plain SQL and none of the programs' own code."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One state of a hub's database. Each parameter of a statement is a question mark."""

    _run: Any

    def rows(self, statement: str, *values: object) -> list[Row]:
        """Return what a statement finds."""
        return [tuple(row) for row in self._run(statement, values).fetchall()]

    def number(self, statement: str, *values: object) -> int:
        """Return the one number that a statement finds."""
        return int(self.rows(statement, *values)[0][0] or 0)

    def do(self, statement: str, *values: object) -> None:
        """Change something."""
        self._run(statement, values)


@contextmanager
def ledger(data: Path, database: str) -> Iterator[Ledger]:
    """Open a hub's database, and commit at the end; an empty URL is the SQLite file in the data folder."""
    if database:
        with psycopg.connect(database) as server:
            yield Ledger(lambda sql, values: server.execute(sql.replace("?", "%s"), values))
    else:
        with closing(sqlite3.connect(data / "hub.sqlite", timeout=30)) as file, file:
            yield Ledger(file.execute)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer on a tablet: the device that it was numbered for, where it stands, and what it is."""

    device: str
    sequence: int
    state: str
    score: int
    comment: str
    counted: bool


def answers(file: Path) -> dict[str, Kept]:
    """Return all answers in the database of a tablet, by their ids."""
    with closing(_tablet(file)) as book:
        rows = book.execute("SELECT id, device, sequence, state, score, comment, counted FROM responses")
        return {row[0]: Kept(*row[1:]) for row in rows}


def device(file: Path) -> str:
    """Return the id that a tablet has at its hub."""
    with closing(_tablet(file)) as book:
        found = book.execute("SELECT json_extract(value, '$.kiosk') FROM settings WHERE name = 'pairing'")
        return str(found.fetchone()[0])


def receipts(file: Path) -> int:
    """Return how many receipts a tablet has kept of its hub, as the mark of the last one counts them."""
    last = (_setting(file, "mark") or {}).get("last") or "0"
    return int(last.partition("-")[0])


def copy_word(file: Path) -> str | None:
    """Return what a tablet was told of copies of it."""
    word: str | None = _setting(file, "copy")
    return word


def _setting(file: Path, name: str) -> Any:
    with closing(_tablet(file)) as book:
        found = book.execute("SELECT value FROM settings WHERE name = ?", [name]).fetchone()
        return json.loads(found[0]) if found else None


def _tablet(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)
