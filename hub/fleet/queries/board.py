"""The SQL of the fleet board: every kiosk with where it stands now and what it told last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from hub.fleet.rules import State, missing
from hub.fleet.tables import assignments, kiosks
from hub.stores.tables import stores


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A kiosk on the fleet board, with the place where it stands now. Times are UTC, disk is in bytes.

    survey and settings are the versions in use; a trouble says why the hub's are not, and is empty if they
    are.
    """

    id: str
    name: str
    state: State
    store: str
    store_name: str
    touchpoint: str
    paired_at: datetime
    last_contact: datetime | None
    app: str
    survey: int
    given: int
    delivered: int
    waiting: int
    quarantined: int
    received: int
    oldest_waiting: datetime | None
    clock_offset: int | None
    free_disk: int | None
    settings: int | None
    survey_trouble: str
    settings_trouble: str

    @property
    def missing(self) -> int:
        """How many responses were given and are neither here nor on the tablet."""
        return missing(self.given, self.received, self.waiting, self.quarantined)


def fleet(connection: Connection) -> list[Kiosk]:
    """Return every kiosk, by store and name."""
    rows = connection.execute(_kiosks().order_by(assignments.c.store, kiosks.c.name)).mappings()
    return [Kiosk(**{**row, "state": State(row["state"])}) for row in rows]


def _kiosks() -> Select[Any]:
    latest = (
        select(func.max(assignments.c.from_at))
        .where(assignments.c.kiosk == kiosks.c.id)
        .correlate(kiosks)
        .scalar_subquery()
    )
    names = [name for name in Kiosk.__dataclass_fields__ if name in kiosks.c]
    return (
        select(
            *(kiosks.c[name] for name in names),
            kiosks.c.last_contact_at.label("last_contact"),
            kiosks.c.oldest_waiting_at.label("oldest_waiting"),
            assignments.c.store,
            assignments.c.touchpoint,
            stores.c.name.label("store_name"),
        )
        .join(assignments, (assignments.c.kiosk == kiosks.c.id) & (assignments.c.from_at == latest))
        .join(stores, stores.c.code == assignments.c.store)
    )
