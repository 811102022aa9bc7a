"""The audit: who did what to whom, written in the transaction that does it."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, String, Table

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
