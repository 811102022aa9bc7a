"""The SQL of API keys: added, listed, taken away, and found by whoever shows one."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from hub.db.audit import record
from hub.db.dialect import insert_missing
from hub.db.throttle import Throttle
from hub.programs.rules import WINDOW, Listed, Program, digest, prefix
from hub.programs.tables import api_key_stores, api_keys, api_requests

REQUESTS = Throttle(api_requests, WINDOW)


def add_key(
    connection: Connection, name: str, key: str, stores: Collection[str], person: str, now: datetime
) -> bool:
    """Add a key for a program; return False, and change nothing, if there is one of this name."""
    row = {
        "name": name,
        "prefix": prefix(key),
        "key_hash": digest(key),
        "created_at": now,
        "last_used_at": None,
    }
    if not insert_missing(connection, api_keys, [row]):
        return False
    if stores:
        connection.execute(insert(api_key_stores), [{"name": name, "store": code} for code in set(stores)])
    whom = ", ".join(sorted(stores)) or "whole chain"
    record(connection, now, person, "api key added", f"{name} {prefix(key)}, {whom}"[:255])
    return True


def remove_key(connection: Connection, name: str, person: str, now: datetime) -> bool:
    """Take a key away, at once; return False if there is none of this name."""
    connection.execute(delete(api_key_stores).where(api_key_stores.c.name == name))
    gone = connection.execute(delete(api_keys).where(api_keys.c.name == name)).rowcount
    if gone:
        record(connection, now, person, "api key removed", name)
    return bool(gone)


def all_keys(connection: Connection) -> list[Listed]:
    """Return every key, by name."""
    stores: dict[str, set[str]] = {}
    for name, store in connection.execute(select(api_key_stores.c.name, api_key_stores.c.store)):
        stores.setdefault(name, set()).add(store)
    rows = connection.execute(select(api_keys).order_by(api_keys.c.name))
    return [
        Listed(row.name, row.prefix, stores.get(row.name), row.created_at, row.last_used_at) for row in rows
    ]


def find_program(connection: Connection, key: str) -> Program | None:
    """Return the program with a key."""
    name = connection.execute(select(api_keys.c.name).where(api_keys.c.key_hash == digest(key))).scalar()
    if name is None:
        return None
    stores = connection.execute(select(api_key_stores.c.store).where(api_key_stores.c.name == name)).scalars()
    return Program(name, frozenset(stores) or None)


def note_use(connection: Connection, name: str, now: datetime) -> None:
    """Note that a key was used."""
    connection.execute(update(api_keys).where(api_keys.c.name == name).values(last_used_at=now))
