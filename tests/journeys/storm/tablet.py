"""A tablet of the storm: a process with the kiosk's own storage, schedule and sync, and no window.

Answers are kept as the window keeps them. Many visits at once are one durable step, which is how a tablet
gives far more answers in a second than customers would.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from kiosk.backstage import Backstage
from kiosk.config import Config
from kiosk.storage.errors import StorageClosed, StorageError
from kiosk.storage.lock import RUNNING, held
from kiosk.sync import Trouble
from tests.journeys.storm.customers import Step, visit
from tests.journeys.storm.witness import End, Said, Witness

if TYPE_CHECKING:
    from kiosk.storage.store import Storage

GIVE, DRAIN, STOP = "give", "drain", "stop"
"""What a tablet is told to do. It answers DRAIN with DRAIN, once the hub has all that it can take."""

UNKNOWN = "unknown"
"""Its answer where the hub does not know its key: it has to be paired again."""

PATIENCE = 60.0
"""Seconds until the life before has let go of the data folder."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a tablet's process gets: where it keeps its answers, and where its papers lie.

    papers survive the disk of the tablet: its witness, its log, and the error of its clock. rush is the most
    visits in one durable step; no more are given while most are waiting.
    """

    data: Path
    papers: Path
    seed: str
    rush: int = 250
    most: int = 1000
    prepare: Callable[[], None] | None = None

    def in_life(self, number: int) -> "Part":
        """Return the part for one of its lives, in which other customers come."""
        return replace(self, seed=f"{self.seed} {number}")

    @property
    def witness(self) -> Path:
        return self.papers / "witness"

    @property
    def clock(self) -> Path:
        return self.papers / "clock"

    @property
    def config(self) -> Config:
        return Config(data=self.data, sync_every=1.0, connect_timeout=2.0, read_timeout=3.0)

    def errors(self) -> list[float]:
        """Return how many seconds the clock was wrong, each time that it was set; the last one holds."""
        return [0.0, *map(float, self.clock.read_text().split())] if self.clock.exists() else [0.0]


class Tablet(Backstage):
    """The kiosk behind its window, with a clock that may be wrong and a witness of all that it is given."""

    def __init__(self, part: Part) -> None:
        super().__init__(part.config, alone=True)
        self._part = part
        self._witness = Witness(part.witness)
        self._ended: list[str] = []
        self._doubted: list[Said] = []

    def now(self) -> datetime:
        """Return the tablet's time, which is not always the true one."""
        return super().now() + timedelta(seconds=self._part.errors()[-1])

    def one_visit(self, random: Random) -> None:
        """Keep a visit step by step, each as durable as the window's."""
        steps = self._visits(random, 1)[0]
        self._ended.append(steps[0].response.id)
        for step in steps:
            if not self._keep([step.said], partial(self.save, step.response)):
                break
        self.end_visits()

    def end_visits(self) -> None:
        """End the visits that are over, as often as it takes while the disk is full; raise StorageError."""
        while self._ended:
            self.finish(self._ended[-1]).result()
            self._ended.pop()

    def many_visits(self, random: Random, count: int) -> None:
        """Keep the ends of many visits in one durable step."""
        ends = [steps[-1] for steps in self._visits(random, count)]
        if self._keep([step.said for step in ends], lambda: self._storage.call(lambda s: _keep_all(s, ends))):
            self._doubted += [step.said for step in ends if step.said.doubted]

    def count_after_all(self) -> None:
        """Let an answer that looks wrong count, as a manager does."""
        if self._doubted:
            said = self._doubted.pop()
            self._keep([replace(said, overruled=True)], partial(self.overrule, said.id))

    def waiting(self) -> int:
        """Return how many answers wait for the hub."""
        return self._storage.call(lambda s: s.outbox.totals()).result().waiting

    def drain(self) -> str:
        """Sync until the hub has all that it can take, or does not know the tablet; say which."""
        self.end_visits()
        while (trouble := self.sync_now().result().trouble) or self.waiting():
            if trouble is Trouble.UNKNOWN_DEVICE:
                return UNKNOWN
        return DRAIN

    def _visits(self, random: Random, count: int) -> list[Sequence[Step]]:
        snapshot = self.snapshot().result()
        now = self.now()
        return [visit(random, snapshot, now, self.new_identity()) for _ in range(count)]

    def _keep(self, said: Sequence[Said], keep: Callable[[], Future[None]]) -> bool:
        number = self._witness.tries(said)
        try:
            keep().result()
        except StorageClosed:
            raise
        except StorageError:
            self._witness.ends(number, End.REFUSED)
            return False
        self._witness.ends(number, End.KEPT)
        return True


def _keep_all(storage: "Storage", ends: Sequence[Step]) -> None:
    with storage.together():
        for step in ends:
            storage.outbox.save(step.response)
            storage.outbox.finish(step.response.id)


def live(part: Part, orders: Connection) -> None:
    """Be a tablet until the order to stop, or the end of whoever gives orders."""
    logging.basicConfig(filename=part.papers / "log", level=logging.INFO)
    if part.prepare:
        part.prepare()
    part.data.mkdir(parents=True, exist_ok=True)
    with held(part.data / RUNNING, PATIENCE), suppress(EOFError):
        tablet = Tablet(part)
        tablet.start()
        try:
            _obey(tablet, part, orders)
        finally:
            tablet.stop()


def _obey(tablet: Tablet, part: Part, orders: Connection) -> None:
    random, order = Random(part.seed), GIVE
    while order != STOP:
        if order == DRAIN:
            orders.send(tablet.drain())
            order = orders.recv()
            continue
        with suppress(StorageError):
            _turn(tablet, part, random)
        order = orders.recv() if orders.poll(random.uniform(0.02, 0.2)) else GIVE


def _turn(tablet: Tablet, part: Part, random: Random) -> None:
    """Take customers as long as not too many answers wait, and now and then ask for a sync."""
    tablet.end_visits()
    if tablet.waiting() < part.most:
        if random.random() < 0.3:
            tablet.one_visit(random)
        else:
            tablet.many_visits(random, random.randint(1, part.rush))
    if random.random() < 0.2:
        tablet.count_after_all()
    if random.random() < 0.3:
        tablet.sync_now()
