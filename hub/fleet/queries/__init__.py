"""The SQL of kiosks: their syncs, the board of all of them, what is done with one, and pairing."""

from hub.fleet.queries.board import Refused, at_work, fleet, refusals_of
from hub.fleet.queries.carried import KnownKiosk, known_kiosk, note_arrival, note_carried
from hub.fleet.queries.changes import Named, call_off, declare, find_kiosks, move, rename
from hub.fleet.queries.contact import (
    DEVICE,
    MOST_GAPS,
    Contact,
    Noted,
    find_device,
    forget_refusals,
    gaps,
    note_contact,
    note_doubled,
    note_refusals,
    note_repeats,
    places_in,
)
from hub.fleet.queries.keys import Sealer, change_key, is_offered, sealers, want_new_key
from hub.fleet.queries.marks import all_copies, note_mark
from hub.fleet.queries.pairing import (
    TRIES,
    add_kiosk,
    approve,
    find_pairing,
    is_closed,
    note_poll,
    open_pairing,
)

__all__ = [
    "DEVICE",
    "MOST_GAPS",
    "TRIES",
    "Contact",
    "KnownKiosk",
    "Named",
    "Noted",
    "Refused",
    "Sealer",
    "add_kiosk",
    "all_copies",
    "approve",
    "at_work",
    "call_off",
    "change_key",
    "declare",
    "find_device",
    "find_kiosks",
    "find_pairing",
    "fleet",
    "forget_refusals",
    "gaps",
    "is_closed",
    "is_offered",
    "known_kiosk",
    "move",
    "note_arrival",
    "note_carried",
    "note_contact",
    "note_doubled",
    "note_mark",
    "note_poll",
    "note_refusals",
    "note_repeats",
    "open_pairing",
    "places_in",
    "refusals_of",
    "rename",
    "sealers",
    "want_new_key",
]
