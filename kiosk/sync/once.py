"""One sync, at most one at a time: with which hub, by which key, and what is said if it does not work."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from errno import ENOSPC
from functools import partial
from typing import TYPE_CHECKING

from common.tablet import Lock, Met
from kiosk.config import Config
from kiosk.storage.errors import StorageError, StorageFull
from kiosk.storage.lock import SYNCING, AlreadyHeld, held
from kiosk.storage.thread import StorageThread
from kiosk.storage.ticks import Reading, reading
from kiosk.sync import SyncReport, Trouble
from kiosk.sync.exchange import Exchange, PairedAnew
from kiosk.sync.transport import Hub, Timeouts, Trust

if TYPE_CHECKING:
    from kiosk.storage.store import Storage

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds to wait for the end of another program's sync."""


def sync_once(
    storage: StorageThread,
    config: Config,
    now: Callable[[], datetime],
    read: Callable[[], Reading] = reading,
    lock: Lock | None = None,
) -> SyncReport:
    """Sync with the hub that the kiosk is paired with. Whatever happens is a report, never an exception.

    read returns what the clock shows that never jumps. lock is what keeps customers in, None without window.
    """
    try:
        return _alone(storage, config, now, read, lock)
    except AlreadyHeld:
        trouble, detail = Trouble.ANOTHER_SYNC, "another program syncs this kiosk just now"
    except (StorageError, OSError) as reason:
        trouble, detail = Trouble.DISK_FULL if _is_full(reason) else Trouble.STORAGE, str(reason)
        storage.unwritten = Met(trouble.value, now())
    except Exception as reason:
        log.exception("the sync stopped at a mistake of this program")
        trouble, detail = Trouble.FAILED, repr(reason)
        storage.call(lambda s: s.note_sync(replace(s.last_sync(), trouble=trouble.value, troubled_at=now())))
    return SyncReport(ended_at=now(), trouble=trouble, detail=detail)


def _is_full(reason: Exception) -> bool:
    return isinstance(reason, StorageFull) or (isinstance(reason, OSError) and reason.errno == ENOSPC)


def _alone(
    storage: StorageThread,
    config: Config,
    now: Callable[[], datetime],
    read: Callable[[], Reading],
    lock: Lock | None,
) -> SyncReport:
    pairing = storage.call(lambda s: s.pairing()).result()
    if pairing is None:
        return SyncReport(ended_at=now(), trouble=Trouble.NOT_PAIRED)
    timeouts = Timeouts(config.connect_timeout, config.read_timeout)
    trust = Trust(config.authority, config.pins)

    def run(key: str) -> SyncReport:
        with Hub(pairing.hub, timeouts, key, trust) as hub:
            try:
                return Exchange(storage, pairing.kiosk, hub, config, now, read, lock).run()
            except PairedAnew:
                # The next sync goes on, with the new key.
                return SyncReport(ended_at=now())

    report = SyncReport(ended_at=now(), trouble=Trouble.NOT_PAIRED)
    with held(config.data / SYNCING, PATIENCE):
        for place, key in enumerate(storage.call(lambda s: s.keys.known()).result()):
            if place and report.trouble is not Trouble.UNKNOWN_DEVICE:
                break
            report = run(key)
            if place and report.next_sync is not None:
                storage.call(partial(_go_back, key=key)).result()
    return report


def _go_back(storage: "Storage", key: str) -> None:
    storage.keys.worked(key)
