"""The page of kiosks, and pairing one by its form."""

from csv import DictReader
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from re import findall
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from hub.db import reading, writing
from hub.db.audit import audit
from hub.fleet.pages import KIOSKS_ON_A_PAGE
from hub.stores.queries import Store, add_store
from tests.hub.conftest import Clock, PairTablet
from tests.support.answers import a_response
from tests.support.chain import BOSS, MANAGER, PASSWORD, SHOPS, furnish
from tests.support.reader import Page, Reader
from tests.support.tablet import Tablet, ask_key, begin_pairing, through


@pytest.fixture
def begun(app: Flask) -> dict[str, Any]:
    """Return what a kiosk got that asked to be paired."""
    return begin_pairing(through(app.test_client()))


def test_a_hub_without_kiosks_says_what_to_do_next(reader: Reader) -> None:
    page = reader.get("/fleet")
    assert "No kiosk is paired yet" in page.text
    assert "cerchio-kiosk pair --hub http://localhost/" in page.text


def test_the_address_that_a_kiosk_shows_is_the_form(reader: Reader, begun: dict[str, Any]) -> None:
    page = reader.get(begun["verification_uri"].removeprefix("http://localhost"))
    assert "The code that the kiosk shows" in page.text


def test_a_kiosk_is_paired_by_the_code_that_it_shows(
    reader: Reader, app: Flask, engine: Engine, begun: dict[str, Any]
) -> None:
    reader.get("/fleet/pair")
    typed = begun["user_code"].lower().replace("-", " ")
    page = reader.send("/fleet/pair", code=typed, store="rome", touchpoint="returns")
    assert "The code was accepted." in page.text
    paired = ask_key(through(app.test_client()), begun["device_code"])
    assert (paired.document["store"], paired.document["touchpoint"]) == ("rome", "returns")
    assert "Da Vinci · returns never heard of" in reader.get("/fleet").text
    with reading(engine) as connection:
        assert connection.execute(select(audit.c.person, audit.c.action).order_by(audit.c.id)).all() == [
            (BOSS, "pairing approved")
        ]


@pytest.mark.parametrize("code", ["", "BCDF-GHJK", "x" * 500, "пример", "BCDF\x00GHJK"])
def test_a_code_that_no_kiosk_shows_is_said_and_kept_in_the_form(
    reader: Reader, begun: dict[str, Any], code: str
) -> None:
    reader.get("/fleet/pair")
    page = reader.send("/fleet/pair", code=code, store="rome", touchpoint="checkout")
    assert page.status == 200
    assert "No kiosk shows this code, or it has expired." in page.text


@pytest.mark.parametrize(
    ("store", "touchpoint", "sentence"),
    [
        ("nowhere", "checkout", "Please choose a store."),
        ("rome", "", "letters without accents"),
        ("rome", "caffè", "letters without accents"),
        ("rome", "x" * 65, "A name has 1 to 64 signs"),
    ],
)
def test_a_place_that_is_none_is_said_and_costs_no_try(
    reader: Reader, app: Flask, begun: dict[str, Any], store: str, touchpoint: str, sentence: str
) -> None:
    for _ in range(6):
        reader.get("/fleet/pair")
        page = reader.send("/fleet/pair", code="BCDF-GHJK", store=store, touchpoint=touchpoint)
        assert sentence in page.text
    reader.send("/fleet/pair", code=begun["user_code"], store="rome", touchpoint="checkout")
    assert ask_key(through(app.test_client()), begun["device_code"]).status == 200


def test_a_manager_sees_and_pairs_kiosks_of_their_store_only(
    reader: Reader, app: Flask, begun: dict[str, Any], pair_tablet: PairTablet
) -> None:
    pair_tablet("rome", "checkout")
    pair_tablet("milan", "returns")
    manager = Reader(app.test_client())
    manager.sign_in(MANAGER)
    page = manager.get("/fleet")
    assert "Da Vinci" in page.text
    assert "Navigli" not in page.text
    assert "Navigli" not in manager.get("/fleet/pair").text
    page = manager.send("/fleet/pair", code=begun["user_code"], store="milan", touchpoint="checkout")
    assert "Please choose a store" in page.text
    assert ask_key(through(app.test_client()), begun["device_code"]).code == "authorization_pending"


def test_the_page_shows_what_was_given_and_what_has_arrived(
    reader: Reader, pair_tablet: PairTablet, clock: Clock
) -> None:
    tablet = pair_tablet()
    tablet.give(a_response(1), a_response(2))
    page = reader.get("/fleet")
    assert "rome-1 Da Vinci · checkout just now 2 2 0 0 0" in page.text
    clock.forward(days=2)
    assert '<span class="tag alarm">2 days ago</span>' in reader.get("/fleet").html


def test_many_kiosks_have_pages(reader: Reader, app: Flask) -> None:
    furnish(app, days=1, shops=[replace(SHOPS[0], kiosks=KIOSKS_ON_A_PAGE + 1)])
    first, second, beyond = (reader.get(f"/fleet?page={number}") for number in (1, 2, 99))
    assert first.html.count('role="rowheader"') == KIOSKS_ON_A_PAGE
    assert "Next page" in first.text
    assert second.html.count('role="rowheader"') == 1
    assert "Previous page" in second.text
    assert second.html.count('role="rowheader"') == beyond.html.count('role="rowheader"')


def test_the_board_shows_the_last_contact_of_kiosks(
    reader: Reader, pair_tablet: PairTablet, clock: Clock
) -> None:
    pair_tablet().give(a_response(1))
    clock.forward(minutes=7)
    assert "7 minutes ago" in reader.get("/").text
    pair_tablet()
    assert "never heard of 2 kiosks" in reader.get("/").text


def test_w15_a_kiosk_that_stays_with_old_settings_says_why(reader: Reader, tablet: Tablet) -> None:
    assert '<span class="tag alarm">old settings' not in reader.get("/fleet").html
    document = tablet.document([])
    document["health"] |= {"unusable": {"settings": "idle must be <b>", "survey": ""}}
    tablet.post(document)
    page = reader.get("/fleet")
    assert "old settings The new settings cannot be used: idle must be <b>" in page.text
    assert '<span class="tag alarm">old survey' not in page.html


def test_the_board_shows_the_kiosks_asked_for_in_the_order_asked_for(
    reader: Reader, pair_tablet: PairTablet, clock: Clock
) -> None:
    pair_tablet("rome", "checkout").give(a_response(1), a_response(2))
    pair_tablet("milan", "returns").give(a_response(3))
    late = pair_tablet("rome", "exit")
    clock.forward(days=2)
    late.give(a_response(4))
    assert shown(reader.get("/fleet?sort=name")) == ["milan-1", "rome-1", "rome-2"]
    assert shown(reader.get("/fleet?sort=given")) == ["rome-1", "milan-1", "rome-2"]
    assert shown(reader.get("/fleet?text=NAVIGLI")) == ["milan-1"]
    assert shown(reader.get("/fleet?text=vinci+exit")) == ["rome-2"]
    assert shown(reader.get("/fleet?which=silent&sort=name")) == ["milan-1", "rome-1"]
    assert shown(reader.get("/fleet?which=worry&sort=name")) == ["milan-1", "rome-1"]
    assert shown(reader.get("/fleet?which=nonsense&sort=nonsense")) == ["milan-1", "rome-1", "rome-2"]
    waits = late.document([])
    waits["totals"] |= {
        "waiting": 1,
        "given": 2,
        "oldest_waiting": (clock() - timedelta(hours=3)).isoformat(),
    }
    waits["sent_at"] = (clock() + timedelta(hours=5)).isoformat()
    late.post(waits)
    assert shown(reader.get("/fleet?sort=unsent"))[0] == "rome-2"
    assert "Oldest unsent answer: 3 hours ago" in reader.page.text
    assert shown(reader.get("/fleet?sort=clock"))[0] == "rome-2"
    page = reader.get("/fleet?which=lost")
    assert "No kiosk is like that" in page.text
    assert "No kiosk is paired yet" not in page.text


def shown(page: Page) -> list[str]:
    return [link.rpartition(" ")[2] for link in findall(r'/fleet/kiosk/[^"]+">([^<]+)', page.html)]


def test_the_table_holds_what_the_board_shows_and_no_formula(
    reader: Reader, app: Flask, engine: Engine, clock: Clock, pair_tablet: PairTablet
) -> None:
    with writing(engine) as connection:
        add_store(connection, Store("sum", "=SUM(A1:A9)", "", "Europe/Rome", 0), clock())
    pair_tablet("rome").give(a_response(1))
    pair_tablet("sum")
    reply = reader.client.get("/fleet/kiosks.csv?sort=name")
    assert reply.headers["Content-Disposition"] == "attachment; filename=kiosks.csv"
    rows = list(DictReader(StringIO(reply.text)))
    assert [row["name"] for row in rows] == ["rome-1", "sum-1"]
    assert (rows[0]["given"], rows[0]["received"], rows[0]["missing"], rows[0]["worries"]) == (
        "1",
        "1",
        "0",
        "",
    )
    assert rows[1]["store_name"] == "'=SUM(A1:A9)"
    manager = Reader(app.test_client())
    manager.sign_in(MANAGER)
    assert "sum-1" not in manager.client.get("/fleet/kiosks.csv").text
    assert reader.client.get("/fleet/kiosks.csv?text=nowhere").text.count("\n") == 1


def test_the_qr_code_leads_through_signing_in_to_the_form_with_the_code(
    app: Flask, client: FlaskClient, reader: Reader
) -> None:
    begun, somebody = begin_pairing(through(client)), Reader(app.test_client())
    somebody.get(begun["verification_uri_complete"].removeprefix("http://localhost"))
    page = somebody.send("/sign-in", email=BOSS, password=PASSWORD)
    assert f'value="{begun["user_code"]}"' in page.html
