"""The SQL of stores."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from hub.db.dialect import insert_missing
from hub.stores.tables import stores


@dataclass(frozen=True, slots=True)
class Store:
    """A store as the database has it."""

    code: str
    name: str
    region: str
    time_zone: str
    closing_hour: int


_COLUMNS = (stores.c.code, stores.c.name, stores.c.region, stores.c.time_zone, stores.c.closing_hour)


def add_store(connection: Connection, store: Store, now: datetime) -> bool:
    """Add a store; return whether it was new. One that is there already stays as it is."""
    row = {name: getattr(store, name) for name in Store.__slots__} | {"created_at": now}
    return bool(insert_missing(connection, stores, [row]))


def all_stores(connection: Connection) -> Sequence[Store]:
    """Return every store, by name."""
    rows = connection.execute(select(*_COLUMNS).order_by(stores.c.name, stores.c.code))
    return [Store(*row) for row in rows]


def find_store(connection: Connection, code: str) -> Store | None:
    """Return the store with a code."""
    row = connection.execute(select(*_COLUMNS).where(stores.c.code == code)).first()
    return Store(*row) if row else None
