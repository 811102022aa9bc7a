"""What programs read of the fleet: the same kiosks as the page, in pages of their own, as described."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from hub.db import writing
from hub.fleet.kiosks import TITLES
from hub.fleet.reports import FLEET_PATH
from hub.openapi import describe
from hub.programs.queries import add_key
from hub.programs.rules import new_key
from hub.stores.queries import Store, add_store
from hub.surveys.queries import set_settings
from tests.hub.conftest import Clock, PairTablet
from tests.hub.test_openapi import valid
from tests.support.answers import a_response


class Program:
    """A program that asks by its key."""

    def __init__(self, client: FlaskClient, engine: Engine, clock: Clock, *stores: str) -> None:
        self.client, self.key = client, new_key()
        with writing(engine) as connection:
            assert add_key(connection, " ".join(["reports", *stores]), self.key, stores, "tests", clock())

    def ask(self, question: str = "", status: int = 200) -> Any:
        answer = self.client.get(FLEET_PATH + question, headers={"Authorization": f"Bearer {self.key}"})
        assert answer.status_code == status, answer.text
        return answer.json


@pytest.fixture
def program(client: FlaskClient, engine: Engine, clock: Clock, rome: Store) -> Program:
    with writing(engine) as connection:
        add_store(connection, Store("milan", "Navigli", "", "Europe/Rome", 0), clock())
    return Program(client, engine, clock)


def names(told: Any) -> list[str]:
    return [kiosk["name"] for kiosk in told["kiosks"]]


def test_it_tells_how_each_kiosk_is_as_described(
    program: Program, pair_tablet: PairTablet, clock: Clock
) -> None:
    tablet = pair_tablet()
    document = tablet.document(tablet.number(a_response(1)))
    document["health"] |= {
        "battery": {"percent": 7, "plugged": False},
        "lock": "windowed",
        "trouble": {"code": "not_the_hub", "at": clock().isoformat()},
    }
    tablet.post(document)
    told = program.ask()
    assert valid("Fleet", told)
    [kiosk] = told["kiosks"]
    assert set(kiosk) == set(TITLES)
    assert (kiosk["given"], kiosk["received"], kiosk["missing"], kiosk["survey"]) == (1, 1, 0, 1)
    assert (kiosk["battery"], kiosk["plugged"], kiosk["lock"], kiosk["trouble"]) == (
        7,
        False,
        "windowed",
        "not_the_hub",
    )
    assert kiosk["last_contact"] == kiosk["trouble_at"] == told["told_at"] == "2026-03-25T10:00:00.000+00:00"
    assert kiosk["worries"] == ["battery", "unlocked"]
    assert set(describe()["components"]["schemas"]["Kiosk"]["required"]) == set(TITLES)


def test_it_is_narrowed_ordered_and_parted_as_asked(program: Program, pair_tablet: PairTablet) -> None:
    pair_tablet("rome").give(a_response(1), a_response(2))
    pair_tablet("milan", "returns").give(a_response(3))
    pair_tablet("rome", "exit")
    assert names(program.ask("?sort=name")) == ["milan-1", "rome-1", "rome-2"]
    assert names(program.ask("?sort=given")) == ["rome-1", "milan-1", "rome-2"]
    assert names(program.ask("?text=navigli")) == ["milan-1"]
    assert names(program.ask("?which=lost")) == []
    first, last, beyond = (program.ask(f"?sort=name&per_page=2&page={number}") for number in (1, 2, 3))
    assert (names(first), names(last), names(beyond)) == (["milan-1", "rome-1"], ["rome-2"], [])
    assert [(each["total"], each["pages"], each["page"]) for each in (first, last)] == [(3, 2, 1), (3, 2, 2)]


@pytest.mark.parametrize(
    "question",
    [
        "?which=nonsense",
        "?sort=nonsense",
        "?page=0",
        "?page=x",
        "?page=²",
        "?per_page=501",
        "?text=" + "x" * 101,
    ],
)
def test_what_is_asked_wrongly_is_said(program: Program, question: str) -> None:
    problem = program.ask(question, status=400)
    assert problem["code"] == "bad_request"
    assert problem["detail"].startswith(question[1:].partition("=")[0])


def test_a_key_of_some_stores_reads_of_no_other(
    program: Program, client: FlaskClient, engine: Engine, clock: Clock, pair_tablet: PairTablet
) -> None:
    pair_tablet("rome")
    pair_tablet("milan")
    limited = Program(client, engine, clock, "milan")
    assert names(limited.ask()) == ["milan-1"]
    assert limited.ask("?text=rome")["total"] == 0


def test_it_says_which_settings_are_wanted(
    program: Program, pair_tablet: PairTablet, engine: Engine, clock: Clock
) -> None:
    pair_tablet("rome")
    pair_tablet("milan")
    with writing(engine) as connection:
        for store in (None, "rome"):
            set_settings(connection, store, {"times": {"idle": 60}}, "tests", clock())
    wanted = {kiosk["name"]: kiosk["settings_wanted"] for kiosk in program.ask()["kiosks"]}
    assert wanted == {"rome-1": 2, "milan-1": 1}
