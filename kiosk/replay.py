"""A file's rows given again, each as one customer's visit: the same walk and storage as the screen's."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from common.history import Rejected, Row, identity
from common.responses import Channel
from common.visit import Visit
from kiosk.config import Snapshot
from kiosk.storage.clocks import written
from kiosk.storage.thread import StorageThread

if TYPE_CHECKING:
    from kiosk.storage.store import Storage

AT_ONCE = 200
"""Visits in one durable step."""


@dataclass(slots=True)
class Replayed:
    """How many rows became answers, were answers already, or are none; and how many comments were cut.

    ambiguous counts those whose time another date format reads otherwise.
    """

    given: int = 0
    known: int = 0
    rejected: int = 0
    cut: int = 0
    ambiguous: int = 0


def replay(
    rows: Iterable[Row | Rejected],
    storage: StorageThread,
    snapshot: Snapshot,
    report: Callable[[int, str], None],
) -> Replayed:
    """Give every row as a visit at its own time; report(line, reason) hears of each that is no answer.

    An answer keeps its identity, so that a row that was given before changes nothing. Raise StorageError.
    """
    done = Replayed()
    answers = _answers(iter(rows), done, report)
    while chunk := list(islice(answers, AT_ONCE)):
        fresh = storage.call(partial(_give, rows=chunk, snapshot=snapshot)).result()
        done.given += fresh
        done.known += len(chunk) - fresh
    return done


def _answers(
    rows: Iterator[Row | Rejected], done: Replayed, report: Callable[[int, str], None]
) -> Iterator[Row]:
    for row in rows:
        if isinstance(row, Rejected):
            done.rejected += 1
            report(row.line, row.reason)
            continue
        done.ambiguous += row.ambiguous
        if row.cut:
            done.cut += 1
            report(row.line, "given, but its comment is longer than a comment may be and was cut")
        yield row


def _give(storage: "Storage", rows: Iterable[Row], snapshot: Snapshot) -> int:
    with storage.together():
        return sum(_visit(storage, row, snapshot) for row in rows)


def _visit(storage: "Storage", row: Row, snapshot: Snapshot) -> bool:
    """Walk one customer through the survey; say whether the answer is new."""
    given_at = _local(row.given_at, snapshot)
    name = identity("replay", row.store, row.response_id, given_at=row.given_at)
    if storage.outbox.knows(name):
        return False
    survey = snapshot.survey
    language = row.language if row.language in survey.wording else survey.languages[0]
    visit = Visit(survey, snapshot.touchpoint, Channel.KIOSK, language).choose(row.score, given_at, name)
    for step in (visit, visit.explain(comment=row.comment).decline_contact()):
        if step.response:
            storage.outbox.save(step.response, written(step.response.given_at))
    storage.outbox.finish(name)
    return True


def _local(moment: datetime, snapshot: Snapshot) -> datetime:
    """Return a file's time as an aware one: in the store's zone, or the device's, unless it says more."""
    if moment.tzinfo:
        return moment
    return moment.replace(tzinfo=snapshot.zone) if snapshot.zone else moment.astimezone()
