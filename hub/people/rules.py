"""Decisions about people: who can be one, which passwords will do, how often one may be tried."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from common.visit import is_email

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
WINDOW = timedelta(minutes=15)
"""Tries are counted this long from the first one, then forgotten."""


class Role(StrEnum):
    """What a person may see: all stores, or those that they look after."""

    HEAD_OFFICE = "head_office"
    STORE_MANAGER = "store_manager"


class NotAPerson(ValueError):
    """The person cannot be as described; the message says which part is wrong."""


def check(email: str, name: str, role: Role, stores: Collection[str]) -> None:
    """Raise NotAPerson unless a person can be as described."""
    if not is_email(email):
        raise NotAPerson(f"{email!r} is no e-mail address.")
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise NotAPerson("A person has a name of at most 100 characters.")
    if role is Role.STORE_MANAGER and not stores:
        raise NotAPerson("A store manager has at least one store.")
    if role is Role.HEAD_OFFICE and stores:
        raise NotAPerson("Head office sees every store; name stores for a store manager only.")


def check_password(password: str) -> None:
    """Raise NotAPerson for a password that is too short, too long, or hardly more than one character."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise NotAPerson(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    if len(set(password)) < 4:
        raise NotAPerson("A password has at least 4 different characters.")


def throttled(email: str, address: str) -> Mapping[str, int]:
    """Return what a try to sign in counts against, as hashes, and how many wrong tries each may have.

    Five for a person from one network address. More for the address, behind which a whole company may
    sit, and for the person, whom a stranger elsewhere must not be able to lock out with five tries.
    """
    return {
        _subject("both", email, address): 5,
        _subject("email", email): 50,
        _subject("address", address): 50,
    }


def wait(times: int, most: int, since: datetime, now: datetime) -> timedelta | None:
    """Return how long to wait before the next try; None if it may be now. times includes this one."""
    return None if times <= most else max(timedelta(0), since + WINDOW - now)


def _subject(*parts: str) -> str:
    return sha256("\x1f".join(part.casefold() for part in parts).encode()).hexdigest()
