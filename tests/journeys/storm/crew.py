"""The tablets of the storm as the storm holds them: their processes, their disks and their papers."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from shutil import disk_usage
from threading import Lock

from kiosk.storage.opening import open_storage
from tests.journeys.storm.books import device
from tests.journeys.storm.house import House
from tests.journeys.storm.tablet import DRAIN, STOP, Part, live
from tests.support.disks import enlarge

ROOM = "256m"
"""Of a small disk. It takes no memory before it is used."""

_processes = get_context("forkserver")
# Every tablet is born of one process that has loaded everything, in a few milliseconds.
_loaded = (
    "tests.journeys.storm.tablet",
    "kiosk.schedule",
    "kiosk.sync.once",
    "kiosk.storage.opening",
    "uuid6",
)
_processes.set_forkserver_preload(list(_loaded))


@dataclass
class Member:
    """A tablet: what its process gets, the address of its hub, and its process while it runs.

    small says that its disk can be filled; devices are the ids that it ever had at its hub. busy is held by
    whoever does something to it, until it is well again.
    """

    name: str
    part: Part
    address: str
    small: bool = False
    devices: list[str] = field(default_factory=list)
    lives: int = 0
    busy: Lock = field(default_factory=Lock)
    process: ForkServerProcess | None = field(default=None, repr=False)
    orders: Connection | None = field(default=None, repr=False)

    @property
    def database(self) -> Path:
        return self.part.config.database

    def identity(self) -> str:
        """Return the id that it has at its hub now."""
        return device(self.database)

    def pair(self, house: House, store: str) -> None:
        """Become a kiosk, or another kiosk, of a store; what waits is taken along."""
        pairing = house.pair(store, self.address)
        self.devices.append(pairing.kiosk)
        with closing(open_storage(self.database, datetime.now(UTC), alone=False)) as storage:
            storage.pair(pairing)

    def start(self) -> None:
        """Start its process."""
        self.lives += 1
        self.orders, theirs = _processes.Pipe()
        part = self.part.in_life(self.lives)
        self.process = _processes.Process(target=live, args=(part, theirs), name=self.name)
        self.process.start()
        theirs.close()

    def kill(self) -> None:
        """End its process, whatever it is doing."""
        if self.process is not None:
            self.process.kill()
            self._gone()

    def stop(self) -> None:
        """End its process as a shop's closing hour does."""
        if self.process is not None:
            self.tell(STOP)
            self._gone()

    def tell(self, order: str) -> None:
        """Give an order."""
        assert self.orders is not None
        self.orders.send(order)

    def is_alive(self) -> bool:
        """Say whether its process runs."""
        return self.process is not None and self.process.is_alive()

    def is_dry(self, patience: float) -> bool:
        """Wait for its answer to DRAIN."""
        assert self.orders is not None
        return self.orders.poll(patience) and self.orders.recv() == DRAIN

    def set_clock(self, error: float) -> None:
        """Let its clock be so many seconds ahead of the true time."""
        with self.part.clock.open("a") as clock:
            clock.write(f"{error}\n")

    def fill_disk(self) -> Callable[[], None]:
        """Leave its disk hardly any room; return what gives the room back."""
        disk = self.part.data.parent
        enlarge(disk, str(disk_usage(disk).used + 64 * 1024))
        return lambda: enlarge(disk, ROOM)

    def _gone(self) -> None:
        assert self.process is not None
        self.process.join(30)
        if self.process.exitcode is None:
            raise TimeoutError(f"{self.name} does not end")
        self.process = None
