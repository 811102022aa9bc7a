"""The page of closed days: who may say so for which store, and the way back."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from hub.alerts.closing import ON_A_PAGE
from hub.alerts.queries import closing
from hub.alerts.rules.closing import Closed, NoSpan, asked, in_rows
from hub.db import reading, writing
from hub.db.audit import audit
from tests.support.chain import BOSS, MANAGER, open_two_stores
from tests.support.reader import Reader

TODAY = date(2026, 3, 25)
HERE = "/alerts/closed-days"


@pytest.fixture
def reader(app: Flask, client: FlaskClient) -> Reader:
    """Return somebody who has not signed in at a hub with two stores."""
    open_two_stores(app)
    return Reader(client)


def closed(engine: Engine) -> list[Closed]:
    with reading(engine) as connection:
        return in_rows(closing.closed_since(connection, TODAY, None))


def told(engine: Engine) -> list[tuple[str, str, str]]:
    wanted = select(audit.c.person, audit.c.action, audit.c.subject).where(audit.c.action.like("days%"))
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(wanted.order_by(audit.c.id))]


def test_days_are_closed_taken_back_and_closed_again(reader: Reader, engine: Engine) -> None:
    reader.sign_in()
    assert "No closed days are set" in reader.get(HERE).text
    for _ in range(2):
        page = reader.send(HERE, store="ROMA", first="2026-12-26", last="2026-12-24")
        assert "24 Dec 2026 – 26 Dec 2026" in page.text
    reader.send(HERE, store="", first="2026-05-01", last="")
    holiday = Closed("ROMA", date(2026, 12, 24), date(2026, 12, 26))
    assert closed(engine) == [Closed("", date(2026, 5, 1), date(2026, 5, 1)), holiday]

    reader.page.forms = reader.page.forms[::-1]
    page = reader.send(f"{HERE}/open")
    assert closed(engine) == [Closed("", date(2026, 5, 1), date(2026, 5, 1))]
    assert "An ordinary day again: Roma Centro, 24 Dec 2026 – 26 Dec 2026." in page.text
    reader.page.forms = [form for form in page.forms if form.fields.get("first") == "2026-12-24"]
    page = reader.send(HERE)
    assert closed(engine)[1] == holiday
    assert "An ordinary day again" not in page.text
    days = "2026-12-24 to 2026-12-26 ROMA"
    assert told(engine) == [
        (BOSS, "days closed", days), (BOSS, "days closed", "2026-05-01 whole chain"),
        (BOSS, "days open", days), (BOSS, "days closed", days),
    ]  # fmt: skip


def test_a_manager_closes_one_store_and_sees_what_holds_for_it(reader: Reader, engine: Engine) -> None:
    with writing(engine) as connection:
        for store in ("", "MILANO"):
            closing.close(connection, Closed(store, date(2026, 5, 1), date(2026, 5, 1)))
    reader.sign_in(MANAGER)
    page = reader.get(HERE)
    assert page.text.count("1 May 2026") == 1, "that of all stores, which only head office takes back"
    assert all(form.action != f"{HERE}/open" for form in page.forms)
    for store in ("", "MILANO", "NOWHERE"):
        assert reader.send(HERE, store=store, first="2026-06-02").status == 404
        reader.get(HERE)
    reader.send(HERE, store="ROMA", first="2026-06-02")
    assert Closed("ROMA", date(2026, 6, 2), date(2026, 6, 2)) in closed(engine)


def test_what_are_no_days_is_said_and_changes_nothing(reader: Reader, engine: Engine) -> None:
    reader.sign_in()
    for first, last in (("", ""), ("2026-02-30", ""), ("2025-03-01", ""), ("2026-04-01", "2027-04-02")):
        reader.get(HERE)
        page = reader.send(HERE, store="ROMA", first=first, last=last)
        assert page.status == 400
        assert "Please give days from a month ago" in page.text
    assert closed(engine) == []


def test_many_days_come_a_page_at_a_time(reader: Reader, engine: Engine) -> None:
    with writing(engine) as connection:
        for month in range(1, 13):
            for day in (1, 15):
                at = date(2027, month, day)
                closing.close(connection, Closed("ROMA", at, at))
    reader.sign_in()
    assert reader.get(HERE).text.count("2027") == 2 * ON_A_PAGE
    assert reader.get(f"{HERE}?page=2").text.count("2027") == 2 * (24 - ON_A_PAGE)


def test_a_year_of_days_is_the_most_and_a_month_ago_the_earliest() -> None:
    assert len(asked("", "2026-04-01", "2027-04-01", TODAY).days) == 366
    assert asked("", "2026-02-22", "", TODAY).days == [date(2026, 2, 22)]
    with pytest.raises(NoSpan):
        asked("", "2026-02-21", "", TODAY)
