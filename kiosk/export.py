"""The rescue file: answers written where a person can carry them. Contact details stay sealed.

Writing it marks nothing as delivered: the hub knows an answer twice by its id.
"""

import csv
import json
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from shutil import disk_usage
from typing import TYPE_CHECKING, Any

from common.rescue import Sink, key_hash, write
from common.table import COLUMNS, cell
from common.version import program_version
from common.wire import MOST_OVERRULED, Batch, Health, Numbered, batch_document
from kiosk.storage.outbox import AT_ONCE, Kept, State

if TYPE_CHECKING:
    from kiosk.storage.store import Storage

UNSENT = frozenset({*State} - {State.DELIVERED})


class NotPaired(Exception):
    """Nobody could check a signature of this kiosk."""


def write_answers(storage: "Storage", sink: Sink, suffix: str, *, states: Collection[State] = UNSENT) -> int:
    """Write the answers in these states, as a rule those that the hub does not have; return how many.

    suffix is .csv or .jsonl.
    """
    pairing = storage.pairing()
    store = pairing.store if pairing else ""
    kept = (k for k in storage.outbox.all() if k.state in states)
    write_as = write_csv if suffix == ".csv" else write_lines
    return write_as((document(one, store) for one in kept), sink)


def write_signed(storage: "Storage", sink: Sink, now: datetime) -> tuple[int, int]:
    """Write what the hub lacks as batches that it can check and take; return how many answers, and words.

    The words are what the manager has said since of answers that look wrong.

    Raise NotPaired where no hub knows this kiosk, so that none could check it.
    """
    pairing = storage.pairing()
    if pairing is None:
        raise NotPaired("this kiosk is not paired, so no hub could tell who wrote the file")
    # No boot is this one: when the file is read, nobody knows how long ago its ticks were.
    answers = storage.outbox.unsent(storage.clocks.boots(""))
    batches = list(_batches(storage, answers, now))
    write(sink, pairing.kiosk, key_hash(pairing.device_key), map(batch_document, batches))
    return sum(len(batch.items) for batch in batches), sum(len(batch.overruled) for batch in batches)


def _batches(storage: "Storage", answers: Iterator[Numbered], now: datetime) -> Iterator[Batch]:
    totals, health = storage.outbox.totals(), _health(storage)
    while part := list(islice(answers, AT_ONCE)):
        yield Batch(now, totals, health, part)
    # After the answers that they are about.
    words = iter(storage.doubts.untold_anywhere())
    while some := list(islice(words, MOST_OVERRULED)):
        yield Batch(now, totals, health, (), overruled=some)


def _health(storage: "Storage") -> Health:
    return Health(
        app=program_version(),
        survey=storage.survey().version,
        free_disk=disk_usage(storage.folder).free,
        offset=storage.last_sync().offset,
    )


def document(kept: Kept, store: str) -> dict[str, Any]:
    """Return an answer as JSON values, null where it says nothing."""
    response, contact = kept.response, kept.response.contact
    return {
        "response_id": response.id,
        "store": store,
        "timestamp": response.given_at.isoformat(timespec="milliseconds"),
        "score": response.score,
        "comment": response.comment,
        "language": response.language,
        "channel": response.channel.value,
        "touchpoint": response.touchpoint,
        "state": kept.state.name.lower(),
        "refusal": kept.refusal,
        "sequence": kept.sequence,
        "survey": response.survey,
        "version": response.version,
        "kind": response.kind.value,
        "reasons": list(response.reasons),
        "flags": list(response.flags),
        "overruled_at": kept.overruled and kept.overruled.isoformat(timespec="milliseconds"),
        "contact_key": contact and contact.key,
        "contact_box": contact and contact.box.hex(),
        "consent_text": contact and contact.consent.text,
        "consent_language": contact and contact.consent.language,
        "consent_at": contact and contact.consent.given_at.isoformat(timespec="milliseconds"),
    }


def write_lines(documents: Iterable[dict[str, Any]], file: Sink) -> int:
    """Write one JSON document a line; return how many."""
    return sum(1 for one in documents if file.write(json.dumps(one, ensure_ascii=False) + "\n"))


def write_csv(documents: Iterable[dict[str, Any]], file: Sink) -> int:
    """Write a table with a header, safe to open in a spreadsheet; return how many rows."""
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    rows = ({name: cell(value) for name, value in one.items()} for one in documents)
    return sum(1 for row in rows if writer.writerow(row))
