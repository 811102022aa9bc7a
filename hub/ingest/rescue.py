"""A rescue file into the hub: through the same door as a sync, any number of times."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import BinaryIO

from common import rescue
from common.rescue import NoRescue
from common.wire import LARGEST_BATCH, BadBatch, Batch, Outcome, Totals, Verdict, read_batch
from hub.db import reading, writing
from hub.fleet import queries as fleet
from hub.fleet.queries import KnownKiosk
from hub.fleet.rules import CLOCK_TOLERANCE, State
from hub.ingest.batches import gather, hear_words, keep, log_changed, note_verdicts
from hub.ingest.rules import Judgement
from hub.responses.rules import happened_at
from hub.web.context import Hub


@dataclass(slots=True)
class Rescued:
    """What became of the answers of a file: added, known from before, refused for which codes.

    heard are the manager's words in it by which answers count after all, or do not again.
    """

    kiosk: str
    added: int = 0
    known: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    heard: int = 0

    def add(self, judgement: Judgement, words: Sequence[Verdict]) -> None:
        """Count the verdicts of a batch on its answers and on its words."""
        self.heard += sum(verdict.outcome is Outcome.ACCEPTED for verdict in words)
        for verdict in judgement.verdicts:
            self.added += verdict.outcome is Outcome.ACCEPTED
            self.known += verdict.outcome is Outcome.DUPLICATE
            self.refused.update([verdict.code.value] if verdict.code else [])


def take_file(hub: Hub, file: BinaryIO) -> Rescued:
    """Take the answers of a file; raise NoRescue, and take nothing, if it is not as its kiosk wrote it.

    The kiosk is not told. It sends the answers once more when it can, and hears that they are known.
    """
    known = _writer(hub, file)
    rescue.check(_lines(file), known.key_hashes)
    rescued, told = Rescued(known.device.id), None
    for document in rescue.batches(_lines(file)):
        told = _batch(document)
        rescued.add(*_take(hub, known, told))
    if told:
        _note_totals(hub, known, told, rescued)
    return rescued


def _lines(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    return iter(partial(file.readline, LARGEST_BATCH + 2), b"")


def _writer(hub: Hub, file: BinaryIO) -> KnownKiosk:
    kiosk = rescue.writer_of(file.readline(LARGEST_BATCH))
    with reading(hub.engine) as connection:
        known = fleet.known_kiosk(connection, kiosk)
    if known is None:
        raise NoRescue(f"it is from a kiosk that this hub does not know ({kiosk[:40]})")
    if known.device.state is State.LOST:
        raise NoRescue(
            f"its kiosk was reported lost or stolen; let it ask again first: cerchio-hub resume-kiosk {kiosk}"
        )
    return known


def _batch(document: object) -> Batch:
    try:
        return read_batch(document)
    except BadBatch as reason:
        raise NoRescue(f"a batch in it cannot be read: {reason}") from reason


def _take(hub: Hub, known: KnownKiosk, batch: Batch) -> tuple[Judgement, list[Verdict]]:
    """Store a batch as if it had been sent when it was written.

    Its clock is as wrong as the kiosk itself has measured: the file was on its way for days.
    """
    with reading(hub.engine) as connection:
        facts = gather(connection, hub.secrets, known.device, batch, hub.now())
    facts = replace(facts, judge=replace(facts.judge, offset=_offset(batch), ticks=None))
    with writing(hub.engine) as connection:
        judgement = keep(connection, batch, facts)
        received = note_verdicts(connection, facts, judgement)
        fleet.note_arrival(connection, known.device.id, received)
    log_changed(known.device, judgement)
    return judgement, hear_words(hub, batch.overruled, facts.judge) if batch.overruled else []


def _offset(batch: Batch) -> int:
    offset = batch.health.offset or 0
    return offset if abs(timedelta(milliseconds=offset)) >= CLOCK_TOLERANCE else 0


def _note_totals(hub: Hub, known: KnownKiosk, batch: Batch, rescued: Rescued) -> None:
    """Believe what the kiosk counted when it wrote the file, unless it has told of itself since."""
    totals, refused = batch.totals, rescued.refused.total()
    delivered = totals.delivered + rescued.added + rescued.known
    waiting = max(0, totals.given - delivered - refused)
    oldest = totals.oldest_waiting if waiting else None
    after = Totals(totals.given, delivered, waiting, refused, oldest)
    with writing(hub.engine) as connection:
        written = happened_at(batch.sent_at, _offset(batch))
        fleet.note_carried(connection, known.device.id, after, written)
