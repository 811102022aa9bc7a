"""Decisions about people: who can be one, which passwords will do, how often one may be tried."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum

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


def sign_in_limits(email: str, address: str) -> Mapping[tuple[str, ...], int]:
    """Return the subjects that a try to sign in counts for, and how many wrong ones each may have.

    Five for a person from one network address. More for the address, behind which a whole company may
    sit, and for the person, whom a stranger elsewhere must not be able to lock out with five tries.
    """
    email, address = email.casefold(), address.casefold()
    return {
        ("both", email, address): 5,
        ("email", email): 50,
        ("address", address): 50,
    }
