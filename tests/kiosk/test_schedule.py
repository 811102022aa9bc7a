"""When the kiosk syncs."""

import math
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kiosk.schedule import BACK_OFF_TO, LONGEST, SHORTEST, Schedule, next_pause
from kiosk.sync import SyncReport, Trouble
from tests.support.answers import NOON


def report(**changes: object) -> SyncReport:
    return SyncReport(NOON, **changes)  # type: ignore[arg-type]


def lowest(low: float, high: float) -> float:
    return low


def highest(low: float, high: float) -> float:
    return high


def test_w13_the_kiosk_comes_no_sooner_than_the_hub_says_and_later_by_up_to_a_fifth() -> None:
    assert next_pause(report(next_sync=100.0), 0, 60.0, lowest) == pytest.approx(100)
    assert next_pause(report(next_sync=100.0), 0, 60.0, highest) == pytest.approx(120)
    assert next_pause(report(), 0, 60.0, highest) == pytest.approx(72)


def test_w13_trouble_backs_off_exponentially_with_full_jitter() -> None:
    longest = [next_pause(report(trouble=Trouble.OFFLINE), n, 60.0, highest) for n in range(1, 10)]
    assert longest == [5, 10, 20, 40, 80, 160, BACK_OFF_TO, BACK_OFF_TO, BACK_OFF_TO]
    assert next_pause(report(trouble=Trouble.OFFLINE), 9, 60.0, lowest) == SHORTEST


def test_w13_a_hub_that_names_a_time_gets_it_and_a_spread_after_it() -> None:
    busy = report(trouble=Trouble.BUSY, retry_after=120.0)
    assert next_pause(busy, 1, 60.0, lowest) == 120
    assert next_pause(busy, 1, 60.0, highest) == 150


def test_an_unpaired_kiosk_looks_at_its_usual_pace() -> None:
    assert next_pause(report(trouble=Trouble.NOT_PAIRED), 40, 60.0, highest) == pytest.approx(72)


@pytest.mark.parametrize("trouble", [Trouble.BROKEN_SETTINGS, Trouble.BROKEN_SURVEY])
def test_what_head_office_sends_in_vain_delays_no_answer(trouble: Trouble) -> None:
    assert next_pause(report(trouble=trouble, next_sync=30.0), 40, 60.0, highest) == pytest.approx(36)


@given(some.floats() | some.none(), some.floats(min_value=0) | some.none(), some.integers(0, 10**6))
def test_no_hub_makes_a_kiosk_hurry_or_sleep_for_ever(
    next_sync: float | None, retry_after: float | None, failures: int
) -> None:
    trouble = Trouble.HUB_FAILED if failures else None
    pause = next_pause(
        report(next_sync=next_sync, retry_after=retry_after, trouble=trouble), failures, 60.0, highest
    )
    assert SHORTEST <= pause <= LONGEST
    assert not math.isnan(pause)


class Syncs:
    """A sync that a test holds up, counts and gives an outcome."""

    def __init__(self) -> None:
        self.count, self.running, self.most = 0, 0, 0
        self.outcome = report(next_sync=3600.0)
        self.go = Event()
        self.go.set()
        self.begun = Event()

    def __call__(self) -> SyncReport:
        self.running += 1
        self.most = max(self.most, self.running)
        self.begun.set()
        self.go.wait(10)
        self.count += 1
        self.running -= 1
        return self.outcome


@pytest.fixture
def syncs() -> Syncs:
    """Return a sync to plan."""
    return Syncs()


class Clock:
    """A monotonic clock in a test's hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture
def schedule(syncs: Syncs, clock: Clock) -> Iterator[Schedule]:
    """Return a schedule that has synced once and will again in an hour."""
    schedule = Schedule(syncs, 3600.0, clock=clock)
    schedule.start()
    schedule.sync_now().result(10)
    _quiet(schedule, syncs)
    yield schedule
    syncs.go.set()
    schedule.stop()


def _quiet(schedule: Schedule, syncs: Syncs) -> None:
    """Wait until the first planned sync is over too, and start counting."""
    schedule.sync_now().result(10)
    syncs.count = 0
    syncs.begun.clear()


def test_it_syncs_soon_after_the_start(syncs: Syncs, clock: Clock) -> None:
    schedule = Schedule(syncs, 3600.0, clock=clock)
    schedule.start()
    assert syncs.begun.wait(10)
    schedule.stop()


def test_it_goes_on_at_the_hubs_pace(syncs: Syncs) -> None:
    syncs.outcome = report(next_sync=0.0)
    schedule = Schedule(syncs, 3600.0)
    schedule.start()
    for _ in range(2):
        syncs.begun.clear()
        assert syncs.begun.wait(10)
    schedule.stop()


def test_try_now_syncs_and_tells_the_outcome(schedule: Schedule, syncs: Syncs) -> None:
    assert schedule.sync_now().result(10) is syncs.outcome
    assert syncs.count == 1


def test_try_now_during_a_sync_waits_for_it_and_then_really_syncs(schedule: Schedule, syncs: Syncs) -> None:
    syncs.go.clear()
    first = schedule.sync_now()
    assert syncs.begun.wait(10)
    second, third = schedule.sync_now(), schedule.sync_now()
    assert second is third, "who asks meanwhile shares one"
    assert not first.done()
    syncs.go.set()
    assert second.result(10) is syncs.outcome
    assert (syncs.count, syncs.most) == (2, 1)


def test_a_clock_set_back_or_a_sleeping_machine_only_delays_by_seconds(
    schedule: Schedule, syncs: Syncs, clock: Clock
) -> None:
    clock.now = 3000.0
    assert not schedule.run_if_overdue()
    clock.now = 5000.0  # APScheduler's clock, the wall's, has not moved in this test
    assert schedule.run_if_overdue()
    assert syncs.begun.wait(10)


def test_a_long_sync_is_not_overdue(schedule: Schedule, syncs: Syncs, clock: Clock) -> None:
    syncs.go.clear()
    running = schedule.sync_now()
    assert syncs.begun.wait(10)
    clock.now = 10**6
    assert not schedule.run_if_overdue()
    syncs.go.set()
    running.result(10)


def test_stopping_does_not_wait_for_a_sync_that_hangs(syncs: Syncs, clock: Clock) -> None:
    schedule = Schedule(syncs, 3600.0, clock=clock)
    syncs.go.clear()
    schedule.start()
    assert syncs.begun.wait(10)
    stopping = Thread(target=schedule.stop)
    begun = datetime.now(UTC)
    stopping.start()
    stopping.join(10)
    assert (datetime.now(UTC) - begun).total_seconds() < 5
    syncs.go.set()


def test_a_schedule_that_never_started_can_be_stopped(syncs: Syncs) -> None:
    schedule = Schedule(syncs, 3600.0)
    assert isinstance(schedule.sync_now(), Future)
    schedule.stop()
    assert syncs.count == 0


def test_a_refusal_is_no_failure_of_the_line(syncs: Syncs, clock: Clock) -> None:
    syncs.outcome = report(trouble=Trouble.BROKEN_SETTINGS, next_sync=3600.0)
    schedule = Schedule(syncs, 60.0, clock=clock, uniform=highest)
    schedule.start()
    for _ in range(9):
        schedule.sync_now().result(10)
    syncs.outcome = report(trouble=Trouble.OFFLINE)
    schedule.sync_now().result(10)
    clock.now = 11.0
    assert schedule.run_if_overdue(), "five seconds after the first failure, not minutes after the tenth"
    schedule.stop()
