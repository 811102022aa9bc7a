"""When a case is overdue, soon due, or arrived late."""

from datetime import UTC, datetime, timedelta

from hub.followup.rules import arrived_late, due_at, overdue, soon_due

NOON = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)
DUE = due_at(NOON)


def test_a_case_is_overdue_from_its_time_on() -> None:
    assert timedelta(hours=48) == DUE - NOON
    assert not overdue(DUE, DUE - timedelta(seconds=1))
    assert overdue(DUE, DUE)


def test_a_case_is_soon_due_half_a_day_before() -> None:
    assert not soon_due(DUE, DUE - timedelta(hours=13))
    assert soon_due(DUE, DUE - timedelta(hours=12))


def test_an_answer_that_took_a_day_arrived_late() -> None:
    assert not arrived_late(NOON, NOON + timedelta(hours=23))
    assert arrived_late(NOON, NOON + timedelta(days=1))
    assert not arrived_late(NOON, NOON - timedelta(minutes=1))
