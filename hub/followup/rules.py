"""Decisions about cases: whose answer opens one, until when it should be answered, how urgent that is."""

from datetime import datetime, timedelta

from common.nps import is_followed_up

ANSWER_WITHIN = timedelta(hours=48)
SOON = timedelta(hours=12)
LATE = timedelta(days=1)
LONGEST_NOTE = 2000
"""Characters."""


def opens_case(score: int, has_contact: bool) -> bool:
    """Say whether a response is followed up: an unhappy customer who can be reached."""
    return has_contact and is_followed_up(score)


def due_at(opened_at: datetime) -> datetime:
    """Return until when a case should be answered."""
    return opened_at + ANSWER_WITHIN


def overdue(due_at: datetime, now: datetime) -> bool:
    """Say whether an open case has waited for too long."""
    return now >= due_at


def soon_due(due_at: datetime, now: datetime) -> bool:
    """Say whether an open case should be answered within hours."""
    return due_at - now <= SOON


def arrived_late(happened_at: datetime, opened_at: datetime) -> bool:
    """Say whether an answer took a day or more from the kiosk to the hub, which the customer is told."""
    return opened_at - happened_at >= LATE
