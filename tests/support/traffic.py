"""Shops with ordinary customers, hour by hour: a week's pattern, good and bad hours, days and weeks, a trend.

Nothing here knows how the alarm thinks. The numbers vary more than a Poisson number does: each hour, day and
week has a factor of its own (gamma, mean 1), weeks hang together, and some shops grow or shrink.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import exp
from random import Random
from zoneinfo import ZoneInfo

ZONES = ("Europe/Rome", "Europe/Madrid", "Europe/Lisbon", "Pacific/Auckland")
WEEKDAYS = (0.8, 0.8, 0.9, 1.0, 1.2, 1.5, 0.8)
DAYTIME = (0.5, 0.8, 1.1, 1.2, 0.9, 0.7, 0.8, 1.1, 1.4, 1.5, 1.2, 0.8)
"""Of the hours from nine to nine in the evening."""


@dataclass(frozen=True, slots=True)
class Habits:
    """A shop: answers on an open day, its zone, hours, and how much hours, days and weeks differ."""

    daily: float
    time_zone: str
    opens: int
    shuts: int
    sunday: bool
    of_hours: float
    of_days: float
    of_weeks: float
    trend: float
    """How the level changes in a quarter: -0.3 is three tenths less at its end."""

    def rate(self, local: datetime) -> float:
        """Return how many answers an hour usually brings, before what the trend and chance make of it."""
        if not self.opens <= local.hour < self.shuts or (local.weekday() == 6 and not self.sunday):
            return 0.0
        day = DAYTIME[self.opens - 9 : self.shuts - 9]
        return self.daily * WEEKDAYS[local.weekday()] * DAYTIME[local.hour - 9] / sum(day)


def some_habits(dice: Random, daily: float) -> Habits:
    """Return a shop of a size, with habits of its own."""
    return Habits(
        daily=daily * dice.uniform(0.8, 1.25),
        time_zone=dice.choice(ZONES),
        opens=dice.choice((9, 9, 10)),
        shuts=dice.choice((19, 20, 21)),
        sunday=dice.random() < 0.5,
        of_hours=dice.uniform(0.1, 0.5),
        of_days=dice.uniform(0.03, 0.15),
        of_weeks=dice.uniform(0.0, 0.05),
        trend=dice.choice((-0.3, -0.1, 0.0, 0.0, 0.1, 0.3)),
    )


def answers(dice: Random, habits: Habits, first: date, days: int) -> Iterator[tuple[datetime, int]]:
    """Yield each hour of a stretch, in UTC, with how many customers answered in it; closed hours are 0."""
    zone = ZoneInfo(habits.time_zone)
    at = datetime.combine(first, datetime.min.time(), zone).astimezone(UTC)
    end = at + timedelta(days=days)
    begun, by_day, by_week = at, dict[date, float](), dict[int, float]()
    while at < end:
        local = at.astimezone(zone)
        rate, age = habits.rate(local), (at - begun) / timedelta(days=91)
        if rate:
            day = by_day.setdefault(local.date(), _factor(dice, habits.of_days))
            week = by_week.setdefault(int(age * 13), _factor(dice, habits.of_weeks))
            level = (1 + habits.trend) ** age * day * week
            yield at, poisson(dice, rate * level * _factor(dice, habits.of_hours))
        else:
            yield at, 0
        at += timedelta(hours=1)


def _factor(dice: Random, dispersion: float) -> float:
    return dice.gammavariate(1 / dispersion, dispersion) if dispersion > 0.001 else 1.0


def poisson(dice: Random, mean: float) -> int:
    """Return a Poisson number; D. Knuth's way, a hundred at a time."""
    number = 0
    while mean > 0:
        part = min(mean, 100.0)
        mean -= part
        product, least = dice.random(), exp(-part)
        while product > least:
            product *= dice.random()
            number += 1
    return number
