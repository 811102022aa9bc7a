"""Opening the tablet's memory, also where a killed program or a failing disk left it in disorder."""

import logging
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from kiosk.config import load_snapshot
from kiosk.storage.database import PATIENCE, open_database
from kiosk.storage.errors import StorageBroken, StorageBusy, StorageReadOnly, translated
from kiosk.storage.lock import OPENING, RUNNING, AlreadyHeld, held
from kiosk.storage.salvage import mend
from kiosk.storage.store import Storage

log = logging.getLogger(__name__)


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
