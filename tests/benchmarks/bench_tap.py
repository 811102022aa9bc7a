"""The tap: from save() on the window's thread until the row is durable, against one raw SQLite commit.

Both write the same answer to the same disk, in turn, so that whatever else the machine does meets both.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from common.responses import Response
from kiosk.backstage import Backstage
from kiosk.config import Config
from kiosk.storage.rows import to_row
from tests.support.answers import a_response
from tests.support.ratios import percentile, ratio

DISK = "/var/tmp"  # a disk where /tmp may be memory
ROUNDS = 11
PAIRS = 400
"""Taps in a round. The round in the middle is judged, so that a burst of other work does not count."""


def main() -> bool:
    """Measure; say whether the bound is kept."""
    with (
        TemporaryDirectory(dir=DISK) as folder,
        kiosk(Path(folder)) as tap,
        raw(Path(folder)) as commit,
    ):
        _round(tap, commit, 0)
        rounds = [_round(tap, commit, PAIRS * number) for number in range(1, ROUNDS + 1)]
    middle = sorted(rounds, key=lambda each: each.tap / each.commit)[ROUNDS // 2]
    return ratio("tap to durable row, p99", middle.tap, middle.commit, unit="ms", at_most=3)


Tap = Callable[[Response], None]
Commit = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Round:
    """The 99th percentiles of a round, in milliseconds."""

    tap: float
    commit: float


def _round(tap: Tap, commit: Commit, first: int) -> Round:
    taps, commits = [], []
    for number in range(first, first + PAIRS):
        response = a_response(number, score=number % 11, given_at=datetime.now(UTC))
        row = to_row(response)
        begun = perf_counter()
        tap(response)
        tapped = perf_counter()
        commit(row)
        taps.append(tapped - begun)
        commits.append(perf_counter() - tapped)
    return Round(1000 * percentile(taps, 99), 1000 * percentile(commits, 99))


@contextmanager
def kiosk(folder: Path) -> Iterator[Tap]:
    """Give the kiosk's own way: through backstage and the storage thread, back to the caller."""
    backstage = Backstage(Config(data=folder / "kiosk"), alone=True)
    yield lambda response: backstage.save(response).result()
    backstage.stop()


@contextmanager
def raw(folder: Path) -> Iterator[Commit]:
    """Give the shortest way: one INSERT and one COMMIT into a table without any index but its key."""
    connection = sqlite3.connect(folder / "raw.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    columns = list(to_row(a_response()))
    connection.execute(f"CREATE TABLE responses ({', '.join(columns)}, PRIMARY KEY (id))")
    insert = f"INSERT INTO responses VALUES ({', '.join(f':{column}' for column in columns)})"

    def commit(row: dict[str, Any]) -> None:
        connection.execute(insert, row)

    yield commit
    connection.close()


if __name__ == "__main__":
    raise SystemExit(not main())
