"""Which program has the data folder to itself. A lock ends with its program, also with a killed one."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

RUNNING = "running.lock"
"""Held by the program that shows the window, and by others for a moment while they tidy up."""

OPENING = "opening.lock"
"""Held while the database is opened: SQLite does not wait for its turn when it changes to a log."""

SYNCING = "syncing.lock"
"""Held during a sync, so that the window's and a command's come one after the other."""


class AlreadyHeld(Exception):
    """Another program holds the lock."""


@contextmanager
def held(path: Path, patience: float) -> Iterator[None]:
    """Hold a lock file; raise AlreadyHeld after patience seconds, or OSError if it cannot be written."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        give_up = monotonic() + patience
        while not _lock(handle):
            if monotonic() >= give_up:
                raise AlreadyHeld(str(path))
            sleep(0.05)
        yield
    finally:
        os.close(handle)


def _windows() -> Callable[[int], bool]:
    import msvcrt

    def lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

    return lock


def _posix() -> Callable[[int], bool]:
    import fcntl

    def lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    return lock


_lock = _windows() if sys.platform == "win32" else _posix()
