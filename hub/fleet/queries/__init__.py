"""The SQL of kiosks: their syncs, the board of all of them, and pairing."""

from hub.fleet.queries.board import Kiosk, fleet
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
    "Kiosk",
    "add_kiosk",
    "approve",
    "find_device",
    "find_pairing",
    "fleet",
    "gaps",
    "note_contact",
    "note_poll",
    "note_refusals",
    "note_repeats",
    "open_pairing",
]
