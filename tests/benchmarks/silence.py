"""The silence alarm on simulated shops: how often it is wrong, and how soon a covered tablet is noticed.

`python3 packaging/dev.py silence --stores 200 --quarters 4 --seed 1`. The shops are those of
tests.support.traffic; every hour of them goes through the rules that the hub uses. Each shop has one kiosk,
learns for eight weeks, and is then watched without any fault: every alarm is a false one. In thought its
tablet is covered once in a while, from some open hour on, until that is noticed.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from hub.alerts.rules.hours import HOUR, Shop
from hub.alerts.rules.watching import Report, Standing, begin, learned, look, standing
from hub.stores.rules import zone
from tests.support.ratios import percentile
from tests.support.traffic import Habits, answers, some_habits

SIZES = (3, 10, 30, 100, 300)
"""Answers on a usual day; shops take turns."""

QUARTER, WARM_UP = 91, 56
"""Days."""

FIRST = date(2026, 1, 5)

COVERED = 0.01
"""How many of the open hours are the last ones before a cover, in thought."""

PROMISE = 1.0
"""False alarms of a store in a quarter, at most."""

PATIENCE = timedelta(minutes=15)
LOOKED_AFTER = timedelta(minutes=5)
"""An hour is looked at so long after its end."""


@dataclass
class Outcome:
    """What shops of one size told: quarters, false alarms, and open hours until covers were noticed."""

    quarters: float = 0
    alarms: int = 0
    delays: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """False alarms of a store in a quarter."""
        return self.alarms / self.quarters

    def __iadd__(self, other: "Outcome") -> "Outcome":
        self.quarters += other.quarters
        self.alarms += other.alarms
        self.delays += other.delays
        return self


def simulate(stores: int, quarters: int, seed: int) -> dict[int, Outcome]:
    """Return the outcome for each size of shop."""
    found: dict[int, Outcome] = defaultdict(Outcome)
    for number in range(stores):
        size = SIZES[number % len(SIZES)]
        dice = Random(f"{seed} {number}")
        found[size] += one_shop(dice, some_habits(dice, size), quarters)
    return dict(found)


def one_shop(dice: Random, habits: Habits, quarters: int) -> Outcome:
    """Watch one shop for so many quarters, and cover its tablet in thought once in a while."""
    traffic = list(answers(dice, habits, FIRST, WARM_UP + quarters * QUARTER))
    world = World(Shop(habits.time_zone, 0), traffic)
    outcome, alarmed = Outcome(quarters=quarters), False
    for hour in range(len(traffic)):
        world.live(hour, dice)
        if hour < 24 * WARM_UP:
            continue
        silent = world.standing() is Standing.SILENT
        outcome.alarms += silent and not alarmed
        alarmed = silent
        if dice.random() < COVERED * (habits.rate(world.local) > 0):
            outcome.delays += world.until_noticed(hour, habits)
    return outcome


class World:
    """A shop with its kiosk, of which the hub hears at every answer and after the end of every hour."""

    def __init__(self, shop: Shop, traffic: Sequence[tuple[datetime, int]]) -> None:
        self.shop, self.traffic, self.now = shop, traffic, traffic[0][0]
        self.given = 0
        self.watch = begin(self._report(), self.now)

    @property
    def local(self) -> datetime:
        """The time that the shop's clock shows."""
        return self.now.astimezone(zone(self.shop.time_zone))

    def live(self, hour: int, dice: Random) -> None:
        """Let an hour pass: its answers come, the last of them at some moment, and the hub looks."""
        at, number = self.traffic[hour]
        if number:
            self.given += number
            last = max(dice.random() for _ in range(number))
            self._look(at + last * HOUR)
        self._look(at + HOUR + LOOKED_AFTER)
        if self.watch.learned_on != self.shop.day_of(self.now) and self.standing() is not Standing.SILENT:
            lately = self.traffic[max(0, hour - 24 * (WARM_UP + QUARTER)) : hour + 1]
            counts = {at: number for at, number in lately if number}
            self.watch = learned(self.watch, self.shop, counts, [], self.now)

    def until_noticed(self, hour: int, habits: Habits) -> list[float]:
        """Return the open hours until a cover put on now would be noticed; nothing if it never is."""
        kept, begun = (self.now, self.watch), self.now
        for at, _ in self.traffic[hour + 1 :]:
            self._look(at + HOUR + LOOKED_AFTER)
            if self.standing() is Standing.SILENT:
                break
        noticed, silent = self.now, self.standing() is Standing.SILENT
        self.now, self.watch = kept
        hours = (at for at, _ in self.traffic[hour + 1 :] if begun < at + HOUR and at < noticed)
        return [sum(habits.rate(at.astimezone(zone(habits.time_zone))) > 0 for at in hours)] if silent else []

    def standing(self) -> Standing:
        """Say how the kiosk stands."""
        return standing(self.watch, self._report(), self.shop, 1, self.now)

    def _look(self, now: datetime) -> None:
        self.now = now
        self.watch = look(self.watch, self._report(), self.shop, now, PATIENCE)

    def _report(self) -> Report:
        return Report("kiosk", "kiosk", "store", "checkout", self.now, self.given)


def main(arguments: Sequence[str]) -> bool:
    """Print the figures and say whether the promise is kept: at most one false alarm a store and quarter."""
    wanted = parser().parse_args(arguments)
    found = simulate(wanted.stores, wanted.quarters, wanted.seed)
    print(f"{wanted.stores} stores, {wanted.quarters} quarters, seed {wanted.seed}")
    print("answers a day  false alarms  per store and quarter  open hours to notice a cover")
    for size, outcome in sorted(found.items()):
        middle, slow = (percentile(outcome.delays, percent) for percent in (50, 90))
        print(
            f"{size:>13}{outcome.alarms:>14}{outcome.rate:>23.3f}"
            f"{f'median {middle:.0f}, nine in ten {slow:.0f}':>30}"
        )
    return all(outcome.rate <= PROMISE for outcome in found.values())


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="dev.py silence", description="Try the silence alarm on simulated shops."
    )
    parser.add_argument("--stores", type=int, default=200, help="how many shops, of five sizes (200)")
    parser.add_argument("--quarters", type=int, default=4, help="how long they are watched (4)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same shops (1)")
    return parser


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
