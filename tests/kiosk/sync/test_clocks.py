"""What the kiosk tells of the time of its answers: by the clock that never jumps, and by what it measured."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from common.wire import Numbered, receipt_document
from kiosk.storage.clocks import MOST_BOOTS
from kiosk.storage.ticks import Reading, boot, reading, ticks
from kiosk.sync import SyncReport
from kiosk.sync.once import sync_once
from tests.support.answers import NOON, a_response
from tests.support.kiosk import Kiosk, read
from tests.support.misbehaving_hub import Call, MisbehavingHub

HOUR = timedelta(hours=1)


@dataclass
class Watch:
    """A tablet's two clocks. error is how wrong the one on the wall is, in the hub's eyes."""

    hub: MisbehavingHub
    boot: str = "first"
    now: int = 10_000
    error: timedelta = timedelta(0)
    trip: int = 0

    @property
    def truth(self) -> datetime:
        """The hub's time."""
        return NOON + timedelta(milliseconds=self.now)

    def wall(self) -> datetime:
        return self.truth + self.error

    def read(self) -> Reading:
        return Reading(self.boot, self.now)

    def answers(self, call: Call) -> None:
        """Give a receipt half-way through the exchange."""
        receipt = call.hub.store(call.batch())
        self.now += self.trip // 2
        document = receipt_document(receipt) | {"received_at": self.truth.isoformat()}
        self.now += self.trip - self.trip // 2
        call.send_json(document)

    def start_again(self, boot: str) -> None:
        """Start the tablet again: its ticks begin anew, and the truth goes on."""
        self.boot = boot


@pytest.fixture
def watch(hub: MisbehavingHub) -> Watch:
    watch = Watch(hub)
    hub.always = watch.answers
    return watch


def give(kiosk: Kiosk, watch: Watch, number: int) -> None:
    response = a_response(number, given_at=watch.wall())
    kiosk.ask(lambda s: s.outbox.save(response, watch.read()))
    kiosk.ask(lambda s: s.outbox.finish(response.id))
    watch.now += 60_000


def sync(kiosk: Kiosk, watch: Watch) -> SyncReport:
    report = sync_once(kiosk.thread, kiosk.config, watch.wall, watch.read)
    assert report.trouble is None, report.detail
    return report


def told(hub: MisbehavingHub) -> list[tuple[int | None, datetime | None]]:
    """Return what the last batch with answers told of their times."""
    items = next(batch.items for batch in reversed(hub.batches) if batch.items)
    return [(item.ticks, item.happened_at) for item in items if isinstance(item, Numbered)]


def test_w8_answers_of_this_start_travel_with_the_ticks_of_their_tap(
    paired: Kiosk, hub: MisbehavingHub, watch: Watch
) -> None:
    give(paired, watch, 1)
    watch.error = HOUR
    give(paired, watch, 2)
    sync(paired, watch)
    assert told(hub) == [(10_000, None), (70_000, None)]
    assert hub.batches[-1].ticks == 130_000
    assert hub.batches[-1].sent_at == watch.wall()


def test_w8_answers_of_a_start_in_which_it_synced_travel_with_their_true_time(
    paired: Kiosk, hub: MisbehavingHub, watch: Watch
) -> None:
    sync(paired, watch)
    watch.now += 3_600_000
    watch.error = -999 * HOUR
    given = watch.truth
    give(paired, watch, 1)
    watch.start_again("second")
    watch.error = timedelta(0)
    sync(paired, watch)
    assert told(hub) == [(None, given)]


def test_w8_answers_of_a_start_without_a_sync_travel_with_the_tablets_time_alone(
    paired: Kiosk, hub: MisbehavingHub, watch: Watch
) -> None:
    give(paired, watch, 1)
    watch.start_again("second")
    sync(paired, watch)
    paired.give(a_response(2))
    sync(paired, watch)
    assert told(hub) == [(None, None)]
    assert [item.ticks for batch in hub.batches for item in batch.items if isinstance(item, Numbered)] == [
        None,
        None,
    ]


@pytest.mark.parametrize(("trip", "measured"), [(0, True), (9_000, True), (11_000, False)])
def test_w8_the_offset_is_seen_half_way_and_not_at_all_when_that_is_too_long(
    paired: Kiosk, hub: MisbehavingHub, watch: Watch, trip: int, *, measured: bool
) -> None:
    watch.error = 2 * HOUR
    sync(paired, watch)
    watch.error, watch.trip = -3 * HOUR, trip
    sync(paired, watch)
    hours = 3 if measured else -2
    assert paired.ask(lambda s: s.last_sync()).offset == hours * 3_600_000


def test_w8_a_clock_that_is_set_during_a_sync_is_seen_as_it_is_afterwards(
    paired: Kiosk, hub: MisbehavingHub, watch: Watch
) -> None:
    def answers(call: Call) -> None:
        watch.error = 5 * HOUR
        watch.answers(call)

    hub.always = answers
    sync(paired, watch)
    assert paired.ask(lambda s: s.last_sync()).offset == -5 * 3_600_000


def test_the_ticks_of_the_first_try_stay_when_an_answer_is_amended(paired: Kiosk, watch: Watch) -> None:
    response = a_response(1)
    for later in (0, 5):
        paired.ask(lambda s, later=later: s.outbox.save(response, Reading("first", later)))  # type: ignore[misc]
    paired.ask(lambda s: s.outbox.finish(response.id))
    (item,) = paired.ask(lambda s: s.outbox.batch(9, boots=s.clocks.boots("first")))
    assert read(item).ticks == 0


def test_measurements_of_old_starts_are_forgotten_one_day(kiosk: Kiosk) -> None:
    for number in range(MOST_BOOTS + 5):
        reading = Reading(str(number), number)
        kiosk.ask(lambda s, reading=reading: s.clocks.note(reading, NOON))  # type: ignore[misc]
    measured = kiosk.ask(lambda s: s.clocks.boots("now")).measured
    assert list(measured) == [str(number) for number in range(5, MOST_BOOTS + 5)]


def test_the_clock_counts_on_and_its_start_stays_the_same() -> None:
    before, again = ticks(), reading()
    assert 0 < before <= again.ticks <= ticks()
    assert again.boot == boot() != ""
