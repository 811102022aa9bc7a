"""Whole days of a shop, on both databases: what raises an alarm, what does not, and what ends one."""

from dataclasses import replace

from click.testing import CliRunner

from common.settings import DAYS
from hub.alerts.rules.watching import Ending, Standing
from hub.cli import main
from hub.db import writing
from hub.fleet.rules import State
from hub.surveys.queries import set_settings
from tests.hub.alerts.conftest import Days
from tests.hub.conftest import PairTablet
from tests.support.tablet import Tablet


def test_a_covered_tablet_is_noticed_while_it_still_reports(days: Days, old_tablet: Tablet) -> None:
    days.until("03-25 11:00", old_tablet)
    assert days.alarms() == [], "eight answers are usual by then: that may be chance"
    days.until("03-25 13:10", old_tablet)
    [alarm] = days.alarms()
    assert (alarm.kind, alarm.store, alarm.touchpoint) == (Standing.SILENT, "rome", "checkout")
    assert 14 <= alarm.expected <= 17
    assert 3.9 <= alarm.open_hours <= 4.1
    days.until("03-25 18:00", old_tablet)
    assert [each.id for each in days.alarms()] == [alarm.id], "there is one alarm for one silence"
    assert days.alarms()[0].expected > alarm.expected


def test_an_answer_ends_the_alarm_by_itself(days: Days, old_tablet: Tablet) -> None:
    days.until("03-25 14:00", old_tablet)
    assert len(days.alarms()) == 1
    days.until("03-25 14:15", old_tablet, answered=True)
    assert days.alarms() == []
    [alarm] = days.ended()
    assert (alarm.ending, alarm.ended_at) == (Ending.ANSWER, days.clock())


def test_answers_keep_the_alarm_away(days: Days, old_tablet: Tablet) -> None:
    days.until("03-25 10:00", old_tablet)
    for hour in range(11, 20, 2):
        days.until(f"03-25 {hour}:00", old_tablet, answered=True)
        days.until(f"03-25 {hour + 1}:00", old_tablet)
    assert days.alarms() == days.ended() == []


def test_an_answer_that_the_hub_refuses_ends_the_silence_too(days: Days, old_tablet: Tablet) -> None:
    days.until("03-25 14:00", old_tablet)
    old_tablet.give(*(replace(each, survey="unheard of") for each in days.answer()))
    assert old_tablet.quarantined == 1
    days.clock.forward(minutes=5)
    days.look()
    assert days.alarms() == [], "somebody was there and tapped"


def test_nights_and_sundays_raise_no_alarm(days: Days, old_tablet: Tablet) -> None:
    days.until("03-28 18:50", old_tablet, answered=True)
    days.until("03-30 09:20", old_tablet)
    assert days.alarms() == days.ended() == [], "the clocks went forward on that Sunday, too"
    days.until("03-30 13:10", old_tablet)
    assert [alarm.kind for alarm in days.alarms()] == [Standing.SILENT]


def test_without_contact_is_another_alarm_and_no_silence(days: Days, old_tablet: Tablet) -> None:
    days.until("03-25 10:00", old_tablet, answered=True)
    days.until("03-25 13:45")
    assert days.alarms() == []
    days.until("03-25 14:10")
    [alarm] = days.alarms()
    assert alarm.kind is Standing.OFFLINE
    days.until("03-25 14:30", old_tablet)
    assert days.alarms() == []
    assert [each.ending for each in days.ended()] == [Ending.CONTACT]
    days.until("03-25 15:10", old_tablet)
    assert days.alarms() == [], "what happened out of contact is no silence: the tablet may have been off"


def test_a_tablet_that_is_off_at_night_raises_no_alarm(days: Days, old_tablet: Tablet) -> None:
    days.until("03-25 19:00", old_tablet, answered=True)
    days.until("03-26 09:00")
    days.until("03-26 10:00", old_tablet, answered=True)
    assert days.alarms() == days.ended() == []


def test_too_little_history_never_raises_an_alarm(days: Days, tablet: Tablet) -> None:
    days.past(tablet, weeks=1)
    days.until("03-26 19:00", tablet)
    assert days.alarms() == days.ended() == []


def test_a_new_tablet_inherits_what_was_usual_at_its_place(
    days: Days, old_tablet: Tablet, pair_tablet: PairTablet
) -> None:
    new = pair_tablet()
    days.put(old_tablet, State.LOST)
    days.until("03-25 13:10", new)
    assert [alarm.kiosk for alarm in days.alarms()] == [new.kiosk]


def test_a_day_that_is_known_to_be_closed_expects_nobody(days: Days, old_tablet: Tablet) -> None:
    closed(days, "2026-03-25")
    days.until("03-25 19:00", old_tablet)
    assert days.alarms() == []
    days.until("03-26 13:10", old_tablet)
    assert len(days.alarms()) == 1, "the next day is an ordinary one"


def closed(days: Days, *arguments: str) -> None:
    where = ["--data", str(days.hub.settings.data), "--database", days.hub.settings.database]
    assert CliRunner().invoke(main, [*where, "closed-day", *arguments]).exit_code == 0


def test_hours_that_are_set_go_before_those_that_were_learned(days: Days, old_tablet: Tablet) -> None:
    hours = {"hours": {day: [["15:00", "19:00"]] for day in DAYS[:6]}}
    with writing(days.engine) as connection:
        set_settings(connection, "rome", hours, "tests", days.clock())
    days.until("03-25 16:00", old_tablet)
    assert days.alarms() == []
    days.until("03-25 19:00", old_tablet)
    assert len(days.alarms()) == 1


def test_after_the_hub_was_away_nothing_is_counted_as_silence(days: Days, old_tablet: Tablet) -> None:
    days.until("03-25 09:30", old_tablet, answered=True)
    days.clock.forward(hours=4)
    old_tablet.give()
    days.look()
    days.until("03-25 14:30", old_tablet)
    assert days.alarms() == days.ended() == []


def test_a_kiosk_that_is_stopped_is_not_watched_any_more(days: Days, old_tablet: Tablet) -> None:
    days.until("03-25 13:10", old_tablet)
    days.put(old_tablet, State.STOPPED)
    days.clock.forward(minutes=5)
    days.look()
    assert [alarm.ending for alarm in days.ended()] == [Ending.REMOVED]


def test_only_one_process_looks_at_a_time(days: Days, old_tablet: Tablet) -> None:
    days.until("03-25 12:45", old_tablet)
    for minutes, alarms in ((13, 0), (4, 0), (2, 1)):
        days.clock.forward(minutes=minutes)
        old_tablet.give()
        days.look()
        assert len(days.alarms()) == alarms, "a turn comes five minutes after the last one"
