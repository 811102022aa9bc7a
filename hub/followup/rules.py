"""Decisions about cases: whose answer opens one, until when it should be answered, how urgent that is."""

from datetime import datetime, timedelta
from enum import StrEnum

from common.nps import Segment, segment

ANSWER_WITHIN = timedelta(hours=48)
SOON = timedelta(hours=12)
LATE = timedelta(days=1)
LONGEST_NOTE = 2000
"""Characters."""


class Urgency(StrEnum):
    """How an open case stands against the time by which it should be answered."""

    OVERDUE = "overdue"
    SOON = "soon"
    OPEN = "open"


def opens_case(score: int, has_contact: bool) -> bool:
    """Say whether a response is followed up: an unhappy customer who can be reached."""
    return has_contact and segment(score) is Segment.DETRACTOR


def due_at(opened_at: datetime) -> datetime:
    """Return until when a case should be answered."""
    return opened_at + ANSWER_WITHIN


def urgency(due_at: datetime, now: datetime) -> Urgency:
    """Return how urgent an open case is."""
    if now >= due_at:
        return Urgency.OVERDUE
    return Urgency.SOON if due_at - now <= SOON else Urgency.OPEN


def arrived_late(happened_at: datetime, opened_at: datetime) -> bool:
    """Say whether an answer took a day or more from the kiosk to the hub, which the customer is told."""
    return opened_at - happened_at >= LATE
