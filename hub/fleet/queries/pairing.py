"""The SQL of pairing: codes under way, their approval, and the kiosk that comes of it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from hub.db.audit import record
from hub.db.throttle import Throttle
from hub.fleet.rules import LIFE, MOST_PAIRINGS, MOST_WRONG, Pairing, asking_limits
from hub.fleet.tables import assignments, kiosks, pairing_tries, pairings

TRIES = Throttle(pairing_tries, LIFE)
"""Wrong codes, and codes asked for. A right one, and one that was approved, are taken back."""


def open_pairing(
    connection: Connection, device_code: bytes, user_code: str, address: str, now: datetime
) -> timedelta | None:
    """Begin a pairing, given the device code's digest and from which network address it is asked for.

    Where there is no room for one more, return how long to wait.
    """
    if waiting := TRIES.count(connection, asking_limits(address), now) or _until_there_is_room(
        connection, now
    ):
        return waiting
    connection.execute(delete(pairings).where(pairings.c.expires_at < now - LIFE))
    connection.execute(
        insert(pairings).values(
            device_code_hash=device_code, user_code=user_code, requested_at=now, expires_at=now + LIFE
        )
    )
    return None


def _until_there_is_room(connection: Connection, now: datetime) -> timedelta | None:
    open_ones = (pairings.c.expires_at > now) & pairings.c.store.is_(None)
    columns = func.count(), func.min(pairings.c.expires_at, type_=pairings.c.expires_at.type)
    number, first = connection.execute(select(*columns).where(open_ones)).one()
    return first - now if number >= MOST_PAIRINGS else None


def approve(
    connection: Connection, user_code: str, store: str, touchpoint: str, person: str, now: datetime
) -> bool:
    """Give the kiosk that shows a code its place; return whether there is such a code.

    A wrong code counts as a try against every pairing under way: whoever guesses, guesses at all of them.
    How many wrong ones a person may type is counted before, by TRIES.
    """
    waiting = (pairings.c.expires_at > now) & pairings.c.store.is_(None) & (pairings.c.tries < MOST_WRONG)
    place = {"store": store, "touchpoint": touchpoint, "approved_by": person}
    found = connection.execute(
        update(pairings).where(waiting & (pairings.c.user_code == user_code)).values(place)
    )
    if found.rowcount == 0:
        connection.execute(update(pairings).where(waiting).values(tries=pairings.c.tries + 1))
        return False
    record(connection, now, person, "pairing approved", f"{store} {touchpoint}")
    return True


def is_closed(connection: Connection, user_code: str, now: datetime) -> bool:
    """Say whether a kiosk shows this code, and too many wrong ones were typed meanwhile."""
    closed = (pairings.c.expires_at > now) & (pairings.c.tries >= MOST_WRONG)
    mine = select(pairings.c.user_code).where(closed & (pairings.c.user_code == user_code))
    return connection.execute(mine).first() is not None


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
