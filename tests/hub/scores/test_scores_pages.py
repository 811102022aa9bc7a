"""The board and the page of a store: what they show, in which order, to whom, and what they read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from common.responses import Channel, Kind
from hub.db import writing
from hub.responses.queries import store
from hub.responses.rules import Source, row
from hub.stores.queries import Store, add_store
from hub.web.context import Hub
from tests.hub.conftest import Clock
from tests.support.answers import a_response
from tests.support.chain import SHOPS, furnish
from tests.support.reader import Page, Reader

numbers = count(1)


def open_stores(engine: Engine, clock: Clock, **regions: str) -> None:
    with writing(engine) as connection:
        for code, region in regions.items():
            add_store(connection, Store(code, f"{code.title()} Centro", region, "Europe/Rome", 0), clock())


def give(app: Flask, code: str, scores: list[int], days_ago: int = 1, **changes: Any) -> None:
    """Store an answer for each of the scores, all given on one business day."""
    hub: Hub = app.extensions["cerchio"]
    given = hub.now() - timedelta(days=days_ago)
    responses = [a_response(next(numbers), score=score, given_at=given, **changes) for score in scores]
    with writing(hub.engine) as connection:
        store(connection, [row(each, Source(code, given.date(), hub.now())) for each in responses])


def order(page: Page) -> list[str]:
    """Return the stores in the order of the board's lines."""
    return re.findall(r'<a href="/stores/([A-Z]+)\?', page.html)


def test_a_hub_without_stores_says_what_to_do_next(reader: Reader) -> None:
    page = reader.get("/")
    assert "There is no store yet" in page.text
    assert "cerchio-hub add-store" in page.text


def test_a_store_without_answers_says_what_to_do_next(reader: Reader, engine: Engine, clock: Clock) -> None:
    open_stores(engine, clock, ROMA="")
    page = reader.get("/")
    assert "No answers in this period." in page.text
    assert "/fleet/pair?store=ROMA" in page.links
    assert "no kiosk" in page.text
    page = reader.get("/stores/ROMA")
    assert "No answers yet" in page.text
    assert "Nobody wrote anything in this period." in page.text


def test_a_score_comes_with_its_interval(reader: Reader, app: Flask, engine: Engine, clock: Clock) -> None:
    open_stores(engine, clock, ROMA="")
    give(app, "ROMA", [10] * 50 + [8] * 30 + [3] * 20)
    page = reader.get("/")
    assert "30 14 to 44" in page.text
    assert "±" not in page.text
    assert "95% interval: 14 to 44" in page.text
    assert "20% Passives 30% Promoters 50%" in page.text


def test_few_answers_have_words_instead(reader: Reader, app: Flask, engine: Engine, clock: Clock) -> None:
    open_stores(engine, clock, ROMA="", MILANO="", TORINO="")
    give(app, "ROMA", [0])
    give(app, "MILANO", [0] * 6)
    give(app, "TORINO", [0] * 29)
    page = reader.get("/")
    assert "Too few: 9 more answers" in page.text
    assert "Too few: 4 more answers" in page.text
    assert "−100 −100 to −78 indicative" in page.text


def test_the_score_zero_counts(reader: Reader, app: Flask, engine: Engine, clock: Clock) -> None:
    open_stores(engine, clock, ROMA="")
    give(app, "ROMA", [0] * 40)
    assert "−100" in reader.get("/").text
    assert '<th scope="row">0</th><td class="numbers">40</td>' in reader.get("/stores/ROMA").html


def test_answers_received_and_not_counted_are_said(
    reader: Reader, app: Flask, engine: Engine, clock: Clock
) -> None:
    open_stores(engine, clock, ROMA="")
    give(app, "ROMA", [10] * 40)
    give(app, "ROMA", [0] * 2, flags=("burst",), comment="Too quick.")
    page = reader.get("/")
    assert "42 received, 2 of them not counted" in page.text
    assert "40 of 42" in page.text
    assert " 100 84 to 100 " in page.text
    assert "received, not counted" in reader.get("/stores/ROMA").text


def test_the_period_ends_with_the_stores_own_day(
    reader: Reader, app: Flask, engine: Engine, clock: Clock
) -> None:
    open_stores(engine, clock, ROMA="")
    give(app, "ROMA", [10] * 20, days_ago=6)
    give(app, "ROMA", [10] * 30, days_ago=7)
    assert "19 Mar 2026 to 25 Mar 2026" in reader.get("/?days=7").text
    assert "Answers 20" in reader.page.text
    assert "Answers 50" in reader.get("/?days=30").text
    clock.time = clock.time.replace(hour=23, minute=30)
    assert "20 Mar 2026 to 26 Mar 2026" in reader.get("/?days=7").text


@pytest.mark.parametrize(
    "query", ["days=0", "days=x", "days=99999999999999999999", "sort=x", "kind=x", "page=-3"]
)
def test_an_address_that_asks_for_nonsense_gets_the_usual(
    reader: Reader, engine: Engine, clock: Clock, query: str
) -> None:
    open_stores(engine, clock, ROMA="")
    page = reader.get(f"/?{query}")
    assert page.status == 200
    assert "24 Feb 2026 to 25 Mar 2026" in page.text


def test_orders_of_the_board(reader: Reader, app: Flask, engine: Engine, clock: Clock) -> None:
    open_stores(engine, clock, ANCONA="", BARI="", COMO="", DARFO="")
    give(app, "ANCONA", [9] * 5)
    give(app, "BARI", [0] * 20)
    give(app, "COMO", [8] * 12)
    give(app, "DARFO", [10] * 10)
    assert order(reader.get("/")) == ["ANCONA", "BARI", "COMO", "DARFO"]
    assert order(reader.get("/?sort=lowest")) == ["BARI", "COMO", "DARFO", "ANCONA"]
    assert order(reader.get("/?sort=highest")) == ["DARFO", "COMO", "BARI", "ANCONA"]
    assert order(reader.get("/?sort=answers")) == ["BARI", "COMO", "DARFO", "ANCONA"]


def test_a_region_alone(reader: Reader, app: Flask, engine: Engine, clock: Clock) -> None:
    open_stores(engine, clock, ROMA="Italia", MADRID="España", LYON="France")
    give(app, "MADRID", [10] * 10)
    page = reader.get("/?region=España")
    assert order(page) == ["MADRID"]
    assert "Score of 1 store " in page.text
    assert "No store in this region" in reader.get("/?region=Atlantis").text


def test_many_stores_come_in_pages_and_count_together(
    reader: Reader, app: Flask, engine: Engine, clock: Clock
) -> None:
    codes = [f"A{first}{second}" for first in "BCDFGHJKL" for second in "BCDFGH"]
    open_stores(engine, clock, **dict.fromkeys(codes, ""))
    for code in codes:
        give(app, code, [10])
    page = reader.get("/")
    assert order(page) == codes[:50]
    assert "Score of 54 stores 100" in page.text
    assert order(reader.get(next(link for link in page.links if "page=2" in link))) == codes[50:]
    assert order(reader.get("/?page=99")) == codes[50:]


def test_kinds_and_channels_are_never_pooled_silently(
    reader: Reader, app: Flask, engine: Engine, clock: Clock
) -> None:
    open_stores(engine, clock, ROMA="")
    give(app, "ROMA", [10] * 20)
    page = reader.get("/")
    assert "Asked about the store as a whole. Channels: kiosk. " in page.text
    assert "added together" not in page.text
    give(app, "ROMA", [0] * 20, kind=Kind.TRANSACTIONAL, channel=Channel.IMPORT)
    page = reader.get("/")
    assert "the store as a whole, one purchase or service. Channels: kiosk, imported." in page.text
    assert "They are added together here." in page.text
    assert " 100 " in reader.get("/?kind=relational").text
    assert "−100 −100 to" in reader.get("/?channel=import").text


def test_silent_kiosks_and_urgent_cases_are_pointed_out(reader: Reader, app: Flask) -> None:
    furnish(app, days=9, shops=SHOPS[:7])
    page = reader.get("/")
    assert "4 minutes ago 2 kiosks" in page.text
    assert '<span class="tag alarm">2 days ago</span>' in page.html
    assert "overdue" in page.text
    store_links = order(reader.get("/?sort=cases"))
    overdue = re.findall(r"(\d+) overdue", reader.page.text)[1:]
    assert overdue == sorted(overdue, key=int, reverse=True)
    assert len(store_links) == 7


def test_a_stores_page_has_its_trend_distribution_and_comments(reader: Reader, app: Flask) -> None:
    furnish(app, days=60, shops=SHOPS[:1])
    page = reader.get("/stores/ROMA?days=90")
    assert page.html.count("<figure>") == 2
    assert page.html.count('role="img"') == 4
    assert "Score over time" in page.text
    assert "Complimenti a Giulia" in page.text
    assert "Staff" in page.text
    assert "95% interval: " in page.text
    assert "Personale" in Reader(reader.client, "it").get("/stores/ROMA?days=90").text


def test_a_young_stores_trend_is_in_days(reader: Reader, app: Flask, engine: Engine, clock: Clock) -> None:
    open_stores(engine, clock, ROMA="")
    for days_ago in range(12):
        give(app, "ROMA", [10] * 12, days_ago=days_ago)
    page = reader.get("/stores/ROMA")
    assert "14 Mar 2026 14 Mar 2026 12 100" in page.text
    assert "25 Mar 2026 25 Mar 2026 12 100" in page.text


def test_an_old_stores_trend_is_in_weeks_from_its_first_answer(
    reader: Reader, app: Flask, engine: Engine, clock: Clock
) -> None:
    open_stores(engine, clock, ROMA="")
    for days_ago in (60, 30, 0):
        give(app, "ROMA", [10] * 12, days_ago=days_ago)
    page = reader.get("/stores/ROMA")
    assert "19 Jan 2026 25 Jan 2026 12 100" in page.text
    assert "12 Jan 2026" not in page.text
    assert "23 Mar 2026 25 Mar 2026 12 100" in page.text


def test_comments_are_those_of_the_period_newest_first_in_pages(
    reader: Reader, app: Flask, engine: Engine, clock: Clock
) -> None:
    open_stores(engine, clock, ROMA="")
    for days_ago in range(25):
        give(app, "ROMA", [5], days_ago=days_ago, comment=f"said {days_ago} days ago.")
    page = reader.get("/stores/ROMA?days=7")
    assert re.findall(r"said (\d+) days", page.text) == [str(number) for number in range(7)]
    page = reader.get("/stores/ROMA?days=30")
    assert re.findall(r"said (\d+) days", page.text) == [str(number) for number in range(20)]
    page = reader.get(next(link for link in page.links if "page=2" in link))
    assert re.findall(r"said (\d+) days", page.text) == [str(number) for number in range(20, 25)]


def test_a_store_whose_code_is_not_printable_does_not_exist(reader: Reader) -> None:
    assert reader.get("/stores/a%00b").status == 404


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Give the list of the statements that the engine is told meanwhile."""
    told: list[str] = []

    def note(_1: Any, _2: Any, statement: str, *_: Any) -> None:
        told.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield told
    event.remove(engine, "before_cursor_execute", note)


def test_the_board_reads_tallies_and_no_response(reader: Reader, app: Flask, engine: Engine) -> None:
    furnish(app, days=9, shops=SHOPS[:3])
    with statements(engine) as told:
        reader.get("/?days=90")
    assert any("FROM tallies" in statement for statement in told)
    assert not [statement for statement in told if "responses" in statement]
    few = len(told)
    open_stores(engine, Clock(), **{f"A{letter}": "" for letter in "BCDFGHJKLMN"})
    with statements(engine) as told:
        reader.get("/?days=90")
    assert len(told) == few, "as many statements for many stores as for few"


def test_a_stores_numbers_come_from_tallies(reader: Reader, app: Flask, engine: Engine) -> None:
    furnish(app, days=9, shops=SHOPS[:1])
    with statements(engine) as told:
        reader.get("/stores/ROMA")
    about_responses = [statement for statement in told if "FROM responses" in statement]
    assert len(about_responses) == 1
    assert "comment != " in about_responses[0]


def test_the_day_that_summer_time_begins_is_a_day(reader: Reader, engine: Engine, clock: Clock) -> None:
    open_stores(engine, clock, ROMA="")
    clock.time = clock.time.replace(day=28, hour=22, minute=59)
    assert "22 Mar 2026 to 28 Mar 2026" in reader.get("/?days=7").text
    clock.forward(minutes=1)
    assert "23 Mar 2026 to 29 Mar 2026" in reader.get("/?days=7").text
    clock.forward(hours=23)
    assert "24 Mar 2026 to 30 Mar 2026" in reader.get("/?days=7").text
