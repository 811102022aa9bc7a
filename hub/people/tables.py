"""The tables of people, of the stores they look after, and of wrong passwords."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, String, Table

from hub.db.schema import Moment, metadata
from hub.db.throttle import throttle_table

people = Table(
    "people",
    metadata,
    Column("email", String(255), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("role", String(16), nullable=False),
    Column("language", String(8), nullable=False, server_default=""),
    Column("password", String(255), nullable=False),
    Column("session", String(64), nullable=False, unique=True),
    Column("active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("role IN ('head_office', 'store_manager')", name="role"),
)
"""email is in lower case. password is an Argon2 hash. session names the person in session cookies: a new
one signs the person out everywhere. language is the reader's choice, empty while there is none."""

people_stores = Table(
    "people_stores",
    metadata,
    Column("person", String(255), ForeignKey("people.email", ondelete="CASCADE"), primary_key=True),
    Column("store", String(64), ForeignKey("stores.code"), primary_key=True),
)
"""The stores of a store manager. Head office sees every store and has no rows."""

sign_in_tries = throttle_table("sign_in_tries")
"""Passwords tried without success, for each e-mail address and each network address. People type passwords
into the wrong field; the subject is a hash."""
