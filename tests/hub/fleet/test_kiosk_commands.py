"""The commands that do something with one kiosk."""

from datetime import UTC, datetime, timedelta
from json import loads
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select

from hub.cli import main
from hub.config import Settings
from hub.db import reading, writing
from hub.db.audit import audit
from hub.fleet.rules import NoSuchTime, moment_of
from hub.stores.queries import Store, add_store
from tests.hub.conftest import Clock, PairTablet
from tests.support.answers import a_response
from tests.support.tablet import Tablet


@pytest.fixture
def tablet(pair_tablet: PairTablet, engine: Engine, clock: Clock) -> Tablet:
    with writing(engine) as connection:
        add_store(connection, Store("milan", "Navigli", "", "Europe/Rome", 0), clock())
    return pair_tablet()


def run(settings: Settings, *arguments: str, typed: str = "") -> Result:
    options = ["--data", str(settings.data), "--database", settings.database]
    return CliRunner().invoke(main, [*options, *arguments], input=typed)


def state(settings: Settings) -> str:
    [kiosk] = loads(run(settings, "fleet", "--json").stdout)
    return str(kiosk["state"])


def test_a_kiosk_is_moved_by_name_or_id(tablet: Tablet, settings: Settings, clock: Clock) -> None:
    done = run(settings, "move-kiosk", "rome-1", "--store", "milan")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("rome-1 stands in milan, checkout, from ")
    done = run(settings, "move-kiosk", tablet.kiosk, "--touchpoint", "exit")
    assert done.output.startswith("rome-1 stands in milan, exit, from ")
    [kiosk] = loads(run(settings, "fleet", "--json").stdout)
    assert (kiosk["store"], kiosk["touchpoint"]) == ("milan", "exit")


def test_a_planned_move_is_called_off_and_stands_in_for_no_place(tablet: Tablet, settings: Settings) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    run(settings, "move-kiosk", "rome-1", "--store", "milan", "--at", tomorrow)
    assert " in rome, exit, from" in run(settings, "move-kiosk", "rome-1", "--touchpoint", "exit").output
    planned = run(settings, "move-kiosk", "rome-1", "--store", "milan", "--at", tomorrow)
    assert planned.output == f"rome-1 stands in milan, exit, from {shown(tomorrow)} on.\n"
    assert run(settings, "keep-kiosk", "rome-1").output == "rome-1 stays where it is.\n"


def test_a_move_in_the_place_of_a_planned_one_names_that(tablet: Tablet, settings: Settings) -> None:
    first, second = ((datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%d 12:00") for days in (2, 3))
    run(settings, "move-kiosk", "rome-1", "--store", "milan", "--at", first)
    assert run(settings, "move-kiosk", "rome-1", "--touchpoint", "exit", "--at", second).output == (
        f"Its move that was planned before is called off: milan, checkout, from {shown(first)} on.\n"
        f"rome-1 stands in rome, exit, from {shown(second)} on.\n"
    )


def shown(local: str) -> str:
    """Return a time of Rome's clock as it is told; without its offset an hour of October is there twice."""
    moment = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Europe/Rome"))
    return f"{moment.isoformat(' ', 'minutes')} (Europe/Rome)"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("move-kiosk", "rome-1"), 1, "It stands there already."),
        (("move-kiosk", "nobody", "--store", "milan"), 1, "There is no kiosk nobody; see cerchio-hub fleet."),
        (("move-kiosk", "rome-1", "--store", "paris"), 1, "There is no store paris."),
        (("move-kiosk", "rome-1", "--touchpoint", "<b>"), 2, "'<b>' is no touchpoint"),
        (("move-kiosk", "rome-1", "--store", "milan", "--at", "soon"), 2, "'soon' is no moment like 2026-"),
        (
            ("move-kiosk", "rome-1", "--store", "milan", "--at", "2026-03-25 11:00"),
            1,
            "only after that moment",
        ),
        (
            ("move-kiosk", "rome-1", "--store", "milan", "--at", "0001-01-01 00:00"),
            2,
            "is no moment like 2026-",
        ),
        (("keep-kiosk", "rome-1"), 1, "No move of rome-1 lies ahead."),
        (("rename-kiosk", "rome-1", ""), 2, "'' is no name"),
        (("resume-kiosk", "rome-1"), 1, "rome-1 is active already."),
    ],
)
def test_what_cannot_be_is_said(
    tablet: Tablet, settings: Settings, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    done = run(settings, *arguments)
    assert done.exit_code == code
    assert sentence in done.output


def test_a_kiosk_is_stopped_reported_lost_and_found(
    tablet: Tablet, settings: Settings, engine: Engine
) -> None:
    assert run(settings, "stop-kiosk", "rome-1").exit_code == 0
    assert state(settings) == "stopped"
    assert tablet.give(a_response(1)).verdicts[0].outcome == "accepted"
    assert run(settings, "report-lost", "rome-1", typed="n\n").exit_code == 1
    assert state(settings) == "stopped"
    assert run(settings, "report-lost", "rome-1", typed="y\n").exit_code == 0
    assert tablet.post(tablet.document([])).code == "revoked_device"
    found = f"rome-1 is reported lost. If it is found: cerchio-hub resume-kiosk {tablet.kiosk}"
    for command in (("stop-kiosk", "rome-1"), ("renew-key", "rome-1"), ("report-lost", "rome-1", "--yes")):
        done = run(settings, *command)
        assert (done.exit_code, done.stdout) == (1, "")
        assert found in done.stderr
    assert tablet.post(tablet.document([])).code == "revoked_device"
    assert run(settings, "resume-kiosk", tablet.kiosk).output == "rome-1 may ask again.\n"
    assert tablet.post(tablet.document([])).status == 200
    with reading(engine) as connection:
        actions = connection.execute(select(audit.c.action).order_by(audit.c.id)).scalars().all()
    assert actions[-3:] == ["kiosk stopped", "kiosk lost", "kiosk active"]


def test_of_two_kiosks_of_one_name_the_id_says_which(
    tablet: Tablet, pair_tablet: PairTablet, settings: Settings, clock: Clock
) -> None:
    clock.forward(minutes=1)
    second = pair_tablet()
    renamed = run(settings, "rename-kiosk", second.kiosk, "rome-1")
    assert renamed.stdout == "rome-2 is called rome-1.\n"
    assert "Another kiosk is called rome-1, too" in renamed.stderr
    done = run(settings, "stop-kiosk", "rome-1")
    assert done.exit_code == 1
    assert f"2 kiosks are called rome-1; say which by its id: {tablet.kiosk}, {second.kiosk}" in done.output


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2026-11-23 12:00", "Europe/Rome", "2026-11-23T11:00+00:00"),
        ("2026-11-23T12:00", "Pacific/Auckland", "2026-11-22T23:00+00:00"),
        ("2026-10-25 02:30", "Europe/Rome", "2026-10-25T00:30+00:00"),
        ("2026-11-23T12:00+00:00", "Europe/Rome", "2026-11-23T12:00+00:00"),
    ],
)
def test_a_moment_is_one_of_the_stores_clock(text: str, zone: str, moment: str) -> None:
    assert moment_of(text, zone) == datetime.fromisoformat(moment)


def test_a_time_that_clocks_go_forward_over_is_none(tablet: Tablet, settings: Settings) -> None:
    with pytest.raises(NoSuchTime):
        moment_of("2026-09-27 02:15", "Pacific/Auckland")
    done = run(settings, "move-kiosk", "rome-1", "--touchpoint", "exit", "--at", "2026-03-29 02:30")
    assert done.exit_code == 2
    assert "No clock in Europe/Rome shows 2026-03-29 02:30: it goes forward over it." in done.output


@pytest.mark.parametrize(
    ("offset", "sentence"),
    [
        (timedelta(days=-3, milliseconds=40), "3 days ahead of"),
        (timedelta(days=-3, milliseconds=-40), "3 days ahead of"),
        (timedelta(hours=5), "5 hours behind"),
        (timedelta(hours=1), "1 hour behind"),
        (timedelta(minutes=-2, seconds=-20), "2 minutes ahead of"),
    ],
)
def test_a_wrong_clock_is_told_in_the_largest_unit(
    tablet: Tablet, settings: Settings, clock: Clock, offset: timedelta, sentence: str
) -> None:
    tablet.now = lambda: clock() - offset
    tablet.give()
    assert run(settings, "fleet").stderr == f"rome-1: its clock is {sentence} the hub's.\n"
