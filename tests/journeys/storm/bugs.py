"""Programs with a planted bug each: the storm has to find every one of them.

A tablet's process plants its bug before it begins. A hub with a bug is a program of its own:
python -m tests.journeys.storm.bugs NAME serve --port 0
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.exc import DatabaseError

from common.wire import Outcome, Receipt, Verdict
from hub.cli import main
from hub.db import dialect, writing
from hub.db.dialect import insert_missing
from hub.fleet.copies import Line
from hub.fleet.queries import marks
from hub.fleet.rules import clock_offset
from hub.ingest import batches
from hub.responses import queries
from kiosk.storage.outbox import Applied, Outbox
from kiosk.storage.outgoing import Outgoing
from kiosk.sync import exchange
from kiosk.sync.waiting import Parcel

Bug = Callable[[], None]


def delivered_before_the_receipt() -> None:
    """Let a kiosk take its answers for delivered when it begins to send them."""
    deliver = exchange.Exchange._deliver

    def hasty(self: Any, part: Parcel) -> None:
        verdicts = [Verdict(answer.id, Outcome.ACCEPTED) for answer in part.items]
        receipt = Receipt(datetime.now().astimezone(), verdicts, (), 1, "", "", "", "", 1.0)
        self._ask(lambda storage: storage.outbox.apply(receipt, part.items))
        deliver(self, part)

    _plant(exchange.Exchange, "_deliver", hasty)


def refusals_are_ignored() -> None:
    """Let a kiosk take every answer that a receipt names for delivered, whatever the verdict."""
    apply = Outbox.apply

    def blind(self: Outbox, receipt: Receipt, sent: Sequence[Outgoing]) -> Applied:
        taken = [replace(verdict, outcome=Outcome.ACCEPTED) for verdict in receipt.verdicts]
        return apply(self, replace(receipt, verdicts=taken), sent)

    _plant(Outbox, "apply", blind)


def no_unique_key() -> None:
    """Let a hub on PostgreSQL insert answers without looking whether they are there."""

    def insert(connection: Connection, table: Table, rows: dialect.Rows) -> set[tuple[Any, ...]]:
        if table.name != "responses" or not rows:
            return insert_missing(connection, table, rows)
        with suppress(DatabaseError), connection.begin_nested():
            connection.execute(text("ALTER TABLE responses DROP CONSTRAINT pk_responses CASCADE"))
        connection.execute(text(dialect._insert_lists(table, rows)), dialect._lists(table, rows))
        return {(row["id"],) for row in rows}

    _plant(queries, "insert_missing", insert)


def offsets_have_the_wrong_sign() -> None:
    """Let a hub make the errors of clocks twice as large instead of taking them away."""
    _plant(batches, "clock_offset", lambda sent_at, now: -clock_offset(sent_at, now))


def acknowledged_without_a_commit() -> None:
    """Let a hub answer with a receipt although now and then the database has refused the batch."""
    batch = count(1)

    @contextmanager
    def careless(engine: Engine, line: Connection | None = None) -> Iterator[Connection]:
        with suppress(_Refused), writing(engine, line) as connection:
            yield connection
            if next(batch) % 7 == 0:
                raise _Refused

    _plant(batches, "writing", careless)


def every_mark_is_the_last() -> None:
    """Let a hub take whatever mark a kiosk shows for the last one that it handed out."""

    def follow(lines: Sequence[Line], last: str | None, handed: str, now: datetime, **_: bool) -> Line:
        return lines[0].going_on(handed, now) if lines else Line(1, handed, now, now)

    _plant(marks, "follow", follow)


def program(bug: Bug) -> tuple[str, str]:
    """Return the module and the argument that run a hub with a bug."""
    return __name__, bug.__name__


class _Refused(Exception):
    """The database has refused a batch."""


def _plant(where: Any, name: str, bug: object) -> None:
    setattr(where, name, bug)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
    main(sys.argv[2:])
