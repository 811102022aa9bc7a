"""What every day's answers come to: a month of them is many, and the manager looks often."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from itertools import pairwise
from operator import add

from common.nps import SCORES, Segment, Tally, segment
from kiosk.storage.database import Database
from kiosk.storage.rows import milliseconds

HOUR = 3_600_000
"""Milliseconds."""


@dataclass(frozen=True, slots=True)
class Day:
    """A stretch of time: the answers that count, how many do not, and reasons of those that count.

    reasons maps the id of a chip to how many detractors, passives and promoters tapped it.
    """

    tally: Tally = field(default_factory=Tally)
    flagged: int = 0
    reasons: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)

    def __add__(self, other: "Day") -> "Day":
        reasons = dict(self.reasons)
        for reason, counts in other.reasons.items():
            mine = reasons.get(reason, (0, 0, 0))
            reasons[reason] = (mine[0] + counts[0], mine[1] + counts[1], mine[2] + counts[2])
        return Day(self.tally + other.tally, self.flagged + other.flagged, reasons)


class Days:
    """The days of one open database, summed up from its hours and remembered for as long as it is open.

    A time zone may let a day begin within an hour; then the answers of that hour are looked at.

    They are rows of a temporary table, which lives in memory, so that a trigger forgets a day in the same
    step in which one of its answers comes or changes, whoever changed it. What another program writes
    fires no trigger of ours; SQLite's version of the data tells, and then all days are forgotten.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._version: int | None = None

    def between(self, bounds: Sequence[datetime]) -> list[Day]:
        """Return the days from each bound to the next one, oldest first."""
        self._begin()
        edges = [milliseconds(bound) for bound in bounds]
        known = self._known(edges[0], edges[-1])
        fresh = {}
        found = []
        for span in pairwise(edges):
            day = known.get(span)
            if day is None:
                day = fresh[span] = self._count(*span)
            found.append(day)
        self._remember(fresh)
        return found

    def answers(self, since: datetime, before: datetime) -> int:
        """Return how many answers that count were given from since on and before before."""
        hours, edges = _split(milliseconds(since), milliseconds(before))
        spans = [(_TOTAL, hours), *((_ANSWERS, edge) for edge in edges)]
        return sum(self._db.execute(sql, span).fetchone()[0] for sql, span in spans)

    def forget(self) -> None:
        """Sum up every day again the next time."""
        if self._version is not None:
            self._version = -1

    def first(self) -> int | None:
        """Return when the first answer was given, in milliseconds since 1970; None before there is one."""
        found: int | None = self._db.execute("SELECT min(given_ms) FROM responses").fetchone()[0]
        return found

    def _begin(self) -> None:
        version = self._db.execute("PRAGMA data_version").fetchone()[0]
        if self._version is None:
            for statement in _TABLES:
                self._db.execute(statement)
        elif version != self._version:
            with self._step():
                self._db.conn.execute("DELETE FROM temp.days")
        self._version = version

    def _known(self, low: int, high: int) -> dict[tuple[int, int], Day]:
        found = self._db.execute(_KNOWN, [low, high]).fetchall()
        return {(since, before): _read(document) for since, before, document in found}

    def _count(self, since: int, before: int) -> Day:
        hours, edges = _split(since, before)
        return reduce(add, (self._look(*edge) for edge in edges), self._sum(hours))

    def _sum(self, hours: tuple[int, int]) -> Day:
        *counts, flagged = self._db.execute(_SUMS, hours).fetchone()
        reasons = {reason: tuple(parts) for reason, *parts in self._db.execute(_CHIPS, hours).fetchall()}
        return Day(Tally(tuple(counts)), flagged, reasons)

    def _look(self, since: int, before: int) -> Day:
        counts, flagged = [0] * len(SCORES), 0
        reasons: Counter[tuple[str, int]] = Counter()
        for counted, score, tapped, number in self._db.execute(_COUNTS, [since, before]).fetchall():
            if not counted:
                flagged += number
                continue
            counts[score] += number
            for reason in _ids(tapped):
                reasons[reason, _PLACE[segment(score)]] += number
        table = {reason: tuple(reasons[reason, place] for place in range(3)) for reason, _ in reasons}
        return Day(Tally(tuple(counts)), flagged, table)  # type: ignore[arg-type]

    def _remember(self, fresh: Mapping[tuple[int, int], Day]) -> None:
        if fresh:
            with self._step():
                self._db.conn.executemany(
                    "INSERT INTO temp.days VALUES (?, ?, ?)",
                    [(*span, _document(day)) for span, day in fresh.items()],
                )

    @contextmanager
    def _step(self) -> Iterator[None]:
        """Write to the table in memory without the lock on the file, which others may hold."""
        if self._db.conn.in_transaction:
            yield
            return
        self._db.conn.execute("BEGIN")
        yield
        self._db.conn.execute("COMMIT")


def _split(low: int, high: int) -> tuple[tuple[int, int], list[tuple[int, int]]]:
    """Return the first whole hour of a stretch and the one after its last, and what is left at its ends."""
    first, last = -(-low // HOUR), high // HOUR
    if first >= last:
        return (0, 0), [(low, high)]
    edges = [(low, first * HOUR), (last * HOUR, high)]
    return (first, last), [edge for edge in edges if edge[0] < edge[1]]


def _ids(tapped: str) -> list[str]:
    """Read the reasons of a row, which a failing disk may have damaged."""
    if tapped == "[]":
        return []
    try:
        return [reason for reason in json.loads(tapped) if isinstance(reason, str)]
    except (ValueError, TypeError):
        return []


def _document(day: Day) -> str:
    return json.dumps([day.tally.counts, day.flagged, dict(day.reasons)])


def _read(document: str) -> Day:
    counts, flagged, reasons = json.loads(document)
    return Day(Tally(tuple(counts)), flagged, {reason: tuple(parts) for reason, parts in reasons.items()})


_PLACE = {Segment.DETRACTOR: 0, Segment.PASSIVE: 1, Segment.PROMOTER: 2}
_FORGET = "DELETE FROM days WHERE since <= {0}.given_ms AND before > {0}.given_ms;"
_TABLES = (
    """
    CREATE TEMP TABLE IF NOT EXISTS days (
        since INTEGER NOT NULL, before INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (since, before)
    )
    """,
    f"""
    CREATE TEMP TRIGGER IF NOT EXISTS answer_comes AFTER INSERT ON main.responses
    BEGIN {_FORGET.format("new")} END
    """,
    f"""
    CREATE TEMP TRIGGER IF NOT EXISTS answer_changes
    AFTER UPDATE OF given_ms, score, reasons, counted ON main.responses
    BEGIN {_FORGET.format("old")} {_FORGET.format("new")} END
    """,
)
_KNOWN = "SELECT since, before, document FROM temp.days WHERE since >= ? AND before <= ?"
_COUNTS = """
    SELECT counted, score, reasons, count(*) FROM responses
    WHERE given_ms >= ? AND given_ms < ? AND score BETWEEN 0 AND 10 GROUP BY counted, score, reasons
"""
_PARTS = (*(f"n{score}" for score in SCORES), "flagged")
_SUMS = f"""
    SELECT {", ".join(f"coalesce(sum({part}), 0)" for part in _PARTS)} FROM hours WHERE hour >= ? AND hour < ?
"""
_CHIPS = """
    SELECT reason, sum(detractors), sum(passives), sum(promoters) FROM hour_reasons
    WHERE hour >= ? AND hour < ? GROUP BY reason HAVING sum(detractors + passives + promoters) > 0
"""
_TOTAL = f"SELECT coalesce(sum({' + '.join(_PARTS[:-1])}), 0) FROM hours WHERE hour >= ? AND hour < ?"
_ANSWERS = "SELECT count(*) FROM responses WHERE given_ms >= ? AND given_ms < ? AND counted = 1"
