"""The SQL of people."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from hub.db.dialect import insert_missing
from hub.db.throttle import Throttle
from hub.people.rules import WINDOW, Role
from hub.people.tables import people, people_stores, sign_in_tries

TRIES = Throttle(sign_in_tries, WINDOW)
"""Tries to sign in. One with the right password is taken back."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the database has them; stores are codes. See the table for what the columns mean."""

    email: str
    name: str
    role: Role
    password: str
    session: str
    stores: frozenset[str] = frozenset()
    language: str = ""
    active: bool = True


def person_by_email(connection: Connection, email: str) -> Person | None:
    """Return the person who signs in with an e-mail address, however it is capitalised."""
    return _person(connection, people.c.email == email.lower())


def person_by_session(connection: Connection, session: str) -> Person | None:
    """Return the person whom a session cookie names."""
    return _person(connection, people.c.session == session)


def active_people(connection: Connection) -> list[Person]:
    """Return everybody who may sign in, by address."""
    stores: dict[str, set[str]] = {}
    for email, store in connection.execute(select(people_stores.c.person, people_stores.c.store)):
        stores.setdefault(email, set()).add(store)
    chosen = select(people).where(people.c.active).order_by(people.c.email)
    return [_employed(row, stores.get(row.email, set())) for row in connection.execute(chosen)]


def add_person(connection: Connection, person: Person, now: datetime) -> bool:
    """Add a person with their stores; return False, and change nothing, if the address is known already."""
    added = insert_missing(connection, people, [_row(person) | {"created_at": now}])
    if added:
        _set_stores(connection, person.email, person.stores)
    return bool(added)


def replace_person(connection: Connection, person: Person) -> bool:
    """Give a known person another name, role, password and stores; return False if nobody has the address.

    Their choice of language stays.
    """
    row = _row(person)
    del row["language"]
    changed = connection.execute(update(people).where(people.c.email == person.email).values(row)).rowcount
    if changed:
        _set_stores(connection, person.email, person.stores)
    return bool(changed)


def set_password(connection: Connection, email: str, password: str) -> None:
    """Keep another hash of a person's password."""
    connection.execute(update(people).where(people.c.email == email).values(password=password))


def set_language(connection: Connection, email: str, language: str) -> None:
    """Keep the language that a person has chosen."""
    connection.execute(update(people).where(people.c.email == email).values(language=language))


def _person(connection: Connection, which: ColumnElement[bool]) -> Person | None:
    found = connection.execute(select(people).where(which)).first()
    if found is None:
        return None
    stores = connection.execute(
        select(people_stores.c.store).where(people_stores.c.person == found.email)
    ).scalars()
    return _employed(found, stores)


def _employed(found: Row[Any], stores: Iterable[str]) -> Person:
    return Person(
        email=found.email,
        name=found.name,
        role=Role(found.role),
        language=found.language,
        password=found.password,
        session=found.session,
        active=found.active,
        stores=frozenset(stores),
    )


def _row(person: Person) -> dict[str, object]:
    return {name: getattr(person, name) for name in Person.__slots__ if name != "stores"}


def _set_stores(connection: Connection, email: str, stores: Collection[str]) -> None:
    connection.execute(delete(people_stores).where(people_stores.c.person == email))
    if stores:
        connection.execute(insert(people_stores), [{"person": email, "store": code} for code in stores])
