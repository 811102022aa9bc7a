"""A throttle: how often somebody may try something, counted in the database, for all processes alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Column, Connection, Integer, String, Table, bindparam, delete, select, text, update

from hub.db.schema import Moment, metadata

Subject = tuple[str, ...]
"""Who tries, or from where: a kind and what tells it from others of its kind."""


def throttle_table(name: str) -> Table:
    """Return a table for a throttle: how many times each subject has tried since when.

    Subjects are kept as hashes, which tell nobody what was typed.
    """
    return Table(
        name,
        metadata,
        Column("subject", String(64), primary_key=True),
        Column("times", Integer, nullable=False),
        Column("since", Moment, nullable=False),
    )


@dataclass(frozen=True, slots=True)
class Throttle:
    """Counts tries for a window from the first one on, then begins anew.

    limits are the most tries of each subject in a window. Where the clock was set back since the first try,
    the window begins now: nobody waits for longer than one.
    """

    table: Table
    window: timedelta

    def count(self, connection: Connection, limits: Mapping[Subject, int], now: datetime) -> timedelta | None:
        """Count one try of each subject; return how long to wait if it is one too many for any of them.

        Count before the try is looked at, so that a hundred at once are a hundred tries.
        """
        one_more = text(_ONE_MORE.format(table=self.table.name))
        one_more = one_more.bindparams(bindparam("over", type_=Moment), bindparam("now", type_=Moment))
        # In one order, in which transactions with the same subjects wait for each other.
        for subject in sorted(map(_hash, limits)):
            connection.execute(one_more, {"subject": subject, "over": now - self.window, "now": now})
        self._forget_old(connection, now)
        return self._longest_wait(connection, limits, now)

    def wait(self, connection: Connection, limits: Mapping[Subject, int], now: datetime) -> timedelta | None:
        """Return how long to wait if one more try is one too many; count nothing."""
        return self._longest_wait(connection, {each: most - 1 for each, most in limits.items()}, now)

    def take_back(self, connection: Connection, subjects: Iterable[Subject]) -> None:
        """Take back one try of each subject, because it was a right one."""
        for subject in sorted(map(_hash, subjects)):
            mine = (self.table.c.subject == subject) & (self.table.c.times > 0)
            connection.execute(update(self.table).where(mine).values(times=self.table.c.times - 1))

    def _forget_old(self, connection: Connection, now: datetime) -> None:
        # What another transaction holds is left out: it counts there just now, or is forgotten there.
        old = select(self.table.c.subject).where(self.table.c.since <= now - self.window)
        free = old.with_for_update(skip_locked=True)
        connection.execute(delete(self.table).where(self.table.c.subject.in_(free)))

    def _longest_wait(
        self, connection: Connection, limits: Mapping[Subject, int], now: datetime
    ) -> timedelta | None:
        most = {_hash(subject): times for subject, times in limits.items()}
        mine = select(self.table).where(self.table.c.subject.in_(most))
        spent = [row.since for row in connection.execute(mine) if row.times > most[row.subject]]
        waits = [since + self.window - now for since in spent if since <= now < since + self.window]
        return max(waits, default=None)


_ONE_MORE = """
INSERT INTO {table} (subject, times, since) VALUES (:subject, 1, :now)
ON CONFLICT (subject) DO UPDATE SET
    times = CASE WHEN {table}.since <= :over THEN 1 ELSE {table}.times + 1 END,
    since = CASE WHEN {table}.since > :over AND {table}.since < :now THEN {table}.since ELSE :now END
"""


def _hash(subject: Subject) -> str:
    return sha256("\x1f".join(subject).encode()).hexdigest()
