"""Every page asks for a sign-in; every answer has its headers; a form from elsewhere is refused."""

from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from hub.app import create_app
from hub.config import Settings
from hub.db import writing
from tests.support.chain import BOSS, PASSWORD, employ
from tests.support.reader import Page, Reader

OPEN = {"web.static", "bootstrap.static", "security.login", "people.choose_language"}


def test_every_page_but_a_few_asks_for_a_sign_in(app: Flask, client: FlaskClient) -> None:
    asked = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN or rule.rule.startswith("/api/"):
            continue
        with app.test_request_context():
            values = dict.fromkeys(rule.arguments, "0198b7a0-0000-7000-8000-000000000000")
            values |= {"alarm": "7"} if "alarm" in values else {}
            path = app.url_map.bind("hub").build(rule.endpoint, values)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = client.open(path, method=method)
            assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/sign-in"), rule
            asked += 1
    assert asked >= 8


def test_after_signing_in_a_person_is_where_they_wanted_to_be(app: Flask, client: FlaskClient) -> None:
    employ(app, BOSS, "Paola Conti")
    reader = Reader(client)
    reader.get("/follow-up?answered=")
    assert "Sign in" in reader.page.text
    page = reader.send("/sign-in", email=BOSS, password=PASSWORD)
    assert "Nobody has been answered yet" in page.text


def test_an_unknown_address_is_said_in_the_readers_language(client: FlaskClient) -> None:
    page = Page(client.get("/nothing/here", headers={"Accept-Language": "it"}))
    assert page.status == 404
    assert "Questa pagina non c’è" in page.text


def test_every_answer_has_the_strict_headers(app: Flask, client: FlaskClient) -> None:
    for address in ("/sign-in", "/nothing", "/", "/static/app.css", "/api/v1/survey"):
        headers = client.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self';"), address
        assert "unsafe" not in policy
        assert "script-src" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_pages_are_not_kept_and_static_files_are(client: FlaskClient) -> None:
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"
    assert "max-age=2592000" in client.get("/static/app.css").headers["Cache-Control"]


def test_cookies_are_for_http_and_this_site_only(client: FlaskClient) -> None:
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("cerchio=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_a_hub_behind_https_says_so(settings: Settings) -> None:
    app = create_app(replace(settings, secure_cookies=True))
    answer = app.test_client().get("/sign-in", base_url="https://hub.example.com")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_a_form_without_our_token_is_refused(app: Flask, client: FlaskClient) -> None:
    employ(app, BOSS, "Paola Conti")
    answer = client.post("/sign-in", data={"email": BOSS, "password": PASSWORD})
    assert answer.status_code == 400
    assert "That did not work" in answer.text
    assert client.get("/").status_code == 302


def test_no_page_has_a_script_or_a_style_in_it(app: Flask, client: FlaskClient) -> None:
    page = Reader(client).get("/sign-in")
    assert "<script" not in page.html
    assert "style=" not in page.html


def test_the_page_of_a_failure_asks_the_database_nothing(
    app: Flask, client: FlaskClient, engine: Engine
) -> None:
    employ(app, BOSS, "Paola Conti")
    reader = Reader(client, "fr")
    reader.sign_in()
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE people RENAME TO gone"))
    page = reader.get("/")
    assert page.status in (500, 503)
    assert "Veuillez réessayer" in page.text
    assert "people" not in page.html
