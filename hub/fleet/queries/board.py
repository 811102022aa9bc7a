"""The SQL of the fleet board: every kiosk with where it stands now and what it told last."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from common.tablet import Lock
from hub.fleet.copies import Copies
from hub.fleet.kiosks import Kiosk
from hub.fleet.queries.marks import all_copies
from hub.fleet.rules import State
from hub.fleet.tables import assignments, kiosks, refusals
from hub.stores.tables import stores


def fleet(connection: Connection, now: datetime) -> list[Kiosk]:
    """Return every kiosk where it stands now, by store and name."""
    rows = connection.execute(_kiosks(now).order_by(assignments.c.store, kiosks.c.name)).mappings()
    copied = all_copies(connection)
    return [
        Kiosk(
            **{**row, "state": State(row["state"]), "lock": row["lock"] and Lock(row["lock"])},
            **asdict(copied.get(row["id"], Copies())),
        )
        for row in rows
    ]


def at_work(connection: Connection, now: datetime) -> list[Kiosk]:
    """Return the kiosks that are to ask customers now."""
    return [kiosk for kiosk in fleet(connection, now) if kiosk.state is State.ACTIVE]


def _kiosks(now: datetime) -> Select[Any]:
    # A hub's clock may be set back; a kiosk has stood in its first place since it was paired all the same.
    begun = or_(assignments.c.from_at <= now, assignments.c.from_at == kiosks.c.paired_at)
    latest = (
        select(func.max(assignments.c.from_at))
        .where(assignments.c.kiosk == kiosks.c.id, begun)
        .correlate(kiosks)
        .scalar_subquery()
    )
    names = [name for name in Kiosk.__dataclass_fields__ if name in kiosks.c]
    return (
        select(
            *(kiosks.c[name] for name in names),
            kiosks.c.last_contact_at.label("last_contact"),
            kiosks.c.oldest_waiting_at.label("oldest_waiting"),
            kiosks.c.lock_state.label("lock"),
            assignments.c.store,
            assignments.c.touchpoint,
            stores.c.name.label("store_name"),
            stores.c.time_zone,
        )
        .join(assignments, (assignments.c.kiosk == kiosks.c.id) & (assignments.c.from_at == latest))
        .join(stores, stores.c.code == assignments.c.store)
    )


@dataclass(frozen=True, slots=True)
class Refused:
    """How many responses of a kiosk were refused for a reason (a common.wire.Code), and when last."""

    code: str
    responses: int
    last_at: datetime


def refusals_of(connection: Connection, kiosk: str, most: int) -> Sequence[Refused]:
    """Return why responses of a kiosk were refused, the most frequent reason first."""
    how_many = func.count().label("responses")
    rows = connection.execute(
        select(refusals.c.code, how_many, func.max(refusals.c.last_at))
        .where(refusals.c.kiosk == kiosk)
        .group_by(refusals.c.code)
        .order_by(how_many.desc(), refusals.c.code)
        .limit(most)
    )
    return [Refused(*row) for row in rows]
