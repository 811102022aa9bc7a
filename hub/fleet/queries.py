"""The SQL of kiosks: who shows this key, what it told and sent, which numbers are missing, and pairing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, union, update

from common.wire import Code, Health, Totals
from hub.db.audit import record
from hub.db.dialect import add_up, insert_missing
from hub.fleet.rules import LIFE, MOST_PAIRINGS, MOST_TRIES, Device, Pairing, Place, State, missing
from hub.fleet.tables import assignments, kiosks, pairings, refusals, repeats
from hub.responses.tables import responses
from hub.stores.tables import stores

MOST_GAPS = 100
"""Ranges of missing numbers named in one receipt; the next receipt names the next ones."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One sync: a kiosk's totals after it, its health, its clock's offset in ms, and how many were new."""

    totals: Totals
    health: Health
    offset: int
    received: int


def find_device(connection: Connection, key_hash: bytes) -> Device | None:
    """Return the kiosk with this device key."""
    rows = connection.execute(_DEVICE, {"key_hash": key_hash}).all()
    if not rows:
        return None
    return Device(rows[0].id, State(rows[0].state), [Place(*row[2:]) for row in rows])


_DEVICE = (
    select(
        kiosks.c.id, kiosks.c.state, assignments.c.from_at, assignments.c.store, stores.c.name,
        stores.c.time_zone, stores.c.closing_hour, assignments.c.touchpoint,
    )
    .join(assignments, assignments.c.kiosk == kiosks.c.id)
    .join(stores, stores.c.code == assignments.c.store)
    .where(kiosks.c.key_hash == bindparam("key_hash"))
    .order_by(assignments.c.from_at)
)  # fmt: skip


def note_repeats(connection: Connection, kiosk: str, sent: Mapping[int, str]) -> int:
    """Note responses, by number, that are stored under another kiosk; return how many were not noted yet."""
    rows = [{"kiosk": kiosk, "sequence": number, "response": id_} for number, id_ in sent.items()]
    return len(insert_missing(connection, repeats, rows))


def note_refusals(
    connection: Connection, kiosk: str, refused: Sequence[tuple[str, Code]], now: datetime
) -> None:
    """Note responses refused and why; sent again, they only count one time more."""
    rows = [
        {"kiosk": kiosk, "response": id_, "code": code.value, "first_at": now, "last_at": now, "times": 1}
        for id_, code in set(refused)
    ]
    add_up(connection, refusals, rows, ["times"], latest=["last_at"])


def note_contact(connection: Connection, kiosk: str, now: datetime, contact: Contact) -> int:
    """Note what a kiosk tells of itself and what it has sent; return how many responses are missing."""
    totals, health = contact.totals, contact.health
    told = {
        "last_contact_at": now,
        "app": health.app,
        "survey": health.survey,
        "free_disk": health.free_disk,
        "settings": health.settings,
        "survey_trouble": health.unusable.survey,
        "settings_trouble": health.unusable.settings,
        "clock_offset": contact.offset,
        "given": totals.given,
        "delivered": totals.delivered,
        "waiting": totals.waiting,
        "quarantined": totals.quarantined,
        "oldest_waiting_at": totals.oldest_waiting,
    }
    arrived = connection.execute(_NOTE, told | {"of": kiosk, "more": contact.received}).scalar_one()
    return missing(totals.given, arrived, totals.waiting, totals.quarantined)


_TOLD = (
    "last_contact_at", "app", "survey", "free_disk", "clock_offset", "given", "delivered", "waiting",
    "quarantined", "oldest_waiting_at", "settings", "survey_trouble", "settings_trouble",
)  # fmt: skip
_NOTE = (
    update(kiosks)
    .where(kiosks.c.id == bindparam("of"))
    .values({name: bindparam(name) for name in _TOLD} | {"received": kiosks.c.received + bindparam("more")})
    .returning(kiosks.c.received)
)


def gaps(connection: Connection, kiosk: str, given: int) -> list[tuple[int, int]]:
    """Return the ranges (first, last) of numbers 1 … given that a kiosk has never sent."""
    sent = union(
        select(responses.c.sequence).where(responses.c.kiosk == kiosk),
        select(repeats.c.sequence).where(repeats.c.kiosk == kiosk),
    ).subquery()
    before = func.lag(sent.c.sequence, 1, 0).over(order_by=sent.c.sequence).label("before")
    pairs = select(sent.c.sequence, before).subquery()
    holes = select(pairs.c.before + 1, pairs.c.sequence - 1).where(pairs.c.sequence > pairs.c.before + 1)
    spans = [
        (first, last) for first, last in connection.execute(holes.order_by(pairs.c.sequence).limit(MOST_GAPS))
    ]
    highest = connection.execute(select(func.max(sent.c.sequence))).scalar() or 0
    if highest < given:
        spans.append((highest + 1, given))
    return spans[:MOST_GAPS]


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


def open_pairing(connection: Connection, device_code: bytes, user_code: str, now: datetime) -> bool:
    """Begin a pairing, given the device code's digest; return whether there was room for one more."""
    connection.execute(delete(pairings).where(pairings.c.expires_at < now - LIFE))
    under_way = select(func.count()).select_from(pairings).where(pairings.c.expires_at > now)
    if connection.execute(under_way).scalar_one() >= MOST_PAIRINGS:
        return False
    connection.execute(
        insert(pairings).values(
            device_code_hash=device_code, user_code=user_code, requested_at=now, expires_at=now + LIFE
        )
    )
    return True


def approve(
    connection: Connection, user_code: str, store: str, touchpoint: str, person: str, now: datetime
) -> bool:
    """Give the kiosk that shows a code its place; return whether there is such a code.

    A wrong code counts as a try against every pairing under way: whoever guesses, guesses at all of them.
    """
    waiting = (pairings.c.expires_at > now) & pairings.c.store.is_(None) & (pairings.c.tries < MOST_TRIES)
    place = {"store": store, "touchpoint": touchpoint, "approved_by": person}
    found = connection.execute(
        update(pairings).where(waiting & (pairings.c.user_code == user_code)).values(place)
    )
    if found.rowcount == 0:
        connection.execute(update(pairings).where(waiting).values(tries=pairings.c.tries + 1))
        return False
    record(connection, now, person, "pairing approved", f"{store} {touchpoint}")
    return True


def find_pairing(connection: Connection, device_code: bytes) -> Pairing | None:
    """Return the pairing with a device code's digest, and hold it until the transaction ends."""
    columns = [pairings.c[name] for name in Pairing.__dataclass_fields__]
    row = connection.execute(
        select(*columns).where(pairings.c.device_code_hash == device_code).with_for_update()
    ).first()
    return Pairing(*row) if row else None


def note_poll(connection: Connection, device_code: bytes, now: datetime) -> None:
    """Note that a device has asked for its key."""
    connection.execute(
        update(pairings).where(pairings.c.device_code_hash == device_code).values(polled_at=now)
    )


def add_kiosk(
    connection: Connection, device_code: bytes, pairing: Pairing, kiosk: str, key_hash: bytes, now: datetime
) -> None:
    """Make the kiosk that an approved pairing is for."""
    there = select(func.count()).select_from(assignments).where(assignments.c.store == pairing.store)
    name = f"{pairing.store}-{connection.execute(there).scalar_one() + 1}"
    connection.execute(insert(kiosks).values(id=kiosk, name=name, key_hash=key_hash, paired_at=now, app=""))
    connection.execute(
        insert(assignments).values(
            kiosk=kiosk, from_at=now, store=pairing.store, touchpoint=pairing.touchpoint
        )
    )
    connection.execute(update(pairings).where(pairings.c.device_code_hash == device_code).values(kiosk=kiosk))
