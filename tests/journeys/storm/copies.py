"""Copies of a tablet's memory: images of its disk, and the family of all tablets that come from one."""

from dataclasses import dataclass, field
from pathlib import Path
from shutil import copy, copytree, rmtree

from tests.journeys.storm.books import device, receipts
from tests.journeys.storm.tablet import Part


@dataclass(frozen=True, slots=True)
class Memory:
    """What one tablet remembers, and the witness of that. current says that a tablet goes on with it."""

    name: str
    database: Path
    witness: Path
    current: bool = False


@dataclass
class Family:
    """A tablet and all that were made of copies of its memory.

    devices are the ids that any of them ever had at the hub, copied those of which there was a second memory.
    lost are the memories in whose place an older one was put: what only they knew is gone.
    """

    devices: list[str] = field(default_factory=list)
    copied: set[str] = field(default_factory=set)
    lost: list[Memory] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Image:
    """A copy of a tablet's data folder, and of its witness at the same moment."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def witness(self) -> Path:
        return self.folder / "witness"

    def memory(self, part: Part, name: str) -> Memory:
        """Return what it holds."""
        return Memory(name, self.data / part.config.database.relative_to(part.data), self.witness)


@dataclass(frozen=True, slots=True)
class Restored:
    """A memory that was put in the place of a newer one: whose it is, and how many receipts it had kept.

    The hub has to recognise it if the newer one had kept so many more that no lost receipt explains it.
    """

    device: str
    receipts: int

    def should_be_known(self, database: Path) -> bool:
        """Say whether the tablet has shown often enough, as the same device, that its memory is old."""
        return device(database) == self.device and receipts(database) >= self.receipts + ENOUGH


ENOUGH = 2
"""Receipts. After one, the old memory still looks like one whose receipt was lost."""


def take(part: Part, folder: Path) -> Image:
    """Copy all that a tablet remembers, while it is off."""
    image = Image(folder)
    part.witness.touch()
    copytree(part.data, image.data)
    copy(part.witness, image.witness)
    return image


def put(image: Image, part: Part) -> None:
    """Let an image take the place of all that a tablet remembers, while it is off."""
    rmtree(part.data, ignore_errors=True)
    copytree(image.data, part.data)
    copy(image.witness, part.witness)


def restored(before: Memory, image: Memory) -> Restored | None:
    """Say what the hub has to recognise, if anything, once an image is in the place of a newer memory."""
    known = receipts(image.database)
    same = device(before.database) == device(image.database)
    tells = same and receipts(before.database) >= known + ENOUGH
    return Restored(device(image.database), known) if tells else None
