"""The SQL of what head office does with a kiosk: move, stop, report lost, rename; all audited."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, String, cast, delete, func, insert, or_, select, update

from hub.db.audit import record
from hub.fleet.rules import Hindrance, Move, Place, State, hindrance
from hub.fleet.tables import assignments, kiosks
from hub.responses.tables import responses
from hub.stores.tables import stores


@dataclass(frozen=True, slots=True)
class Named:
    """A kiosk with its state and all its places, the earliest first."""

    id: str
    name: str
    state: State
    places: list[Place]


def find_kiosks(connection: Connection, text: str) -> list[Named]:
    """Return the kiosks with this id, or else with this name, which need not be different."""
    rows = connection.execute(
        select(kiosks.c.id, kiosks.c.name, kiosks.c.state)
        .where(or_(cast(kiosks.c.id, String) == text, kiosks.c.name == text))
        .order_by(kiosks.c.paired_at, kiosks.c.id)
    )
    return [Named(row.id, row.name, State(row.state), _places(connection, row.id)) for row in rows.all()]


def _places(connection: Connection, kiosk: str) -> list[Place]:
    rows = connection.execute(
        select(
            assignments.c.from_at, assignments.c.store, stores.c.name, stores.c.time_zone,
            stores.c.closing_hour, assignments.c.touchpoint,
        )
        .join(stores, stores.c.code == assignments.c.store)
        .where(assignments.c.kiosk == kiosk)
        .order_by(assignments.c.from_at)
    )  # fmt: skip
    return [Place(*row) for row in rows]


def move(connection: Connection, kiosk: Named, to: Move, person: str, now: datetime) -> Hindrance | None:
    """Let a kiosk stand somewhere else from a moment on, unless something hinders it.

    A move that lies ahead is replaced by another one.
    """
    if found := hindrance(kiosk.places, to, _last_answer(connection, kiosk.id, to.from_at, now), now):
        return found
    call_off(connection, kiosk, person, now)
    connection.execute(
        insert(assignments).values(
            kiosk=kiosk.id, from_at=to.from_at, store=to.store, touchpoint=to.touchpoint
        )
    )
    words = f"{kiosk.name} to {to.store} {to.touchpoint} from {to.from_at.isoformat(' ', 'minutes')}"
    record(connection, now, person, "kiosk moved", words[:255])
    return None


def call_off(connection: Connection, kiosk: Named, person: str, now: datetime) -> bool:
    """Let a kiosk stay where it is, against a move that lies ahead; return False if there is none."""
    ahead = (assignments.c.kiosk == kiosk.id) & (assignments.c.from_at > now)
    gone = connection.execute(delete(assignments).where(ahead)).rowcount
    if gone:
        record(connection, now, person, "kiosk's move called off", kiosk.name)
    return bool(gone)


def _last_answer(connection: Connection, kiosk: str, since: datetime, until: datetime) -> datetime | None:
    given = (responses.c.kiosk == kiosk) & responses.c.happened_at.between(since, until)
    last: datetime | None = connection.execute(
        select(func.max(responses.c.happened_at)).where(given)
    ).scalar()
    return last


def declare(connection: Connection, kiosk: Named, state: State, person: str, now: datetime) -> bool:
    """Put a kiosk in another state; return whether that changed it. One that is unpaired stays so.

    Nor is a lost one stopped, which would let it in again: whoever found it says first that it is back.
    """
    if kiosk.state in (state, State.UNPAIRED) or (kiosk.state, state) == (State.LOST, State.STOPPED):
        return False
    connection.execute(update(kiosks).where(kiosks.c.id == kiosk.id).values(state=state.value))
    record(connection, now, person, f"kiosk {state.value}", kiosk.name)
    return True


def rename(connection: Connection, kiosk: Named, name: str, person: str, now: datetime) -> None:
    """Give a kiosk another name."""
    connection.execute(update(kiosks).where(kiosks.c.id == kiosk.id).values(name=name))
    record(connection, now, person, "kiosk renamed", f"{kiosk.name} to {name}")
