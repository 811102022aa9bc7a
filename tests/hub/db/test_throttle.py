"""A throttle counts for all processes alike, and nobody waits for longer than its window."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select

from hub.db import reading, writing
from hub.db.throttle import Throttle
from hub.programs.tables import api_requests
from tests.hub.conftest import Clock

MINUTE = timedelta(minutes=1)
THROTTLE = Throttle(api_requests, MINUTE)
ANNA, HERE = ("name", "anna"), ("address", "192.0.2.1")


def count(
    engine: Engine, now: datetime, times: int = 1, most: int = 2, *, there: int = 100
) -> timedelta | None:
    waiting = None
    for _ in range(times):
        with writing(engine) as connection:
            waiting = THROTTLE.count(connection, {ANNA: most, HERE: there}, now)
    return waiting


def wait(engine: Engine, now: datetime) -> timedelta | None:
    with reading(engine) as connection:
        return THROTTLE.wait(connection, {ANNA: 2}, now)


def test_one_too_many_waits_for_the_rest_of_the_window(engine: Engine, clock: Clock) -> None:
    assert count(engine, clock(), times=2) is None
    assert count(engine, clock.forward(seconds=20)) == timedelta(seconds=40)
    assert count(engine, clock.forward(seconds=39)) == timedelta(seconds=1)
    assert count(engine, clock.forward(seconds=1), times=2) is None
    assert count(engine, clock()) == MINUTE


def test_one_too_many_of_any_subject_is_one_too_many(engine: Engine, clock: Clock) -> None:
    assert count(engine, clock(), times=3, most=100, there=2) == MINUTE


def test_asking_whether_to_wait_counts_nothing(engine: Engine, clock: Clock) -> None:
    for _ in range(3):
        assert wait(engine, clock()) is None
    count(engine, clock(), times=2)
    assert wait(engine, clock.forward(seconds=50)) == timedelta(seconds=10)
    assert wait(engine, clock.forward(seconds=10)) is None


def test_a_try_that_is_taken_back_was_none(engine: Engine, clock: Clock) -> None:
    for _ in range(5):
        assert count(engine, clock()) is None
        with writing(engine) as connection:
            THROTTLE.take_back(connection, [ANNA, HERE])
    with writing(engine) as connection:
        THROTTLE.take_back(connection, [ANNA, ANNA, ("name", "nobody")])
    assert count(engine, clock(), times=2) is None, "no try is taken back in advance"
    assert count(engine, clock()) == MINUTE


def test_a_clock_that_was_set_back_makes_nobody_wait_longer(engine: Engine, clock: Clock) -> None:
    assert count(engine, clock(), times=3) == MINUTE
    assert wait(engine, clock.forward(hours=-5)) is None
    assert count(engine, clock()) == MINUTE, "nor does it give another round of tries"
    assert wait(engine, clock.forward(seconds=59)) == timedelta(seconds=1)
    assert count(engine, clock.forward(seconds=1)) is None


def test_tries_at_the_same_time_are_all_counted(engine: Engine, clock: Clock) -> None:
    late, early = clock(), clock() - timedelta(milliseconds=5)

    def attempt(number: int) -> bool:
        return count(engine, early if number % 3 else late, most=5) is None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(40))) == 5


def test_right_tries_and_wrong_ones_at_the_same_time_lock_nobody_out(engine: Engine, clock: Clock) -> None:
    def attempt(number: int) -> None:
        now = clock() + number * MINUTE / 10
        with writing(engine) as connection:
            THROTTLE.count(connection, {ANNA: 2, HERE: 2, ("number", str(number)): 2}, now)
        if number % 2:
            with writing(engine) as connection:
                THROTTLE.take_back(connection, [HERE, ("number", str(number)), ANNA])

    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(attempt, range(80)))) == 80


def test_old_tries_are_forgotten(engine: Engine, clock: Clock) -> None:
    count(engine, clock())
    with writing(engine) as connection:
        THROTTLE.count(connection, {("name", "bruno"): 2}, clock.forward(minutes=1))
        assert connection.execute(select(func.count()).select_from(api_requests)).scalar_one() == 1
