"""Answers as they travel. SQLite writes them: in a quarter of Python's time, and the window goes on."""

import json
from typing import Any, NamedTuple

from common.wire import Numbered, item_text
from kiosk.storage.clocks import WRITTEN, Boots
from kiosk.storage.database import Database, rows
from kiosk.storage.rows import LATEST, readable
from kiosk.storage.statements import BATCH


class Outgoing(NamedTuple):
    """An answer that waits for the hub: its number, its id, whether it has contact details, and its JSON."""

    sequence: int
    id: str
    has_contact: bool
    text: str


def waiting(db: Database, device: str, after: int, limit: int, boots: Boots) -> list[tuple[Any, ...]]:
    """Return the oldest answers of a device that wait, numbered above after and at most limit, like Outgoing.

    The text is None where SQLite leaves the row to Python.
    """
    measured = {WRITTEN: (0, 0), **boots.measured}
    values = {"device": device, "after": after, "limit": limit, "boot": boots.now, "latest": LATEST}
    return db.execute(BATCH, values | {"measured": json.dumps(measured)}).fetchall()


def written(db: Database, identity: str, boots: Boots) -> Outgoing | None:
    """Write an answer by Python; return None where a failing disk has damaged its row."""
    (row,) = rows(db, "SELECT * FROM responses WHERE id = ?", [identity])
    response = readable(row)
    if response is None:
        return None
    item = boots.dated(Numbered(row["sequence"], response), row)
    return Outgoing(item.sequence, response.id, response.contact is not None, item_text(item))
