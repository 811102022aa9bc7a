"""Running totals say what a count would, whatever happens to the answers and whatever the disk does."""

from datetime import datetime, timedelta, timezone
from functools import partial
from itertools import pairwise
from random import Random

import pytest
from sqlite_utils import Database

from common.nps import Tally
from kiosk.config import Config
from kiosk.storage.days import Day
from kiosk.storage.migrations import migrations
from kiosk.storage.rows import to_row
from kiosk.storage.running import recount
from kiosk.storage.store import Storage
from tests.support.answers import NOON, a_response
from tests.support.kiosk import Kiosk

DICE = Random(11)
MONTH = timedelta(days=30)


def give(kiosk: Kiosk, number: int) -> None:
    """Give an answer of any time within a month, with any score, reasons and flags."""
    reasons = tuple(DICE.sample(["price", "staff", "wait", "other"], DICE.randrange(3)))
    flags = ("burst",) if DICE.random() < 0.2 else ()
    given_at = NOON - MONTH * DICE.random()
    kiosk.give(a_response(number, score=DICE.randrange(11), given_at=given_at, reasons=reasons, flags=flags))


def counts(kiosk: Kiosk, since: datetime, before: datetime) -> tuple[Tally, Tally]:
    """Count the answers of a stretch one by one."""
    return kiosk.ask(lambda s: s.outbox.tallies(since, before))


def answers(since: datetime, before: datetime, storage: Storage) -> int:
    return storage.days.answers(since, before)


@pytest.mark.parametrize("minutes", [0, 60, 330, -210, 765, 20])
def test_days_of_every_zone_are_what_a_count_finds(kiosk: Kiosk, minutes: int) -> None:
    for number in range(60):
        give(kiosk, number)
    midnight = datetime(2026, 2, 25, tzinfo=timezone(timedelta(minutes=minutes)))
    bounds = [midnight + timedelta(days=n) for n in range(35)]
    found = kiosk.ask(lambda s: s.days.between(bounds))
    for span, day in zip(pairwise(bounds), found, strict=True):
        counted, flagged = counts(kiosk, *span)
        assert (day.tally, day.flagged) == (counted, flagged.total)
    assert sum(day.tally.total + day.flagged for day in found) == 60
    assert not kiosk.ask(lambda s: recount(s._db))


@pytest.mark.parametrize("length", [1, 59, 61, 150, 1441])
def test_a_stretch_may_begin_and_end_anywhere(kiosk: Kiosk, length: int) -> None:
    kiosk.give(*(a_response(n, given_at=NOON + timedelta(minutes=7 * n)) for n in range(100)))
    for start in range(0, 300, 13):
        since = NOON + timedelta(minutes=start)
        before = since + timedelta(minutes=length)
        assert kiosk.ask(partial(answers, since, before)) == counts(kiosk, since, before)[0].total


def test_totals_that_a_disk_has_damaged_are_counted_again(
    kiosk: Kiosk, caplog: pytest.LogCaptureFixture
) -> None:
    bounds = [NOON, NOON + timedelta(days=1)]
    kiosk.give_many(22)
    kiosk.ask(lambda s: s._db.execute("UPDATE standing SET number = 7 WHERE number > 0"))
    kiosk.ask(lambda s: s._db.execute("UPDATE hours SET n3 = 100"))
    assert kiosk.totals().given == 7
    kiosk.ask(lambda s: s.days.between(bounds))
    kiosk.ask(lambda s: s.settle())
    assert kiosk.totals().given == 22
    assert kiosk.ask(lambda s: s.days.between(bounds)) == [Day(Tally((2,) * 11))]
    assert "counted again" in caplog.text
    caplog.clear()
    kiosk.ask(lambda s: s.settle())
    assert caplog.text == ""


def test_a_kiosk_from_before_there_were_totals_gets_them(config: Config) -> None:
    config.data.mkdir(parents=True)
    db = Database(config.database)
    migrations.apply(db, stop_before="running_totals")
    for number in range(1, 12):
        row = to_row(a_response(number, score=number - 1, reasons=("price",)))
        db.table("responses").insert(row | {"device": "", "sequence": number, "state": "wait"})
    db.close()
    kiosk = Kiosk(config)
    assert kiosk.totals().waiting == 11
    (day,) = kiosk.ask(lambda s: s.days.between([NOON, NOON + timedelta(hours=1)]))
    assert day == Day(Tally((1,) * 11), 0, {"price": (7, 2, 2)})
    assert not kiosk.ask(lambda s: recount(s._db))
    kiosk.close()
