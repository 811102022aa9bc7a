"""The business day, also in the nights in which clocks change, and far east of Greenwich."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hub.stores.rules import business_day

NIGHTS = [
    # zone, the moment in UTC at which clocks change, local time just before it, local time at it
    ("Europe/Rome", "2026-03-29T01:00", "01:59", "03:00"),
    ("Europe/Rome", "2026-10-25T01:00", "02:59", "02:00"),
    ("Europe/Madrid", "2026-03-29T01:00", "01:59", "03:00"),
    ("Europe/Madrid", "2026-10-25T01:00", "02:59", "02:00"),
    ("Europe/Paris", "2026-03-29T01:00", "01:59", "03:00"),
    ("Europe/Paris", "2026-10-25T01:00", "02:59", "02:00"),
    ("Europe/Lisbon", "2026-03-29T01:00", "00:59", "02:00"),
    ("Europe/Lisbon", "2026-10-25T01:00", "01:59", "01:00"),
    ("Pacific/Auckland", "2026-04-04T14:00", "02:59", "02:00"),
    ("Pacific/Auckland", "2026-09-26T14:00", "01:59", "03:00"),
]


@pytest.mark.parametrize(("zone", "changes", "before", "after"), NIGHTS)
@pytest.mark.parametrize("closing_hour", [0, 1, 2, 3, 4])
def test_w8_every_minute_of_such_a_night_counts_for_the_day_that_the_stores_clock_says(
    zone: str, changes: str, before: str, after: str, closing_hour: int
) -> None:
    moment = datetime.fromisoformat(changes).replace(tzinfo=UTC)
    evening = (moment + timedelta(hours=12 if zone == "Pacific/Auckland" else 1)).date() - timedelta(days=1)
    for at, clock in ((moment - timedelta(minutes=1), before), (moment, after)):
        late = int(clock[:2]) >= closing_hour
        assert business_day(at, zone, closing_hour) == evening + timedelta(days=late)


@pytest.mark.parametrize(
    ("changes", "zone", "hours"),
    [
        ("2026-03-29", "Europe/Rome", 23),
        ("2026-10-25", "Europe/Madrid", 25),
        ("2026-03-29", "Europe/Paris", 23),
        ("2026-10-25", "Europe/Lisbon", 25),
        ("2026-09-27", "Pacific/Auckland", 23),
        ("2026-04-05", "Pacific/Auckland", 25),
    ],
)
def test_w8_such_a_day_has_an_hour_less_or_more_and_its_neighbours_have_24(
    changes: str, zone: str, hours: int
) -> None:
    day = date.fromisoformat(changes)
    start = datetime.combine(day, datetime.min.time(), UTC) - timedelta(days=3)
    days = [business_day(start + timedelta(minutes=15 * step), zone, 0) for step in range(6 * 96)]
    wanted = {day - timedelta(days=1): 24, day: hours, day + timedelta(days=1): 24}
    assert {each: days.count(each) / 4 for each in wanted} == wanted


def test_w8_auckland_is_a_day_ahead_of_greenwich_from_its_summers_noon_on() -> None:
    noon = datetime(2026, 1, 15, 11, 0, tzinfo=UTC)
    assert business_day(noon, "Pacific/Auckland", 0) == date(2026, 1, 16), "UTC+13: midnight"
    assert business_day(noon - timedelta(seconds=1), "Pacific/Auckland", 0) == date(2026, 1, 15)
    assert business_day(noon + timedelta(hours=4), "Pacific/Auckland", 4) == date(2026, 1, 16)
    assert business_day(noon + timedelta(hours=4, seconds=-1), "Pacific/Auckland", 4) == date(2026, 1, 15)
