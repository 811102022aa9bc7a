"""What is said in one sync: the answers that wait go up, and only what a receipt names is delivered."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from common.tablet import Lock
from common.version import program_version
from common.wire import (
    MOST_OVERRULED,
    SURVEY_PATH,
    SYNC_PATH,
    Batch,
    NewKeys,
    Outcome,
    Overruled,
    Receipt,
    Unusable,
    batch_text,
)
from kiosk.config import Config
from kiosk.storage.outgoing import Outgoing
from kiosk.storage.thread import StorageThread
from kiosk.storage.ticks import Reading
from kiosk.sync import SyncReport, Trouble
from kiosk.sync.fetch import complain, is_current, take
from kiosk.sync.health import Told, battery, health, met
from kiosk.sync.noreply import NoReply
from kiosk.sync.receipts import heed, measured, note_sync, note_told, packed_last, understood
from kiosk.sync.settling import Settling, word
from kiosk.sync.transport import Hub
from kiosk.sync.waiting import Parcel, Waiting

if TYPE_CHECKING:
    from kiosk.storage.store import Storage

T = TypeVar("T")

MOST_TIMEOUTS = 3
"""In one sync. A slow line gets smaller batches, a dead one is left alone until the next sync."""

DAMAGED = ("not_gzip", "not_json")
"""The hub's codes for a body that cannot be read. What is sent from here always can: the line did that."""


class PairedAnew(Exception):
    """The tablet has become another kiosk since the sync began."""


class Exchange:
    """The state of one sync: how much fits into a batch, what was applied, and the last receipt."""

    def __init__(
        self,
        storage: StorageThread,
        kiosk: str,
        hub: Hub,
        config: Config,
        now: Callable[[], datetime],
        read: Callable[[], Reading],
        lock: Lock | None,
    ) -> None:
        self._storage, self._hub, self._config, self._now, self._read = storage, hub, config, now, read
        self._kiosk = kiosk
        self._waiting = Waiting(storage, read().boot)
        self._before = self._ask(lambda s: s.last_sync())
        # After a trouble it is done in gzip, because there may be a line that takes no coding but the usual.
        hub.offers_packing = self._before.trouble is None
        hub.packs = hub.offers_packing and self._ask(packed_last)
        self._told = Told(battery(), lock, storage.unwritten or met(self._before))
        self._keys = self._ask(lambda s: s.keys.named(now()))
        self._limit = min(self._before.batch or config.batch, config.batch)
        self._offset = self._before.offset
        self._settling = Settling(self._call)
        self._receipt: Receipt | None = None
        self._received_at: datetime | None = None
        self._timeouts = 0
        self._shrunk = self._sound = False
        self._suspects: set[str] = set()
        self._left_out: NoReply | None = None

    def run(self) -> SyncReport:
        """Send everything that waits, then fetch survey and settings if the hub has others."""
        trouble: NoReply | None = None
        self._ask(lambda s: s.offer_again("kiosk", program_version()))
        try:
            self._push()
            if self._settling.again:
                self._push()
            self._tell()
            self._pull()
        except NoReply as reason:
            trouble = reason
        report = self._report(trouble or self._left_out)
        self._ask(lambda s: s.traces.remove(self._now()))
        return report

    def _push(self) -> None:
        """Send what waits, each answer at most once, and at least an empty batch."""
        self._waiting.from_the_first()
        parcel = self._waiting.take(self._limit)
        try:
            while parcel or self._receipt is None:
                self._send(parcel)
                parcel = self._waiting.take(self._limit)
        finally:
            self._settling.end()

    def _send(self, parcel: Parcel) -> None:
        parts = [parcel]
        while parts:
            part = parts.pop()
            if len(part) > self._limit:
                parts += part.halves()
                continue
            try:
                self._deliver(part)
            except NoReply as reason:
                parts += self._smaller(part, reason)

    def _deliver(self, part: Parcel) -> None:
        """Send one batch and do what its receipt says.

        Only the sync's first receipt may say what the hub has never seen. A hub that goes on missing what
        it was sent is asked again at the next sync, not for ever in this one.
        """
        batch = self._ask(self._batch)
        self._settling.begin()
        self._waiting.make_ready(self._limit)
        receipt = understood(self._hub.send(SYNC_PATH, batch_text(batch, part.text)))
        first = self._receipt is None
        missing = receipt.missing if first else ()
        self._receipt, self._received_at, self._sound = receipt, self._now(), True
        learned = measured(receipt, batch, self._received_at, self._read())
        self._offset, heard = learned or (self._offset, None)
        self._settling.end()
        # Before the next batch, which shows it: a mark that the hub has seen must be one that was kept.
        self._ask(lambda s: heed(s, receipt, heard))
        self._settling.add(said := word(receipt, part.items, missing))
        if first:
            # It may let others wait again, which the totals of the next batch count.
            self._settling.end()
        if first or receipt.keys != NewKeys():
            every = timedelta(days=self._config.key_days)
            self._ask(lambda s: s.keys.obey(receipt.keys, receipt.received_at, every))
        if said.passes_over_some:
            self._left_out = NoReply(Trouble.NO_VERDICT, "the receipt passes over some of the answers sent")

    def _batch(self, storage: "Storage") -> Batch:
        """Return a batch with everything but its answers."""
        told = health(storage, self._offset, self._told)
        totals, mark = self._settling.settled(storage.outbox.totals()), storage.marks.shown()
        return Batch(self._now(), totals, told, ticks=self._read().ticks, mark=mark, keys=self._keys)

    def _smaller(self, part: Parcel, reason: NoReply) -> list[Parcel]:
        """Return what to try instead of a batch that got no receipt, last one first; or give up."""
        slow = reason.trouble is Trouble.TIMED_OUT
        if not part or not (reason.divisible or (slow and self._timeouts < MOST_TIMEOUTS)):
            raise reason
        sound, self._sound = self._sound, False
        if slow:
            self._timeouts += 1
        elif not sound:
            # An empty batch tells whether it is the answers or everything that does not get through.
            self._deliver(Parcel())
        if slow or reason.status == 413:
            self._limit, self._shrunk = max(1, len(part) // 2), True
        if len(part) > 1:
            return part.halves()
        (answer,) = part.items
        if answer.id not in self._suspects:
            # Once may have been the line's fault.
            self._suspects.add(answer.id)
            return [part]
        self._leave_out(answer, reason)
        return []

    def _leave_out(self, answer: Outgoing, reason: NoReply) -> None:
        """Keep one answer back, so that it does not hold up the others; in quarantine if the hub says why.

        One that was damaged on its way waits for a better line.
        """
        self._left_out = reason
        # A version of the hub that is new to this kiosk is offered what others refused, and not this one.
        self._settling.end()
        if reason.trouble is Trouble.REFUSED and reason.code not in DAMAGED:
            self._settling.applied += self._ask(lambda s: s.outbox.refuse(answer, reason.code))

    def _tell(self) -> None:
        """Say which answers that the hub has count after all, or do not again; of others, another time."""
        words = self._untold("")
        while words:
            batch = replace(self._ask(self._batch), overruled=words)
            receipt = understood(self._hub.send(SYNC_PATH, batch_text(batch, Parcel().text)))
            heard = {verdict.id for verdict in receipt.overruled if verdict.outcome is not Outcome.REFUSED}
            known = [word for word in words if word.id in heard]
            self._ask(partial(note_told, words=known, receipt=receipt))
            words = self._untold(words[-1].id)

    def _untold(self, after: str) -> list[Overruled]:
        return self._ask(lambda s: s.doubts.untold(MOST_OVERRULED, after))

    def _pull(self) -> None:
        """Fetch survey and settings if the hub has others; say so if the kiosk cannot use them."""
        receipt = self._receipt
        if receipt is None:
            return
        if self._ask(lambda s: is_current(s, receipt)):
            self._ask(lambda s: s.preferences.note_unusable(Unusable()))
            return
        fetched = self._hub.get(SURVEY_PATH, self._ask(lambda s: s.survey_tag()))
        if fetched:
            self._ask(lambda s: take(s, fetched[0], fetched[1] or "", self._now()))
        complain(self._ask(lambda s: s.preferences.unusable))

    def _report(self, trouble: NoReply | None) -> SyncReport:
        if not self._shrunk and trouble is None:
            self._limit = min(self._limit * 2, self._config.batch)
        last = replace(
            self._before,
            contact=self._received_at or self._before.contact,
            trouble=trouble.trouble.value if trouble else None,
            troubled_at=self._now() if trouble else None,
            offset=self._offset,
            batch=self._limit,
        )
        self._ask(partial(note_sync, last=last, packs=self._hub.packs))
        if self._receipt:
            self._storage.unwritten = None
        if trouble and trouble.trouble is Trouble.REVOKED_DEVICE:
            self._ask(lambda s: s.note_asking(False))
        totals, survey = self._ask(lambda s: (s.outbox.totals(), s.survey().version))
        return SyncReport(
            ended_at=self._now(),
            delivered=self._settling.applied.delivered,
            duplicates=self._settling.applied.duplicates,
            refused=self._settling.applied.refused,
            waiting=totals.waiting,
            survey=survey,
            trouble=trouble.trouble if trouble else None,
            detail=trouble.detail if trouble else "",
            next_sync=self._receipt.next_sync if self._receipt else None,
            retry_after=trouble.retry_after if trouble else None,
        )

    def _ask(self, function: "Callable[[Storage], T]") -> T:
        return self._call(function).result()

    def _call(self, function: "Callable[[Storage], T]") -> Future[T]:
        return self._storage.call(lambda storage: function(self._same(storage)))

    def _same(self, storage: "Storage") -> "Storage":
        if storage.outbox.device != self._kiosk:
            raise PairedAnew
        return storage
