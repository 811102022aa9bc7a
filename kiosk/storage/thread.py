"""The one thread that touches the database, so that no visit ever waits for a disk."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kiosk.storage.errors import StorageBroken, StorageClosed, StorageFailing, StorageReadOnly, translated

if TYPE_CHECKING:
    from common.tablet import Met
    from kiosk.storage.store import Storage

T = TypeVar("T")


class StorageThread:
    """Runs calls on the storage in their order, one at a time, on a thread of its own.

    The storage is opened at the first call. Where opening fails, that call's future carries the error
    and the next call tries again, so a full disk that was cleared needs no restart. unwritten is a trouble
    that the storage could not note, because the trouble was its own.
    """

    def __init__(self, folder: Path, opener: "Callable[[], Storage]") -> None:
        self._folder = folder
        self._opener = opener
        self._storage: Storage | None = None
        self.unwritten: Met | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="storage")

    def call(self, function: "Callable[[Storage], T]") -> Future[T]:
        """Run a function of the storage soon; its result or StorageError arrives in the future."""
        try:
            return self._thread.submit(self._run, function)
        except RuntimeError as reason:
            refused: Future[T] = Future()
            refused.set_exception(StorageClosed(str(reason)))
            return refused

    def close(self) -> None:
        """Finish the calls that wait, close the database, end the thread; later calls get StorageClosed."""
        with suppress(RuntimeError):
            self._thread.submit(self._close)
        self._thread.shutdown(wait=True)

    def _run(self, function: "Callable[[Storage], T]") -> T:
        try:
            return self._try(function)
        except StorageBroken:
            # Opening again moves the broken file aside and starts a fresh one.
            self._close()
            return self._try(function)
        except (StorageReadOnly, StorageFailing):
            # A connection that was opened so stays so, even when the file can be written again.
            self._close()
            raise

    def _try(self, function: "Callable[[Storage], T]") -> T:
        with translated(self._folder):
            return function(self._opened())

    def _opened(self) -> "Storage":
        if self._storage is None:
            self._storage = self._opener()
        return self._storage

    def _close(self) -> None:
        storage, self._storage = self._storage, None
        if storage is not None:
            storage.close()
