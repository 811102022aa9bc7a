"""Alarms in a furnished chain, for pages to show: silent, without contact, known, muted, and ended ones."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Connection, insert

from hub.alerts.queries.board import mute
from hub.alerts.queries.closing import close
from hub.alerts.rules.closing import Closed
from hub.alerts.rules.expectation import Expectation
from hub.alerts.rules.watching import Ending, Standing
from hub.alerts.tables import alarms, watches
from hub.db import writing
from hub.fleet.kiosks import Kiosk
from hub.fleet.queries import at_work
from hub.web.context import Hub
from tests.support.chain import BOSS

_USUAL = Expectation({(day, hour): 3.0 for day in range(6) for hour in range(9, 19)}, 0.1, 0.1)


def alarm(app: Flask) -> None:
    """Let the kiosks of a furnished chain be watched, and some of them be silent."""
    hub: Hub = app.extensions["cerchio"]
    now = hub.now()
    with writing(hub.engine) as connection:
        kiosks = at_work(connection, now)
        for number, kiosk in enumerate(kiosks):
            _watch(connection, kiosk, list(Standing)[number % 4], now)
        _raise(connection, kiosks[0], now)
        _raise(connection, kiosks[1], now, since=now - timedelta(days=3), expected=8.7, open_hours=27.4)
        _raise(connection, kiosks[2], now, kind=Standing.OFFLINE.value, expected=0.0, open_hours=0.0)
        _raise(connection, kiosks[3], now, seen_at=now, seen_by=BOSS)
        _raise(connection, kiosks[4], now)
        mute(connection, kiosks[4].id, now + timedelta(days=7), BOSS)
        close(connection, Closed("", now.date(), now.date()))
        close(connection, Closed(kiosks[0].store, now.date(), now.date() + timedelta(days=13)))
        for days in range(1, 26):
            then = now - timedelta(days=days)
            ending = list(Ending)[days % 3].value
            _raise(connection, kiosks[5], then, ended_at=then + timedelta(hours=2), ending=ending)


def _watch(connection: Connection, kiosk: Kiosk, standing: Standing, now: datetime) -> None:
    numbers = dict.fromkeys(("given", "expected", "open_hours", "surprise", "of_day", "by_hours"), 0)
    place = {"kiosk": kiosk.id, "name": kiosk.name, "store": kiosk.store, "touchpoint": kiosk.touchpoint}
    usual = "" if standing is Standing.LEARNING else _USUAL.text()
    row = {**place, **numbers, "standing": standing.value, "judged_until": now, "since": now, "usual": usual}
    connection.execute(insert(watches).values(row))


def _raise(connection: Connection, kiosk: Kiosk, now: datetime, **parts: Any) -> None:
    row = {
        "kiosk": kiosk.id, "name": kiosk.name, "store": kiosk.store, "touchpoint": kiosk.touchpoint,
        "kind": Standing.SILENT.value, "since": now - timedelta(hours=15), "began": now - timedelta(hours=3),
        "found_at": now, "expected": 20.2, "open_hours": 3.0,
    }  # fmt: skip
    connection.execute(insert(alarms).values(row | parts))
