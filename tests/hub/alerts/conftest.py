"""A shop in Rome with eight usual weeks behind it, and a kiosk that is heard of every quarter of an hour."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import Engine, update

from common.responses import Response
from hub.alerts.jobs import watch
from hub.alerts.queries.board import Alarm, ended_alarms, open_alarms
from hub.db import reading, writing
from hub.fleet.rules import State
from hub.fleet.tables import kiosks
from hub.stores.queries import Store
from hub.web.context import Hub
from tests.hub.conftest import Clock
from tests.support.answers import a_response
from tests.support.chain import BOSS, MANAGER, employ
from tests.support.tablet import Tablet

ROME = ZoneInfo("Europe/Rome")
MINUTES = 15
"""Between two syncs of a kiosk, and two looks of the hub."""


def usual(now: datetime, weeks: int, first: int = 9, last: int = 19, each: int = 4) -> Iterator[Response]:
    """Yield the answers of so many weeks: some in each open hour of every day but Sunday."""
    day = now.astimezone(ROME).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(weeks=weeks)
    number = 10_000
    while day.date() < now.astimezone(ROME).date():
        for hour in range(first, last) if day.weekday() != 6 else ():
            for part in range(each):
                number += 1
                at = day.replace(hour=hour, minute=5 + 13 * part)
                yield a_response(number, given_at=at.astimezone(UTC))
        day += timedelta(days=1)


@dataclass
class Days:
    """Lets time pass: kiosks sync and the hub looks, every quarter of an hour; some of them are answered."""

    app: Flask
    clock: Clock
    engine: Engine
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    @property
    def hub(self) -> Hub:
        hub: Hub = self.app.extensions["cerchio"]
        return hub

    def past(self, tablet: Tablet, weeks: int = 8, **habits: int) -> None:
        """Give a tablet its usual weeks, as if it had kept them until now."""
        waiting = list(usual(self.clock(), weeks, **habits))
        for first in range(0, len(waiting), 500):
            tablet.give(*waiting[first : first + 500])

    def until(self, text: str, *reporting: Tablet, answered: bool = False) -> None:
        """Live until Rome's clock shows a time; answered ones are answered every time they report."""
        end = datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ROME)
        while self.clock() < end:
            at_night = self.clock().astimezone(ROME).hour < 7
            self.clock.forward(minutes=4 * MINUTES if at_night else MINUTES)
            for tablet in reporting:
                tablet.give(*self.answer() if answered else ())
            self.look()

    def answer(self) -> tuple[Response]:
        return (a_response(next(self.numbers), given_at=self.clock()),)

    def look(self) -> None:
        watch(self.hub, self.app.extensions["cerchio.alerts"])

    def put(self, tablet: Tablet, state: State) -> None:
        """Let a kiosk be stopped, or lost."""
        with writing(self.engine) as connection:
            connection.execute(update(kiosks).where(kiosks.c.id == tablet.kiosk).values(state=state.value))

    def alarms(self) -> list[Alarm]:
        with reading(self.engine) as connection:
            return open_alarms(connection, None, self.clock(), None)

    def ended(self) -> list[Alarm]:
        with reading(self.engine) as connection:
            return ended_alarms(connection, None, self.clock(), None)


@pytest.fixture
def days(app: Flask, clock: Clock, engine: Engine, rome: Store) -> Days:
    employ(app, BOSS, "Paola Conti")
    employ(app, MANAGER, "Marco Bianchi", "rome")
    clock.time = datetime(2026, 3, 24, 22, 30, tzinfo=UTC)
    return Days(app, clock, engine)


@pytest.fixture
def old_tablet(days: Days, tablet: Tablet) -> Tablet:
    """Return the tablet at the checkout of Rome, late on a Tuesday, after its usual weeks."""
    days.past(tablet)
    return tablet
