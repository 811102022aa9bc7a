"""Each day is counted once, and again whenever one of its answers comes or changes, by whomever."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from common.nps import Tally
from kiosk.config import Config
from kiosk.storage.days import Day
from kiosk.storage.store import Storage
from tests.support.answers import NOON, a_response
from tests.support.kiosk import Kiosk

MIDNIGHT = NOON.replace(hour=0)
BOUNDS = [MIDNIGHT + timedelta(days=n) for n in (-1, 0, 1)]


def days(kiosk: Kiosk, bounds: list[datetime] = BOUNDS) -> list[Day]:
    return kiosk.ask(lambda s: s.days.between(bounds))


def statements(storage: Storage) -> list[str]:
    """Return what is asked of the answers and their hours while the days are looked at."""
    asked: list[str] = []
    storage._db.conn.set_trace_callback(asked.append)
    storage.days.between(BOUNDS)
    storage._db.conn.set_trace_callback(None)
    return [sql for sql in asked if "FROM responses" in sql or "FROM hours" in sql]


def test_days_have_their_answers_reasons_and_doubts(kiosk: Kiosk) -> None:
    kiosk.give(
        a_response(1, score=0, reasons=("price", "waiting")),
        a_response(2, score=7, reasons=("price",)),
        a_response(3, score=10, reasons=("price",), given_at=NOON - timedelta(days=1)),
        a_response(4, score=10, reasons=("price",), flags=("burst",)),
    )
    before, today = days(kiosk)
    assert before == Day(Tally.of([10]), 0, {"price": (0, 0, 1)})
    assert today == Day(Tally.of([0, 7]), 1, {"price": (1, 1, 0), "waiting": (1, 0, 0)})
    both = before + today
    assert (both.tally.total, both.flagged, both.reasons["price"]) == (3, 1, (1, 1, 1))


def test_a_day_is_counted_once(kiosk: Kiosk) -> None:
    kiosk.give_many(20)
    days(kiosk)
    assert kiosk.ask(statements) == []


def test_an_answer_that_comes_or_changes_has_only_its_own_day_counted_again(kiosk: Kiosk) -> None:
    days(kiosk)
    answer = a_response(1, score=3)
    kiosk.save(answer).result(10)
    assert len(kiosk.ask(statements)) == 1
    kiosk.save(replace(answer, score=9, reasons=("staff",))).result(10)
    assert days(kiosk)[1] == Day(Tally.of([9]), 0, {"staff": (0, 0, 1)})
    kiosk.save(replace(answer, score=9, flags=("sweep",))).result(10)
    assert days(kiosk)[1] == Day(Tally(), 1)


def test_what_another_program_writes_is_seen(kiosk: Kiosk, config: Config) -> None:
    days(kiosk)
    other = Kiosk(config, alone=False)
    other.give(a_response(1, score=5))
    other.close()
    assert days(kiosk)[1].tally == Tally.of([5])


@pytest.mark.parametrize("damage", ["not json", '{"a": 1}', "[3, null]"])
def test_reasons_that_a_failing_disk_has_damaged_spoil_nothing_else(kiosk: Kiosk, damage: str) -> None:
    kiosk.give(a_response(1, score=5, reasons=("price",)), a_response(2, score=5))

    def spoil(storage: Storage) -> None:
        with storage.together():
            storage._db.execute("UPDATE responses SET reasons = ? WHERE score = 5", [damage])

    kiosk.ask(spoil)
    assert days(kiosk)[1].tally == Tally.of([5, 5])


def test_looking_at_days_waits_for_nobody_who_writes(kiosk: Kiosk, config: Config) -> None:
    kiosk.give(a_response(1, score=5))
    other = Kiosk(config, alone=False)
    other.ask(lambda s: s._db.conn.execute("BEGIN IMMEDIATE"))
    kiosk.ask(lambda s: s._db.conn.execute("PRAGMA busy_timeout = 0"))
    assert days(kiosk)[1].tally.total == 1
    other.ask(lambda s: s._db.conn.execute("ROLLBACK"))
    other.close()
