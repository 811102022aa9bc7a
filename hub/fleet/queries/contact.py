"""The SQL of a sync: who shows this key, what it told and sent, and which numbers are missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, distinct, func, select, union_all, update

from common.wire import Code, Health, Keys, NewKeys, Totals
from hub.db.dialect import add_up, insert_missing, is_among
from hub.fleet.rules import Device, Place, State, met_at, missing
from hub.fleet.tables import assignments, kiosks, refusals, repeats
from hub.responses.tables import responses
from hub.stores.tables import stores

MOST_GAPS = 100
"""Ranges of missing numbers named in one receipt; the next receipt names the next ones."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One sync: a kiosk's totals after it, its health, its clock's offset in ms, and how many were new.

    keys are those that it names, None where it is from before they were named.
    """

    totals: Totals
    health: Health
    offset: int
    received: int
    keys: Keys | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """What follows from a sync: how many responses are missing, and what is to be said of the device key."""

    missing: int
    keys: NewKeys


def find_device(connection: Connection, key_hash: bytes) -> Device | None:
    """Return the kiosk with this device key."""
    rows = connection.execute(DEVICE, {"key_hash": key_hash}).all()
    return Device(rows[0].id, State(rows[0].state), places_in(rows)) if rows else None


def places_in(rows: Sequence[Any]) -> list[Place]:
    """Return the places in what DEVICE finds, whatever columns it has beside its own."""
    return [Place(*row[2:8]) for row in rows]


DEVICE = (
    select(
        kiosks.c.id, kiosks.c.state, assignments.c.from_at, assignments.c.store, stores.c.name,
        stores.c.time_zone, stores.c.closing_hour, assignments.c.touchpoint,
    )
    .join(assignments, assignments.c.kiosk == kiosks.c.id)
    .join(stores, stores.c.code == assignments.c.store)
    .where(kiosks.c.key_hash == bindparam("key_hash"))
    .order_by(assignments.c.from_at)
)  # fmt: skip
"""The kiosk with a device key, once for each of its places, the earliest first."""


def note_repeats(connection: Connection, kiosk: str, sent: Mapping[int, str]) -> int:
    """Note responses, by number, that are stored under another kiosk; return how many were not noted yet."""
    rows = [{"kiosk": kiosk, "sequence": number, "response": id_} for number, id_ in sent.items()]
    return len(insert_missing(connection, repeats, rows))


def note_doubled(connection: Connection, kiosk: str) -> None:
    """Count a kiosk's stored responses whose number another one has, too.

    The count never falls: of two with one number an erased one leaves the other, but was received.
    """
    extra = select(func.count() - func.count(distinct(_sent.c.sequence))).select_from(_sent)
    found = connection.execute(extra, {"kiosk": kiosk}).scalar_one()
    more = (kiosks.c.id == kiosk) & (kiosks.c.doubled < found)
    connection.execute(update(kiosks).where(more).values(doubled=found))


def note_refusals(
    connection: Connection, kiosk: str, refused: Sequence[tuple[str, Code]], now: datetime
) -> None:
    """Note responses refused and why; sent again, they only count one time more."""
    rows = [
        {"kiosk": kiosk, "response": id_, "code": code.value, "first_at": now, "last_at": now, "times": 1}
        for id_, code in set(refused)
    ]
    add_up(connection, refusals, rows, ["times"], latest=["last_at"])


def forget_refusals(connection: Connection, kiosk: str, taken: Sequence[str]) -> None:
    """Forget that responses were refused which have been taken since."""
    # Looked up first, because hardly any kiosk has one, and a batch that brings nothing new writes nothing.
    if taken and connection.execute(_REFUSED, {"of": kiosk}).first():
        same = (refusals.c.kiosk == kiosk) & is_among(refusals.c.response, taken)
        connection.execute(delete(refusals).where(same))


_REFUSED = select(refusals.c.code).where(refusals.c.kiosk == bindparam("of")).limit(1)


def note_contact(connection: Connection, kiosk: str, now: datetime, contact: Contact) -> Noted:
    """Note what a kiosk tells of itself and what it has sent."""
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
        "battery": health.battery and health.battery.percent,
        "plugged": health.battery and health.battery.plugged,
        "lock_state": health.lock and health.lock.value,
        "trouble": health.trouble and health.trouble.code,
        "trouble_at": health.trouble and met_at(health.trouble.at, contact.offset, now),
    }
    told["sealing_keys"] = ";".join(contact.keys.sealing) if contact.keys else None
    row = connection.execute(_NOTE, told | {"of": kiosk, "more": contact.received}).one()
    lost = missing(totals.given, row.received - row.doubled, totals.waiting, totals.quarantined)
    offered = contact.keys.following if contact.keys else None
    if offered and row.next_key_hash != bytes.fromhex(offered):
        connection.execute(_OFFERED, {"of": kiosk, "hash": bytes.fromhex(offered)})
    return Noted(lost, NewKeys(following=offered, renew=row.new_key_wanted and not offered))


_TOLD = (
    "last_contact_at", "app", "survey", "free_disk", "clock_offset", "given", "delivered", "waiting",
    "quarantined", "oldest_waiting_at", "settings", "survey_trouble", "settings_trouble", "sealing_keys",
    "battery", "plugged", "lock_state",
)  # fmt: skip
_MET = (kiosks.c.trouble, kiosks.c.trouble_at)
"""What stays as it was where a kiosk has nothing new to tell."""

_NEW_SETTINGS = kiosks.c.settings.is_distinct_from(bindparam("settings"))
_NOTE = (
    update(kiosks)
    .where(kiosks.c.id == bindparam("of"))
    .values({name: bindparam(name) for name in _TOLD} | {"received": kiosks.c.received + bindparam("more")})
    .values({column: func.coalesce(bindparam(column.name, type_=column.type), column) for column in _MET})
    .values(settings_since=case((_NEW_SETTINGS, bindparam("last_contact_at")), else_=kiosks.c.settings_since))
    .returning(kiosks.c.received, kiosks.c.doubled, kiosks.c.next_key_hash, kiosks.c.new_key_wanted)
)
_OFFERED = update(kiosks).where(kiosks.c.id == bindparam("of")).values(next_key_hash=bindparam("hash"))


def gaps(connection: Connection, kiosk: str, given: int) -> list[tuple[int, int]]:
    """Return the ranges (first, last) of numbers 1 … given that a kiosk has never sent."""
    before = func.lag(_sent.c.sequence, 1, 0).over(order_by=_sent.c.sequence).label("before")
    pairs = select(_sent.c.sequence, before).where(_sent.c.sequence <= given).subquery()
    holes = select(pairs.c.before + 1, pairs.c.sequence - 1).where(pairs.c.sequence > pairs.c.before + 1)
    found = connection.execute(holes.order_by(pairs.c.sequence).limit(MOST_GAPS), {"kiosk": kiosk})
    spans = [(first, last) for first, last in found]
    highest = connection.execute(select(func.max(pairs.c.sequence)), {"kiosk": kiosk}).scalar() or 0
    if highest < given:
        spans.append((highest + 1, given))
    return spans[:MOST_GAPS]


_sent = union_all(
    select(responses.c.sequence).where(responses.c.kiosk == bindparam("kiosk")),
    select(repeats.c.sequence).where(repeats.c.kiosk == bindparam("kiosk")),
).subquery()
"""The numbers that a kiosk has sent, each as often as there are responses with it."""
