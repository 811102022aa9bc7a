"""Signing in and out: roles, wrong passwords, the throttle, the language."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text

from hub.db import reading, writing
from hub.people.pages import hash_password, new_session
from hub.people.queries import TRIES, person_by_email, replace_person
from hub.people.rules import sign_in_limits
from hub.people.tables import sign_in_tries
from hub.stores.queries import Store, add_store
from hub.web.paging import local_path
from tests.hub.conftest import Clock
from tests.support.chain import BOSS, MANAGER, PASSWORD, employ
from tests.support.reader import Reader

WRONG = "The e-mail address or the password is wrong."


@pytest.fixture
def reader(app: Flask, engine: Engine, clock: Clock, client: FlaskClient) -> Reader:
    with writing(engine) as connection:
        for code in ("ROMA", "MILANO"):
            add_store(connection, Store(code, code.title(), "", "Europe/Rome", 0), clock())
    employ(app, BOSS, "Paola Conti")
    employ(app, MANAGER, "Marco Bianchi", "ROMA", language="it")
    return Reader(client)


def test_head_office_signs_in_and_out(reader: Reader) -> None:
    assert "Paola Conti" in reader.sign_in(BOSS).text
    assert "Sign in" in reader.send("/sign-out").text
    assert "Sign in" in reader.get("/").text


def test_an_address_may_be_typed_in_capitals_and_with_spaces(reader: Reader) -> None:
    assert "Paola Conti" in reader.sign_in(f" {BOSS.upper()} ").text


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (BOSS, "wrong password"), ("nobody@example.com", PASSWORD), ("", ""), (BOSS, ""), ("no address", "x"),
        (BOSS, "x" * 5000), ("x" * 5000, "y"), ("a\x00b@example.com", "z"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_not_told_apart(reader: Reader, email: str, password: str) -> None:
    page = reader.sign_in(email, password)
    assert page.status == 200
    assert WRONG in page.text
    assert "Paola" not in page.text


def test_the_answer_to_a_program_says_no_more(reader: Reader) -> None:
    reader.get("/sign-in")
    token = reader.page.form("/sign-in").fields["csrf_token"]
    body = {"email": "nobody@example.com", "password": "x", "csrf_token": token}
    answer = reader.client.post(
        "/sign-in", json=body, headers={"Accept": "application/json", "X-CSRFToken": token}
    )
    assert answer.content_type.startswith("text/html")
    assert "nobody" not in answer.text.lower().replace("nobody@example.com", "")


def test_a_password_is_kept_as_a_hash_only(reader: Reader, engine: Engine) -> None:
    with reading(engine) as connection:
        rows = connection.execute(text("SELECT password FROM people")).scalars().all()
    assert all(row.startswith("$argon2id$") for row in rows)


def test_five_wrong_passwords_are_enough_for_a_while(reader: Reader, clock: Clock) -> None:
    for _ in range(5):
        assert WRONG in reader.sign_in(BOSS, "wrong password").text
    page = reader.sign_in(BOSS, PASSWORD)
    assert page.status == 429
    assert "Too many wrong passwords. Please try again in 16 minutes." in page.text
    assert page.headers["Retry-After"] == "901"
    clock.forward(minutes=15)
    assert "Paola Conti" in reader.sign_in(BOSS, PASSWORD).text


def test_somebody_elses_wrong_passwords_do_not_count(reader: Reader) -> None:
    for _ in range(6):
        reader.sign_in(MANAGER, "wrong password")
    assert "Paola Conti" in reader.sign_in(BOSS).text


def test_signing_in_often_is_no_try_too_many(reader: Reader) -> None:
    for _ in range(8):
        assert "Paola Conti" in reader.sign_in(BOSS).text
        reader.send("/sign-out")


def test_the_throttle_outlives_the_process(reader: Reader, engine: Engine, clock: Clock) -> None:
    with writing(engine) as connection:
        for _ in range(5):
            TRIES.count(connection, sign_in_limits(BOSS, "127.0.0.1"), clock())
    assert reader.sign_in(BOSS).status == 429


def test_nothing_typed_can_be_read_back(reader: Reader, engine: Engine) -> None:
    reader.sign_in("three blind mice", "x")
    with reading(engine) as connection:
        [*subjects] = connection.execute(select(sign_in_tries.c.subject)).scalars()
    assert len(subjects) == 3
    assert all(len(subject) == 64 and "mice" not in subject for subject in subjects)


def test_a_manager_sees_their_store_and_no_other(reader: Reader) -> None:
    page = reader.sign_in(MANAGER)
    assert "Roma" in page.text
    assert "Milano" not in page.text
    assert reader.get("/stores/ROMA").status == 200
    assert reader.get("/stores/MILANO").status == 404
    assert reader.get("/stores/NOWHERE").status == 404


def test_head_office_sees_every_store(reader: Reader) -> None:
    assert {"Roma", "Milano"} <= set(reader.sign_in(BOSS).text.split())
    assert reader.get("/stores/MILANO").status == 200
    assert reader.get("/stores/NOWHERE").status == 404


def test_somebody_who_is_replaced_is_signed_out_everywhere(
    reader: Reader, app: Flask, engine: Engine
) -> None:
    reader.sign_in(BOSS)
    with writing(engine) as connection:
        person = person_by_email(connection, BOSS)
        assert person
        fresh = replace(person, password=hash_password(app, "another password"), session=new_session())
        assert replace_person(connection, fresh)
    assert "Sign in" in reader.get("/").text
    assert WRONG in reader.sign_in(BOSS, PASSWORD).text
    assert "Paola Conti" in reader.sign_in(BOSS, "another password").text


def test_somebody_who_may_not_sign_in_any_more_is_out_at_once(reader: Reader, engine: Engine) -> None:
    reader.sign_in(BOSS)
    with writing(engine) as connection:
        connection.execute(text("UPDATE people SET active = false"))
    assert "Sign in" in reader.get("/").text
    assert WRONG in reader.sign_in(BOSS).text


def test_the_language_is_the_browsers_then_the_readers_choice(reader: Reader) -> None:
    reader.headers["Accept-Language"] = "fr-CH,fr;q=0.9,en;q=0.8"
    assert "Mot de passe" in reader.get("/sign-in").text
    page = reader.send("/language", language="es")
    assert "Contraseña" in page.text
    assert "/sign-in" in page.form("/sign-in").action


def test_a_persons_choice_comes_with_them_to_another_browser(reader: Reader, app: Flask) -> None:
    reader.sign_in(MANAGER)
    assert "Punteggi" in reader.get("/").text
    reader.send("/language", language="fr")
    elsewhere = Reader(app.test_client())
    elsewhere.sign_in(MANAGER)
    assert "Se déconnecter" in elsewhere.get("/").text


def test_a_language_that_is_not_spoken_is_refused(reader: Reader) -> None:
    reader.get("/sign-in")
    assert reader.send("/language", language="tlh").status == 400


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "", "/a\nb"],
)
def test_no_form_leads_to_another_site(target: str) -> None:
    assert local_path(target) == "/"


def test_a_path_of_ours_is_kept() -> None:
    assert local_path("/stores/ROMA?days=7") == "/stores/ROMA?days=7"
