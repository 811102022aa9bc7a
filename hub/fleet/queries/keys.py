"""The SQL of keys that change: a device's own, and which ones kiosks seal contact details with."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from hub.db.audit import record
from hub.fleet.queries.changes import Named
from hub.fleet.rules import State
from hub.fleet.tables import kiosks


def is_offered(connection: Connection, key_hash: bytes) -> bool:
    """Say whether a kiosk wants to be known by the device key with this hash."""
    offered = select(kiosks.c.id).where(kiosks.c.next_key_hash == key_hash).limit(1)
    return connection.execute(offered).first() is not None


def change_key(connection: Connection, key_hash: bytes, now: datetime) -> None:
    """Let the device key with this hash take the place of the one before, if a kiosk has offered it."""
    found = connection.execute(
        select(kiosks.c.id, kiosks.c.name, kiosks.c.key_hash)
        .where(kiosks.c.next_key_hash == key_hash)
        .with_for_update()
    ).first()
    if found is None:
        return
    changed = {"key_hash": key_hash, "next_key_hash": None, "former_key_hash": found.key_hash}
    connection.execute(update(kiosks).where(kiosks.c.id == found.id).values(**changed, new_key_wanted=False))
    record(connection, now, "kiosk", "kiosk key changed", found.name)


def want_new_key(connection: Connection, kiosk: Named, person: str, now: datetime) -> bool:
    """Wish that a kiosk takes a new device key at its next syncs; return whether it may sync."""
    if kiosk.state in (State.UNPAIRED, State.LOST):
        return False
    connection.execute(update(kiosks).where(kiosks.c.id == kiosk.id).values(new_key_wanted=True))
    record(connection, now, person, "kiosk key wanted", kiosk.name)
    return True


@dataclass(frozen=True, slots=True)
class Sealer:
    """A kiosk in use and the ids of the keys that it may still seal contact details with, None if unknown."""

    name: str
    keys: tuple[str, ...] | None


def sealers(connection: Connection) -> list[Sealer]:
    """Return the kiosks from which contact details may still come, by name."""
    at_work = kiosks.c.state.not_in([State.LOST.value, State.UNPAIRED.value])
    rows = connection.execute(
        select(kiosks.c.name, kiosks.c.sealing_keys).where(at_work).order_by(kiosks.c.name)
    )
    return [Sealer(name, None if keys is None else tuple(keys.split(";"))) for name, keys in rows]
