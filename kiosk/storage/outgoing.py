"""Answers as they travel. SQLite writes them: in a quarter of Python's time, and the window goes on."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from common.wire import Numbered, item_text, read_id
from kiosk.storage.clocks import WRITTEN, Boots
from kiosk.storage.database import Database, rows
from kiosk.storage.rows import LATEST, from_row
from kiosk.storage.statements import BATCH


class Outgoing(NamedTuple):
    """An answer that waits for the hub: its row, number and id, whether it has contact details, and its JSON.

    By its place a row is found again, and not by its id, which may be what a failing disk has damaged.
    """

    place: int
    sequence: int
    id: str
    has_contact: bool
    text: str


def waiting(db: Database, device: str, after: int, limit: int, boots: Boots) -> list[tuple[Any, ...]]:
    """Return the oldest answers of a device that wait, numbered above after and at most limit.

    Each is what makes an Outgoing, whose text is None where SQLite leaves the row to Python.
    """
    measured = {WRITTEN: (0, 0), **boots.measured}
    values = {"device": device, "after": after, "limit": limit, "boot": boots.now, "latest": LATEST}
    return db.execute(BATCH, values | {"measured": json.dumps(measured)}).fetchall()


def written(db: Database, place: int, boots: Boots) -> Outgoing | None:
    """Write the answer in a row by Python; return None where a failing disk has damaged it."""
    (row,) = rows(db, "SELECT * FROM responses WHERE rowid = ?", [place])
    item = sendable(row, boots)
    if item is None:
        return None
    identity, contact = item.response.id, item.response.contact
    return Outgoing(place, item.sequence, identity, contact is not None, item_text(item))


def sendable(row: Mapping[str, Any], boots: Boots) -> Numbered | None:
    """Read a row with what is known of its time, None where it is damaged so that it cannot travel."""
    try:
        item = boots.dated(Numbered(row["sequence"], from_row(row)), row)
        read_id(item.response.id)
        item_text(item).encode()
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return item
