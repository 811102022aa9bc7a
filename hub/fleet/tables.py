"""The tables of kiosks, of where they stand, of pairings under way, and of responses met twice."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    false,
)

from common.responses import LONGEST_NAME
from common.wire import LONGEST_MARK, LONGEST_WHY, MOST_KEYS
from hub.db.schema import Digest, Identity, Moment, metadata
from hub.db.throttle import throttle_table

kiosks = Table(
    "kiosks",
    metadata,
    Column("id", Identity, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("key_hash", LargeBinary, nullable=False, unique=True),
    Column("paired_at", Moment, nullable=False),
    Column("state", String(16), nullable=False, server_default="active"),
    Column("last_contact_at", Moment),
    Column("app", String(40), nullable=False),
    Column("survey", BigInteger, nullable=False, server_default="0"),
    Column("given", BigInteger, nullable=False, server_default="0"),
    Column("delivered", BigInteger, nullable=False, server_default="0"),
    Column("waiting", BigInteger, nullable=False, server_default="0"),
    Column("quarantined", BigInteger, nullable=False, server_default="0"),
    Column("oldest_waiting_at", Moment),
    Column("received", BigInteger, nullable=False, server_default="0"),
    Column("doubled", BigInteger, nullable=False, server_default="0"),
    Column("clock_offset", BigInteger),
    Column("free_disk", BigInteger),
    Column("settings", BigInteger),
    Column("survey_trouble", String(LONGEST_WHY), nullable=False, server_default=""),
    Column("settings_trouble", String(LONGEST_WHY), nullable=False, server_default=""),
    Column("settings_since", Moment),
    Column("battery", SmallInteger),
    Column("plugged", Boolean),
    Column("lock_state", String(16)),
    Column("trouble", String(LONGEST_NAME), nullable=False, server_default=""),
    Column("trouble_at", Moment),
    Column("next_key_hash", LargeBinary, index=True),
    Column("former_key_hash", LargeBinary),
    Column("new_key_wanted", Boolean, nullable=False, server_default=false()),
    Column("sealing_keys", String(MOST_KEYS * (LONGEST_NAME + 1))),
)
"""given … quarantined are the kiosk's own words, brought up to date with the verdicts of that sync;
received is the hub's count of different responses stored that this kiosk has sent, doubled of those whose
number another one has, too. clock_offset is in
milliseconds, free_disk in bytes, key_hash is the SHA-256 of the device key. survey and settings are the
versions in use; survey_trouble and settings_trouble say why the kiosk does not use those that it should, and
settings_since when it first told that it uses this version. trouble is what a sync met last, of
common.tablet.Trouble, and trouble_at when. What the tablet does not know of itself is null. next_key_hash is
that of a device key which has not been shown yet, former_key_hash that of the one before, which signs files
only. sealing_keys are the ids of the keys for contact details that the kiosk has named, with semicolons
between, null where it has named none."""

assignments = Table(
    "assignments",
    metadata,
    Column("kiosk", Identity, ForeignKey("kiosks.id"), primary_key=True),
    Column("from_at", Moment, primary_key=True),
    Column("store", String(64), ForeignKey("stores.code"), nullable=False),
    Column("touchpoint", String(64), nullable=False),
)
"""Where a kiosk stands from a moment on. Moving it adds a row and rewrites no history."""

pairings = Table(
    "pairings",
    metadata,
    Column("device_code_hash", Digest, primary_key=True),
    Column("user_code", String(8), nullable=False, unique=True),
    Column("requested_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("polled_at", Moment),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("store", String(64), ForeignKey("stores.code")),
    Column("touchpoint", String(64)),
    Column("approved_by", String(255)),
    Column("kiosk", Identity, ForeignKey("kiosks.id")),
)
"""Pairings under way (RFC 8628). tries counts the wrong codes entered while this one was open."""

pairing_tries = throttle_table("pairing_tries")
"""Wrong codes for each person, and codes asked for by each network."""

lines = Table(
    "lines",
    metadata,
    Column("kiosk", Identity, ForeignKey("kiosks.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("mark", String(LONGEST_MARK), nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("proven", Boolean, nullable=False),
    Column("before", String(128), nullable=False, server_default=""),
)
"""Runs of receipts of which each was shown at the next sync. A kiosk has one, unless its memory was copied:
see hub.fleet.copies. mark is what the last receipt of the line handed out, before what is remembered of those
before it."""

repeats = Table(
    "repeats",
    metadata,
    Column("kiosk", Identity, ForeignKey("kiosks.id"), primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("response", Identity, nullable=False),
)
"""Responses that a kiosk sent and that another kiosk, or an earlier pairing of the same tablet, had sent
before. They are received from both and stored once; without this the hub would ask for them for ever."""

refusals = Table(
    "refusals",
    metadata,
    Column("kiosk", Identity, ForeignKey("kiosks.id"), primary_key=True),
    Column("response", String(64), primary_key=True),
    Column("code", String(32), primary_key=True),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("times", Integer, nullable=False),
)
"""Responses refused, once for each reason however often a kiosk sends them. response is the id as far as
it could be read, or empty."""
