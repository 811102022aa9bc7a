"""The page of one kiosk, and what head office does there: moving, naming, stopping, reporting lost."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from common.wire import UNPAIRING_PATH
from hub.db import reading, writing
from hub.db.audit import audit
from hub.fleet.tables import assignments
from hub.responses.tables import responses
from hub.stores.queries import Store, add_store
from tests.hub.conftest import Clock, PairTablet
from tests.support.answers import a_response
from tests.support.chain import BOSS, MANAGER
from tests.support.reader import Reader
from tests.support.tablet import Tablet


@pytest.fixture
def tablet(pair_tablet: PairTablet) -> Tablet:
    return pair_tablet()


def page_of(tablet: Tablet) -> str:
    return f"/fleet/kiosk/{tablet.kiosk}"


def stores_of_answers(engine: Engine) -> list[tuple[int, str]]:
    with reading(engine) as connection:
        rows = connection.execute(select(responses.c.sequence, responses.c.store).order_by("sequence"))
        return [(row.sequence, row.store) for row in rows]


def test_it_shows_how_the_kiosk_is_and_where_it_stood(reader: Reader, tablet: Tablet) -> None:
    tablet.give(a_response(1), a_response(2))
    page = reader.get(page_of(tablet))
    assert "Given 2 Received 2 On the tablet 0 Set aside 0 Missing 0" in page.text
    assert "Clock right Free disk 1 GB" in page.text
    assert "Da Vinci · checkout from 25 Mar 2026, 11:00" in page.text


def test_it_says_why_answers_were_set_aside(reader: Reader, tablet: Tablet) -> None:
    document = tablet.document(tablet.number(a_response(1), a_response(2)))
    document["responses"][0]["score"] = 11
    document["responses"][1]["survey"] = "nobody knows"
    tablet.post(document)
    tablet.post(document)
    page = reader.get(page_of(tablet))
    assert "its score is not from 0 to 10 1" in page.text
    assert "its survey is not known here 1" in page.text


def test_a_move_at_noon_rewrites_no_history(
    reader: Reader, tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    tablet.give(a_response(1, given_at=clock()))
    before, after = clock.forward(hours=1), clock.forward(hours=2)
    reader.get(page_of(tablet))
    page = reader.send(f"{page_of(tablet)}/move", store="milan", touchpoint="exit", at="2026-03-25T12:30")
    assert "The kiosk was moved." in page.text
    assert "Navigli · exit from 25 Mar 2026, 12:30" in page.text
    receipt = tablet.give(a_response(2, given_at=before), a_response(3, given_at=after))
    assert (receipt.store, receipt.touchpoint) == ("milan", "exit")
    assert stores_of_answers(engine) == [(1, "rome"), (2, "rome"), (3, "milan")]
    with reading(engine) as connection:
        entries = select(audit.c.person, audit.c.action, audit.c.subject).order_by(audit.c.id)
        assert connection.execute(entries).all()[-1] == (
            BOSS, "kiosk moved", "rome-1 to milan exit from 2026-03-25 11:30+00:00",
        )  # fmt: skip


def test_a_move_that_lies_ahead_holds_from_then_on_and_can_be_changed(
    reader: Reader, tablet: Tablet, clock: Clock, engine: Engine
) -> None:
    reader.get(page_of(tablet))
    reader.send(f"{page_of(tablet)}/move", store="milan", touchpoint="exit", at="2026-03-27T08:00")
    assert tablet.give(a_response(1)).store == "rome"
    page = reader.send(f"{page_of(tablet)}/move", store="milan", touchpoint="returns", at="2026-03-26T08:00")
    assert "exit" not in page.text
    clock.time = datetime(2026, 3, 26, 7, 0, tzinfo=UTC)
    receipt = tablet.give(a_response(2))
    assert (receipt.store, receipt.touchpoint) == ("milan", "returns")
    assert "rome-1 Navigli · returns" in reader.get("/fleet").text
    with reading(engine) as connection:
        assert len(connection.execute(select(assignments)).all()) == 2


def test_a_move_that_lies_ahead_is_called_off(
    reader: Reader, tablet: Tablet, clock: Clock, engine: Engine
) -> None:
    assert "Call off this move" not in reader.get(page_of(tablet)).text
    planned = reader.send(f"{page_of(tablet)}/move", store="milan", touchpoint="exit", at="2026-03-27T08:00")
    assert "The first of these lies ahead." in planned.text
    page = reader.send(f"{page_of(tablet)}/stay")
    assert "The move is called off. The kiosk stays where it is." in page.text
    assert "Navigli · exit" not in page.text
    clock.time = datetime(2026, 3, 28, tzinfo=UTC)
    assert tablet.give(a_response(1)).store == "rome"
    with reading(engine) as connection:
        actions = connection.execute(select(audit.c.action).order_by(audit.c.id)).scalars().all()
    assert actions[-2:] == ["kiosk moved", "kiosk's move called off"]


@pytest.mark.parametrize("state", ["unpaired", "asleep", ""])
def test_only_its_tablet_says_that_a_kiosk_was_unpaired(reader: Reader, tablet: Tablet, state: str) -> None:
    reader.get(page_of(tablet))
    assert reader.send(f"{page_of(tablet)}/state", state=state).status == 400
    assert tablet.give(a_response(1)).asking


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"store": "rome", "touchpoint": "checkout"}, "It stands there already."),
        ({"at": "2026-03-25T11:20"}, "Answers given since that moment are stored, and stay where they are."),
        ({"at": "2026-03-25T10:00"}, "It came to where it is only after that moment."),
        ({"at": "2027-06-01T10:00"}, "That is more than a year ahead."),
        ({"at": "0001-01-01T00:00"}, "Please say when as a day and a time."),
        ({"at": "yesterday"}, "Please say when as a day and a time."),
        ({"at": "2026-03-29T02:30"}, "The store’s clock never shows this time"),
        ({"store": "nowhere"}, "Please choose a store."),
        (
            {"touchpoint": "caffè"},
            "A name has 1 to 64 signs: letters without accents, digits",
        ),
    ],
)
def test_a_move_that_cannot_be_is_explained_and_changes_nothing(
    reader: Reader, tablet: Tablet, clock: Clock, asked: dict[str, str], sentence: str
) -> None:
    tablet.give(a_response(1, given_at=clock.forward(minutes=30)))
    clock.forward(minutes=30)
    reader.get(page_of(tablet))
    page = reader.send(f"{page_of(tablet)}/move", **({"store": "milan", "touchpoint": "exit"} | asked))
    assert sentence in page.text
    assert "Navigli" not in reader.get("/fleet").text


def test_w11_a_stopped_kiosk_brings_what_it_has_and_is_missed_by_nobody(
    reader: Reader, tablet: Tablet, clock: Clock
) -> None:
    reader.get(page_of(tablet))
    page = reader.send(f"{page_of(tablet)}/state", state="stopped")
    assert "The kiosk asks nobody any more" in page.text
    receipt = tablet.give(a_response(1))
    assert (receipt.asking, receipt.verdicts[0].outcome) == (False, "accepted")
    clock.forward(days=3)
    assert '<span class="tag alarm">no contact' not in reader.get("/fleet").html
    assert "stopped" in reader.get("/fleet?which=stopped").text
    reader.get(page_of(tablet))
    reader.client.post(
        f"{page_of(tablet)}/state",
        data={"state": "active", "csrf_token": reader.page.forms[-1].fields["csrf_token"]},
    )
    assert '<span class="tag alarm">no contact for 3 days' not in reader.get("/").html
    assert "no contact for 3 days" in reader.get(page_of(tablet)).text


def test_reporting_a_kiosk_lost_asks_first_and_can_be_undone(reader: Reader, tablet: Tablet) -> None:
    reader.get(f"{page_of(tablet)}/lost")
    page = reader.send(f"{page_of(tablet)}/state")
    assert "Nothing is accepted from this kiosk any more." in page.text
    reply = tablet.post(tablet.document(tablet.number(a_response(1))))
    assert (reply.status, reply.code) == (403, "revoked_device")
    reader.send(f"{page_of(tablet)}/state")
    assert tablet.sync(tablet.number(a_response(1))).verdicts[0].outcome == "accepted"


def test_a_kiosk_gets_another_name(reader: Reader, tablet: Tablet) -> None:
    reader.get(page_of(tablet))
    assert "letters without accents" in reader.send(f"{page_of(tablet)}/name", name="<script>").text
    page = reader.send(f"{page_of(tablet)}/name", name="By the door")
    assert "The kiosk has its new name." in page.text
    assert "called the same" not in page.text
    assert "By the door Da Vinci" in reader.get("/fleet").text


def test_two_kiosks_may_have_one_name_and_it_is_said(
    reader: Reader, tablet: Tablet, pair_tablet: PairTablet
) -> None:
    pair_tablet()
    reader.get(page_of(tablet))
    page = reader.send(f"{page_of(tablet)}/name", name="rome-2")
    assert "The kiosk has its new name. Another kiosk is called the same." in page.text


def test_moves_between_zones_say_which_clock_is_meant(
    reader: Reader, tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    assert "(Europe/Rome)" not in reader.get(page_of(tablet)).text
    with writing(engine) as connection:
        add_store(connection, Store("auck", "Queen Street", "NZ", "Pacific/Auckland", 0), clock())
    reader.get(page_of(tablet))
    page = reader.send(f"{page_of(tablet)}/move", store="auck", touchpoint="exit", at="2026-03-27T08:00")
    assert "from 27 Mar 2026, 08:00 (Pacific/Auckland)" in page.text
    assert "from 25 Mar 2026, 11:00 (Europe/Rome)" in page.text


def test_a_manager_sees_and_moves_kiosks_of_their_store_only(
    reader: Reader, app: Flask, pair_tablet: PairTablet
) -> None:
    own, other = pair_tablet("rome"), pair_tablet("milan")
    manager = Reader(app.test_client())
    manager.sign_in(MANAGER)
    assert manager.get(page_of(other)).status == 404
    assert manager.get("/fleet/kiosk/nobody").status == 404
    assert "Navigli" not in manager.get(page_of(own)).text
    page = manager.send(f"{page_of(own)}/move", store="milan", touchpoint="exit")
    assert "Please choose a store" in page.text
    token = page.forms[-1].fields["csrf_token"]
    for what in ("move", "name", "state"):
        data = {"csrf_token": token, "state": "lost", "store": "rome", "touchpoint": "x", "name": "x"}
        assert manager.client.post(f"{page_of(other)}/{what}", data=data).status_code == 404
    assert (
        manager.client.post(f"{page_of(own)}/state", data={"state": "sold", "csrf_token": token}).status_code
        == 400
    )
    assert manager.client.post(f"{page_of(own)}/state", data={"state": "lost"}).status_code == 400


def test_a_hub_whose_clock_is_set_back_still_shows_its_kiosks(
    reader: Reader, tablet: Tablet, clock: Clock
) -> None:
    clock.time -= timedelta(days=1)
    assert "rome-1 Da Vinci · checkout" in reader.get("/fleet").text


def test_w3_what_is_taken_after_all_is_refused_no_longer(reader: Reader, tablet: Tablet) -> None:
    items = tablet.number(a_response(1), a_response(2))
    document = tablet.document(items)
    for response in document["responses"]:
        response["survey"] = "nobody knows"
    tablet.post(document)
    assert "its survey is not known here 2" in reader.get(page_of(tablet)).text
    tablet.post(tablet.document(items[:1]))
    assert "its survey is not known here 1" in reader.get(page_of(tablet)).text
    tablet.post(tablet.document(items[1:]))
    assert "Set aside, and why" not in reader.get(page_of(tablet)).text


def test_a_new_key_is_wished_for_on_the_page(reader: Reader, tablet: Tablet) -> None:
    reader.get(page_of(tablet))
    page = reader.send(f"{page_of(tablet)}/key")
    assert "It takes a new key at its next contacts." in page.text
    receipt = tablet.post(tablet.document([])).document
    assert receipt["keys"]["renew"] is True


def test_one_that_was_unpaired_says_so_and_cannot_be_resumed(reader: Reader, tablet: Tablet) -> None:
    tablet.send(UNPAIRING_PATH, b"{}", {"Authorization": f"Bearer {tablet.key}"})
    page = reader.get(page_of(tablet))
    assert "Its tablet has said that it belongs here no more." in page.text
    assert not [form for form in page.forms if form.action.endswith("/state")]
    assert "unpaired" in reader.get("/fleet?which=unpaired").text
