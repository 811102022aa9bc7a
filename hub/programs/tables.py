"""The tables of API keys, of the stores that they are limited to, and of requests in the last minute."""

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table

from hub.db.schema import Moment, metadata
from hub.db.throttle import throttle_table

api_keys = Table(
    "api_keys",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("prefix", String(32), nullable=False),
    Column("key_hash", LargeBinary, nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("last_used_at", Moment),
)
"""key_hash is the SHA-256 of a key, which is random and so needs no salt. prefix is its beginning, by which
people recognise it; nobody can guess the rest from it."""

api_key_stores = Table(
    "api_key_stores",
    metadata,
    Column("name", String(64), ForeignKey("api_keys.name", ondelete="CASCADE"), primary_key=True),
    Column("store", String(64), ForeignKey("stores.code"), primary_key=True),
)
"""The stores that a key is limited to; one without any reads of all of them."""

api_requests = throttle_table("api_requests")
"""Requests of each key, and with wrong keys from each network address."""
