"""The SQL of pairing: codes under way, their approval, and the kiosk that comes of it."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from hub.db.audit import record
from hub.fleet.rules import LIFE, MOST_PAIRINGS, MOST_TRIES, Pairing
from hub.fleet.tables import assignments, kiosks, pairings


def open_pairing(connection: Connection, device_code: bytes, user_code: str, now: datetime) -> bool:
    """Begin a pairing, given the device code's digest; return whether there was room for one more."""
    connection.execute(delete(pairings).where(pairings.c.expires_at < now - LIFE))
    under_way = select(func.count()).select_from(pairings).where(pairings.c.expires_at > now)
    if connection.execute(under_way).scalar_one() >= MOST_PAIRINGS:
        return False
    connection.execute(
        insert(pairings).values(
            device_code_hash=device_code, user_code=user_code, requested_at=now, expires_at=now + LIFE
        )
    )
    return True


def approve(
    connection: Connection, user_code: str, store: str, touchpoint: str, person: str, now: datetime
) -> bool:
    """Give the kiosk that shows a code its place; return whether there is such a code.

    A wrong code counts as a try against every pairing under way: whoever guesses, guesses at all of them.
    """
    waiting = (pairings.c.expires_at > now) & pairings.c.store.is_(None) & (pairings.c.tries < MOST_TRIES)
    place = {"store": store, "touchpoint": touchpoint, "approved_by": person}
    found = connection.execute(
        update(pairings).where(waiting & (pairings.c.user_code == user_code)).values(place)
    )
    if found.rowcount == 0:
        connection.execute(update(pairings).where(waiting).values(tries=pairings.c.tries + 1))
        return False
    record(connection, now, person, "pairing approved", f"{store} {touchpoint}")
    return True


def find_pairing(connection: Connection, device_code: bytes) -> Pairing | None:
    """Return the pairing with a device code's digest, and hold it until the transaction ends."""
    columns = [pairings.c[name] for name in Pairing.__dataclass_fields__]
    row = connection.execute(
        select(*columns).where(pairings.c.device_code_hash == device_code).with_for_update()
    ).first()
    return Pairing(*row) if row else None


def note_poll(connection: Connection, device_code: bytes, now: datetime) -> None:
    """Note that a device has asked for its key."""
    connection.execute(
        update(pairings).where(pairings.c.device_code_hash == device_code).values(polled_at=now)
    )


def add_kiosk(
    connection: Connection, device_code: bytes, pairing: Pairing, kiosk: str, key_hash: bytes, now: datetime
) -> None:
    """Make the kiosk that an approved pairing is for."""
    there = select(func.count()).select_from(assignments).where(assignments.c.store == pairing.store)
    name = f"{pairing.store}-{connection.execute(there).scalar_one() + 1}"
    connection.execute(insert(kiosks).values(id=kiosk, name=name, key_hash=key_hash, paired_at=now, app=""))
    connection.execute(
        insert(assignments).values(
            kiosk=kiosk, from_at=now, store=pairing.store, touchpoint=pairing.touchpoint
        )
    )
    connection.execute(update(pairings).where(pairings.c.device_code_hash == device_code).values(kiosk=kiosk))
