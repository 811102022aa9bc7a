"""This store's own numbers for its manager, computed on the tablet and without a network."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from common.nps import Score, Tally, Weight, answers_wanted, score, weight
from common.responses import Response
from common.wire import Totals

if TYPE_CHECKING:
    from kiosk.storage.store import Storage

MOST_COMMENTS = 20


class Span(StrEnum):
    """The stretches of time that a manager looks at; days begin at midnight of the store's zone."""

    TODAY = "today"
    WEEK = "7 days"
    MONTH = "30 days"


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of time. tally and score are of the answers that count; flagged ones are apart.

    wanted is how many more answers a score needs before it may be shown.
    """

    span: Span
    tally: Tally
    flagged: int
    score: Score | None
    weight: Weight
    wanted: int


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as the manager's list shows it: never with contact details."""

    given_at: datetime
    score: int
    reasons: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The manager's page. comments are the newest 20 answers with a reason or a comment, newest first.

    last_sync is the last contact that brought a receipt, last_error the code of the last sync's trouble
    (kiosk.sync.Trouble), None if it had none. broken_files are names of databases that were moved aside.
    """

    periods: tuple[Period, ...]
    comments: tuple[Said, ...]
    totals: Totals
    last_sync: datetime | None
    last_error: str | None
    paired: bool
    broken_files: tuple[str, ...] = ()


def overview(storage: "Storage", now: datetime) -> Overview:
    """Look at everything at an aware moment. Runs on the storage thread."""
    snapshot, last = storage.snapshot(), storage.last_sync()
    today = now.astimezone(snapshot.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Overview(
        periods=tuple(_period(storage, span, today) for span in Span),
        comments=tuple(_said(response) for response in storage.outbox.remarks(MOST_COMMENTS)),
        totals=storage.outbox.totals(),
        last_sync=last.contact,
        last_error=last.trouble,
        paired=snapshot.paired,
        broken_files=storage.broken_files(),
    )


def _period(storage: "Storage", span: Span, today: datetime) -> Period:
    # Whole days by the calendar: in the night when the clock changes, a day has 23 or 25 hours.
    since = today - timedelta(days=_DAYS[span] - 1)
    counted, flagged = storage.outbox.tallies(since, today + timedelta(days=1))
    return Period(
        span=span,
        tally=counted,
        flagged=flagged.total,
        score=score(counted),
        weight=weight(counted.total),
        wanted=answers_wanted(counted.total),
    )


def _said(response: Response) -> Said:
    return Said(response.given_at, response.score, response.reasons, response.comment)


_DAYS = {Span.TODAY: 1, Span.WEEK: 7, Span.MONTH: 30}


def results_document(storage: "Storage", now: datetime) -> dict[str, Any]:
    """Return this tablet's totals and scores as JSON values; points are unrounded, null without answers."""
    seen = overview(storage, now)
    counted, flagged = storage.outbox.tallies()
    totals = seen.totals
    return {
        "given": totals.given,
        "delivered": totals.delivered,
        "waiting": totals.waiting,
        "quarantined": totals.quarantined,
        "oldest_waiting": _time(totals.oldest_waiting),
        "paired": seen.paired,
        "last_sync": _time(seen.last_sync),
        "last_error": seen.last_error,
        "broken_files": list(seen.broken_files),
        "score": _score_document(counted, flagged.total),
        "periods": {p.span.value: _score_document(p.tally, p.flagged) for p in seen.periods},
    }


def _score_document(tally: Tally, flagged: int) -> dict[str, Any]:
    points = score(tally)
    return {
        "received": tally.total + flagged,
        "counted": tally.total,
        "promoters": tally.promoters,
        "passives": tally.passives,
        "detractors": tally.detractors,
        "nps": points.points if points else None,
        "low": points.low if points else None,
        "high": points.high if points else None,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
