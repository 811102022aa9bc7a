"""Decisions about API keys: what they look like, what is kept of them, how often one may ask."""

from collections.abc import Collection
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


def subject(kind: str, name: str) -> str:
    """Return under what requests are counted: those of a key, or with wrong ones of a network address."""
    return sha256(f"{kind}\x1f{name}".encode()).hexdigest()


def wait(times: int, most: int, since: datetime, now: datetime) -> int:
    """Return how many seconds to wait before the next request, 0 for none. times includes this one."""
    left = since + WINDOW - now
    return 0 if times <= most else max(1, round(left.total_seconds()))
