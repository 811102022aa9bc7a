"""When an answer was given, and on which day and in which store: clocks, zones and moves."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from hub.db import writing
from hub.fleet.tables import assignments
from hub.stores.queries import Store, add_store
from tests.hub.conftest import Clock, PairTablet
from tests.support.answers import a_response, an_id
from tests.support.books import kiosk, stored_rows
from tests.support.tablet import Tablet


def test_w8_a_device_clock_an_hour_slow_is_corrected_and_both_times_are_kept(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    device = clock() - timedelta(hours=1)
    tablet.now = lambda: device
    tablet.give(a_response(1, given_at=device - timedelta(minutes=5)))
    row = stored_rows(engine)[an_id(1)]
    assert row["clock_offset"] == 3_600_000
    assert row["given_at"] == clock() - timedelta(minutes=65)
    assert row["happened_at"] == clock() - timedelta(minutes=5)
    assert kiosk(engine, tablet.kiosk).clock_offset == 3_600_000


def test_w8_under_two_minutes_the_clocks_agree(tablet: Tablet, engine: Engine, clock: Clock) -> None:
    tablet.now = lambda: clock() - timedelta(seconds=119)
    tablet.give(a_response(1, given_at=tablet.now()))
    assert stored_rows(engine)[an_id(1)]["clock_offset"] == 0


@pytest.mark.parametrize(
    ("given_at", "day"), [("2026-03-25T02:59:59+01:00", 24), ("2026-03-25T03:00:00+01:00", 25)]
)
def test_w8_the_store_zone_and_closing_hour_give_the_business_day(
    pair_tablet: PairTablet, engine: Engine, clock: Clock, given_at: str, day: int
) -> None:
    with writing(engine) as connection:
        add_store(connection, Store("bar", "Bar", "", "Europe/Rome", 3), clock())
    tablet = pair_tablet("bar")
    tablet.give(a_response(1, given_at=datetime.fromisoformat(given_at)))
    assert stored_rows(engine)[an_id(1)]["day"] == date(2026, 3, day)


def test_a_moved_kiosk_leaves_its_answers_where_they_were_given(
    tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    moved = clock.forward(days=1)
    with writing(engine) as connection:
        add_store(connection, Store("milan", "Brera", "", "Europe/Rome", 0), moved)
        place = {"kiosk": tablet.kiosk, "from_at": moved, "store": "milan", "touchpoint": "exit"}
        connection.execute(insert(assignments).values(place))
    hour = timedelta(hours=1)
    clock.forward(hours=2)
    receipt = tablet.give(
        a_response(1, given_at=moved - timedelta(days=9)),
        a_response(2, given_at=moved - hour),
        a_response(3, given_at=moved + hour),
    )
    places = {id_: (row["store"], row["touchpoint"]) for id_, row in stored_rows(engine).items()}
    # The tablet had not heard of its move, and named the place of old for each.
    rome = ("rome", "checkout")
    assert places == {an_id(1): rome, an_id(2): rome, an_id(3): ("milan", "exit")}
    assert (receipt.store, receipt.touchpoint) == ("milan", "exit")
