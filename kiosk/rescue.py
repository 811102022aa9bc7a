"""Carries answers away on a USB stick, when the network stays away for long or the tablet has to leave."""

import csv
import errno
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from re import sub
from typing import TYPE_CHECKING, TextIO

from kiosk.export import write_answers

if TYPE_CHECKING:
    from kiosk.storage.store import Storage

ROOTS = (Path("/media"), Path("/run/media"), Path("/mnt"))
"""Where systems put what is plugged in: some right there, some in a folder for each person."""

DEPTH = 2

CHUNK = 1 << 20


class Carried(StrEnum):
    """What came of it. Nothing is lost by any of them."""

    WRITTEN = "written"
    NOTHING = "nothing"
    NO_STICK = "no_stick"
    FULL = "full"
    READ_ONLY = "read_only"
    GONE = "gone"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Rescue:
    """What was written: so many answers, into a file of a stick, both by name; empty where there is none.

    NOTHING: the hub has everything. GONE: the stick was pulled out or failed. DIFFERENT: what was read
    back is not what was written.
    """

    outcome: Carried
    stick: str = ""
    file: str = ""
    count: int = 0


def sticks(roots: Iterable[Path], apart_from: Path) -> list[Path]:
    """Return the folders under the roots at which something is mounted that does not hold another folder."""
    inside = apart_from.stat().st_dev
    found = [folder for root in roots for folder in _mounted(root, DEPTH)]
    return [folder for folder in found if _device(folder) not in (None, inside)]


def carry_away(storage: "Storage", roots: Iterable[Path], now: datetime) -> Rescue:
    """Write the answers that the hub does not have to the first stick that takes them, and read them back.

    May take as long as a slow stick does, so it has a thread and a connection of its own.
    """
    totals = storage.outbox.totals()
    if not totals.waiting + totals.quarantined:
        return Rescue(Carried.NOTHING)
    first = None
    for stick in sticks(roots, storage.folder):
        rescue = _write(storage, stick, stick / _name(storage, now))
        if rescue.outcome is Carried.WRITTEN:
            return rescue
        first = first or rescue
    return first or Rescue(Carried.NO_STICK)


def _mounted(folder: Path, depth: int) -> Iterator[Path]:
    if os.path.ismount(folder):
        yield folder
    if depth:
        with suppress(OSError):
            for inner in sorted(each for each in folder.iterdir() if each.is_dir()):
                yield from _mounted(inner, depth - 1)


def _device(folder: Path) -> int | None:
    with suppress(OSError):
        return folder.stat().st_dev
    return None


def _name(storage: "Storage", now: datetime) -> str:
    pairing = storage.pairing()
    store = sub(r"[^A-Za-z0-9]+", "-", pairing.store if pairing else "kiosk")
    return f"cerchio-{store}-{now:%Y%m%d-%H%M%S}.csv"


def _write(storage: "Storage", stick: Path, file: Path) -> Rescue:
    unfinished = file.with_suffix(".part")
    try:
        with unfinished.open("x", encoding="utf-8", newline="") as out:
            count, digest = _fill(storage, out)
        sound = _digest(unfinished) == digest and _rows(unfinished) == count
        if sound:
            unfinished.replace(file)
    except OSError as reason:
        outcome = _TROUBLES.get(reason.errno or 0, Carried.GONE)
    else:
        outcome = Carried.WRITTEN if sound else Carried.DIFFERENT
    if outcome is Carried.WRITTEN:
        return Rescue(outcome, stick.name, file.name, count)
    with suppress(OSError):
        unfinished.unlink(missing_ok=True)
    return Rescue(outcome, stick.name)


_TROUBLES = {
    errno.ENOSPC: Carried.FULL,
    errno.EDQUOT: Carried.FULL,
    errno.EROFS: Carried.READ_ONLY,
    errno.EACCES: Carried.READ_ONLY,
    errno.EPERM: Carried.READ_ONLY,
}


@dataclass(frozen=True, slots=True)
class _Heard:
    """A file, and somebody who hears what is written to it."""

    file: TextIO
    hear: Callable[[bytes], None]

    def write(self, text: str, /) -> int:
        self.hear(text.encode())
        return self.file.write(text)


def _fill(storage: "Storage", out: TextIO) -> tuple[int, bytes]:
    digest = sha256()
    count = write_answers(storage, _Heard(out, digest.update), ".csv")
    out.flush()
    os.fsync(out.fileno())
    if hasattr(os, "posix_fadvise"):
        # What is read back must come from the stick and not from what the system still remembers.
        os.posix_fadvise(out.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return count, digest.digest()


def _digest(file: Path) -> bytes:
    digest = sha256()
    with file.open("rb") as content:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
    return digest.digest()


def _rows(file: Path) -> int:
    with file.open(encoding="utf-8", newline="") as content:
        return sum(1 for _ in csv.DictReader(content))
