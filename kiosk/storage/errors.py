"""What can go wrong with the tablet's memory.

StorageError            nothing was stored or changed; trying again later is right for all of them
├── StorageFull         no space left
├── StorageReadOnly     the file or its folder cannot be written
├── StorageBusy         another program held the file for too long
├── StorageFailing      the disk itself reports errors
├── StorageBroken       the file is no longer a database
└── StorageClosed       the program is ending
"""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ALMOST_NOTHING = 1 << 20
"""Bytes. With less free, an error of the disk is taken for a full one: SQLite cannot always tell."""


class StorageError(Exception):
    """The tablet's memory could not do what was asked; nothing was changed."""


class StorageFull(StorageError):
    """There is no space left on the disk."""


class StorageReadOnly(StorageError):
    """The database or its folder cannot be written."""


class StorageBusy(StorageError):
    """Another program held the database for too long."""


class StorageFailing(StorageError):
    """The disk reports an error of its own."""


class StorageBroken(StorageError):
    """The file is no longer a database."""


class StorageClosed(StorageError):
    """The program is ending and takes no more calls."""


# The primary result codes of SQLite, by number, so that this file does not load the library.
_BY_SQLITE = {
    3: StorageReadOnly,
    5: StorageBusy,
    6: StorageBusy,
    8: StorageReadOnly,
    10: StorageFailing,
    11: StorageBroken,
    13: StorageFull,
    14: StorageReadOnly,
    26: StorageBroken,
}
_BY_SYSTEM = {
    errno.ENOSPC: StorageFull,
    errno.EDQUOT: StorageFull,
    errno.EROFS: StorageReadOnly,
    errno.EACCES: StorageReadOnly,
    errno.EPERM: StorageReadOnly,
    errno.EIO: StorageFailing,
}
_SENTENCES = {
    StorageFull: "there is no space left in {folder}",
    StorageReadOnly: "{folder} or a file in it cannot be written",
    StorageBusy: "another program keeps the database in {folder} busy",
    StorageFailing: "the disk under {folder} reports errors",
    StorageBroken: "the database in {folder} is broken",
}


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Raise errors of SQLite and of the file system as the StorageError that they mean."""
    try:
        yield
    except Exception as error:
        kind = _kind(error, folder)
        if kind is None:
            raise
        raise kind(f"{_SENTENCES[kind].format(folder=folder)} ({error})") from error


def _kind(error: Exception, folder: Path) -> type[StorageError] | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        kind = _BY_SQLITE.get(code & 0xFF)
        return StorageFull if kind is StorageFailing and _nothing_left(folder) else kind
    if isinstance(error, UnicodeDecodeError):
        # Where a schema is damaged, even SQLite's message about it may not be text.
        return StorageBroken
    return _BY_SYSTEM.get(error.errno or 0) if isinstance(error, OSError) else None


def _nothing_left(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < ALMOST_NOTHING
    except OSError:
        return False
