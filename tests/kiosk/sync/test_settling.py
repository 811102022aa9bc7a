"""What one receipt says is written while the next batch is on its way: nobody may see a difference."""

from dataclasses import replace

from common.tablet import Trouble
from common.wire import Code, Totals
from kiosk.storage.marks import Marks
from kiosk.sync import SyncReport
from kiosk.sync.once import sync_once
from tests.support.answers import NOON, a_response, an_id
from tests.support.kiosk import Kiosk, clock
from tests.support.misbehaving_hub import Call, MisbehavingHub, behave, dislike, problem, replies

BATCH = 3


def sync_in_threes(kiosk: Kiosk) -> SyncReport:
    """Sync with three answers a batch."""
    return sync_once(kiosk.thread, replace(kiosk.config, batch=BATCH), clock)


def test_each_batch_tells_the_totals_after_the_receipt_before(paired: Kiosk, hub: MisbehavingHub) -> None:
    hub.refuses = lambda item: Code.BAD_SCORE if item.response.id == an_id(2) else None
    paired.give_many(8)
    report = sync_in_threes(paired)
    assert [batch.totals for batch in hub.batches] == [
        Totals(given=8, delivered=0, waiting=8, quarantined=0, oldest_waiting=NOON),
        Totals(given=8, delivered=2, waiting=5, quarantined=1, oldest_waiting=NOON),
        Totals(given=8, delivered=5, waiting=2, quarantined=1, oldest_waiting=NOON),
    ]
    assert (report.delivered, report.refused) == (7, 1)
    assert paired.totals() == Totals(8, 7, 0, 1)


def test_a_receipt_holds_although_the_next_batch_gets_none(paired: Kiosk, hub: MisbehavingHub) -> None:
    paired.give_many(2 * BATCH)
    hub.weather.append(behave)
    hub.always = replies(200)
    report = sync_in_threes(paired)
    assert (report.delivered, report.trouble) == (BATCH, Trouble.NOT_THE_HUB)
    assert paired.totals().delivered == BATCH


def test_a_batch_that_is_cut_in_halves_settles_each_half(paired: Kiosk, hub: MisbehavingHub) -> None:
    paired.give_many(3 * BATCH)
    hub.weather.extend([behave, replies(413, b"", "text/plain")])
    assert sync_in_threes(paired).delivered == 3 * BATCH
    assert [batch.totals.waiting for batch in hub.batches] == [9, 6, 5, 4, 3, 2, 1]


def test_w16_a_mark_is_kept_before_the_hub_sees_it(paired: Kiosk, hub: MisbehavingHub) -> None:
    kept = []

    def compare(call: Call) -> None:
        kept.append((paired.ask(lambda s: Marks(s.settings).shown()), call.batch().mark))
        hub.receipt = replace(hub.receipt, mark=f"1-{len(kept)}")
        behave(call)

    hub.always = compare
    paired.give(*(a_response(number) for number in range(1, 2 * BATCH + 1)))
    sync_in_threes(paired)
    assert [stored == shown for stored, shown in kept] == [True, True]
    assert [shown.last for _, shown in kept if shown] == [None, "1-1"]


def test_a_receipt_that_cannot_be_written_is_asked_for_again(paired: Kiosk, hub: MisbehavingHub) -> None:
    paired.give_many(3 * BATCH)
    refuse = f"BEFORE UPDATE OF state ON responses WHEN new.sequence > {BATCH}"
    paired.ask(lambda s: s._db.execute(f"CREATE TEMP TRIGGER no {refuse} BEGIN SELECT RAISE(ABORT, ''); END"))
    assert sync_in_threes(paired).trouble is Trouble.FAILED
    assert paired.totals() == Totals(9, 3, 6, 0, NOON)
    assert len(hub.stored) == 3 * BATCH
    paired.ask(lambda s: s._db.execute("DROP TRIGGER no"))
    report = sync_in_threes(paired)
    assert (report.trouble, report.delivered, report.duplicates) == (None, 6, 6)


def test_w10_what_waits_again_is_in_the_totals_of_the_next_batch(paired: Kiosk, hub: MisbehavingHub) -> None:
    paired.give_many(2 * BATCH)
    sync_in_threes(paired)
    hub.stored.clear()
    hub.batches.clear()
    paired.give_many(2 * BATCH, first=2 * BATCH + 1)
    hub.receipt = replace(hub.receipt, missing=[(1, 2 * BATCH)])
    sync_in_threes(paired)
    assert [batch.totals.waiting for batch in hub.batches[:2]] == [6, 9]


def test_what_a_new_hub_has_refused_is_not_offered_to_it_again(paired: Kiosk, hub: MisbehavingHub) -> None:
    hub.receipt = replace(hub.receipt, app="1")
    sync_in_threes(paired)
    hub.receipt = replace(hub.receipt, app="2")
    paired.give_many(1)
    hub.always = dislike(an_id(1), problem(400, "bad_batch"))
    report = sync_in_threes(paired)
    assert report.refused == 1
    assert paired.totals() == Totals(1, 0, 0, 1)
