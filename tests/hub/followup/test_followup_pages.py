"""The follow-up list: who waits, who may see whom, contact shown and written down, answered and undone."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text, update

from common.responses import Consent, Contact, Response, SealedContact
from common.sealing import key_id, seal
from hub.db import reading, writing
from hub.db.audit import audit
from hub.followup.queries import open_cases
from hub.responses.queries import store
from hub.responses.rules import Source, email_hash, phone_hash, row
from hub.responses.tables import responses
from hub.stores.rules import business_day
from hub.web.context import Hub
from tests.hub.conftest import Clock
from tests.support.answers import a_response, an_id
from tests.support.chain import BOSS, MANAGER, open_two_stores
from tests.support.reader import Reader

PHONE = "+39 06 1234 5678"
COMMENT = "Un’ora di coda alla cassa."


def give(app: Flask, number: int, store_code: str = "ROMA", days: float = 0, **changes: object) -> None:
    """Store a detractor's answer with contact details, given so many days before it arrived."""
    hub: Hub = app.extensions["cerchio"]
    now = hub.now()
    given = now - timedelta(days=days)
    changes = {
        "score": 2,
        "language": "it",
        "given_at": given,
        "contact": sealed(hub, number, given),
    } | changes
    response: Response = a_response(number, **changes)
    source = Source(store_code, business_day(given, "Europe/Rome", 0), now)
    source.email_hash = email_hash(f"customer{number}@example.com", hub.secrets.erasure)
    source.phone_hash = phone_hash(PHONE, hub.secrets.erasure)
    with writing(hub.engine) as connection:
        rows = [row(response, source)]
        store(connection, rows)
        open_cases(connection, rows, now)


def sealed(hub: Hub, number: int, given: datetime) -> SealedContact:
    public = hub.secrets.public_key
    contact = Contact(email=f"customer{number}@example.com", phone=PHONE)
    return SealedContact(
        key_id(public), seal(contact, an_id(number), public), Consent("standard-1", "it", given)
    )


@pytest.fixture
def reader(app: Flask, client: FlaskClient) -> Reader:
    open_two_stores(app)
    reader = Reader(client)
    reader.sign_in(MANAGER)
    return reader


def acts(engine: Engine) -> list[tuple[str, str, str]]:
    with reading(engine) as connection:
        rows = connection.execute(
            select(audit.c.person, audit.c.action, audit.c.subject).order_by(audit.c.id)
        )
        return [tuple(row) for row in rows]


def test_an_empty_list_says_what_will_be_here(reader: Reader) -> None:
    assert "Nobody is waiting for an answer" in reader.get("/follow-up").text
    assert "Nobody has been answered yet" in reader.get("/follow-up?answered").text


def test_a_case_shows_what_the_customer_said_and_the_time_left(reader: Reader, app: Flask) -> None:
    give(app, 1, comment=COMMENT, reasons=("waiting", "own_reason"))
    page = reader.get("/follow-up")
    assert COMMENT in page.text
    assert "Waiting time own_reason" in page.text
    assert "48 hours left" not in page.text
    assert "2 days left" in page.text
    assert "Answer by 27 Mar 2026, 11:00" in page.text
    assert "example.com" not in page.html.replace(MANAGER, "")


def test_time_left_is_told_by_the_stores_clock_across_summer_time(
    reader: Reader, app: Flask, clock: Clock
) -> None:
    clock.forward(days=3)
    give(app, 1)
    assert "Answer by 30 Mar 2026, 12:00" in reader.get("/follow-up").text


def test_the_most_urgent_come_first_and_overdue_ones_are_said(
    reader: Reader, app: Flask, clock: Clock
) -> None:
    give(app, 1, comment="first to come")
    clock.forward(hours=40)
    give(app, 2, comment="second to come")
    clock.forward(hours=11)
    text = reader.get("/follow-up").text
    assert text.index("Overdue by 3 hours") < text.index("37 hours left")
    assert text.index("first to come") < text.index("second to come")


def test_an_answer_that_arrived_late_says_so(reader: Reader, app: Flask) -> None:
    give(app, 1, days=9)
    give(app, 2, days=0.9)
    page = reader.get("/follow-up")
    assert page.text.count("Arrived late") == 1
    assert "Arrived late: given 9 days ago" in page.text


def test_a_comment_is_text_and_never_markup(reader: Reader, app: Flask) -> None:
    give(app, 1, comment="<script>alert(1)</script>\n{{ 7 * 7 }}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in reader.get("/follow-up").html
    assert "<script" not in reader.page.html


def test_a_comment_of_4000_characters_is_shown_whole(reader: Reader, app: Flask) -> None:
    give(app, 1, comment="x" * 4000)
    assert "x" * 4000 in reader.get("/follow-up").text


def test_the_contact_is_shown_once_asked_for_and_that_is_written_down(
    reader: Reader, app: Flask, engine: Engine
) -> None:
    give(app, 1)
    reader.get("/follow-up")
    page = reader.send(f"/follow-up/{an_id(1)}/contact")
    assert "customer1@example.com" in page.text
    assert "tel:%2B390612345678" in page.html
    assert acts(engine) == [(MANAGER, "contact shown", an_id(1))]
    assert "customer1@example.com" not in reader.get(f"/follow-up/{an_id(1)}/contact").text
    assert len(acts(engine)) == 1


def test_reading_an_address_never_opens_a_contact(reader: Reader, app: Flask, engine: Engine) -> None:
    give(app, 1)
    for address in ("/follow-up", f"/follow-up/{an_id(1)}", f"/follow-up/{an_id(1)}/contact"):
        assert "customer1@" not in reader.get(address).html
    assert acts(engine) == []


def test_contacts_that_are_gone_or_locked_are_said(reader: Reader, app: Flask, engine: Engine) -> None:
    own = key_id(app.extensions["cerchio"].secrets.public_key)
    for changes in ({"contact_key": "0" * 16}, {"contact_box": b"x" * 80, "contact_key": own}):
        with writing(engine) as connection:
            connection.execute(text("DELETE FROM cases"))
            connection.execute(text("DELETE FROM responses"))
        give(app, 1)
        with writing(engine) as connection:
            connection.execute(update(responses).values(**changes))
        reader.get("/follow-up")
        assert "cannot be opened" in reader.send(f"/follow-up/{an_id(1)}/contact").text
    with writing(engine) as connection:
        connection.execute(update(responses).values(contact_box=None))
    for page in (reader.get("/follow-up"), reader.get(f"/follow-up/{an_id(1)}")):
        assert "Show contact" not in page.text
        assert "The contact details were deleted. The customer cannot be answered any more" in page.text
    assert acts(engine) == []


def test_marking_as_answered_and_undoing_it(reader: Reader, app: Flask, engine: Engine, clock: Clock) -> None:
    give(app, 1, comment=COMMENT)
    clock.forward(hours=5)
    reader.get(f"/follow-up/{an_id(1)}")
    page = reader.send(f"/follow-up/{an_id(1)}/answered", note="Called back.\x00 Voucher sent.")
    assert "Marked as answered: Roma Centro, score 2." in page.text
    assert "Nobody is waiting" in page.text
    page = reader.get("/follow-up?answered")
    assert f"Answered 25 Mar 2026, 16:00 by {MANAGER}" in page.text
    assert "Called back. Voucher sent." in reader.get(f"/follow-up/{an_id(1)}").text
    page = reader.send(f"/follow-up/{an_id(1)}/undo")
    assert "43 hours left" in page.text
    assert "Called back. Voucher sent." in page.text
    assert [action for _, action, _ in acts(engine)] == ["case answered", "case reopened"]


def test_the_notice_after_marking_has_an_undo(reader: Reader, app: Flask) -> None:
    give(app, 1)
    reader.get(f"/follow-up/{an_id(1)}")
    reader.send(f"/follow-up/{an_id(1)}/answered", note="")
    assert "Nobody is waiting" in reader.page.text
    reader.send(f"/follow-up/{an_id(1)}/undo")
    assert "2 days left" in reader.get("/follow-up").text


def test_the_first_answer_stays_when_two_people_mark_at_once(
    reader: Reader, app: Flask, engine: Engine, clock: Clock
) -> None:
    give(app, 1)
    boss = Reader(app.test_client())
    boss.sign_in(BOSS)
    boss.get(f"/follow-up/{an_id(1)}")
    reader.get(f"/follow-up/{an_id(1)}")
    reader.send(f"/follow-up/{an_id(1)}/answered", note="Mine.")
    clock.forward(minutes=1)
    boss.send(f"/follow-up/{an_id(1)}/answered", note="No, mine!")
    assert "Mine." in reader.get(f"/follow-up/{an_id(1)}").text
    assert [person for person, _, _ in acts(engine)] == [MANAGER]


def test_a_manager_cannot_reach_another_stores_case(reader: Reader, app: Flask, engine: Engine) -> None:
    give(app, 1, "MILANO", comment="secret")
    give(app, 2, "ROMA", comment="ours")
    assert "secret" not in reader.get("/follow-up").text
    assert "secret" not in reader.get("/follow-up?store=MILANO").text
    assert reader.get(f"/follow-up/{an_id(1)}").status == 404
    token = reader.get(f"/follow-up/{an_id(2)}").form(f"/follow-up/{an_id(2)}/answered").fields
    for action in ("contact", "answered", "undo"):
        assert reader.client.post(f"/follow-up/{an_id(1)}/{action}", data=token).status_code == 404
    assert "secret" not in reader.get(f"/follow-up?done={an_id(1)}").text
    assert acts(engine) == []


def test_head_office_sees_all_cases_or_those_of_a_store(reader: Reader, app: Flask) -> None:
    give(app, 1, "MILANO", comment="from Milano")
    give(app, 2, "ROMA", comment="from Roma")
    boss = Reader(app.test_client())
    boss.sign_in(BOSS)
    everything = boss.get("/follow-up").text
    assert "from Milano" in everything
    assert "from Roma" in everything
    page = boss.get("/follow-up?store=ROMA")
    assert "from Roma" in page.text
    assert "from Milano" not in page.text


@pytest.mark.parametrize("address", ["/follow-up/not-an-id", f"/follow-up/{an_id(77)}", "/follow-up?done=x"])
def test_addresses_that_name_nothing(reader: Reader, address: str) -> None:
    assert reader.get(address).status == (200 if "done" in address else 404)


def test_long_lists_come_in_pages(reader: Reader, app: Flask, clock: Clock) -> None:
    for number in range(1, 24):
        clock.forward(minutes=1)
        give(app, number, comment=f"comment number {number}.")
    first = reader.get("/follow-up")
    assert "comment number 20." in first.text
    assert "comment number 21." not in first.text
    second = reader.get(next(link for link in first.links if "page=2" in link))
    assert "comment number 23." in second.text
    assert "Next page" not in second.text
    assert reader.get("/follow-up?page=0").text == first.text
    assert reader.get("/follow-up?page=99").status == 200
    assert reader.get("/follow-up?page=x").status == 200
