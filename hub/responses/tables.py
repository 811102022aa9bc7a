"""The tables of responses and of their daily tallies."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

from common.nps import SCORES
from hub.db.schema import Digest, Identity, Moment, Names, metadata

_FLAGGED = text("flags <> '[]'")
_FOUND_BY = (
    ("contacts", "id", text("contact_box IS NOT NULL")),
    ("email", "email_hash", text("email_hash IS NOT NULL")),
    ("phone", "phone_hash", text("phone_hash IS NOT NULL")),
)
"""Indexes of the few answers with contact details: by what a person is found, and what is to be deleted."""

# No foreign key on store and kiosk: both come from the kiosk's own assignment, which has them, and
# checking them again for each row costs PostgreSQL more than the row itself.
responses = Table(
    "responses",
    metadata,
    Column("id", Identity, primary_key=True),
    Column("store", String(64), nullable=False),
    Column("kiosk", Identity),
    Column("sequence", BigInteger),
    Column("survey", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("touchpoint", String(200), nullable=False),
    Column("language", String(64), nullable=False),
    Column("score", SmallInteger, nullable=False),
    Column("reasons", Names, nullable=False),
    Column("comment", Text, nullable=False),
    Column("flags", Names, nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("utc_offset", SmallInteger, nullable=False),
    Column("clock_offset", BigInteger, nullable=False),
    Column("happened_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("day", Date, nullable=False),
    Column("fingerprint", Digest, nullable=False),
    Column("contact_key", String(64)),
    Column("contact_box", LargeBinary),
    Column("email_hash", Digest),
    Column("phone_hash", Digest),
    Column("consent_text", String(64)),
    Column("consent_language", String(64)),
    Column("consent_at", Moment),
    Column("decided_at", Moment),
    Column("decided_by", String(255)),
    Column("timing", String(8)),
    CheckConstraint("score BETWEEN 0 AND 10", name="score"),
    Index(None, "store", "happened_at"),
    Index(None, "kiosk", "sequence"),
    *(
        Index(f"ix_responses_{name}", column, sqlite_where=there, postgresql_where=there)
        for name, column, there in _FOUND_BY
    ),
    Index("ix_responses_in_doubt", "store", "happened_at", sqlite_where=_FLAGGED, postgresql_where=_FLAGGED),
)
"""given_at is the device's own time and utc_offset its offset from UTC in minutes; happened_at is given_at
plus clock_offset milliseconds, and timing how those were found, null for imports and for what came before it
was kept. day is the store's business day. kiosk and sequence are null for imports.
The hashes of contact details are keyed, so that they find a person's answers and do not tell who it is.
flags stay as they came; counted begins as "no flags" and changes where somebody decided otherwise, at
decided_at: decided_by is an e-mail address, or "kiosk" and its id for the manager who stood there."""

erased = Table(
    "erased",
    metadata,
    Column("id", Identity, primary_key=True),
    Column("erased_at", Moment, nullable=False),
)
"""The ids of responses that a person wanted gone. A kiosk that sends one again is told that it is known."""

tallies = Table(
    "tallies",
    metadata,
    Column("store", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("touchpoint", String(200), primary_key=True),
    Column("counted", Boolean, primary_key=True),
    *(Column(f"s{score}", Integer, nullable=False) for score in SCORES),
    # In SQLite the rows lie in their index, in its order: a board reads a third less for it.
    sqlite_with_rowid=False,
)
"""How often each score was given. Received answers are the rows of both values of counted."""

COUNTS = tuple(f"s{score}" for score in SCORES)
"""The names of the eleven counts."""
