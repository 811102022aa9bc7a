"""Decisions about API keys: what they look like, what is kept of them, how often one may ask."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex, token_urlsafe

SIGN = "cerchio"
"""How every key begins, so that people and scanners of leaked secrets know what they see."""

WINDOW = timedelta(minutes=1)
MOST_REQUESTS = 120
"""Of one key in a window: a whole fleet of 10,000 kiosks has 100 pages."""

MOST_WRONG = 30
"""Requests with wrong keys from one address in a window. No key can be guessed; this spares the hub."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program that has shown its key. stores are the codes that it may read of, None for all of them."""

    name: str
    stores: Collection[str] | None

    def may_see(self, store: str) -> bool:
        """Say whether it may read what belongs to a store."""
        return self.stores is None or store in self.stores


@dataclass(frozen=True, slots=True)
class Listed:
    """A key as people see it; never the key itself."""

    name: str
    prefix: str
    stores: Collection[str] | None
    created_at: datetime
    last_used_at: datetime | None


def new_key() -> str:
    """Return a key: 256 random bits behind a beginning that may be shown."""
    return f"{SIGN}_{token_hex(4)}_{token_urlsafe(32)}"


def prefix(key: str) -> str:
    """Return the beginning of a key by which people recognise it."""
    return "_".join(key.split("_")[:2])


def digest(key: str) -> bytes:
    """Return what the database keeps of a key."""
    return sha256(key.encode()).digest()


def request_limits(program: str) -> Mapping[tuple[str, ...], int]:
    """Return what a request with the key of a program counts for, and how many it may have."""
    return {("key", program): MOST_REQUESTS}


def wrong_key_limits(address: str) -> Mapping[tuple[str, ...], int]:
    """Return what a request with a wrong key counts for, by network address, and how many that may have."""
    return {("address", address): MOST_WRONG}
