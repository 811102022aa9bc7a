"""The fair filter: what looks wrong is named, what is ordinary is left alone, and no clock confuses it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.nps import SCORES
from common.responses import Consent, Response, SealedContact
from common.settings import Doubts, KioskSettings
from kiosk.fair import Doubt, Seen, Watch, doubts, is_silent
from tests.support.answers import NOON, a_response

ROME = ZoneInfo("Europe/Rome")
SETTINGS = KioskSettings()
LIMITS = SETTINGS.doubts
PAUSE = SETTINGS.times.change
SEALED = SealedContact("key-1", bytes(60), Consent("standard-1", "en", NOON))
CALM = Seen(asked=0, tapped=5)


@dataclass
class Counter:
    """A shop's tablet in a test: a clock in our hand and the visits, one after the other."""

    settings: KioskSettings = SETTINGS
    clock: float = 1000.0
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = Watch(lambda: self.clock)

    def visit(self, reading: float = 4, staying: float = 8, at: datetime = NOON, **told: Any) -> Response:
        """Let a customer read, tap a score, say something and leave; return the answer."""
        self.watch.ask(self.clock)
        self.clock += reading
        self.watch.touch(7, PAUSE)
        tapped = self.watch.judge(a_response(given_at=at), ROME, self.settings)
        self.clock += staying
        response = self.watch.judge(replace(tapped, **told), ROME, self.settings)
        self.watch.end(response, self.settings.doubts.burst_within)
        return response

    def sweep(self, *scores: int, every: float = 0.2) -> Response:
        """Let a finger go over scores, of which each is an answer, as long as it can be changed."""
        self.watch.ask(self.clock)
        self.clock += 5
        response = a_response()
        for score in scores:
            self.watch.touch(score, PAUSE)
            response = self.watch.judge(replace(response, score=score), ROME, self.settings)
            self.clock += every
        self.watch.end(response, LIMITS.burst_within)
        return response


def test_an_ordinary_visit_is_left_alone() -> None:
    assert Counter().visit().flags == ()


def test_a_tap_before_anybody_can_have_read_the_question_is_speed() -> None:
    assert Counter().visit(reading=LIMITS.reading - 0.01).flags == ("speed",)
    assert Counter().visit(reading=LIMITS.reading).flags == ()


@pytest.mark.parametrize("told", [{"comment": "The tills are slow."}, {"contact": SEALED}])
def test_whoever_writes_something_is_no_playing_hand(told: dict[str, Any]) -> None:
    counter = Counter()
    for _ in range(LIMITS.burst):
        assert counter.visit(reading=0.5, staying=1, **told).flags == ()


def test_a_reason_makes_a_visit_no_silent_one_but_no_slower() -> None:
    counter = Counter()
    for _ in range(LIMITS.burst):
        assert counter.visit(reading=0.5, staying=1, reasons=("staff",)).flags == ("speed",)


def test_silent_visits_without_end_are_a_burst_from_the_sixth_on() -> None:
    counter = Counter()
    flags = [counter.visit(reading=1, staying=4).flags for _ in range(12)]
    assert flags == [()] * 5 + [("burst",)] * 7
    counter.clock += LIMITS.burst_within
    assert counter.visit().flags == ()


def test_a_silent_visit_in_a_burst_that_says_something_in_the_end_counts() -> None:
    counter = Counter()
    for _ in range(8):
        counter.visit(reading=1, staying=4)
    assert counter.visit(reading=1, reasons=("staff",)).flags == ()
    assert counter.visit(reading=1).flags == ("burst",)


def test_a_finger_over_nearly_all_numbers_is_a_sweep() -> None:
    assert Counter().sweep(*range(11)).flags == ("sweep",)
    assert Counter().sweep(*range(10, 2, -1)).flags == ("sweep",)
    assert Counter().sweep(*range(7)).flags == ()
    assert Counter().sweep(*[6, 7, 8] * 6).flags == ()


def test_numbers_that_were_touched_one_after_the_other_with_pauses_are_no_sweep() -> None:
    assert Counter().sweep(*range(11), every=PAUSE + 0.1).flags == ()


def test_a_sweep_ends_with_its_visit() -> None:
    counter = Counter()
    counter.sweep(*range(11), every=0.1)
    assert counter.visit(reading=1).flags == ()


HOURS = KioskSettings(
    hours={"sun": ((time(9), time(13)), (time(15, 30), time(20))), "sat": ((time(18), time(2)),)}
)


@pytest.mark.parametrize(
    ("local", "flags"),
    [
        ("2026-03-29T10:00", ()),
        ("2026-03-29T08:31", ()),
        ("2026-03-29T08:29", ("closed",)),
        ("2026-03-29T13:29", ()),
        ("2026-03-29T14:00", ("closed",)),
        ("2026-03-29T20:30", ("closed",)),
        ("2026-03-29T01:59", ()),
        ("2026-03-29T03:29", ("closed",)),
        ("2026-03-30T12:00", ("closed",)),
    ],
)
def test_an_answer_outside_the_hours_and_the_time_of_grace_is_closed(
    local: str, flags: tuple[str, ...]
) -> None:
    given_at = datetime.fromisoformat(local).replace(tzinfo=ROME).astimezone(UTC)
    assert Counter(HOURS).visit(at=given_at).flags == flags
    assert Counter(KioskSettings()).visit(at=given_at).flags == ()


def test_a_spell_that_is_shorter_than_the_grace_is_not_overlooked() -> None:
    market = KioskSettings(hours={"sun": ((time(10), time(10, 10)),)})
    local = datetime(2026, 3, 29, 10, 25, tzinfo=ROME)
    assert doubts(CALM, a_response(), local, market) == ()
    assert doubts(CALM, a_response(), local + timedelta(minutes=20), market) == ("closed",)


def test_a_shop_may_have_other_limits() -> None:
    strict = replace(SETTINGS, doubts=Doubts(reading=6, burst=3, burst_within=300, sweep=4))
    counter = Counter(strict)
    assert [counter.visit(reading=7, staying=60).flags for _ in range(4)] == [(), (), ("burst",), ("burst",)]
    assert Counter(strict).visit(reading=5).flags == ("speed",)
    seen = replace(CALM, tapped=9, swept=frozenset(range(4)))
    assert doubts(seen, a_response(), NOON, strict) == ("sweep",)


@dataclass(frozen=True)
class Step:
    """One visit of any kind. jump is by how much somebody sets the wall's clock before it, in seconds."""

    wait: float
    reading: float
    silent: bool
    jump: int


steps = some.lists(
    some.builds(
        Step, some.floats(0, 90), some.floats(0.4, 9), some.booleans(), some.integers(-(10**7), 10**7)
    ),
    max_size=30,
)


def walked(visits: list[Step], *, clock_is_set: bool = False) -> list[tuple[str, ...]]:
    counter, now, flags = Counter(), NOON, []
    for step in visits:
        counter.clock += step.wait
        now += timedelta(seconds=step.jump if clock_is_set else 60)
        told: dict[str, Any] = {} if step.silent else {"comment": "Well."}
        flags.append(counter.visit(step.reading, 2, at=now, **told).flags)
    return flags


@given(steps)
def test_the_clock_on_the_wall_changes_no_verdict_of_a_store_that_is_always_open(visits: list[Step]) -> None:
    assert walked(visits, clock_is_set=True) == walked(visits)


@given(steps)
def test_what_comes_later_changes_nothing(visits: list[Step]) -> None:
    flags = walked(visits)
    for end in range(len(visits)):
        assert walked(visits[:end]) == flags[:end]


@given(steps)
def test_only_silent_visits_make_a_burst_and_are_one(visits: list[Step]) -> None:
    flags = walked(visits)
    assert all(step.silent for step, found in zip(visits, flags, strict=True) if "burst" in found)
    silent = [found for step, found in zip(visits, flags, strict=True) if step.silent]
    assert all("burst" not in found for found in silent[: LIMITS.burst - 1])


@given(
    some.lists(some.floats(0, 10**6), max_size=20),
    some.floats(0, 10**6),
    some.floats(0, 10**6),
    some.sets(some.sampled_from(SCORES)),
)
def test_a_verdict_does_not_depend_on_the_order_of_what_was_seen(
    silent: list[float], asked: float, tapped: float, swept: set[int]
) -> None:
    """Not even a clock that breaks its word and goes back makes a mistake of it."""
    there = Seen(asked, tapped, frozenset(swept), silent)
    back = Seen(asked, tapped, frozenset(sorted(swept, reverse=True)), silent[::-1])
    found = doubts(there, a_response(), NOON, SETTINGS)
    assert found == doubts(back, a_response(), NOON, SETTINGS)
    if tapped < asked:
        assert Doubt.SPEED.value not in found


def customers(random: Random, number: int) -> Iterator[tuple[float, float, dict[str, Any]]]:
    """Invent customers: how long each reads, what each says, and how long the rest of the visit takes.

    Every second one only gives a score. Every tenth knows the question and is quick.
    """
    for _ in range(number):
        quick = random.random() < 0.1
        reading = random.uniform(1.1, 2.0) if quick else 1.5 + random.lognormvariate(1, 0.5)
        skipping = random.uniform(1.2, 4)
        changing = random.uniform(0.3, PAUSE)
        declining = random.uniform(0.8, 3)
        thanked = random.uniform(1.5, 8)
        saying = random.random()
        if saying < 0.5:
            yield reading, changing + skipping + declining + thanked, {}
        elif saying < 0.85:
            yield reading, changing + random.uniform(3, 9) + declining + thanked, {"reasons": ("staff",)}
        else:
            yield reading, changing + random.uniform(15, 60) + declining + thanked, {"comment": "Well."}


def a_busy_hour(seed: int) -> list[Response]:
    """Let 200 customers come in an hour, at random moments; whoever finds the tablet taken waits in line."""
    random, counter = Random(seed), Counter()
    arrivals = sorted(random.uniform(0, 3600) for _ in range(200))
    answers = []
    for arrival, (reading, staying, told) in zip(arrivals, customers(random, 200), strict=True):
        counter.watch.ask(counter.clock)
        stepping_up = random.uniform(1, 4)
        free = max(arrival, counter.clock - 1000 + stepping_up)
        counter.clock = 1000 + free
        answers.append(counter.visit(reading, staying, **told))
    return answers


def test_a_busy_hour_of_ordinary_customers_raises_no_false_alarm() -> None:
    answers = a_busy_hour(seed=1)
    assert len(answers) == 200
    assert sum(map(is_silent, answers)) > 80
    assert [answer for answer in answers if answer.flags] == []


def test_in_a_hundred_busy_hours_fewer_than_one_customer_in_ten_thousand_is_doubted() -> None:
    hours = [a_busy_hour(seed) for seed in range(100)]
    doubted = sum(bool(answer.flags) for hour in hours for answer in hour)
    assert doubted / 20_000 < 1 / 10_000


@pytest.mark.parametrize("pace", [1, 3, 6])
def test_a_child_or_a_colleague_who_keeps_pressing_is_doubted(pace: float) -> None:
    """A visit of one hand takes as long as scores can be changed, and a moment for each screen after it."""
    counter = Counter()
    answers = [counter.visit(reading=1 + pace / 6, staying=PAUSE + 0.5 + pace / 2) for _ in range(30)]
    doubted = sum("burst" in answer.flags for answer in answers)
    assert doubted == 25
