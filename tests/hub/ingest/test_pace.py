"""The pace that the hub sets: who is let in, and when the others have their turn."""

from collections import deque
from contextlib import suppress
from heapq import heappop, heappush
from math import inf
from random import Random

import pytest
from flask import Flask
from sqlalchemy import Engine

from hub.ingest.pace import LATE, LONGEST_WAIT, Pace
from kiosk.schedule import next_pause
from kiosk.sync import SyncReport, Trouble
from tests.hub.conftest import PairTablet
from tests.support.answers import NOON, a_response, an_id
from tests.support.books import stored_rows
from tests.support.tablet import Tablet

SYNC = 0.125
"""Seconds that the hub of these tests takes for a sync."""


class Time:
    """A monotonic clock in our hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def pace(time: Time) -> Pace:
    """Return the pace of a hub that is ready for a line of two seconds, and has met one sync."""
    pace = Pace(2.0, time)
    with pace.measured():
        time.seconds += SYNC
    return pace


def crowded(pace: Pace) -> Pace:
    """Let five hundred stand in line, for a minute's work."""
    pace.line = lambda: 500
    return pace


def test_w13_a_short_line_is_let_in_as_it_comes(pace: Pace) -> None:
    pace.line = lambda: 16
    assert [pace.wait(f"kiosk {number}") for number in range(50)] == [0] * 50


def test_w13_each_of_a_crowd_gets_a_turn_about_as_fast_as_the_hub_serves(pace: Pace) -> None:
    waits = [crowded(pace).wait(f"kiosk {number}") for number in range(400)]
    assert waits == sorted(waits)
    assert waits[0] == 63, "after those in line"
    assert waits[-1] - waits[0] == pytest.approx(400 * SYNC, abs=1)
    assert pace.ahead == pytest.approx(waits[-1], abs=1)


def test_w13_who_comes_back_at_its_turn_is_let_in_although_others_have_to_wait(
    pace: Pace, time: Time
) -> None:
    wait = crowded(pace).wait("rome")
    time.seconds += wait * 1.25
    pace.line = lambda: 50
    assert pace.wait("rome") == 0
    assert pace.wait("rome") > 0, "a turn is for one sync"


def test_w13_a_hub_that_has_become_slower_puts_turns_off(pace: Pace, time: Time) -> None:
    wait = crowded(pace).wait("rome")
    time.seconds += wait
    assert pace.wait("rome") == 63, "as long as the line"
    time.seconds += 63
    pace.line = lambda: 50
    assert pace.wait("rome") == 0


def test_w13_who_comes_before_its_turn_keeps_it(pace: Pace, time: Time) -> None:
    wait = crowded(pace).wait("rome")
    time.seconds += 10
    pace.line = lambda: 50
    assert pace.wait("rome") == wait - 10
    pace.line = lambda: 0
    assert pace.wait("rome") == 0, "and nobody waits for nothing"


def test_w13_who_comes_long_after_its_turn_gets_another_one(pace: Pace, time: Time) -> None:
    wait = crowded(pace).wait("rome")
    time.seconds += wait * 1.25 + LATE + 1
    assert pace.wait("rome") > 0


def test_w13_whose_turn_is_far_away_asks_again_meanwhile_and_keeps_it(pace: Pace, time: Time) -> None:
    waits = [crowded(pace).wait(f"kiosk {number}") for number in range(2000)]
    assert max(waits) == LONGEST_WAIT
    ahead, pace.line = pace.ahead, lambda: 50
    time.seconds += 240
    assert pace.wait("kiosk 1999") == pytest.approx(ahead - 240, abs=1)
    pace.line = lambda: 0
    assert pace.wait("kiosk 1999") == 0, "the hub has got on faster than it thought"


def test_w13_turns_that_nobody_took_are_forgotten(pace: Pace, time: Time) -> None:
    for number in range(100):
        crowded(pace).wait(f"kiosk {number}")
    time.seconds += 2 * LONGEST_WAIT
    pace.wait("rome")
    assert pace.ahead < 63


def test_w13_syncs_that_are_worked_on_together_share_the_time(time: Time) -> None:
    pace = Pace(2.0, time)
    with pace.measured():
        time.seconds += 0.0
        with pace.measured():
            time.seconds += 8.0
    pace.line = lambda: 1
    assert pace.wait("rome") >= 4, "of eight seconds, one of two had half"


def test_w13_sending_away_takes_time_from_those_that_are_served(time: Time) -> None:
    pace = Pace(2.0, time)
    for _ in range(10):
        refuse(pace, time, 0.125)
    with pace.measured():
        time.seconds += 1.0
    pace.line = lambda: 20
    assert pace.wait("rome") == 48, "a second for the sync, an eighth for each of ten others"


def refuse(pace: Pace, time: Time, seconds: float) -> None:
    with suppress(InterruptedError), pace.measured():
        time.seconds += seconds
        raise InterruptedError


def test_a_hub_that_sets_no_pace_lets_everybody_stand_in_line(time: Time) -> None:
    pace = crowded(Pace(inf, time))
    with pace.measured():
        time.seconds += SYNC
    assert pace.wait("rome") == 0


class Crowd:
    """A crowd on a clock in our hand: a hub that serves one after the other, and kiosks as they come back."""

    def __init__(self, pace: Pace, time: Time, kiosks: int, within: float) -> None:
        self.pace, self.time, self.dice = pace, time, Random(1)
        self.sent_away, self.longest = [0] * kiosks, 0
        self.line: deque[int] = deque()
        self.coming = [(time() + self.dice.uniform(0, within), kiosk) for kiosk in range(kiosks)]
        self.coming.sort()
        pace.line = lambda: len(self.line)

    def pass_by(self) -> None:
        """Let time go on until everybody has been served."""
        while self.line or self.coming:
            if not self.line:
                self.time.seconds = max(self.time(), self.coming[0][0])
            while self.coming and self.coming[0][0] <= self.time():
                self.line.append(heappop(self.coming)[1])
            self.longest = max(self.longest, len(self.line))
            self._serve(self.line.popleft())

    def _serve(self, kiosk: int) -> None:
        wait = self.pace.wait(str(kiosk))
        if not wait:
            with self.pace.measured():
                self.time.seconds += SYNC
            return
        refuse(self.pace, self.time, SYNC / 10)
        self.sent_away[kiosk] += 1
        busy = SyncReport(NOON, trouble=Trouble.BUSY, retry_after=wait)
        heappush(self.coming, (self.time() + next_pause(busy, 1, 60, self.dice.uniform), kiosk))


def test_w13_a_crowd_is_served_at_its_second_try_and_hardly_later_than_a_hub_can(
    pace: Pace, time: Time
) -> None:
    crowd, begun = Crowd(pace, time, 1300, within=60), time()
    crowd.pass_by()
    assert max(crowd.sent_away) <= 2
    assert sum(times > 1 for times in crowd.sent_away) < 130
    assert crowd.longest * SYNC < 20, "a kiosk would have given up after thirty seconds"
    assert time() - begun < 1300 * SYNC * 1.8


def test_w13_a_crowded_hub_names_a_time_and_stores_nothing(
    app: Flask, tablet: Tablet, pair_tablet: PairTablet, engine: Engine, pace: Pace, time: Time
) -> None:
    app.extensions["cerchio.pace"] = crowded(pace)
    late, [item] = pair_tablet(), tablet.number(a_response(1))
    reply = tablet.post(tablet.document([item]))
    assert (reply.status, reply.code, reply.headers["Retry-After"]) == (503, "busy", "63")
    assert late.post(late.document([])).headers["Retry-After"] == "63"
    assert stored_rows(engine) == {}
    time.seconds += 63
    pace.line = lambda: 50
    receipt = tablet.sync([item])
    assert set(stored_rows(engine)) == {an_id(1)}
    assert receipt.next_sync < 70


def test_w13_who_has_been_served_comes_back_after_those_that_have_not(
    app: Flask, tablet: Tablet, pair_tablet: PairTablet, pace: Pace
) -> None:
    app.extensions["cerchio.pace"] = crowded(pace)
    other = pair_tablet()
    waited = int(other.post(other.document([])).headers["Retry-After"])
    pace.line = lambda: 0
    assert tablet.sync([]).next_sync > waited + 50


def test_w13_a_crowd_with_made_up_keys_fills_no_memory(pace: Pace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.ingest.pace.MOST_TURNS", 100)
    for number in range(100):
        crowded(pace).wait(f"kiosk {number}")
    ahead = pace.ahead
    assert pace.wait("rome") == LONGEST_WAIT
    assert pace.ahead == ahead


def test_a_key_that_nobody_has_is_told_so_at_its_turn(
    app: Flask, tablet: Tablet, pace: Pace, time: Time
) -> None:
    app.extensions["cerchio.pace"] = crowded(pace)
    tablet.key = "0" * 64
    time.seconds += int(tablet.post(tablet.document([])).headers["Retry-After"])
    pace.line = lambda: 50
    assert tablet.post(tablet.document([])).status == 401
