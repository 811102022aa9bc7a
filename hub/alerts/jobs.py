"""The work that nobody asks for: to look at every kiosk. Of all processes that would, one has the turn."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from common.settings import BrokenSettings, KioskSettings
from common.settings_document import from_document
from hub.alerts.neighbours import Neighbours
from hub.alerts.queries import post, watching
from hub.alerts.queries.watching import GoingOn
from hub.alerts.rules.expectation import LEARNED_FROM
from hub.alerts.rules.hours import Shop
from hub.alerts.rules.post import Reader, after_quiet
from hub.alerts.rules.watching import Ending, Report, Standing, Watch, begin, ending, learned, look, standing
from hub.db import reading, writing
from hub.stores.queries import Store, all_stores
from hub.web.context import Hub

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=5)
"""Between two looks."""

ALARMING = (Standing.SILENT, Standing.OFFLINE)

MOST_LEARNED = 500
"""Kiosks that learn at one look; more would keep the others waiting."""

PATIENCE = timedelta(minutes=15)
"""A contact lasts while no two of its signs are so far apart, or three syncs where these are rarer."""


@dataclass(frozen=True, slots=True)
class Look:
    """A kiosk after a look; alarm is the one that was going on before."""

    watch: Watch
    report: Report
    standing: Standing
    alarm: GoingOn | None


@dataclass(frozen=True, slots=True)
class World:
    """What is known before a look: reports, shops by code, watches, and alarms by kiosk.

    crowds says how many kiosks there are in a store, and at a touchpoint of a store.
    """

    reports: Sequence[Report]
    shops: Mapping[str, Shop]
    watches: Mapping[str, Watch]
    alarms: Mapping[str, GoingOn]
    crowds: Mapping[str | tuple[str, str], int]


def watch(hub: Hub, neighbours: Neighbours) -> None:
    """Look at every kiosk, if it is time; raise alarms, end alarms, and put mails into the post."""
    now = hub.now()
    with writing(hub.engine) as connection:
        before = watching.take_turn(connection, "watch", now, EVERY)
    if before is None:
        return
    patience = max(PATIENCE, timedelta(seconds=3 * hub.settings.sync_seconds))
    with reading(hub.engine) as connection:
        world = _gather(connection, neighbours, now)
        if now - before > patience:  # nobody looked, so nobody knows which kiosks were in contact
            world = replace(world, watches=_out_of_contact(world.watches))
        looks = [_look(connection, world, report, now, patience) for report in world.reports]
        looks = _learn_some(connection, world, looks, now)
    with writing(hub.engine) as connection:
        _apply(connection, world, looks, now)
        new = _raise(connection, looks, now)
        if hub.settings.mail_host:
            _write(connection, neighbours.readers(connection), new, hub, now)
            _write_ends(connection, neighbours.readers(connection), hub, now)
        post.tidy(connection, now)


def _gather(connection: Connection, neighbours: Neighbours, now: datetime) -> World:
    reports = [
        Report(each.id, each.name, each.store, each.touchpoint, each.last_contact, each.given)
        for each in neighbours.kiosks(connection, now)
    ]
    in_use, closed = {report.store for report in reports}, watching.days_closed(connection)
    return World(
        reports,
        {
            store.code: _shop(store, neighbours.settings(connection, store.code), closed)
            for store in all_stores(connection)
            if store.code in in_use
        },
        watching.known_watches(connection),
        {alarm.kiosk: alarm for alarm in watching.going_on(connection)},
        Counter(place for each in reports for place in (each.store, (each.store, each.touchpoint))),
    )


def _shop(store: Store, document: Mapping[str, Any] | None, closed: Mapping[str, set[date]]) -> Shop:
    try:
        opening = from_document(document) if document else KioskSettings()
    except BrokenSettings:  # those of a newer hub; the kiosks say so themselves
        opening = KioskSettings()
    days = frozenset(closed.get("", set()) | closed.get(store.code, set()))
    return Shop(store.time_zone, store.closing_hour, opening, days)


def _out_of_contact(watches: Mapping[str, Watch]) -> dict[str, Watch]:
    return {kiosk: replace(each, contact_since=None) for kiosk, each in watches.items()}


def _look(connection: Connection, world: World, report: Report, now: datetime, patience: timedelta) -> Look:
    shop, known = world.shops[report.store], world.watches.get(report.kiosk)
    alarm = world.alarms.get(report.kiosk)
    if known is None or (known.store, known.touchpoint) != (report.store, report.touchpoint):
        known = begin(report, now)
    seen = look(known, report, shop, now, patience)
    return Look(seen, report, standing(seen, report, shop, world.crowds[report.store], now), alarm)


def _learn_some(connection: Connection, world: World, looks: Sequence[Look], now: datetime) -> list[Look]:
    """Let those kiosks learn that have not today, and have no alarm; the rest of many at the next looks."""
    due = [
        each
        for each in looks
        if each.alarm is None and each.watch.learned_on != world.shops[each.report.store].day_of(now)
    ]
    taught = {each.report.kiosk: _taught(connection, world, each, now) for each in due[:MOST_LEARNED]}
    return [taught.get(each.report.kiosk, each) for each in looks]


def _taught(connection: Connection, world: World, seen: Look, now: datetime) -> Look:
    shop = world.shops[seen.report.store]
    watch = _learn(connection, world, seen.watch, shop, now)
    state = standing(watch, seen.report, shop, world.crowds[seen.report.store], now)
    return replace(seen, watch=watch, standing=state)


def _learn(connection: Connection, world: World, seen: Watch, shop: Shop, now: datetime) -> Watch:
    alone = world.crowds[seen.store, seen.touchpoint] == 1
    since = min(now, seen.silence.since) - LEARNED_FROM
    counts = watching.answers_by_hour(connection, seen, since, alone=alone)
    return learned(seen, shop, counts, watching.earlier(connection, seen.kiosk, since), now)


def _apply(connection: Connection, world: World, looks: Sequence[Look], now: datetime) -> None:
    """Remember what was seen, and end the alarms that are over."""
    changed = [each for each in looks if each.standing in ALARMING or _has_changed(each, world)]
    watching.keep_watches(connection, [(each.watch, each.report, each.standing) for each in changed])
    watching.forget_watches(connection, world.watches.keys() - {each.kiosk for each in world.reports})
    there = {each.report.kiosk: each for each in looks}
    for alarm in world.alarms.values():
        seen = there.get(alarm.kiosk)
        if seen is None or (seen.report.store, seen.report.touchpoint) != (alarm.store, alarm.touchpoint):
            watching.end_alarm(connection, alarm.id, now, Ending.REMOVED)
        elif end := ending(alarm.kind, alarm.since, seen.watch):
            watching.end_alarm(connection, alarm.id, seen.report.last_contact or now, end)
        elif alarm.kind is Standing.SILENT:
            silence = seen.watch.silence
            watching.update_alarm(connection, alarm.id, silence.expected, silence.open_hours)


def _has_changed(seen: Look, world: World) -> bool:
    return world.watches.get(seen.report.kiosk) != seen.watch


def _raise(connection: Connection, looks: Sequence[Look], now: datetime) -> list[tuple[int, str]]:
    """Raise alarms where none goes on; return each one's number and store."""
    alarming = [each for each in looks if each.alarm is None and each.standing in ALARMING]
    numbers = watching.raise_alarms(connection, [_row(each, now) for each in alarming])
    for store, count in Counter(each.report.store for each in alarming).items():
        log.warning("%d kiosks of the store %s have become silent.", count, store)
    return [(number, each.report.store) for number, each in zip(numbers, alarming, strict=True)]


def _row(seen: Look, now: datetime) -> dict[str, Any]:
    silence, report = seen.watch.silence, seen.report
    offline = seen.standing is Standing.OFFLINE
    since = (report.last_contact if offline else None) or silence.since
    return {
        "kiosk": report.kiosk,
        "name": report.name,
        "store": report.store,
        "touchpoint": report.touchpoint,
        "kind": seen.standing.value,
        "since": since,
        "began": since if offline else silence.began or since,
        "found_at": now,
        "expected": 0.0 if offline else silence.expected,
        "open_hours": 0.0 if offline else silence.open_hours,
    }


def _write(
    connection: Connection, readers: Sequence[Reader], new: Sequence[tuple[int, str]], hub: Hub, now: datetime
) -> None:
    """Write one mail to each reader for each time zone of the stores that they read of."""
    unwanted = post.without_mail(connection)
    for reader in (each for each in readers if each.email not in unwanted):
        about = [(alarm, store) for alarm, store in new if reader.reads_of(store)]
        for zone, numbers in _by_zone(connection, about).items():
            at = after_quiet(now, zone, hub.settings.quiet)
            post.write(connection, reader, zone, numbers, now, at)


def _write_ends(connection: Connection, readers: Sequence[Reader], hub: Hub, now: datetime) -> None:
    """Write to those who got a mail about alarms that these have ended, as long as they may read of them."""
    owed, unwanted = post.owed(connection, now), post.without_mail(connection)
    for reader in (each for each in readers if each.email not in unwanted):
        mine = [each for each in owed if each.recipient == reader.email and reader.reads_of(each.store)]
        for zone, numbers in _by_zone(connection, [(each.alarm, each.store) for each in mine]).items():
            at = after_quiet(now, zone, hub.settings.quiet)
            post.write(connection, reader, zone, numbers, now, at, tells_end=True)


def _by_zone(connection: Connection, about: Sequence[tuple[int, str]]) -> dict[str, list[int]]:
    """Return the numbers of alarms by the time zones of their stores."""
    zones = {store.code: store.time_zone for store in all_stores(connection)} if about else {}
    found: dict[str, list[int]] = {}
    for alarm, store in about:
        found.setdefault(zones[store], []).append(alarm)
    return found
