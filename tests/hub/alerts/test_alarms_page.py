"""The page of alarms, what people say to them there, and the commands, on both databases."""

from json import loads

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.alerts.pages import ON_A_PAGE
from hub.alerts.queries import board
from hub.cli import main
from hub.db import reading, writing
from hub.db.audit import audit
from hub.stores.queries import Store, add_store
from tests.hub.alerts.conftest import Days
from tests.hub.conftest import PairTablet
from tests.support.chain import BOSS, MANAGER, employ
from tests.support.reader import Reader
from tests.support.tablet import Tablet


@pytest.fixture
def reader(days: Days, client: FlaskClient) -> Reader:
    reader = Reader(client)
    reader.sign_in()
    return reader


@pytest.fixture
def silent(days: Days, old_tablet: Tablet) -> Days:
    days.until("03-25 13:00", old_tablet)
    return days


def test_without_kiosks_the_page_says_when_there_is_something(reader: Reader) -> None:
    page = reader.get("/alerts")
    assert "No kiosk is watched yet" in page.text
    assert "No mails are sent: this hub has no mail server." in page.text
    assert "No alarm has ended yet" in reader.get("/alerts?list=ended").text


def test_a_kiosk_with_too_little_history_is_said_to_raise_no_alarm(
    days: Days, tablet: Tablet, reader: Reader
) -> None:
    days.past(tablet, weeks=1)
    days.until("03-25 13:00", tablet)
    assert "1 has too little history to expect anything: it raises no alarm." in reader.get("/alerts").text
    assert "too little history to expect anything" in reader.get("/alerts?list=watched").text


def test_an_alarm_says_what_is_usual(silent: Days, reader: Reader) -> None:
    page = reader.get("/alerts")
    assert "Open 4 hours, usually 16 answers, none today." in page.text
    assert "It reports, but nobody answers." in page.text
    assert "Da Vinci · checkout" in reader.get("/alerts?list=watched").text


def test_without_contact_the_words_are_other_ones(days: Days, old_tablet: Tablet, reader: Reader) -> None:
    days.until("03-25 10:00", old_tablet, answered=True)
    days.until("03-25 14:15")
    page = reader.get("/alerts")
    assert "No contact since 10:00, although the shop was open." in page.text
    assert "usually" not in page.text


def test_an_alarm_of_the_day_before_names_its_day(silent: Days, old_tablet: Tablet, reader: Reader) -> None:
    silent.until("03-26 09:00", old_tablet)
    assert "none since 24 Mar 2026, 23:45." in reader.get("/alerts").text


def test_an_alarm_that_has_ended_says_when(silent: Days, old_tablet: Tablet, reader: Reader) -> None:
    silent.until("03-25 13:15", old_tablet, answered=True)
    assert "No kiosk is silent 1 kiosk is watched." in reader.get("/alerts").text
    assert "Answers again since 13:15." in reader.get("/alerts?list=ended").text


def test_who_knows_of_an_alarm_says_so_and_takes_it_back(silent: Days, reader: Reader) -> None:
    [alarm] = silent.alarms()
    reader.get("/alerts")
    page = reader.send(f"/alerts/{alarm.id}/seen")
    assert "Noted that you know of it" in page.text
    assert f"{BOSS} knows of it" in page.text
    assert "knows of it" not in reader.send(f"/alerts/{alarm.id}/unseen").text
    with reading(silent.engine) as connection:
        actions = connection.execute(select(audit.c.action).order_by(audit.c.id)).scalars().all()
    assert actions[-2:] == ["alarm seen", "alarm unseen"]


def test_a_kiosk_is_muted_for_days_and_not_any_more(silent: Days, reader: Reader) -> None:
    [alarm] = silent.alarms()
    reader.get("/alerts")
    page = reader.send(f"/alerts/{alarm.id}/mute", days="7")
    assert "until 1 Apr 2026" in page.text
    silent.clock.forward(days=8)
    assert silent.alarms()[0].muted_until is None
    silent.clock.forward(days=-8)
    assert "until" not in reader.send(f"/alerts/{alarm.id}/unmute").text


def test_days_that_are_not_offered_mute_nothing(silent: Days, reader: Reader) -> None:
    [alarm] = silent.alarms()
    reader.get("/alerts")
    assert reader.send(f"/alerts/{alarm.id}/mute", days="4000").status == 400
    assert silent.alarms()[0].muted_until is None


def test_a_manager_sees_the_alarms_of_their_stores_only(
    silent: Days, app: Flask, pair_tablet: PairTablet
) -> None:
    [alarm] = silent.alarms()
    with writing(silent.engine) as connection:
        add_store(connection, Store("milan", "Navigli", "", "Europe/Rome", 0), silent.clock())
    employ(app, "milan@example.com", "Mila", "milan")
    theirs, others = Reader(app.test_client()), Reader(app.test_client())
    theirs.sign_in(MANAGER)
    others.sign_in("milan@example.com")
    assert "Da Vinci" in theirs.get("/alerts").text
    for path in ("/alerts", "/alerts?list=watched", f"/alerts?done={alarm.id}"):
        assert "Da Vinci" not in others.get(path).text
    others.get("/alerts")
    assert posted(others, f"/alerts/{alarm.id}/seen") == 404


def posted(reader: Reader, path: str) -> int:
    """Send what no form of the page sends; return the status."""
    token = reader.page.forms[0].fields["csrf_token"]
    return reader.client.post(path, data={"csrf_token": token}).status_code


@pytest.mark.parametrize("number", ["0", "77", "9" * 30])
def test_an_alarm_that_does_not_exist_is_not_found(reader: Reader, number: str) -> None:
    reader.get("/alerts")
    assert posted(reader, f"/alerts/{number}/seen") == 404
    assert reader.get(f"/alerts?done={number}").status == 200


def test_many_alarms_come_a_page_at_a_time(days: Days, pair_tablet: PairTablet, reader: Reader) -> None:
    tablets = [pair_tablet(touchpoint=f"desk {number}") for number in range(ON_A_PAGE + 1)]
    days.until("03-25 00:30", *tablets)
    page = reader.get("/alerts?list=watched")
    assert "Next page" in page.text
    assert "Previous page" in reader.get("/alerts?list=watched&page=2").text


def run(days: Days, *arguments: str) -> Result:
    where = ["--data", str(days.hub.settings.data), "--database", days.hub.settings.database]
    return CliRunner().invoke(main, [*where, *arguments])


def test_the_command_says_the_same(silent: Days) -> None:
    printed = run(silent, "alerts").output
    assert printed.startswith("rome  checkout  rome-1  silent: Open 4 hours, usually 16 answers, none ")
    assert "1 watched, 0 of them with too little history" in printed
    [told] = loads(run(silent, "alerts", "--json").stdout)
    assert (told["kind"], told["store"], told["open_hours"]) == ("silent", "rome", pytest.approx(4))
    assert run(silent, "alerts", "--ended").stdout == "No alarm has ended yet.\n"
    with writing(silent.engine) as connection:
        add_store(connection, Store("milan", "Navigli", "", "Europe/Rome", 0), silent.clock())
    assert run(silent, "alerts", "--store", "milan").stdout == "No kiosk is silent.\n"
    assert run(silent, "alerts", "--store", "nope").stderr == "Error: There is no store nope.\n"


def test_closed_days_are_set_listed_and_taken_back(days: Days) -> None:
    assert run(days, "closed-days").output == "No closed days are set.\n"
    assert "2099-12-25 is closed for the whole chain." in run(days, "closed-day", "2099-12-25").output
    assert "(as before)" in run(days, "closed-day", "2099-12-25").output
    run(days, "closed-day", "2099-12-08", "--store", "rome")
    assert run(days, "closed-days").output == "2099-12-08  rome\n2099-12-25  the whole chain\n"
    assert "an ordinary day" in run(days, "closed-day", "2099-12-25", "--open").output
    assert run(days, "closed-days").output == "2099-12-08  rome\n"
    assert "There is no store paris." in run(days, "closed-day", "2099-12-25", "--store", "paris").output


def test_kiosks_with_too_little_history_are_counted(silent: Days, pair_tablet: PairTablet) -> None:
    second = pair_tablet(touchpoint="returns")
    with reading(silent.engine) as connection:
        assert board.counts(connection, None) == (1, 0)
    silent.clock.forward(minutes=5)
    second.give()
    silent.look()
    with reading(silent.engine) as connection:
        assert board.counts(connection, None) == (2, 1)
        assert board.counts(connection, ["milan"]) == (0, 0)


def test_the_fleets_pages_show_an_alarm_and_lead_to_it(
    silent: Days, old_tablet: Tablet, pair_tablet: PairTablet, reader: Reader
) -> None:
    other = pair_tablet()
    address = f"/alerts?kiosk={old_tablet.kiosk}"
    board, page = reader.get("/fleet?which=alarm"), reader.get(f"/fleet/kiosk/{old_tablet.kiosk}")
    assert "rome-1" in board.text
    assert "rome-2" not in board.text
    assert "alarm: no answers" in board.text
    assert address in board.links
    assert "Open 4 hours, usually 16 answers, none today. To the alarm" in page.text
    assert "Only the alarms of one kiosk." in reader.get(address).text
    assert "Open 4 hours" in reader.page.text
    for kiosk in (other.kiosk, "nonsense"):
        assert "Open 4 hours" not in reader.get(f"/alerts?kiosk={kiosk}").text
        assert "No alarm has ended yet" in reader.get(f"/alerts?list=ended&kiosk={kiosk}").text
    silent.until("03-25 13:30", old_tablet, answered=True)
    assert "No kiosk is like that" in reader.get("/fleet?which=alarm").text
