"""Answers that look wrong, on the hub's pages: which and why, counted after all by one button, and back."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from hub.db import reading, writing
from hub.db.audit import audit
from hub.responses.queries import rebuild_tallies, store
from hub.responses.rules import Source, Timing, row
from tests.hub.conftest import Clock
from tests.support.answers import a_response, an_id
from tests.support.books import counted, stored_rows
from tests.support.chain import BOSS, MANAGER, open_two_stores
from tests.support.reader import Page, Reader
from tests.support.tallies import keep

numbers = count(1)


@pytest.fixture
def reader(app: Flask, client: FlaskClient) -> Reader:
    """Return somebody of head office, who sees two stores; the manager of one is employed, too."""
    open_two_stores(app)
    reader = Reader(client)
    reader.sign_in()
    return reader


def give(engine: Engine, clock: Clock, store: str = "ROMA", **changes: Any) -> str:
    """Store an answer of today; return its id."""
    number = next(numbers)
    keep(engine, store, clock().date(), a_response(number, given_at=clock(), **changes))
    return an_id(number)


def told(engine: Engine) -> list[tuple[str, str, str]]:
    wanted = select(audit.c.person, audit.c.action, audit.c.subject).where(audit.c.action.like("answer%"))
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(wanted.order_by(audit.c.id))]


def check(engine: Engine, fair: int, unfair: int) -> None:
    """See how many answers count and do not, and that counting all again says the same."""
    assert (counted(engine, fair=True).total, counted(engine, fair=False).total) == (fair, unfair)
    with writing(engine) as connection:
        assert rebuild_tallies(connection) == []


def test_the_list_says_why_in_words_whether_there_is_a_comment_or_not(
    reader: Reader, engine: Engine, clock: Clock
) -> None:
    give(engine, clock, score=10, flags=("burst", "speed"))
    give(engine, clock, score=0, flags=("closed",), comment="Nobody was there.")
    give(engine, clock, score=5, flags=("moonlight",))
    give(engine, clock, score=9)
    page = reader.get("/in-doubt/stores/ROMA")
    assert "one of many in a short time that say nothing but a score; given faster than" in page.text
    assert "given outside opening hours" in page.text
    assert "Nobody was there." in page.text
    assert "moonlight" in page.text, "the name of a doubt that only a newer kiosk knows"
    assert page.text.count("received, not counted") == 3


HOURS = 3_600_000
REDATED = [
    (Timing.EXACT, 2 * HOURS, "showed 24 Mar 2026, 12:30; corrected by one that nobody can set."),
    (Timing.OFFSET, 3 * HOURS, "showed 24 Mar 2026, 11:30; corrected by what it was wrong at the sync."),
    (Timing.UNKNOWN, -24 * HOURS, "showed 25 Mar 2026, 14:30, which cannot be."),
    (None, 4 * HOURS, "showed 24 Mar 2026, 10:30; corrected by what it was wrong at the sync."),
]


def test_an_answer_that_was_redated_says_what_the_tablet_showed_and_how_that_was_corrected(
    reader: Reader, engine: Engine, clock: Clock
) -> None:
    happened = clock().replace(day=24, hour=13, minute=30)
    right = (Timing.OFFSET, 0, "")
    for timing, offset, _ in (*REDATED, right):
        shown = happened - timedelta(milliseconds=offset)
        given = a_response(next(numbers), flags=("burst",), comment="Nice.", given_at=shown)
        source = Source("ROMA", happened.date(), clock(), offset, timing=timing)
        with writing(engine) as connection:
            store(connection, [row(given, source)])
    for address in ("/in-doubt/stores/ROMA", "/stores/ROMA?days=7"):
        text = reader.get(address).text
        assert text.count("The tablet’s clock") == len(REDATED)
        assert all(said in text for *_, said in REDATED)


def test_a_store_without_doubts_says_so(reader: Reader, engine: Engine, clock: Clock) -> None:
    give(engine, clock, score=9)
    assert "No answer looks wrong" in reader.get("/in-doubt/stores/ROMA").text


def test_one_button_counts_an_answer_and_one_takes_that_back(
    reader: Reader, engine: Engine, clock: Clock
) -> None:
    answer = give(engine, clock, score=0, flags=("burst",))
    reader.get("/in-doubt/stores/ROMA")
    page = reader.send(f"/in-doubt/{answer}/count")
    assert "counted after all" in page.text
    assert f"decided by {BOSS}" in page.text
    check(engine, 1, 0)
    page = reader.send(f"/in-doubt/{answer}/do-not-count")
    assert "received, not counted" in page.text
    check(engine, 0, 1)
    assert told(engine) == [(BOSS, "answer counted", answer), (BOSS, "answer not counted", answer)]
    assert stored_rows(engine)[answer]["flags"] == ("burst",)


def test_the_stores_page_has_the_button_beside_the_comment_and_comes_back_to_it(
    reader: Reader, engine: Engine, clock: Clock
) -> None:
    answer = give(engine, clock, score=2, flags=("sweep",), comment="I meant it.")
    page = reader.get("/stores/ROMA?days=7")
    assert "one finger went over all the numbers" in page.text
    assert "/in-doubt/stores/ROMA" in page.links
    page = reader.send(f"/in-doubt/{answer}/count")
    assert "I meant it." in page.text
    assert "All that were received count." in page.text
    assert "Do not count it" in page.text


def test_a_click_twice_or_too_late_changes_nothing_more(reader: Reader, engine: Engine, clock: Clock) -> None:
    answer = give(engine, clock, score=0, flags=("burst",))
    stale = reader.get("/in-doubt/stores/ROMA")
    for _ in range(2):
        reader.page = stale
        reader.send(f"/in-doubt/{answer}/count")
    check(engine, 1, 0)
    assert len(told(engine)) == 1


@pytest.mark.usefixtures("reader")
def test_a_stores_manager_decides_on_their_store_and_no_other(
    app: Flask, engine: Engine, clock: Clock
) -> None:
    here, there = (give(engine, clock, store, score=0, flags=("burst",)) for store in ("ROMA", "MILANO"))
    client = app.test_client()
    manager = Reader(client)
    manager.sign_in(MANAGER)
    assert manager.get("/in-doubt/stores/MILANO").status == 404
    token = manager.get("/in-doubt/stores/ROMA").form(f"/in-doubt/{here}/count").fields["csrf_token"]
    assert client.post(f"/in-doubt/{there}/count", data={"csrf_token": token}).status_code == 404
    assert "counted after all" in manager.send(f"/in-doubt/{here}/count").text
    check(engine, 1, 1)
    assert told(engine) == [(MANAGER, "answer counted", here)]


def test_a_form_that_no_page_has_made_is_refused(
    reader: Reader, engine: Engine, clock: Clock, client: FlaskClient
) -> None:
    answer = give(engine, clock, score=0, flags=("burst",))
    assert client.post(f"/in-doubt/{answer}/count").status_code in (400, 403)
    assert client.get(f"/in-doubt/{answer}/count").status_code == 405
    check(engine, 0, 1)


def test_an_unknown_answer_and_an_unknown_store_are_not_found(reader: Reader, client: FlaskClient) -> None:
    token = reader.get("/in-doubt/stores/ROMA").forms[-1].fields["csrf_token"]
    for address in (f"/in-doubt/{an_id(10**6)}/count", f"/in-doubt/{an_id(10**6)}/do-not-count"):
        assert client.post(address, data={"csrf_token": token}).status_code == 404
    assert reader.get("/in-doubt/stores/PARIS").status == 404
    assert reader.get("/in-doubt/stores/RO%00MA").status == 404


def test_nobody_is_led_elsewhere_by_a_form(
    reader: Reader, engine: Engine, clock: Clock, client: FlaskClient
) -> None:
    answer = give(engine, clock, score=0, flags=("burst",))
    token = reader.get("/in-doubt/stores/ROMA").forms[-1].fields["csrf_token"]
    form = {"csrf_token": token, "back": "https://elsewhere.example.com/"}
    assert client.post(f"/in-doubt/{answer}/count", data=form).headers["Location"] == f"/#doubt-{answer}"


def test_a_test_of_the_kiosk_is_listed_and_has_no_button(
    reader: Reader, engine: Engine, clock: Clock
) -> None:
    answer = give(engine, clock, score=10, flags=("test",))
    page: Page = reader.get("/in-doubt/stores/ROMA")
    assert "a test of the kiosk" in page.text
    assert answer not in "".join(form.action for form in page.forms)


def test_a_long_list_has_pages(reader: Reader, engine: Engine, clock: Clock) -> None:
    for _ in range(23):
        give(engine, clock, score=0, flags=("burst",))
    assert reader.get("/in-doubt/stores/ROMA").text.count("received, not counted") == 20
    assert reader.get("/in-doubt/stores/ROMA?page=2").text.count("received, not counted") == 3


@pytest.mark.parametrize(
    ("language", "words"),
    [("it", "Contarla comunque"), ("es", "Contarla a pesar de todo"), ("fr", "La compter malgré tout")],
)
def test_the_button_speaks_the_readers_language(
    reader: Reader, engine: Engine, clock: Clock, language: str, words: str
) -> None:
    give(engine, clock, score=0, flags=("burst",))
    reader.headers = {"Accept-Language": language}
    assert words in reader.get("/in-doubt/stores/ROMA").text
