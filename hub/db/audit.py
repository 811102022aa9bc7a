"""The audit: who did what to whom, written in the transaction that does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, String, Table, or_, select

from hub.db.schema import Moment, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("person", String(255), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(255), nullable=False),
    Index(None, "at"),
)


def record(connection: Connection, now: datetime, person: str, action: str, subject: str) -> None:
    """Note that a person (an e-mail address, or "command line") did something to a subject."""
    connection.execute(audit.insert().values(at=now, person=person, action=action, subject=subject))


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the audit."""

    at: datetime
    person: str
    action: str
    subject: str


def latest(connection: Connection, about: str, limit: int, offset: int = 0) -> Sequence[Act]:
    """Return what was done last, whose person, action or subject has a text in it."""
    named = (audit.c.person, audit.c.action, audit.c.subject)
    chosen = select(audit.c.at, *named).where(or_(*(each.contains(about, autoescape=True) for each in named)))
    rows = connection.execute(chosen.order_by(audit.c.id.desc()).limit(limit).offset(offset))
    return [Act(*row) for row in rows]
