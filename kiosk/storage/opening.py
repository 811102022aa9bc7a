"""Opening the tablet's memory, also where a killed program or a failing disk left it in disorder."""

import logging
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from kiosk.config import load_snapshot
from kiosk.storage.database import PATIENCE, open_database
from kiosk.storage.errors import StorageBroken, StorageBusy, StorageFull, StorageReadOnly, translated
from kiosk.storage.lock import OPENING, RUNNING, AlreadyHeld, held
from kiosk.storage.salvage import mend
from kiosk.storage.store import Storage

log = logging.getLogger(__name__)

TRIES = 5
"""How often a file is copied into which another program writes."""


def open_storage(path: Path, now: datetime, *, alone: bool, first: bool = True) -> Storage:
    """Open or create the database; raise a StorageError.

    alone: this program holds the folder's running.lock. Then, or if nobody holds it just now, visits
    that a killed program left open are finished, and a broken file is moved aside for a fresh one.
    Beside a running window neither is touched. Visits are finished only at the first opening by a
    program: later on the open one is that of the customer who stands there.

    The file is looked through before it is handed out, which takes the longer the more answers there are.
    Only where a program that is alone opens it first, that is left for its first write: what shows the
    question shall not wait. If the file is broken, that write gets StorageBroken and changes nothing, and
    opening again mends it.
    """
    with translated(path.parent), ExitStack() as tidying:
        _make(path.parent)
        _queue(path.parent, tidying)
        check = not (alone and first)
        alone = alone or _to_ourselves(path.parent, tidying)
        finish = alone and first
        try:
            storage = _ready(path, check=check, finish=finish)
        except StorageBroken as reason:
            if not alone:
                raise
            storage = mend(path, now, str(reason))
            if finish:
                storage.outbox.finish_all()
        _agree(storage)
        return storage


def open_to_read(path: Path, now: datetime, spare: ExitStack) -> Storage:
    """Open the database for somebody who only looks, also on a disk that cannot be written.

    Such a disk is left as it is. A copy is opened, mended if need be, which goes when spare is closed; what
    is changed in it is lost. Raise a StorageError.
    """
    try:
        return open_storage(path, now, alone=False)
    except (StorageReadOnly, StorageFull) as reason:
        refusal = reason
    try:
        copy = Path(spare.enter_context(TemporaryDirectory(prefix="cerchio-")), path.name)
        _copy_whole(path, copy)
    except OSError as reason:
        raise refusal from reason
    storage = open_storage(copy, now, alone=True, first=False)
    storage.folder = path.parent
    return storage


def _copy_whole(path: Path, copy: Path) -> None:
    """Copy a database with its log; once more if somebody else wrote meanwhile. Raise OSError."""
    for _ in range(TRIES):
        before = _stamps(path)
        for part in ("", "-wal"):
            Path(f"{copy}{part}").unlink(missing_ok=True)
            if not part or Path(f"{path}{part}").exists():
                copyfile(f"{path}{part}", f"{copy}{part}")
        if _stamps(path) == before:
            return
    raise StorageBusy(f"another program keeps writing into the database in {path.parent}")


def _stamps(path: Path) -> list[tuple[int, int]]:
    states = [file.stat() for file in (path, path.with_name(f"{path.name}-wal")) if file.exists()]
    return [(state.st_size, state.st_mtime_ns) for state in states]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, FileNotFoundError, NotADirectoryError) as reason:
        raise StorageReadOnly(f"{folder} is no folder, and none can be made there") from reason


def _queue(folder: Path, tidying: ExitStack) -> None:
    try:
        tidying.enter_context(held(folder / OPENING, PATIENCE))
    except AlreadyHeld as reason:
        raise StorageBusy(f"another program keeps opening the database in {folder}") from reason


def _to_ourselves(folder: Path, tidying: ExitStack) -> bool:
    try:
        tidying.enter_context(held(folder / RUNNING, patience=0))
    except AlreadyHeld:
        return False
    return True


def _ready(path: Path, *, check: bool, finish: bool) -> Storage:
    with translated(path.parent), ExitStack() as undo:
        db = open_database(path)
        undo.callback(db.close)
        storage = Storage(db, path.parent)
        if check:
            db.check()
        if finish:
            storage.outbox.finish_all()
        try:
            storage.snapshot()
        except (ValueError, KeyError, TypeError) as reason:
            raise StorageBroken(f"the settings in {path} make no sense ({reason})") from reason
        undo.pop_all()
        return storage


def _agree(storage: Storage) -> None:
    """Bring the first screen up to date, which a power cut may have left behind the database."""
    screen, snapshot = load_snapshot(storage.folder), storage.snapshot()
    if screen.paired and not snapshot.paired:
        log.warning("the database holds no pairing any more: pair this kiosk again")
    if screen != snapshot:
        storage.refresh_screen()
