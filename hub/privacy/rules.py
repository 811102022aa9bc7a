"""Decisions about contact details: until when they are kept, and what somebody may mean by one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from common.visit import is_email, is_phone
from hub.responses.rules import email_hash, phone_hash


@dataclass(frozen=True, slots=True)
class Terms:
    """How long contact details are kept: so long after the reply, at most so long after the answer."""

    after_reply: timedelta
    at_most: timedelta

    def due(self, now: datetime) -> "Due":
        """Return which moments are long enough ago."""
        return Due(replied_by=now - self.after_reply, given_by=now - self.at_most)


@dataclass(frozen=True, slots=True)
class Due:
    """Contact details go where the reply, or the answer, was at these moments or before."""

    replied_by: datetime
    given_by: datetime


@dataclass(frozen=True, slots=True)
class Traces:
    """The keyed hashes by which a person's answers are found; None where there is nothing to find by."""

    email: bytes | None
    phone: bytes | None


def traces(text: str, key: bytes) -> Traces | None:
    """Return what finds the answers of who has an e-mail address or a phone number; None for neither."""
    text = text.strip()
    if is_email(text):
        return Traces(email_hash(text, key), None)
    return Traces(None, phone_hash(text, key)) if is_phone(text) else None
