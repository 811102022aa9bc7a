"""What is usual, when a silence is none of chance, the hours of clock changes, and quiet hours."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from math import exp, log
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.settings import KioskSettings
from hub.alerts.rules.expectation import Expectation, from_text, learn, no_answer
from hub.alerts.rules.hours import Shop
from hub.alerts.rules.post import FIRST_WAIT, LONGEST_WAIT, after_quiet, next_try
from hub.alerts.rules.silence import Silence, limit
from hub.alerts.rules.watching import Report, Standing, begin, learned, look, open_hours, standing

ROME = Shop("Europe/Rome", 0)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)]
)
def test_a_day_has_as_many_hours_as_its_clock_shows(day: date, hours: int) -> None:
    around = datetime.combine(day, time(), UTC)
    its = [
        hour for hour in ROME.hours(around - timedelta(days=1), around + timedelta(days=2)) if hour.day == day
    ]
    assert len(its) == hours
    assert {hour.slot[0] for hour in its} == {day.weekday()}
    assert len({hour.slot[1] for hour in its}) == min(hours, 24)


def test_after_midnight_a_late_shop_is_still_in_yesterday() -> None:
    late = Shop("Europe/Madrid", 3)
    [hour] = late.hours(datetime(2026, 6, 6, 0, 10, tzinfo=UTC), datetime(2026, 6, 6, 0, 20, tzinfo=UTC))
    assert (hour.day, hour.slot) == (date(2026, 6, 5), (4, 2))


def test_opening_hours_and_closed_days_leave_hours_out() -> None:
    opening = KioskSettings(hours={"mon": ((time(9, 30), time(12, 0)),)})
    shop = Shop("Europe/Rome", 0, opening, frozenset([date(2026, 3, 9)]))
    its = [hour.slot for hour in shop.hours(MONDAY, MONDAY + timedelta(days=14))]
    assert its == [(0, 9), (0, 10), (0, 11)]


def regular(weeks: int, each: int) -> Mapping[datetime, int]:
    """Return so many answers in each of ten hours of six days a week."""
    hours = ROME.hours(MONDAY, MONDAY + timedelta(weeks=weeks))
    return {hour.at: each for hour in hours if 9 <= hour.slot[1] < 19 and hour.slot[0] < 6}


def test_the_usual_is_learned_by_weekday_and_hour() -> None:
    counts = regular(8, 4)
    usual = learn(counts, ROME.hours(MONDAY, MONDAY + timedelta(weeks=8)))
    assert usual
    assert usual.of((0, 9)) == pytest.approx(4)
    assert usual.of((6, 9)) == usual.of((0, 8)) == 0, "nobody ever answered then"
    assert usual.weekly == pytest.approx(240)
    kept = from_text(usual.text())
    assert kept == usual


@pytest.mark.parametrize(("weeks", "each"), [(1, 20), (2, 0)])
def test_little_history_expects_nothing(weeks: int, each: int) -> None:
    assert learn(regular(weeks, each), ROME.hours(MONDAY, MONDAY + timedelta(weeks=weeks))) is None
    assert from_text("") is None


def test_a_day_that_was_closed_teaches_nothing() -> None:
    counts = dict(regular(8, 4))
    for at in [at for at in counts if at.date() == date(2026, 4, 6)]:
        del counts[at]
    usual = learn(counts, ROME.hours(MONDAY, MONDAY + timedelta(weeks=8)))
    assert usual
    assert usual.of((0, 9)) == pytest.approx(4, abs=0.05)


def test_two_quiet_weeks_pull_the_usual_down() -> None:
    counts = {at: 4 if at < MONDAY + timedelta(weeks=6) else 1 for at in regular(8, 4)}
    usual = learn(counts, ROME.hours(MONDAY, MONDAY + timedelta(weeks=8)))
    assert usual
    assert 1.0 <= usual.of((2, 12)) < 1.5


def test_uneven_hours_are_told_from_even_ones() -> None:
    uneven = {at: 28 * (number % 7 == 0) for number, at in enumerate(regular(8, 4))}
    even = learn(regular(8, 4), ROME.hours(MONDAY, MONDAY + timedelta(weeks=8)))
    other = learn(uneven, ROME.hours(MONDAY, MONDAY + timedelta(weeks=8)))
    assert even
    assert other
    assert other.of_hours > 5 * even.of_hours


@given(st.floats(0.01, 100), st.floats(0.1, 5))
def test_silence_is_likelier_than_poisson_says_and_less_likely_the_more_is_usual(
    mean: float, dispersion: float
) -> None:
    assert exp(-no_answer(mean, dispersion)) >= exp(-mean)
    assert no_answer(mean + 1, dispersion) > no_answer(mean, dispersion) > 0


def test_the_kiosks_of_a_store_share_its_budget() -> None:
    usual = Expectation({(day, hour): 4.0 for day in range(6) for hour in range(9, 19)}, 0.1, 0.1)
    assert limit(usual, 1) == pytest.approx(log(13 * 60 / 0.25)), "fewer open hours than answers"
    assert limit(usual, 4) == pytest.approx(limit(usual, 1) + log(4))
    slow = Expectation({(0, 10): 2.0, (3, 10): 1.0, (4, 10): 0.5, (5, 11): 0.5, (5, 12): 0.5}, 0.1, 0.1)
    assert limit(slow, 1) == pytest.approx(log(13 * 4.5 / 0.25)), "fewer answers than open hours"


def test_a_part_of_an_hour_counts_in_part_and_a_new_day_adds_up() -> None:
    usual = Expectation({(0, 10): 4.0, (1, 10): 4.0}, 0.1, 0.1)
    since = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    hours = list(ROME.hours(since, since + timedelta(days=2)))
    silence = Silence(since)
    for hour in hours:
        silence = silence.after(hour, since, usual)
    assert (silence.began, silence.expected, silence.open_hours) == (since, 6.0, 1.5)
    assert silence.total(usual) == pytest.approx(no_answer(2, 0.1) + no_answer(4, 0.1))


def test_hours_without_contact_are_counted_while_open_only() -> None:
    usual = Expectation({(0, 10): 4.0, (0, 11): 4.0}, 0.1, 0.1)
    since = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert open_hours(usual, ROME, since, since + timedelta(hours=5)) == 1.5
    assert open_hours(None, ROME, since, since + timedelta(hours=5)) == 0
    opening = KioskSettings(hours={"mon": ((time(9), time(12)),)})
    assert open_hours(None, Shop("Europe/Rome", 0, opening), since, since + timedelta(hours=5)) == 1.5


def test_an_hour_is_judged_only_when_the_kiosk_was_heard_of_after_it() -> None:
    patience, start = timedelta(minutes=15), datetime(2026, 4, 27, 7, 0, tzinfo=UTC)
    report = Report("k", "k", "rome", "checkout", start, 1)
    watch = learned(begin(report, start), ROME, regular(8, 4), [], start)
    for minutes in (0, 10, 20, 30, 40, 50, 59):
        now = start + timedelta(minutes=minutes)
        watch = look(watch, Report("k", "k", "rome", "checkout", now, 1), ROME, now, patience)
    late = start + timedelta(minutes=61)
    silent_line = look(watch, Report("k", "k", "rome", "checkout", now, 1), ROME, late, patience)
    assert silent_line.silence.expected == 0, "its answers of that hour may be on their way"
    heard = look(watch, Report("k", "k", "rome", "checkout", late, 1), ROME, late, patience)
    assert heard.silence.expected == pytest.approx(4)
    assert standing(heard, report, ROME, 1, late) is Standing.USUAL


def test_earlier_alarms_teach_nothing() -> None:
    counts = {at: number for at, number in regular(8, 1).items() if at < MONDAY + timedelta(weeks=6)}
    now = MONDAY + timedelta(weeks=8)
    report = Report("k", "k", "rome", "checkout", now, 1)
    away = (MONDAY + timedelta(weeks=6), now)
    usual = learned(begin(report, now), ROME, counts, [away], now).usual
    assert usual
    assert usual.of((0, 9)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("moment", "quiet", "later"),
    [
        ("2026-03-25T21:00", (21, 8), "2026-03-26T08:00"),
        ("2026-03-26T07:59", (21, 8), "2026-03-26T08:00"),
        ("2026-03-26T08:00", (21, 8), "2026-03-26T08:00"),
        ("2026-03-28T23:30", (21, 8), "2026-03-29T08:00"),
        ("2026-03-25T13:30", (13, 15), "2026-03-25T15:00"),
        ("2026-03-25T13:30", (0, 0), "2026-03-25T13:30"),
    ],
)
def test_quiet_hours_are_those_of_the_stores_clock(moment: str, quiet: tuple[int, int], later: str) -> None:
    rome = ZoneInfo("Europe/Rome")
    at, then = (datetime.fromisoformat(text).replace(tzinfo=rome) for text in (moment, later))
    assert after_quiet(at, "Europe/Rome", quiet) == then


def test_failures_are_waited_for_longer_and_longer_but_not_for_ever() -> None:
    waits = [next_try(MONDAY, tries) - MONDAY for tries in (1, 2, 3, 30)]
    assert 0.8 * FIRST_WAIT <= waits[0] <= 1.2 * FIRST_WAIT
    assert waits[0] < waits[1] < waits[2] < waits[3] <= 1.2 * LONGEST_WAIT
