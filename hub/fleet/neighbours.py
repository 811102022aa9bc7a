"""What the fleet is told by other features, which are strangers: the application introduces them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from flask import current_app
from sqlalchemy import Connection

from hub.fleet import queries
from hub.fleet.kiosks import Kiosk


class Alarm(Protocol):
    """What is asked about an alarm that goes on."""

    @property
    def kiosk(self) -> str:
        """The id of the kiosk that it is about."""

    @property
    def kind(self) -> str:
        """A name for what kind of alarm it is."""

    @property
    def since(self) -> datetime:
        """Since when what it is about has lasted."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The alarms that go on, and the version of what was set last for each store, and under None for all.

    said returns what the alarm about a kiosk says, in the reader's language, empty where there is none.
    """

    alarms: Callable[[Connection], Iterable[Alarm]]
    settings: Callable[[Connection], Mapping[str | None, int]]
    said: Callable[[Connection, str, datetime], str]

    def fleet(self, connection: Connection, now: datetime) -> list[Kiosk]:
        """Return every kiosk with its alarm and the settings that it should use, by store and name."""
        alarms = {alarm.kiosk: alarm for alarm in self.alarms(connection)}
        versions = self.settings(connection)
        return [
            replace(_alarmed(kiosk, alarms.get(kiosk.id)), settings_wanted=_wanted(versions, kiosk.store))
            for kiosk in queries.fleet(connection, now)
        ]


def introduced() -> Neighbours:
    """Return the neighbours of the application that answers."""
    found: Neighbours = current_app.extensions["cerchio.fleet"]
    return found


def _alarmed(kiosk: Kiosk, alarm: Alarm | None) -> Kiosk:
    return replace(kiosk, alarm=str(alarm.kind), alarm_since=alarm.since) if alarm else kiosk


def _wanted(versions: Mapping[str | None, int], store: str) -> int:
    return max(versions.get(None, 0), versions.get(store, 0))
