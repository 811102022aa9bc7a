"""Upgrades and roll-backs of the kiosk with a full queue: nothing that waits is lost by either."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from json import dumps
from pathlib import Path

import pytest
from sqlite_utils import Database

from common.responses import Response
from common.wire import Totals
from kiosk.config import Config
from kiosk.storage.migrations import migrations
from kiosk.storage.outbox import State
from kiosk.storage.rows import COLUMNS, to_row
from tests.support.answers import a_response, an_id
from tests.support.contacts import reachable
from tests.support.kiosk import Kiosk, a_pairing

QUEUE = 1000
DEVICE = a_pairing().kiosk


def steps() -> list[str]:
    """Return the names of all migrations, in their order."""
    with closing(sqlite3.connect(":memory:")) as connection:
        return [each.name for each in migrations.pending(Database(connection, execute_plugins=False))]


@contextmanager
def database_of(path: Path, last: str) -> Iterator[sqlite3.Connection]:
    """Make the database that a program left whose last migration was this one."""
    later = steps()[steps().index(last) + 1 :]
    with closing(sqlite3.connect(path)) as connection:
        db = Database(connection, execute_plugins=False)
        db.execute("PRAGMA journal_mode = WAL")
        migrations.apply(db, stop_before=later)
        yield connection
        connection.commit()


def queue() -> list[Response]:
    """Return a full queue, with comments, doubts, and contact details in every tenth answer."""
    key = a_pairing().public_key
    plain = [a_response(n, score=n % 11, comment=f"Nr. {n}", flags=("fast",) * (n % 7 == 0))
             for n in range(1, QUEUE + 1)]  # fmt: skip
    return [reachable(n, key, score=2) if n % 10 == 0 else plain[n - 1] for n in range(1, QUEUE + 1)]


def fill(connection: sqlite3.Connection, answers: list[Response]) -> None:
    """Write a queue as the first program did: 300 delivered, one quarantined, one under way, others wait."""
    names = ", ".join(("id", *COLUMNS))
    values = ", ".join(f":{name}" for name in ("id", *COLUMNS))
    for sequence, response in enumerate(answers, 1):
        state = "done" if sequence <= 300 else "held" if sequence == 301 else "wait"
        row = to_row(response) | {"device": DEVICE, "sequence": sequence, "state": state}
        row["state"] = "open" if sequence == QUEUE else state
        row["refusal"] = "bad_score" if state == "held" else None
        connection.execute(
            f"INSERT INTO responses (device, sequence, state, refusal, {names})"
            f" VALUES (:device, :sequence, :state, :refusal, {values})",
            row,
        )


def settle_in(connection: sqlite3.Connection) -> None:
    """Write a pairing as the first program did."""
    connection.execute("INSERT INTO settings VALUES ('pairing', ?)", [dumps(a_pairing().to_document())])


@pytest.mark.parametrize("last", steps())
def test_a_full_queue_of_each_former_version_is_upgraded_whole(config: Config, last: str) -> None:
    answers = queue()
    config.data.mkdir(exist_ok=True)
    with database_of(config.database, last) as connection:
        settle_in(connection)
        fill(connection, answers)
    kiosk = Kiosk(config)
    kept = kiosk.kept()
    assert [each.response for each in kept] == answers
    assert [each.sequence for each in kept] == list(range(1, QUEUE + 1))
    assert kept[300].state is State.QUARANTINED
    kiosk.ask(lambda s: s.settle())
    totals = kiosk.totals()
    assert (totals.given, totals.delivered, totals.quarantined) == (QUEUE, 300, 1)
    assert kiosk.ask(lambda s: s.pairing()) == a_pairing()
    kiosk.close()


def test_migrations_only_add(tmp_path: Path) -> None:
    """So that the version before can write what it always wrote, wherever it is installed again."""
    for number, (former, later) in enumerate(pairwise(steps())):
        with database_of(tmp_path / f"{number}-a", former) as connection:
            before = columns(connection)
        with database_of(tmp_path / f"{number}-b", later) as connection:
            after = columns(connection)
        assert before <= after, later
        tables = {table for table, *_ in before}
        for table, name, required, default in after - before:
            assert table not in tables or not required or default is not None, (later, table, name)


Columns = set[tuple[str, str, int, str | None]]


def columns(connection: sqlite3.Connection) -> Columns:
    """Return each column with its table, whether it may be left out, and what it is then."""
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {
        (table, name, required, default)
        for table in tables
        for _, name, _, required, default, _ in connection.execute(f"PRAGMA table_info({table})")
    }


def tomorrow(path: Path) -> None:
    """Let a newer program have added to a database what migrations may add."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE responses ADD COLUMN mood TEXT NOT NULL DEFAULT 'fair'")
        connection.execute("CREATE TABLE moods (name TEXT PRIMARY KEY)")
        connection.execute("CREATE INDEX responses_by_mood ON responses (mood)")
        connection.execute(
            f"INSERT INTO {migrations.migrations_table} (migration_set, name, applied_at)"
            " VALUES ('kiosk', 'moods_of_customers', '2027-01-01')"
        )
        connection.commit()


def test_a_program_that_was_rolled_back_goes_on_with_the_queue(config: Config) -> None:
    kiosk = Kiosk(config)
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.give_many(QUEUE)
    before = kiosk.kept()
    kiosk.close()
    tomorrow(config.database)
    former = Kiosk(config)
    assert former.kept() == before
    former.give(a_response(QUEUE + 1))
    former.ask(lambda s: s.outbox.quarantine(an_id(1), "bad_score"))
    assert former.totals() == Totals(QUEUE + 1, 0, QUEUE, 1, former.totals().oldest_waiting)
    assert not list(config.data.glob("*.broken"))
    former.close()
    with closing(sqlite3.connect(config.database)) as connection:
        moods = "SELECT count(*) FROM responses WHERE mood = 'fair'"
        assert connection.execute(moods).fetchone() == (QUEUE + 1,)
