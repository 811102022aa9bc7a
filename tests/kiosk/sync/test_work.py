"""What a sync asks of the tablet's database: the same, however much the tablet holds.

Measured in steps of SQLite's virtual machine, which are the same on every machine. While it works, the tap of
a customer waits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from kiosk.sync.once import sync_once
from tests.support.kiosk import Kiosk, clock

BATCH = 10


def test_a_sync_asks_no_more_where_many_were_delivered(paired: Kiosk) -> None:
    delivered(paired, 50)
    few = delivered(paired, BATCH)
    delivered(paired, 2000, batch=500)
    assert delivered(paired, BATCH) < 1.2 * few


def test_an_answer_asks_no_more_where_many_wait(paired: Kiosk) -> None:
    few = delivered(paired, 5 * BATCH) / 5
    assert delivered(paired, 100 * BATCH) / 100 < 1.2 * few


def delivered(kiosk: Kiosk, count: int, batch: int = BATCH) -> int:
    """Give so many answers more, send them, and return the steps that sending took."""
    kiosk.give_many(count, first=kiosk.totals().given + 1)
    config = replace(kiosk.config, batch=batch)
    kiosk.ask(lambda s: s.note_sync(replace(s.last_sync(), batch=batch)))
    with counted(kiosk) as steps:
        assert sync_once(kiosk.thread, config, clock).delivered == count
    return len(steps)


@contextmanager
def counted(kiosk: Kiosk) -> Iterator[list[None]]:
    """Give a list that grows by one with every step."""
    steps: list[None] = []
    kiosk.ask(lambda s: s._db.conn.set_progress_handler(lambda: steps.append(None), 1))
    yield steps
    kiosk.ask(lambda s: s._db.conn.set_progress_handler(None, 1))
