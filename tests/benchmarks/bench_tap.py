"""The tap: from save() on the window's thread until the row is durable, against one raw SQLite commit.

Both write the same answer to the same disk, in turn, so that whatever else the machine does meets both.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from common.responses import Response
from kiosk.__main__ import Backstage
from kiosk.config import Config
from kiosk.storage.rows import to_row
from tests.support.answers import a_response
from tests.support.ratios import percentile, ratio

DISK = "/var/tmp"  # a disk where /tmp may be memory
ROUNDS = 5
PAIRS = 600
"""Taps in a round. The median of the rounds is judged, so that one burst of other work does not count."""


def main() -> bool:
    """Measure; say whether the bound is kept."""
    with (
        TemporaryDirectory(dir=DISK) as folder,
        kiosk(Path(folder)) as tap,
        raw(Path(folder)) as commit,
    ):
        _round(tap, commit, PAIRS)
        rounds = [_round(tap, commit, PAIRS * (number + 1)) for number in range(1, ROUNDS + 1)]
    return ratio(
        "tap to durable row, p99",
        median(1000 * percentile(each.taps, 99) for each in rounds),
        median(1000 * percentile(each.commits, 99) for each in rounds),
        unit="ms",
        at_most=3,
    )


Tap = Callable[[Response], None]
Commit = Callable[[dict[str, Any]], None]


@dataclass
class Round:
    """Seconds that each tap and each raw commit took."""

    taps: list[float] = field(default_factory=list)
    commits: list[float] = field(default_factory=list)


def _round(tap: Tap, commit: Commit, first: int) -> Round:
    done = Round()
    for number in range(first, first + PAIRS):
        response = a_response(number, score=number % 11, given_at=datetime.now(UTC))
        row = to_row(response)
        begun = perf_counter()
        tap(response)
        tapped = perf_counter()
        commit(row)
        done.taps.append(tapped - begun)
        done.commits.append(perf_counter() - tapped)
    return done


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
