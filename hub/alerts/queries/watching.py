"""The SQL of a look at all kiosks: what was known, what is usual, what begins and what ends."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from common.responses import Channel
from hub.alerts.rules.expectation import from_text
from hub.alerts.rules.silence import Silence
from hub.alerts.rules.watching import Ending, Report, Standing, Stretch, Watch
from hub.alerts.tables import alarms, closed_days, turns, watches
from hub.db.dialect import add_up, hour_text, insert_missing, is_among
from hub.responses.tables import responses


def take_turn(connection: Connection, job: str, now: datetime, every: timedelta) -> datetime | None:
    """Take the turn of a job, in whichever process; return when it ran before, or None if it is not due.

    The first time that is now. A turn in the future was taken by a clock that has been set back since.
    """
    if insert_missing(connection, turns, [{"job": job, "last_at": now}]):
        return now
    last: datetime = connection.execute(select(turns.c.last_at).where(turns.c.job == job)).scalar_one()
    if now - every < last <= now + every:
        return None
    mine = update(turns).where(turns.c.job == job, turns.c.last_at == last).values(last_at=now)
    return last if connection.execute(mine).rowcount else None


def known_watches(connection: Connection) -> dict[str, Watch]:
    """Return what is remembered of every kiosk, by its id."""
    return {row["kiosk"]: _watch(dict(row)) for row in connection.execute(select(watches)).mappings()}


def keep_watches(connection: Connection, looks: Iterable[tuple[Watch, Report, Standing]]) -> None:
    """Remember looks until the next ones."""
    rows = [_row(*each) for each in looks]
    add_up(connection, watches, rows, [], [c.name for c in watches.c if not c.primary_key])


def forget_watches(connection: Connection, kiosks: Collection[str]) -> None:
    """Forget kiosks that are not in use any more."""
    if kiosks:
        connection.execute(delete(watches).where(is_among(watches.c.kiosk, kiosks)))


def answers_by_hour(
    connection: Connection, watch: Watch, since: datetime, *, alone: bool
) -> dict[datetime, int]:
    """Return the answers that counted at a kiosk's place since a moment, by the hour of UTC.

    A kiosk that is alone at its touchpoint inherits what was answered there before it came.
    """
    hour = hour_text(responses.c.happened_at)
    mine = responses.c.touchpoint == watch.touchpoint if alone else responses.c.kiosk == watch.kiosk
    chosen = select(hour, func.count()).where(
        responses.c.store == watch.store,
        responses.c.happened_at >= since,
        responses.c.channel == Channel.KIOSK.value,
        responses.c.counted,
        mine,
    )
    found = connection.execute(chosen.group_by(hour))
    return {datetime.fromisoformat(f"{text}:00").replace(tzinfo=UTC): number for text, number in found}


def days_closed(connection: Connection) -> dict[str, set[date]]:
    """Return the closed days by store; those of all stores under an empty code."""
    found: dict[str, set[date]] = {}
    for row in connection.execute(select(closed_days)):
        found.setdefault(row.store, set()).add(row.day)
    return found


@dataclass(frozen=True, slots=True)
class GoingOn:
    """An alarm that goes on."""

    id: int
    kiosk: str
    store: str
    touchpoint: str
    kind: Standing
    since: datetime


def going_on(connection: Connection) -> list[GoingOn]:
    """Return the alarms that go on."""
    columns = [alarms.c[name] for name in GoingOn.__slots__]
    rows = connection.execute(select(*columns).where(alarms.c.ended_at.is_(None)).order_by(alarms.c.id))
    return [
        GoingOn(row.id, row.kiosk, row.store, row.touchpoint, Standing(row.kind), row.since) for row in rows
    ]


def earlier(connection: Connection, kiosk: str, since: datetime) -> list[Stretch]:
    """Return from when to when a kiosk's alarms were that have ended since a moment."""
    chosen = select(alarms.c.since, alarms.c.ended_at).where(alarms.c.kiosk == kiosk)
    return [(row.since, row.ended_at) for row in connection.execute(chosen.where(alarms.c.ended_at >= since))]


def raise_alarms(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert alarms and return their ids, in the same order."""
    return [
        connection.execute(insert(alarms).values(row).returning(alarms.c.id)).scalar_one() for row in rows
    ]


def update_alarm(connection: Connection, alarm: int, expected: float, open_hours: float) -> None:
    """Keep what speaks for an alarm by now."""
    values = {"expected": expected, "open_hours": open_hours}
    connection.execute(update(alarms).where(alarms.c.id == alarm).values(values))


def end_alarm(connection: Connection, alarm: int, ended_at: datetime, ending: Ending) -> None:
    """Note that an alarm has ended, and by what."""
    over = update(alarms).where(alarms.c.id == alarm, alarms.c.ended_at.is_(None))
    connection.execute(over.values(ended_at=ended_at, ending=ending.value))


def close_day(connection: Connection, day: date, store: str) -> bool:
    """Note that a store, or every store where the code is empty, is closed on a day; False if it is known."""
    return bool(insert_missing(connection, closed_days, [{"day": day, "store": store}]))


def reopen_day(connection: Connection, day: date, store: str) -> bool:
    """Take back that a day is a closed one; return whether it was."""
    gone = delete(closed_days).where(closed_days.c.day == day, closed_days.c.store == store)
    return bool(connection.execute(gone).rowcount)


def next_closed_days(connection: Connection, since: date) -> list[tuple[date, str]]:
    """Return the closed days from one on, with the store's code, which is empty for all stores."""
    chosen = select(closed_days.c.day, closed_days.c.store).where(closed_days.c.day >= since)
    return [(row.day, row.store) for row in connection.execute(chosen.order_by(*closed_days.c))]


_OF_SILENCE = tuple(Silence.__slots__)


def _watch(row: Mapping[str, Any]) -> Watch:
    return Watch(
        kiosk=row["kiosk"],
        store=row["store"],
        touchpoint=row["touchpoint"],
        given=row["given"],
        contact_since=row["contact_since"],
        judged_until=row["judged_until"],
        silence=Silence(**{name: row[name] for name in _OF_SILENCE}),
        usual=from_text(row["usual"]),
        learned_on=row["learned_on"],
    )


def _row(watch: Watch, report: Report, standing: Standing) -> dict[str, Any]:
    return {
        "kiosk": watch.kiosk,
        "name": report.name,
        "store": watch.store,
        "touchpoint": watch.touchpoint,
        "standing": standing.value,
        "given": watch.given,
        "contact_since": watch.contact_since,
        "judged_until": watch.judged_until,
        **{name: getattr(watch.silence, name) for name in _OF_SILENCE},
        "usual": watch.usual.text() if watch.usual else "",
        "learned_on": watch.learned_on,
    }
