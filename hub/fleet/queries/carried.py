"""The SQL of rescue files: who wrote one, and what it changes of what the hub knows of a kiosk."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, case, or_, select, update

from common.wire import Totals
from hub.fleet.queries.contact import find_device
from hub.fleet.rules import Device
from hub.fleet.tables import kiosks


@dataclass(frozen=True, slots=True)
class KnownKiosk:
    """A kiosk, and the hashes of the keys by which it may have signed a file: of now, next and before."""

    device: Device
    key_hashes: tuple[bytes, ...] = field(repr=False)


def known_kiosk(connection: Connection, kiosk: str) -> KnownKiosk | None:
    """Return the kiosk with an id."""
    columns = kiosks.c.key_hash, kiosks.c.next_key_hash, kiosks.c.former_key_hash
    found = connection.execute(select(*columns).where(kiosks.c.id == kiosk)).first()
    device = find_device(connection, found.key_hash) if found else None
    return KnownKiosk(device, tuple(bytes(each) for each in found if each)) if device and found else None


def note_arrival(connection: Connection, kiosk: str, received: int) -> None:
    """Note that so many responses, new from a kiosk, have come otherwise than by its sync."""
    waiting = case((kiosks.c.waiting > received, kiosks.c.waiting - received), else_=0)
    values = {
        "received": kiosks.c.received + received,
        "delivered": kiosks.c.delivered + (kiosks.c.waiting - waiting),
        "waiting": waiting,
    }
    connection.execute(update(kiosks).where(kiosks.c.id == kiosk).values(values))


def note_carried(connection: Connection, kiosk: str, totals: Totals, written_at: datetime) -> None:
    """Note what a kiosk counted at a moment, unless it has told of itself later."""
    later = or_(kiosks.c.last_contact_at.is_(None), kiosks.c.last_contact_at < written_at)
    values = {
        "given": totals.given,
        "delivered": totals.delivered,
        "waiting": totals.waiting,
        "quarantined": totals.quarantined,
        "oldest_waiting_at": totals.oldest_waiting,
    }
    connection.execute(update(kiosks).where(kiosks.c.id == kiosk, later).values(values))
