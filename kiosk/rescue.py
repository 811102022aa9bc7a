"""Carries answers away on a USB stick, when the network stays away for long or the tablet has to leave."""

import csv
import errno
import math
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from hashlib import sha256
from pathlib import Path
from re import sub
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from common.rescue import SUFFIX, Sink
from kiosk.export import write_answers, write_signed
from kiosk.storage.errors import StorageError, translated

if TYPE_CHECKING:
    from kiosk.storage.store import Storage

ROOTS = (Path("/media"), Path("/run/media"), Path("/mnt"))
"""Where systems put what is plugged in: some right there, some in a folder for each person."""

DEPTH = 2

PATIENCE = 10.0
"""Seconds without a sign from a stick, after which it is given up."""

CHUNK = 1 << 18
"""Bytes that are written through to a stick or read from it between two signs. The slowest do it in time."""

Fill = Callable[["Storage", Sink], int]
"""Writes answers and returns how many."""


class Carried(StrEnum):
    """What came of it. Nothing is lost by any of them."""

    WRITTEN = "written"
    NOTHING = "nothing"
    NO_STICK = "no_stick"
    FULL = "full"
    READ_ONLY = "read_only"
    GONE = "gone"
    DIFFERENT = "different"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Rescue:
    """What was written: so many answers, into a file of a stick, both by name; empty where there is none.

    words are the manager's on doubtful answers, where nothing else was to be carried. NOTHING: the hub has
    everything. GONE: the stick was pulled out or failed. DIFFERENT: what was read
    back is not what was written. SILENT: the stick does not answer.
    """

    outcome: Carried
    stick: str = ""
    file: str = ""
    count: int = 0
    words: int = 0


class Patience:
    """How long somebody waits for the next sign of a stick. One thread gives signs, another one waits.

    What comes before the first sign is no fault of the stick, and is waited for.
    """

    def __init__(self, seconds: float = PATIENCE) -> None:
        self._seconds, self._last, self._over = seconds, math.inf, Event()

    def sign(self) -> None:
        """Say that the stick does something; raise OSError if nobody waits for it any more."""
        if self._over.is_set():
            raise OSError(errno.ETIMEDOUT, "the stick was given up")
        self._last = monotonic()

    def wait(self, task: Future[Rescue]) -> Rescue:
        """Wait for what comes of it as long as there are signs."""
        while not task.done():
            left = self._last + self._seconds - monotonic()
            if left <= 0:
                self._over.set()
                return Rescue(Carried.SILENT)
            wait([task], min(left, self._seconds))
        return task.result()


def rescue(
    opener: "Callable[[], Storage]",
    roots: Iterable[Path],
    now: datetime,
    folder: Path,
    patience: Patience | None = None,
) -> Future[Rescue]:
    """Carry the answers in a folder away, on threads that hold up nothing, not even the program's end.

    A system call on a stick that hangs returns when it likes. So opener's storage is another one than the
    window's, and it may stay open for ever.
    """
    patience = patience or Patience()
    carried: Future[Rescue] = Future()
    told: Future[Rescue] = Future()

    def carry() -> Rescue:
        with translated(folder), closing(opener()) as storage:
            return carry_away(storage, roots, now, patience)

    Thread(target=_settle, args=(carried, carry), name="rescue", daemon=True).start()
    Thread(target=_settle, args=(told, lambda: patience.wait(carried)), name="patience", daemon=True).start()
    return told


def _settle(future: Future[Rescue], function: Callable[[], Rescue]) -> None:
    try:
        future.set_result(function())
    except Exception as reason:
        future.set_exception(reason)


def sticks(roots: Iterable[Path], apart_from: Path) -> list[Path]:
    """Return the folders under the roots at which something is mounted that does not hold another folder."""
    inside = apart_from.stat().st_dev
    found = [folder for root in roots for folder in _mounted(root, DEPTH)]
    return [folder for folder in found if _device(folder) not in (None, inside)]


def carry_away(storage: "Storage", roots: Iterable[Path], now: datetime, patience: Patience) -> Rescue:
    """Write what the hub does not have to the first stick that takes it, and read it back.

    May take as long as a slow stick does: see rescue.
    """
    patience.sign()
    totals = storage.outbox.totals()
    answers = totals.waiting + totals.quarantined
    if not answers and not _words(storage):
        return Rescue(Carried.NOTHING)
    write, first = _write_both if answers else _write_words, None
    for stick in sticks(roots, storage.folder):
        carried = write(storage, stick, now, patience)
        if carried.outcome is Carried.WRITTEN:
            return carried
        first = first or carried
    return first or Rescue(Carried.NO_STICK)


def _write_both(storage: "Storage", stick: Path, now: datetime, patience: Patience) -> Rescue:
    """Write a table for people and, if a hub knows this kiosk, a signed file for it; or neither."""
    table = stick / _name(storage, now)
    carried = _write(storage, stick, table, patience, _as_table)
    if carried.outcome is not Carried.WRITTEN or storage.pairing() is None:
        return carried
    signed = _write_for_hub(storage, stick, now, patience)
    if signed.outcome is Carried.WRITTEN:
        return carried
    with suppress(OSError):
        table.unlink(missing_ok=True)
    return signed


def _write_words(storage: "Storage", stick: Path, now: datetime, patience: Patience) -> Rescue:
    """Write what only a hub can use: the manager's words on answers that it has."""
    carried = _write_for_hub(storage, stick, now, patience)
    return replace(carried, words=_words(storage)) if carried.outcome is Carried.WRITTEN else carried


def _write_for_hub(storage: "Storage", stick: Path, now: datetime, patience: Patience) -> Rescue:
    contents = storage.leaving.contents()
    file = (stick / _name(storage, now)).with_suffix(SUFFIX)
    carried = _write(storage, stick, file, patience, partial(_signed, now=now))
    if carried.outcome is Carried.WRITTEN:
        # The file is good whether or not a full disk lets the tablet remember it.
        with suppress(StorageError), translated(storage.folder):
            storage.leaving.carry(contents)
    return carried


def _words(storage: "Storage") -> int:
    return len(storage.doubts.untold_anywhere()) if storage.pairing() else 0


def _as_table(storage: "Storage", sink: Sink) -> int:
    return write_answers(storage, sink, ".csv")


def _signed(storage: "Storage", sink: Sink, now: datetime) -> int:
    answers, _ = write_signed(storage, sink, now)
    return answers


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


def _write(storage: "Storage", stick: Path, file: Path, patience: Patience, fill: Fill) -> Rescue:
    unfinished = file.with_suffix(".part")
    try:
        with unfinished.open("x", encoding="utf-8", newline="") as out:
            count, digest = _fill(storage, out, patience, fill)
        sound = _digest(unfinished, patience) == digest
        if file.suffix == ".csv":
            sound = sound and _rows(unfinished) == count
        if sound:
            patience.sign()
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
    errno.ETIMEDOUT: Carried.SILENT,
}


@dataclass(slots=True)
class _Heard:
    """A file that is written through to the stick bit by bit, and somebody who hears what is written."""

    file: TextIO
    hear: Callable[[bytes], None]
    patience: Patience
    waiting: int = 0

    def write(self, text: str, /) -> int:
        content = text.encode()
        self.hear(content)
        written = self.file.write(text)
        self.waiting += len(content)
        if self.waiting >= CHUNK:
            self.write_through()
        return written

    def write_through(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.waiting = 0
        self.patience.sign()


def _fill(storage: "Storage", out: TextIO, patience: Patience, fill: Fill) -> tuple[int, bytes]:
    digest = sha256()
    heard = _Heard(out, digest.update, patience)
    count = fill(storage, heard)
    heard.write_through()
    if hasattr(os, "posix_fadvise"):
        # What is read back must come from the stick and not from what the system still remembers.
        os.posix_fadvise(out.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return count, digest.digest()


def _digest(file: Path, patience: Patience) -> bytes:
    digest = sha256()
    with file.open("rb") as content:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            patience.sign()
    return digest.digest()


def _rows(file: Path) -> int:
    with file.open(encoding="utf-8", newline="") as content:
        return sum(1 for _ in csv.DictReader(content))
