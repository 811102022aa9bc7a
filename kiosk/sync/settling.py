"""What receipts say of the answers sent. It is written while the hub works on the next batch."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from common.wire import Outcome, Receipt, Totals, Verdict
from kiosk.storage.outbox import Applied, verdicts_on
from kiosk.storage.outgoing import Outgoing

if TYPE_CHECKING:
    from kiosk.storage.store import Storage

Settled = tuple[Applied, int]
"""What became of the answers sent, and how many wait again."""


@dataclass(frozen=True, slots=True)
class Word:
    """What one receipt says of the answers sent, and which numbers the hub has never seen."""

    receipt: Receipt
    sent: Sequence[Outgoing]
    missing: Sequence[tuple[int, int]]
    verdicts: Mapping[str | None, Verdict]

    @property
    def passes_over_some(self) -> bool:
        """Whether there is an answer of which nothing is said."""
        return len(self.verdicts) < len(self.sent)


def word(receipt: Receipt, sent: Sequence[Outgoing], missing: Sequence[tuple[int, int]]) -> Word:
    """Return what a receipt says."""
    return Word(receipt, sent, missing, verdicts_on(sent, receipt))


class Settling:
    """The last receipt's word, until it is written; and what all before it came to.

    call runs a function of the storage, like StorageThread.call.
    """

    def __init__(self, call: "Callable[[Callable[[Storage], Settled]], Future[Settled]]") -> None:
        self._call = call
        self._last: Word | None = None
        self._writing: Future[Settled] | None = None
        self.applied, self.again = Applied(), 0

    def add(self, last: Word) -> None:
        """Take the next word; the one before has been written."""
        self._last = last

    def settled(self, totals: Totals) -> Totals:
        """Return what the totals will be once the last word is written."""
        if self._last is None:
            return totals
        refused = sum(each.outcome is Outcome.REFUSED for each in self._last.verdicts.values())
        return totals.after(taken=len(self._last.verdicts) - refused, refused=refused)

    def begin(self) -> None:
        """Begin to write the last word."""
        last, self._last = self._last, None
        if last:
            self._writing = self._call(partial(settle, word=last))

    def end(self) -> None:
        """Wait until every word is written; raise StorageError."""
        self.begin()
        writing, self._writing = self._writing, None
        if writing:
            applied, again = writing.result()
            self.applied += applied
            self.again += again


def settle(storage: "Storage", word: Word) -> Settled:
    """Do what a receipt says of the answers sent."""
    with storage.together():
        app = word.receipt.app
        # Before the verdicts: what this version of the hub has just refused is not offered to it again.
        again = storage.offer_again("hub", app) if app else 0
        applied = storage.outbox.apply(word.receipt, word.sent)
        forgotten = storage.outbox.send_again(word.missing)
        if forgotten:
            storage.doubts.tell_again()
        if any(answer.has_contact for answer in word.sent):
            storage.traces.expect()
    return applied, again + forgotten
