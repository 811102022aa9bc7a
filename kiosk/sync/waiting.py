"""The answers that wait, one batch after the other. The next one is read while the hub works on the last."""

from concurrent.futures import Future

from common.wire import Numbered
from kiosk.storage.thread import StorageThread


class Waiting:
    """What one sync sends. boot is this start of the system; see kiosk.storage.clocks."""

    def __init__(self, storage: StorageThread, boot: str) -> None:
        self._storage, self._boot = storage, boot
        self.from_the_first()

    def from_the_first(self) -> None:
        """Begin again with the oldest answer that waits."""
        self._last = 0
        self._ahead: Future[list[Numbered]] | None = None

    def take(self, limit: int) -> list[Numbered]:
        """Return the next answers, about as many as the limit says; none if there are no more."""
        ahead, self._ahead = self._ahead, None
        items = ahead.result() if ahead else []
        if len(items) < limit:
            # Less than a batch was all that there was; by now a customer may have given more.
            items = self._read(limit).result()
        self._last = items[-1].sequence if items else self._last
        return items

    def read_on(self, limit: int) -> None:
        """Begin to read what comes after those that were taken."""
        self._ahead = self._ahead or self._read(limit)

    def _read(self, limit: int) -> Future[list[Numbered]]:
        last = self._last
        return self._storage.call(lambda s: s.outbox.batch(limit, last, s.clocks.boots(self._boot)))
