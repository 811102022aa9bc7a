"""The SQL of kiosks: their syncs, the board of all of them, what is done with one, and pairing."""

from hub.fleet.queries.board import Refused, at_work, fleet, refusals_of
from hub.fleet.queries.changes import Named, declare, find_kiosks, move, rename
from hub.fleet.queries.contact import (
    MOST_GAPS,
    Contact,
    find_device,
    gaps,
    note_contact,
    note_refusals,
    note_repeats,
)
from hub.fleet.queries.pairing import add_kiosk, approve, find_pairing, note_poll, open_pairing

__all__ = [
    "MOST_GAPS",
    "Contact",
    "Named",
    "Refused",
    "add_kiosk",
    "approve",
    "at_work",
    "declare",
    "find_device",
    "find_kiosks",
    "find_pairing",
    "fleet",
    "gaps",
    "move",
    "note_contact",
    "note_poll",
    "note_refusals",
    "note_repeats",
    "open_pairing",
    "refusals_of",
    "rename",
]
