"""A newer program with the database of an older one whose queue is full, and the older one again."""

from contextlib import closing
from pathlib import Path
from sqlite3 import Connection, connect

from kiosk.config import Config
from kiosk.storage.ticks import Reading
from tests.support.answers import a_response
from tests.support.kiosk import Kiosk, a_pairing, read

QUEUE = 5000
STEP = "ticks_of_the_tap"
COLUMNS = ("boot", "ticks")


def to_the_step_before(database: Path) -> None:
    """Make of a database what the program had that knew nothing of ticks."""
    with closing(connect(database)) as connection:
        for column in COLUMNS:
            connection.execute(f"ALTER TABLE responses DROP COLUMN {column}")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = ?", [STEP])
        connection.commit()


def as_the_older_program_writes(connection: Connection) -> None:
    """Add an answer as a program does that knows nothing of ticks."""
    names = [row[1] for row in connection.execute("PRAGMA table_info(responses)") if row[1] not in COLUMNS]
    listed = ", ".join(names)
    changed = listed.replace("id,", "'0195d000-0000-7000-8000-00000000abcd',", 1)
    changed = changed.replace("sequence", "sequence + 1", 1)
    connection.execute(
        f"INSERT INTO responses ({listed}) SELECT {changed} FROM responses ORDER BY sequence DESC LIMIT 1"
    )
    connection.commit()


def test_a_full_queue_from_before_ticks_goes_on_as_it_was(config: Config) -> None:
    older = Kiosk(config)
    older.ask(lambda s: s.pair(a_pairing()))
    given = older.give_many(QUEUE)
    older.close()
    to_the_step_before(config.database)
    newer = Kiosk(config)
    newer.ask(lambda s: s.outbox.save(a_response(QUEUE + 1), Reading("now", 7)))
    newer.ask(lambda s: s.outbox.finish(a_response(QUEUE + 1).id))
    queue = [*map(read, newer.ask(lambda s: s.outbox.batch(QUEUE + 1, boots=s.clocks.boots("now"))))]
    assert [item.response for item in queue[:-1]] == given
    assert {(item.ticks, item.happened_at) for item in queue[:-1]} == {(None, None)}
    assert queue[-1].ticks == 7
    assert newer.totals().waiting == QUEUE + 1
    newer.close()


def test_the_older_program_goes_on_with_the_newer_ones_queue_and_the_newer_one_again(config: Config) -> None:
    newer = Kiosk(config)
    newer.give_many(QUEUE)
    newer.close()
    with closing(connect(config.database)) as connection:
        as_the_older_program_writes(connection)
    again = Kiosk(config)
    queue = again.ask(lambda s: s.outbox.batch(QUEUE + 1))
    assert [item.sequence for item in queue] == [*range(1, QUEUE + 2)]
    again.ask(lambda s: s.settle())
    assert again.totals().waiting == QUEUE + 1
    again.close()
