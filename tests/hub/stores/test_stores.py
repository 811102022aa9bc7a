"""Stores: their business day by zone and closing hour, and what cannot be a store."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import Engine

from hub.db import reading, writing
from hub.stores.queries import Store, add_store, all_stores, find_store
from hub.stores.rules import NotAStore, business_day, check
from tests.hub.conftest import Clock


@pytest.mark.parametrize(
    ("moment", "zone", "closing_hour", "day"),
    [
        ("2026-03-25T22:59:00+00:00", "Europe/Rome", 0, "2026-03-25"),
        ("2026-03-25T23:00:00+00:00", "Europe/Rome", 0, "2026-03-26"),
        ("2026-03-26T01:59:00+00:00", "Europe/Rome", 3, "2026-03-25"),
        ("2026-03-26T02:00:00+00:00", "Europe/Rome", 3, "2026-03-26"),
        # The clock goes from 2:00 to 3:00 in the night to 29 March 2026.
        ("2026-03-29T00:59:00+00:00", "Europe/Rome", 2, "2026-03-28"),
        ("2026-03-29T01:00:00+00:00", "Europe/Rome", 2, "2026-03-29"),
        # It goes from 3:00 back to 2:00 in the night to 25 October: 2:30 is there twice, both times before 3.
        ("2026-10-25T00:30:00+00:00", "Europe/Rome", 3, "2026-10-24"),
        ("2026-10-25T01:30:00+00:00", "Europe/Rome", 3, "2026-10-24"),
        ("2026-10-25T02:00:00+00:00", "Europe/Rome", 3, "2026-10-25"),
        ("2026-01-10T10:59:00+00:00", "Pacific/Auckland", 0, "2026-01-10"),
        ("2026-01-10T11:00:00+00:00", "Pacific/Auckland", 0, "2026-01-11"),
    ],
)
def test_the_business_day(moment: str, zone: str, closing_hour: int, day: str) -> None:
    found = business_day(datetime.fromisoformat(moment), zone, closing_hour)
    assert found == date.fromisoformat(day)


@given(
    some.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=some.just(UTC)),  # noqa: DTZ001
    some.sampled_from(["Europe/Rome", "America/New_York", "Pacific/Auckland", "Asia/Kolkata"]),
    some.integers(0, 11),
)
def test_a_business_day_is_the_local_day_or_the_one_before(moment: datetime, zone: str, hour: int) -> None:
    local = moment.astimezone(ZoneInfo(zone))
    assert local.date() - business_day(moment, zone, hour) == timedelta(days=local.hour < hour)


def test_a_store_is_added_once(engine: Engine, clock: Clock) -> None:
    first = Store("rome", "Da Vinci", "Lazio", "Europe/Rome", 3)
    with writing(engine) as connection:
        assert add_store(connection, first, clock())
        assert not add_store(connection, Store("rome", "Another", "", "Europe/Paris", 0), clock())
    with reading(engine) as connection:
        assert all_stores(connection) == [first]
        assert find_store(connection, "rome") == first
        assert find_store(connection, "paris") is None


@pytest.mark.parametrize(
    ("code", "name", "zone", "closing_hour"),
    [
        ("", "Name", "Europe/Rome", 0),
        (" rome", "Name", "Europe/Rome", 0),
        ("x" * 65, "Name", "Europe/Rome", 0),
        ("a\nb", "Name", "Europe/Rome", 0),
        ("rome", " ", "Europe/Rome", 0),
        ("rome", "x" * 201, "Europe/Rome", 0),
        ("rome", "a\0b", "Europe/Rome", 0),
        ("rome", "Name", "Europe/Atlantis", 0),
        ("rome", "Name", "/etc/passwd", 0),
        ("rome", "Name", "Europe/Rome", 12),
        ("rome", "Name", "Europe/Rome", -1),
    ],
)
def test_what_cannot_be_a_store(code: str, name: str, zone: str, closing_hour: int) -> None:
    with pytest.raises(NotAStore):
        check(code, name, zone, closing_hour)
