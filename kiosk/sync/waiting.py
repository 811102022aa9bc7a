"""The answers that wait, one parcel after the other. The next one is made while the hub works on the last."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

from kiosk.storage.outgoing import Outgoing
from kiosk.storage.thread import StorageThread

if TYPE_CHECKING:
    from kiosk.storage.store import Storage


class Parcel:
    """Some answers, and how they travel."""

    def __init__(self, items: Sequence[Outgoing] = ()) -> None:
        self.items, self.text = items, f"[{','.join([answer.text for answer in items])}]"

    def __len__(self) -> int:
        return len(self.items)

    def halves(self) -> list["Parcel"]:
        """Return both halves, the first one last, where it is taken from."""
        middle = len(self) // 2
        return [Parcel(self.items[middle:]), Parcel(self.items[:middle])]


class Waiting:
    """What one sync sends. boot is this start of the system; see kiosk.storage.clocks."""

    def __init__(self, storage: StorageThread, boot: str) -> None:
        self._storage, self._boot = storage, boot
        self.from_the_first()

    def from_the_first(self) -> None:
        """Begin again with the oldest answer that waits."""
        self._last = 0
        self._ahead: Future[Parcel] | None = None

    def take(self, limit: int) -> Parcel:
        """Return the next answers, about as many as the limit says; none if there are no more."""
        ahead, self._ahead = self._ahead, None
        parcel = ahead.result() if ahead else Parcel()
        if len(parcel) < limit:
            # Less than a batch was all that there was; by now a customer may have given more.
            parcel = self._make(limit).result()
        self._last = parcel.items[-1].sequence if parcel else self._last
        return parcel

    def make_ready(self, limit: int) -> None:
        """Begin to make what comes after those that were taken."""
        self._ahead = self._ahead or self._make(limit)

    def _make(self, limit: int) -> Future[Parcel]:
        last = self._last

        def made(storage: "Storage") -> Parcel:
            return Parcel(storage.outbox.batch(limit, last, storage.clocks.boots(self._boot)))

        return self._storage.call(made)
