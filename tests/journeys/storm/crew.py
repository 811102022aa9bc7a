"""The tablets of the storm as the storm holds them: their processes, their disks and their papers."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from shutil import copy, disk_usage
from threading import Lock

from kiosk.storage.opening import open_storage
from tests.journeys.storm import copies
from tests.journeys.storm.books import device
from tests.journeys.storm.copies import Family, Image, Memory, Restored
from tests.journeys.storm.house import House
from tests.journeys.storm.tablet import STOP, Part, live
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

    small says that its disk can be filled. image is the last copy of its memory, restored what the hub has to
    recognise since one was put back. busy is held by whoever does something to it, until it is well again.
    """

    name: str
    part: Part
    address: str
    small: bool = False
    family: Family = field(default_factory=Family)
    image: Image | None = None
    restored: Restored | None = None
    copies: int = 0
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
        self.family.devices.append(pairing.kiosk)
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

    def answer(self, patience: float) -> str:
        """Wait for its answer to an order; return nothing if none comes."""
        assert self.orders is not None
        return str(self.orders.recv()) if self.orders.poll(patience) else ""

    def memory(self) -> Memory:
        """Return what it remembers now."""
        return Memory(self.name, self.database, self.part.witness, current=True)

    def take_image(self) -> None:
        """Keep a copy of its memory. It is off meanwhile."""
        self.kill()
        self.image = self._copy()
        self.start()

    def put_back(self) -> None:
        """Put the image in the place of its memory, which nobody sees again but the verdict."""
        assert self.image is not None
        self.kill()
        before = self._copy().memory(self.part, f"{self.name}, memory {self.copies}")
        old = self.image.memory(self.part, self.name)
        self.family.lost.append(before)
        self.family.copied.add(device(old.database))
        self.restored = copies.restored(before, old)
        copies.put(self.image, self.part)
        self.start()

    def twin(self, name: str, folder: Path) -> "Member":
        """Return another tablet with the same memory and the same key; both go on."""
        papers = folder / "papers"
        papers.mkdir(parents=True)
        part = replace(self.part, data=folder / "data", papers=papers, seed=f"{self.part.seed} {name}")
        self.kill()
        copies.put(self._copy(), part)
        copy(self.part.clock, part.clock)
        self.family.copied.add(self.identity())
        self.start()
        return Member(name, part, self.address, family=self.family, restored=self.restored)

    def _copy(self) -> Image:
        self.copies += 1
        return copies.take(self.part, self.part.papers.with_name(f"copy-{self.copies}"))

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
