"""What a receipt says, and what it changes in the tablet's memory, on the storage thread."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from common.wire import BadBatch, Batch, Overruled, Receipt, UnspokenProtocol, read_receipt
from kiosk.storage.ticks import Reading
from kiosk.sync import Trouble
from kiosk.sync.noreply import NoReply

if TYPE_CHECKING:
    from kiosk.storage.last_sync import LastSync
    from kiosk.storage.store import Storage


LONGEST_TRIP = 10_000
"""Milliseconds from question to answer. Half of it is the most by which a measured offset can be wrong."""


def measured(
    receipt: Receipt, batch: Batch, received_at: datetime, back: Reading
) -> tuple[int, Reading] | None:
    """Return how wrong the clock is, hub less device in milliseconds, and the ticks of the hub's moment.

    received_at is by the device's clock, back what the one showed then that never jumps. None where the
    exchange took so long that it says little.
    """
    took = back.ticks - (batch.ticks or 0)
    if not 0 <= took <= LONGEST_TRIP:
        return None
    middle = received_at - timedelta(milliseconds=took) / 2
    offset = (receipt.received_at - middle) // timedelta(milliseconds=1)
    return offset, Reading(back.boot, back.ticks - took // 2)


def understood(document: Any) -> Receipt:
    """Read a receipt; raise NoReply for anything else."""
    try:
        return read_receipt(document)
    except UnspokenProtocol as reason:
        raise NoReply(Trouble.UNSPOKEN_PROTOCOL, str(reason)) from reason
    except BadBatch as reason:
        raise NoReply(Trouble.NOT_THE_HUB, str(reason)) from reason


def heed(storage: "Storage", receipt: Receipt, heard: Reading | None) -> None:
    """Keep what a receipt says of everything but answers.

    heard is what the clock showed that never jumps when the hub wrote the receipt, where that is known.
    """
    with storage.together():
        if heard:
            storage.clocks.note(heard, receipt.received_at)
        storage.marks.keep(receipt)
        storage.obey(receipt)


def note_told(storage: "Storage", words: Sequence[Overruled], receipt: Receipt) -> None:
    """Keep that the hub has heard these words of the manager."""
    with storage.together():
        storage.marks.keep(receipt)
        storage.doubts.told(words)


def note_sync(storage: "Storage", last: "LastSync", *, packs: bool) -> None:
    """Keep how a sync went, and whether its last receipt came in the coding of common.wire.packing."""
    with storage.together():
        storage.note_sync(last)
        if packs != packed_last(storage):
            storage.settings.put(_PACKS, packs)


def packed_last(storage: "Storage") -> bool:
    """Say whether the last receipt came in that coding, so that the hub takes it, too."""
    packs: bool = storage.settings.get(_PACKS, False)
    return packs


_PACKS = "packs"
