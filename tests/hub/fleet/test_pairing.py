"""Pairing as in RFC 8628: a code for a person, a secret for the kiosk, a key that no lost reply can lose."""

from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from json import dumps

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, select

from common.sealing import key_id
from common.wire import PAIRING_PATH
from hub.db import reading, writing
from hub.db.audit import audit
from hub.fleet.api import LARGEST_REQUEST
from hub.fleet.queries import approve, fleet, is_closed
from hub.fleet.rules import (
    ALPHABET,
    LIFE,
    MOST_ASKED,
    MOST_PAIRINGS,
    MOST_TRIES,
    MOST_WRONG,
    digest,
    network_of,
    new_user_code,
    shown_code,
    typed_code,
)
from hub.fleet.tables import kiosks, pairings
from hub.stores.queries import Store
from hub.web.context import Hub
from tests.hub.conftest import Clock
from tests.support.answers import a_response
from tests.support.chain import employ
from tests.support.reader import Page, Reader
from tests.support.tablet import Send, Tablet, ask_key, begin_pairing, through


@pytest.fixture
def send(client: FlaskClient, rome: Store) -> Send:
    return through(client)


def approved(engine: Engine, code: str, clock: Clock, touchpoint: str = "checkout") -> bool:
    with writing(engine) as connection:
        return approve(connection, typed_code(code), "rome", touchpoint, "boss@example.org", clock())


def test_the_code_is_eight_consonants_that_live_for_fifteen_minutes(send: Send) -> None:
    begun = begin_pairing(send)
    first, hyphen, last = begun["user_code"].partition("-")
    assert (len(first), hyphen, len(last)) == (4, "-", 4)
    assert set(first + last) <= set(ALPHABET)
    assert not set(ALPHABET) & set("AEIOUY")
    assert (begun["expires_in"], begun["interval"]) == (900, 5)
    assert begun["verification_uri"].startswith("http://localhost/")
    assert begun["verification_uri_complete"] == f"{begun['verification_uri']}?code={begun['user_code']}"
    assert len(begun["device_code"]) >= 43


def test_the_key_comes_once_the_code_is_approved(send: Send, engine: Engine, clock: Clock) -> None:
    begun = begin_pairing(send)
    assert ask_key(send, begun["device_code"]).code == "authorization_pending"
    assert approved(engine, begun["user_code"].lower().replace("-", " "), clock, "exit")
    paired = ask_key(send, begun["device_code"]).document
    assert {name: paired[name] for name in ("store", "store_name", "time_zone", "touchpoint")} == {
        "store": "rome", "store_name": "Da Vinci", "time_zone": "Europe/Rome", "touchpoint": "exit",
    }  # fmt: skip
    Tablet(send, paired["device_key"], clock).give(a_response(1))
    with reading(engine) as connection:
        [kiosk] = fleet(connection, clock())
        [entry] = connection.execute(select(audit)).all()
    assert (kiosk.id, kiosk.store, kiosk.touchpoint, kiosk.received) == (paired["kiosk"], "rome", "exit", 1)
    assert (entry.person, entry.action) == ("boss@example.org", "pairing approved")


def test_the_public_key_is_the_one_whose_private_half_the_hub_holds(
    send: Send, app: Flask, engine: Engine, clock: Clock
) -> None:
    begun = begin_pairing(send)
    approved(engine, begun["user_code"], clock)
    public_key = b64decode(ask_key(send, begun["device_code"]).document["public_key"])
    hub: Hub = app.extensions["cerchio"]
    assert key_id(public_key) == hub.secrets.contact_key


def test_a_lost_reply_locks_no_kiosk_out(send: Send, engine: Engine, clock: Clock) -> None:
    begun = begin_pairing(send)
    approved(engine, begun["user_code"], clock)
    first = ask_key(send, begun["device_code"]).document
    clock.forward(minutes=14)
    again = ask_key(send, begun["device_code"]).document
    assert again == first
    Tablet(send, again["device_key"], clock).give(a_response(1))
    with reading(engine) as connection:
        assert len(fleet(connection, clock())) == 1


def test_a_device_that_asks_twice_at_once_is_one_kiosk(send: Send, engine: Engine, clock: Clock) -> None:
    begun = begin_pairing(send)
    approved(engine, begun["user_code"], clock)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: ask_key(send, begun["device_code"]).document, range(8)))
    assert len({reply["device_key"] for reply in replies}) == 1
    with reading(engine) as connection:
        assert len(fleet(connection, clock())) == 1


def test_neither_key_nor_device_code_is_in_the_database(send: Send, engine: Engine, clock: Clock) -> None:
    begun = begin_pairing(send)
    approved(engine, begun["user_code"], clock)
    key = ask_key(send, begun["device_code"]).document["device_key"]
    with reading(engine) as connection:
        stored = repr([connection.execute(select(table)).all() for table in (kiosks, pairings)])
    assert key not in stored
    assert bytes.fromhex(key) not in stored.encode()
    assert begun["device_code"] not in stored


def test_a_code_expires(send: Send, engine: Engine, clock: Clock) -> None:
    begun = begin_pairing(send)
    clock.forward(seconds=LIFE.total_seconds())
    assert not approved(engine, begun["user_code"], clock)
    assert ask_key(send, begun["device_code"]).code == "expired_token"


def test_nobody_elses_device_code_gives_a_key(send: Send, engine: Engine, clock: Clock) -> None:
    begun = begin_pairing(send)
    approved(engine, begun["user_code"], clock)
    assert ask_key(send, begun["device_code"] + "x").code == "expired_token"
    assert ask_key(send, begun["user_code"]).code == "expired_token"


def test_wrong_codes_of_many_people_close_every_pairing_that_could_be_guessed(
    send: Send, engine: Engine, clock: Clock
) -> None:
    begun = begin_pairing(send)
    for _ in range(MOST_WRONG - 1):
        assert not approved(engine, "BBBB-BBBB", clock)
    assert ask_key(send, begun["device_code"]).code == "authorization_pending"
    assert not approved(engine, "BBBB-BBBB", clock)
    clock.forward(seconds=5)
    assert ask_key(send, begun["device_code"]).code == "access_denied"
    assert not approved(engine, begun["user_code"], clock)
    with reading(engine) as connection:
        assert is_closed(connection, typed_code(begun["user_code"]), clock())
        assert not is_closed(connection, "BBBBBBBB", clock())
    assert approved(engine, begin_pairing(send)["user_code"], clock)


FORM = "The code that the kiosk shows"


def typed(person: Reader, code: str) -> Page:
    person.get("/fleet/pair")
    return person.send("/fleet/pair", code=code, store="rome", touchpoint="checkout")


def test_five_wrong_codes_of_a_person_are_enough_and_hinder_nobody_else(
    app: Flask, send: Send, reader: Reader, clock: Clock
) -> None:
    codes = [begin_pairing(send)["user_code"] for _ in range(3)]
    for _ in range(MOST_TRIES - 1):
        assert "No kiosk shows this code" in typed(reader, "BBBB-BBBB").html
    assert FORM not in typed(reader, codes[0]).html, "a right code is no try"
    assert "No kiosk shows this code" in typed(reader, "BBBB-BBBB").html
    page = typed(reader, codes[1])
    assert "Too many wrong codes. Please try again in 16 minutes." in page.html
    assert (page.status, page.headers["Retry-After"]) == (429, "900")
    employ(app, "other@example.org", "Another Person")
    other = Reader(app.test_client())
    other.sign_in("other@example.org")
    assert FORM not in typed(other, codes[1]).html
    clock.forward(seconds=LIFE.total_seconds())
    assert FORM not in typed(reader, begin_pairing(send)["user_code"]).html


def test_a_code_that_is_closed_is_said_to_be(
    send: Send, reader: Reader, engine: Engine, clock: Clock
) -> None:
    code = begin_pairing(send)["user_code"]
    for _ in range(MOST_WRONG):
        approved(engine, "BBBB-BBBB", clock)
    assert "Wrong codes were typed too often. Let the kiosk show a new one." in typed(reader, code).html


def test_a_code_is_approved_once(send: Send, engine: Engine, clock: Clock) -> None:
    begun = begin_pairing(send)
    assert approved(engine, begun["user_code"], clock)
    assert not approved(engine, begun["user_code"], clock, "exit")
    assert ask_key(send, begun["device_code"]).document["touchpoint"] == "checkout"


def test_a_device_that_asks_too_often_is_told_to_slow_down(send: Send, clock: Clock) -> None:
    begun = begin_pairing(send)
    ask_key(send, begun["device_code"])
    clock.forward(seconds=1)
    assert ask_key(send, begun["device_code"]).code == "slow_down"
    clock.forward(seconds=5)
    assert ask_key(send, begun["device_code"]).code == "authorization_pending"


def test_a_network_that_asks_for_too_many_codes_keeps_nobody_elses_from_pairing(
    app: Flask, send: Send, engine: Engine, clock: Clock
) -> None:
    begun = begin_pairing(send)
    approved(engine, begun["user_code"], clock)
    for _ in range(2):
        assert ask_key(send, begun["device_code"]).status == 200, "one that was approved counts once, as none"
    for _ in range(MOST_ASKED):
        begin_pairing(send)
    clock.forward(minutes=5)
    full = send(PAIRING_PATH, b"{}", {})
    assert (full.code, full.status, full.headers["Retry-After"]) == ("too_many_pairings", 429, "600")
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    begin_pairing(through(elsewhere))
    clock.forward(minutes=10)
    begin_pairing(send)


def test_codes_are_not_open_without_end(send: Send, engine: Engine, clock: Clock) -> None:
    life = {"requested_at": clock(), "expires_at": clock() + LIFE}
    codes = [*{new_user_code() for _ in range(MOST_PAIRINGS + 10)}][:MOST_PAIRINGS]
    with writing(engine) as connection:
        rows = [{"device_code_hash": digest(code), "user_code": code} | life for code in codes]
        connection.execute(insert(pairings), rows)
    clock.forward(minutes=14)
    full = send(PAIRING_PATH, b"{}", {})
    assert (full.code, full.headers["Retry-After"]) == ("too_many_pairings", "60")
    assert approved(engine, shown_code(codes[0]), clock)
    begin_pairing(send)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
        ("a pipe", "a pipe"),
    ],
)
def test_a_network_is_what_one_owner_has(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"not json", b"\xff", dumps({"device_code": 5}).encode(), b"[" * 4000],
)
def test_a_request_without_a_device_code_is_a_bad_one(send: Send, body: bytes) -> None:
    assert send("/api/v1/pairing/key", body, {"Content-Type": "application/json"}).code == "bad_request"


def test_nobody_makes_the_hub_read_much_before_it_knows_them(send: Send) -> None:
    body = b" " * LARGEST_REQUEST
    assert send("/api/v1/pairing/key", body, {}).code == "bad_request"
    refused = send("/api/v1/pairing/key", body + b" ", {})
    assert (refused.code, refused.document["title"]) == (
        "too_large",
        "The body is larger than it may be here.",
    )
