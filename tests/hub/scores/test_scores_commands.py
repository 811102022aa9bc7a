"""The commands scores and rebuild-tallies, as programs and people read them."""

from datetime import date, timedelta
from json import loads
from typing import Any

import pytest
from sqlalchemy import Engine, delete

from common.responses import Channel, Kind
from hub.config import Settings
from hub.db import writing
from hub.responses.tables import tallies
from tests.support.answers import a_response
from tests.support.commands import HubCommands
from tests.support.tallies import add_stores, keep

DAY = date(2026, 3, 25)


@pytest.fixture
def run(settings: Settings, engine: Engine) -> HubCommands:
    """Return the commands of a hub with three stores in two regions: many answers, one, and none."""
    add_stores(engine, ["Milano", "Roma / Termini  2"], region="Italia")
    add_stores(engine, ["Oslo"])
    scores = [0, 6, 7, 7, 9, 9, 10, 10, 10, 10, 10, 8]
    keep(engine, "Milano", DAY, *(a_response(i, score=score) for i, score in enumerate(scores)))
    keep(engine, "Milano", DAY, a_response(50, score=0, flags=("burst",)))
    keep(engine, "Roma / Termini  2", DAY + timedelta(days=1), a_response(60, score=0))
    return HubCommands(settings)


def documents(run: HubCommands, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = loads(run.must("scores", "--json", *options).stdout)
    return found


def test_one_object_for_each_store(run: HubCommands) -> None:
    milan, oslo, rome = documents(run)
    assert (milan["store"], milan["received"], milan["counted"]) == ("Milano", 13, 12)
    assert (milan["promoters"], milan["passives"], milan["detractors"]) == (7, 3, 2)
    assert milan["nps"] == pytest.approx(100 * 5 / 12)
    assert (milan["low"], milan["high"]) == (pytest.approx(-5.50, abs=0.01), pytest.approx(72.17, abs=0.01))
    assert (milan["kinds"], milan["channels"]) == (["relational"], ["kiosk"])
    assert (rome["store"], rome["nps"]) == ("Roma / Termini  2", -100)
    assert (rome["low"], rome["high"]) == (
        pytest.approx(-98.4986, abs=1e-4),
        pytest.approx(48.4986, abs=1e-4),
    )
    assert (oslo["received"], oslo["nps"], oslo["low"], oslo["high"]) == (0, None, None, None)


@pytest.mark.parametrize(
    ("options", "received"),
    [
        (("--from", "2026-03-26"), [0, 0, 1]),
        (("--to", "2026-03-25"), [13, 0, 0]),
        (("--from", "2026-03-25", "--to", "2026-03-26"), [13, 0, 1]),
        (("--from", "2026-03-27"), [0, 0, 0]),
        (("--kind", "relational", "--channel", "kiosk"), [13, 0, 1]),
        (("--kind", "phase"), [0, 0, 0]),
        (("--channel", "web", "--channel", "kiosk"), [13, 0, 1]),
    ],
)
def test_a_part_of_the_answers(run: HubCommands, options: tuple[str, ...], received: list[int]) -> None:
    assert [found["received"] for found in documents(run, *options)] == received


def test_by_region(run: HubCommands) -> None:
    none, italy = documents(run, "--by", "region")
    assert (none["region"], none["received"]) == (None, 0)
    assert (italy["region"], italy["received"], italy["detractors"]) == ("Italia", 14, 3)


def test_by_company(run: HubCommands) -> None:
    (company,) = documents(run, "--by", "company")
    assert (company["company"], company["received"], company["counted"]) == ("all stores", 14, 13)
    assert company["nps"] == pytest.approx(100 * 4 / 13)


def test_a_table_for_people(run: HubCommands) -> None:
    milan, oslo, rome = run.must("scores").stdout.splitlines()[1:]
    assert milan.split() == ["Milano", "13", "12", "+42", "−6", "to", "+72", "indicative"]
    assert oslo.endswith("0        0  no answers yet")
    assert rome.endswith("1        1  too few, 9 more wanted")
    assert rome.startswith("Roma / Termini  2")


def test_several_kinds_or_channels_are_said(run: HubCommands, engine: Engine) -> None:
    assert run.must("scores").stderr == ""
    keep(engine, "Oslo", DAY, a_response(70, channel=Channel.EMAIL))
    assert run.must("scores").stderr == ""
    by_company = run.must("scores", "--by", "company")
    assert by_company.stderr.startswith("Several are added up here: relational, kiosk, email.")
    keep(engine, "Oslo", DAY, a_response(71, channel=Channel.EMAIL, kind=Kind.PHASE))
    mixed = run.must("scores", "--json")
    assert mixed.stderr.startswith("Several are added up here: relational, phase,")
    assert loads(mixed.stdout)[1]["kinds"] == ["relational", "phase"]


@pytest.mark.parametrize(
    "options",
    [
        ("--from", "yesterday"),
        ("--from", "2026-03-26", "--to", "2026-03-25"),
        ("--by", "moon"),
        ("--kind", "yearly"),
        ("--channel", "fax"),
        ("x",),
    ],
)
def test_bad_use(run: HubCommands, options: tuple[str, ...]) -> None:
    result = run("scores", *options)
    assert result.exit_code == 2
    assert "Error" in result.stderr


def test_a_rebuild_says_what_it_mends(run: HubCommands, engine: Engine) -> None:
    right = documents(run)
    assert run.must("rebuild-tallies").stdout == "All tallies are right.\n"
    with writing(engine) as connection:
        connection.execute(delete(tallies).where(tallies.c.store == "Roma / Termini  2"))
    assert documents(run) != right
    told = run.must("rebuild-tallies").stdout
    assert told == (
        "Roma / Termini  2 2026-03-26 relational kiosk checkout counted: 1, not 0.\nTallies put right: 1.\n"
    )
    assert documents(run) == right
    assert loads(run.must("rebuild-tallies", "--json").stdout) == []


def test_a_rebuild_for_programs(run: HubCommands, engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(delete(tallies).where(~tallies.c.counted))
    assert loads(run.must("rebuild-tallies", "--json").stdout) == [
        {
            "store": "Milano",
            "day": "2026-03-25",
            "kind": "relational",
            "channel": "kiosk",
            "touchpoint": "checkout",
            "counted": False,
            "before": 0,
            "after": 1,
        }
    ]
