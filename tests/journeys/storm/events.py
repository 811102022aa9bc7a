"""What the storm does to its tablets and their hub. Each event strikes, takes a while, and mends what it did.

An event that finds its victim busy with another one does nothing.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from signal import SIGKILL
from subprocess import SubprocessError
from threading import Event as Signal
from threading import Lock
from typing import TypeVar

import psycopg

from kiosk.storage.errors import StorageError
from tests.journeys.storm.crew import Member
from tests.journeys.storm.house import STORES, House, Worker
from tests.journeys.storm.line import Line

CLOCKS = (-40 * 86400.0, -3600.0, -600.0, 0.0, 600.0, 3 * 86400.0, 400 * 86400.0)
"""Seconds by which clocks are wrong."""

FRESH = 0.6
"""How many of the images that are put back were taken just before."""

Victim = TypeVar("Victim", Member, Worker, House)


@dataclass
class World:
    """All that an event may strike, and how often each did, or stumbled. calm ends whatever takes a while.

    In the folder each tablet has one with its name.
    """

    house: House
    line: Line
    crew: list[Member]
    folder: Path
    struck: Counter[str] = field(default_factory=Counter)
    in_vain: Counter[str] = field(default_factory=Counter)
    calm: Signal = field(default_factory=Signal)

    def wait(self, seconds: float) -> None:
        """Let an event last, unless a quiet time begins."""
        self.calm.wait(seconds)


@contextmanager
def idle(victims: Sequence[Victim]) -> Iterator[Victim | None]:
    """Give the first victim that is not busy and keep others away from it; None if there is none."""
    for victim in victims:
        lock: Lock = victim.busy
        if lock.acquire(blocking=False):
            try:
                yield victim
            finally:
                lock.release()
            return
    yield None


def shuffled(random: Random, victims: Sequence[Victim]) -> list[Victim]:
    return random.sample(victims, len(victims))


def kill_kiosk(world: World, random: Random) -> bool:
    with idle(shuffled(random, world.crew)) as member:
        if member:
            member.kill()
            world.wait(random.uniform(0, 1))
            member.start()
        return member is not None


def restart_kiosk(world: World, random: Random) -> bool:
    """Close a kiosk as a shop does in the evening, and open it again."""
    with idle(shuffled(random, world.crew)) as member:
        if member:
            member.stop()
            member.start()
        return member is not None


def kill_worker(world: World, random: Random) -> bool:
    with idle(shuffled(random, world.house.workers)) as worker:
        if worker:
            worker.kill()
            world.wait(random.uniform(0, 2))
            worker.start()
        return worker is not None


def kill_database(world: World, random: Random) -> bool:
    """Kill the server of the database, if it has one; with SQLite it is the hub that is killed."""
    with idle([world.house]) as house:
        if house and house.postgres:
            house.postgres.stop(SIGKILL)
            world.wait(random.uniform(0, 1))
            house.postgres.start()
        return house is not None and house.postgres is not None


def fill_hub_disk(world: World, random: Random) -> bool:
    with idle([world.house]) as house:
        if house:
            with house.full_disk():
                world.wait(random.uniform(0.5, 2))
        return house is not None


def fill_kiosk_disk(world: World, random: Random) -> bool:
    small = [member for member in world.crew if member.small]
    with idle(shuffled(random, small)) as member:
        if member:
            relieve = member.fill_disk()
            world.wait(random.uniform(1, 4))
            relieve()
        return member is not None


def jump_clock(world: World, random: Random) -> bool:
    with idle(shuffled(random, world.crew)) as member:
        if member:
            member.set_clock(random.choice(CLOCKS))
        return member is not None


def move(world: World, random: Random) -> bool:
    """Let a kiosk stand in another store, by head office's word."""
    with idle(shuffled(random, world.crew)) as member:
        if member:
            world.house.move(member.identity(), random.choice(STORES))
        return member is not None


def pair_again(world: World, random: Random) -> bool:
    """Pair a kiosk anew, in another store, while it runs."""
    with idle(shuffled(random, world.crew)) as member:
        if member:
            member.pair(world.house, random.choice(STORES))
        return member is not None


def copy_back(world: World, random: Random) -> bool:
    """Let a kiosk go on from a copy of its memory: a fresh one that is soon old, or the last one."""
    with idle(shuffled(random, world.crew)) as member:
        if member:
            if member.image is None or random.random() < FRESH:
                member.take_image()
                world.wait(random.uniform(1, 6))
            member.put_back()
        return member is not None


def clone(world: World, random: Random) -> bool:
    """Copy the memory of a kiosk to another tablet. Both go on, until somebody pairs one of them anew."""
    with idle(shuffled(random, world.crew)) as member:
        if member:
            name = f"{member.name}-{member.copies}"
            twin = member.twin(name, world.folder / name)
            twin.start()
            world.crew.append(twin)
        return member is not None


def stop_kiosk(world: World, random: Random) -> bool:
    return _declare(world, random, "stopped")


def lose_kiosk(world: World, random: Random) -> bool:
    return _declare(world, random, "lost")


def _declare(world: World, random: Random, state: str) -> bool:
    with idle(shuffled(random, world.crew)) as member:
        if member:
            kiosk = member.identity()
            world.house.declare(kiosk, state)
            world.wait(random.uniform(1, 5))
            world.house.declare(kiosk, "active")
        return member is not None


def erase_answers(world: World, random: Random) -> bool:
    """Delete some answers, as their customers want, that may still wait on their tablet for a receipt."""
    newest = world.house.newest(200)
    for answer in random.sample(newest, min(3, len(newest))):
        world.house.erase(answer)
    return bool(newest)


def cut_line(world: World, random: Random) -> bool:
    world.line.dark = True
    world.wait(random.uniform(0.5, 3))
    world.line.dark = False
    return True


Strike = Callable[[World, Random], bool]

COPIED, CLONED = "memories put back", "kiosks cloned"
"""Each gust begins with these, because they come seldom."""

EVENTS: dict[str, tuple[float, Strike]] = {
    "kiosk killed": (10, kill_kiosk),
    "kiosk restarted": (2, restart_kiosk),
    "hub killed": (3, kill_worker),
    "database killed": (1, kill_database),
    "hub's disk full": (1, fill_hub_disk),
    "kiosk's disk full": (2, fill_kiosk_disk),
    "clock jumped": (3, jump_clock),
    "kiosk moved": (2, move),
    "kiosk paired anew": (2, pair_again),
    COPIED: (1, copy_back),
    CLONED: (0.3, clone),
    "kiosk stopped": (1, stop_kiosk),
    "kiosk lost": (2, lose_kiosk),
    "answers erased": (3, erase_answers),
    "line cut": (1, cut_line),
}
"""How often each event comes, and what it does; it says whether it did anything."""

TROUBLES = (StorageError, OSError, SubprocessError, sqlite3.Error, psycopg.Error, AssertionError, KeyError)
"""What an event may stumble over because others strike at the same time: then it did not happen."""
