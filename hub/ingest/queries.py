"""The SQL with which a sync begins: who sends, and what that kiosk should use, in one question."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hub.fleet.queries import DEVICE, places_in
from hub.fleet.rules import Device, State, place_at
from hub.fleet.tables import assignments
from hub.surveys.queries import asked_version, newest
from hub.surveys.rules import Key


@dataclass(frozen=True, slots=True)
class Sender(Device):
    """A kiosk that syncs; by store, the survey that was published last and the version of the settings."""

    newest: Mapping[str, tuple[Key, int]]


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of the survey and of the settings that a kiosk should use."""

    survey: int
    settings: int


def find_sender(connection: Connection, key_hash: bytes) -> Sender | None:
    """Return the kiosk with this device key."""
    rows = connection.execute(_SENDER, {"key_hash": key_hash}).all()
    if not rows:
        return None
    last = {row.store: ((row[-3], row[-2]), row[-1]) for row in rows}
    return Sender(rows[0].id, State(rows[0].state), places_in(rows), last)


_SENDER = DEVICE.add_columns(*newest(assignments.c.store))


def versions(connection: Connection, sender: Sender, now: datetime) -> Versions:
    """Return what a kiosk should use where it stands now; the database is asked only if that is broken."""
    store = place_at(sender.places, now).store
    survey, settings = sender.newest[store]
    return Versions(asked_version(connection, store, survey), settings)
