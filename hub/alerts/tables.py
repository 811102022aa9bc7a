"""The tables of what is watched, of alarms, of the post about them, and of whose turn a job is."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
    text,
)

from hub.db.schema import Identity, Moment, metadata

_GOES_ON = text("ended_at IS NULL")

watches = Table(
    "watches",
    metadata,
    Column("kiosk", Identity, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("store", String(64), ForeignKey("stores.code"), nullable=False, index=True),
    Column("touchpoint", String(64), nullable=False),
    Column("standing", String(16), nullable=False),
    Column("given", BigInteger, nullable=False),
    Column("contact_since", Moment),
    Column("judged_until", Moment, nullable=False),
    Column("since", Moment, nullable=False),
    Column("began", Moment),
    Column("expected", Float, nullable=False),
    Column("open_hours", Float, nullable=False),
    Column("surprise", Float, nullable=False),
    Column("day", Date),
    Column("of_day", Float, nullable=False),
    Column("by_hours", Float, nullable=False),
    Column("usual", Text, nullable=False),
    Column("learned_on", Date),
)
"""What is remembered of each kiosk in use from one look to the next; hub.alerts.rules says what each means.
usual is JSON, and empty where there is too little history to expect anything."""

alarms = Table(
    "alarms",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("kiosk", Identity, nullable=False),
    Column("name", String(100), nullable=False),
    Column("store", String(64), ForeignKey("stores.code"), nullable=False),
    Column("touchpoint", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("since", Moment, nullable=False),
    Column("began", Moment, nullable=False),
    Column("found_at", Moment, nullable=False),
    Column("expected", Float, nullable=False),
    Column("open_hours", Float, nullable=False),
    Column("ended_at", Moment),
    Column("ending", String(16)),
    Column("seen_at", Moment),
    Column("seen_by", String(255)),
    Index(None, "store", "ended_at"),
    Index(
        "ix_alarms_going_on", "kiosk", unique=True, sqlite_where=_GOES_ON, postgresql_where=_GOES_ON
    ),
)  # fmt: skip
"""Silences that were no chance, and kiosks without contact; a kiosk has at most one that goes on. since is
the last answer or contact, began the first open hour after it; seen_by is who knows of it."""

mutes = Table(
    "mutes",
    metadata,
    Column("kiosk", Identity, primary_key=True),
    Column("until", Moment, nullable=False),
    Column("person", String(255), nullable=False),
)
"""Kiosks whose alarms are not mailed until a moment."""

closed_days = Table(
    "closed_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("store", String(64), primary_key=True),
)
"""Business days on which a store is closed, or all are where store is empty: nobody is expected."""

letters = Table(
    "letters",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("recipient", String(255), nullable=False),
    Column("language", String(8), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("tells_end", Boolean, nullable=False, server_default=false()),
    Column("written_at", Moment, nullable=False),
    Column("try_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("held_until", Moment),
    Column("sent_at", Moment),
    Column("dropped_at", Moment),
    Column("trouble", String(200), nullable=False, server_default=""),
    Index(None, "sent_at", "dropped_at", "try_at"),
)
"""Mails to send, one for a person and a time zone of stores: alarms have begun or, with tells_end, ended.
Whoever sends one holds it until held_until. The id is the Message-ID's: a mail that is sent twice, because a
hub died in between, is known by it. Dropped ones have become needless, or were tried for too long."""

letter_alarms = Table(
    "letter_alarms",
    metadata,
    Column("letter", String(36), ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True),
    Column("alarm", BigInteger, ForeignKey("alarms.id"), primary_key=True),
)
"""What a mail is about."""

unmailed = Table("unmailed", metadata, Column("person", String(255), primary_key=True))
"""The e-mail addresses of people who want no mails about alarms."""

turns = Table(
    "turns",
    metadata,
    Column("job", String(16), primary_key=True),
    Column("last_at", Moment, nullable=False),
)
"""When a job ran last, in whichever process."""
