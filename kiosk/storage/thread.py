"""The one thread that touches the database, so that no visit ever waits for a disk."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from kiosk.storage.errors import StorageBroken

if TYPE_CHECKING:
    from kiosk.storage.store import Storage

T = TypeVar("T")


class StorageThread:
    """Runs calls on the storage in their order, one at a time, on a thread of its own.

    The storage is opened at the first call. Where opening fails, that call's future carries the error
    and the next call tries again, so a full disk that was cleared needs no restart.
    """

    def __init__(self, opener: "Callable[[], Storage]") -> None:
        self._opener = opener
        self._storage: Storage | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="storage")

    def call(self, function: "Callable[[Storage], T]") -> Future[T]:
        """Run a function of the storage soon; its result or StorageError arrives in the future."""
        return self._thread.submit(self._run, function)

    def close(self) -> None:
        """Finish the calls that wait, close the database and end the thread; more calls are refused."""
        self._thread.submit(self._close)
        self._thread.shutdown(wait=True)

    def _run(self, function: "Callable[[Storage], T]") -> T:
        try:
            return function(self._opened())
        except StorageBroken:
            # Opening moves a broken file aside and starts a fresh one; only then is the call lost.
            self._close()
            return function(self._opened())

    def _opened(self) -> "Storage":
        if self._storage is None:
            self._storage = self._opener()
        return self._storage

    def _close(self) -> None:
        storage, self._storage = self._storage, None
        if storage is not None:
            storage.close()
