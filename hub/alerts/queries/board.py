"""The SQL of the page: alarms that go on or have ended, watched kiosks, and what people say to them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    cast,
    delete,
    func,
    select,
    true,
    update,
)

from hub.alerts.rules.expectation import from_text
from hub.alerts.rules.watching import Ending, Standing
from hub.alerts.tables import alarms, mutes, unmailed, watches
from hub.db.dialect import add_up, insert_missing
from hub.stores.tables import stores


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm with its store, as a person reads it; see the table for what each part means."""

    id: int
    kiosk: str
    name: str
    store: str
    store_name: str
    time_zone: str
    closing_hour: int
    touchpoint: str
    kind: Standing
    since: datetime
    began: datetime
    found_at: datetime
    expected: float
    open_hours: float
    ended_at: datetime | None
    ending: Ending | None
    seen_at: datetime | None
    seen_by: str | None
    muted_until: datetime | None


@dataclass(frozen=True, slots=True)
class Watched:
    """A kiosk that is watched: where it stands, how, and how many answers a week usually brings, if known."""

    kiosk: str
    name: str
    store: str
    store_name: str
    touchpoint: str
    standing: Standing
    weekly: float | None
    muted_until: datetime | None


def open_alarms(
    connection: Connection,
    among: Collection[str] | None,
    now: datetime,
    limit: int | None,
    offset: int = 0,
    kiosk: str = "",
) -> list[Alarm]:
    """Return alarms that go on in some stores, or all where among is None; muted and seen ones come last.

    With a kiosk's id only its own is returned; so below.
    """
    chosen = _alarms(now).where(_of(alarms, among), _about(kiosk), alarms.c.ended_at.is_(None))
    quiet = and_(mutes.c.until.is_(None), alarms.c.seen_at.is_(None))
    return _page(
        connection, chosen.order_by(quiet.desc(), alarms.c.found_at.desc(), alarms.c.id), limit, offset
    )


def ended_alarms(
    connection: Connection,
    among: Collection[str] | None,
    now: datetime,
    limit: int | None,
    offset: int = 0,
    kiosk: str = "",
) -> list[Alarm]:
    """Return alarms that have ended, the latest ones first."""
    chosen = _alarms(now).where(_of(alarms, among), _about(kiosk), alarms.c.ended_at.is_not(None))
    return _page(connection, chosen.order_by(alarms.c.ended_at.desc(), alarms.c.id), limit, offset)


def find_alarm(connection: Connection, alarm: int, now: datetime) -> Alarm | None:
    """Return the alarm with a number."""
    found = _page(connection, _alarms(now).where(alarms.c.id == alarm), 1, 0)
    return found[0] if found else None


def watched(
    connection: Connection, among: Collection[str] | None, now: datetime, limit: int | None, offset: int = 0
) -> list[Watched]:
    """Return the kiosks that are watched, by store and name."""
    muted = and_(mutes.c.kiosk == watches.c.kiosk, mutes.c.until > now)
    chosen = (
        select(watches, stores.c.name.label("store_name"), mutes.c.until)
        .join(stores, stores.c.code == watches.c.store)
        .outerjoin(mutes, muted)
        .where(_of(watches, among))
        .order_by(stores.c.name, watches.c.name, watches.c.kiosk)
    )
    return [_watched(row) for row in connection.execute(chosen.limit(limit).offset(offset))]


def counts(connection: Connection, among: Collection[str] | None) -> tuple[int, int]:
    """Return how many kiosks are watched, and how many of these have too little history."""
    learning = func.count().filter(watches.c.usual == "")
    row = connection.execute(select(func.count(), learning).where(_of(watches, among))).one()
    return row[0], row[1]


def see(connection: Connection, alarm: int, person: str, now: datetime) -> bool:
    """Note that a person knows of an alarm; return False where somebody already did."""
    unseen = update(alarms).where(alarms.c.id == alarm, alarms.c.seen_at.is_(None))
    return bool(connection.execute(unseen.values(seen_at=now, seen_by=person)).rowcount)


def unsee(connection: Connection, alarm: int) -> bool:
    """Take back that somebody knows of an alarm."""
    seen = update(alarms).where(alarms.c.id == alarm, alarms.c.seen_at.is_not(None))
    return bool(connection.execute(seen.values(seen_at=None, seen_by=None)).rowcount)


def mute(connection: Connection, kiosk: str, until: datetime, person: str) -> None:
    """Mail nothing about a kiosk until a moment."""
    row = {"kiosk": kiosk, "until": until, "person": person}
    add_up(connection, mutes, [row], [], ["until", "person"])


def unmute(connection: Connection, kiosk: str) -> bool:
    """Take back that nothing is mailed about a kiosk."""
    return bool(connection.execute(delete(mutes).where(mutes.c.kiosk == kiosk)).rowcount)


def wants_mail(connection: Connection, person: str) -> bool:
    """Say whether a person gets mails about alarms."""
    return connection.execute(select(unmailed).where(unmailed.c.person == person)).first() is None


def want_mail(connection: Connection, person: str, *, wanted: bool) -> None:
    """Keep whether a person gets mails about alarms."""
    if wanted:
        connection.execute(delete(unmailed).where(unmailed.c.person == person))
    else:
        insert_missing(connection, unmailed, [{"person": person}])


def _alarms(now: datetime) -> Select[Any]:
    muted = and_(mutes.c.kiosk == alarms.c.kiosk, mutes.c.until > now)
    return (
        select(
            alarms,
            stores.c.name.label("store_name"),
            stores.c.time_zone,
            stores.c.closing_hour,
            mutes.c.until.label("muted_until"),
        )
        .join(stores, stores.c.code == alarms.c.store)
        .outerjoin(mutes, muted)
    )


def _of(table: Any, among: Collection[str] | None) -> ColumnElement[bool]:
    return true() if among is None else table.c.store.in_(among)


def _about(kiosk: str) -> ColumnElement[bool]:
    # As texts, because what stands in an address need not be an id.
    return cast(alarms.c.kiosk, String) == kiosk if kiosk else true()


def _page(connection: Connection, chosen: Select[Any], limit: int | None, offset: int) -> list[Alarm]:
    rows: Sequence[Any] = connection.execute(chosen.limit(limit).offset(offset)).mappings().all()
    return [
        Alarm(**{**row, "kind": Standing(row["kind"]), "ending": row["ending"] and Ending(row["ending"])})
        for row in rows
    ]


def _watched(row: Any) -> Watched:
    usual = from_text(row.usual)
    weekly = usual.weekly if usual else None
    return Watched(
        row.kiosk,
        row.name,
        row.store,
        row.store_name,
        row.touchpoint,
        Standing(row.standing),
        weekly,
        row.until,
    )
