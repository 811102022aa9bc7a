"""This store's own numbers for its manager, computed on the tablet and without a network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from operator import add
from shutil import disk_usage
from typing import TYPE_CHECKING, Any

from common.nps import Score, Tally, Weight, answers_wanted, score, weight
from common.responses import Response
from common.surveys import standard_survey
from common.wire import Copy, Totals

if TYPE_CHECKING:
    from kiosk.storage.days import Day
    from kiosk.storage.store import Storage

MOST_COMMENTS = MOST_DOUBTED = 20
UNDO_FOR = timedelta(days=1)
"""How long the page still shows an answer that the manager lets count, so that it can be taken back."""

LATELY = 28
"""Days before today that today is compared with: four of each weekday."""

TREND_DAYS, TREND_WEEKS = 28, 13
USUAL_WEEKS, FEWEST_WEEKS = 8, 3
"""How many weeks back a weekday is compared with, and how many of them it takes to say what is usual."""


_NOBODY = Tally()


class Span(StrEnum):
    """The stretches of time that a manager looks at; days begin at midnight of the store's zone."""

    TODAY = "today"
    WEEK = "7 days"
    MONTH = "30 days"


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of time. tally and score are of the answers that count; flagged ones are apart.

    wanted is how many more answers a score needs before it may be shown. reasons maps the id of a chip to
    how many detractors, passives and promoters tapped it.
    """

    span: Span
    tally: Tally
    flagged: int
    score: Score | None
    weight: Weight
    wanted: int
    reasons: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One day or one week of a trend, from its first midnight on, with the answers that count."""

    since: datetime
    tally: Tally


@dataclass(frozen=True, slots=True)
class Today:
    """Today beside what is usual.

    answers so far count; usual is how many the same weekday mostly has by this time, None while there are
    too few such days. lately is the tally of the 28 days before today.
    """

    answers: int
    weekday: int
    usual: float | None
    lately: Tally


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as the manager's list shows it: never with contact details."""

    given_at: datetime
    score: int
    reasons: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class Doubted:
    """An answer that looks wrong; flags say why, see kiosk.fair. counts is the manager's word on it."""

    id: str
    given_at: datetime
    score: int
    flags: tuple[str, ...]
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """The last guided installation check: when, and which parts were well."""

    at: datetime
    parts: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Overview:
    """The manager's page. comments are the newest 20 answers with a reason or a comment, newest first.

    last_sync is the last contact that brought a receipt, last_error the code of the last sync's trouble
    (kiosk.sync.Trouble), None if it had none. broken_files are names of databases that were moved aside,
    broken_settings is what is wrong with the file settings.json, empty while it is well.
    offset is the hub's time minus the tablet's in milliseconds at that contact; free_disk is in bytes.
    labels has what reasons are called, by language and id, those of earlier surveys included. doubted are
    the newest 20 answers that look wrong and do not count, and those that the manager has let count in the
    last 24 hours, newest first. cramped is how wide a score is in millimetres where the question is not
    shown because fingers could not hit it, else 0. asking says whether head office wants
    customers to be asked. copy is what it knows of copies of this tablet, refusals are how many answers it
    has refused for each reason. untold are decisions of the manager that it hears with the next sync.
    """

    periods: tuple[Period, ...]
    comments: tuple[Said, ...]
    totals: Totals
    last_sync: datetime | None
    last_error: str | None
    paired: bool
    broken_files: tuple[str, ...] = ()
    broken_settings: str = ""
    today: Today = Today(0, 0, None, _NOBODY)
    days: tuple[Step, ...] = ()
    weeks: tuple[Step, ...] = ()
    offset: int | None = None
    free_disk: int | None = None
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    check: Check | None = None
    doubted: tuple[Doubted, ...] = ()
    cramped: float = 0
    asking: bool = True
    copy: Copy | None = None
    refusals: Mapping[str, int] = field(default_factory=dict)
    untold: int = 0


def overview(storage: "Storage", now: datetime) -> Overview:
    """Look at everything at an aware moment. Runs on the storage thread."""
    snapshot, last = storage.snapshot(), storage.last_sync()
    local = now.astimezone(snapshot.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    # Whole days by the calendar: in the night when the clock changes, a day has 23 or 25 hours.
    bounds = [midnight + timedelta(days=n) for n in range(1 - 7 * TREND_WEEKS, 2)]
    days = storage.days.between(bounds)
    return Overview(
        periods=tuple(_period(span, days) for span in Span),
        comments=tuple(_said(response) for response in storage.outbox.remarks(MOST_COMMENTS)),
        totals=storage.outbox.totals(),
        last_sync=last.contact,
        last_error=last.trouble,
        paired=snapshot.paired,
        broken_files=storage.broken_files(),
        broken_settings=storage.preferences.in_force().trouble,
        today=_today(storage, days, local),
        days=_steps(days, bounds, 1, TREND_DAYS),
        weeks=_steps(days, bounds, 7, TREND_WEEKS),
        offset=last.offset,
        free_disk=disk_usage(storage.folder).free,
        labels=_labels(storage),
        check=_check(storage),
        doubted=_doubted(storage, now),
        cramped=storage.cramped(),
        asking=snapshot.asking,
        copy=storage.marks.copy,
        refusals=storage.outbox.refusals(),
        untold=storage.doubts.due(),
    )


def _period(span: Span, days: "Sequence[Day]") -> Period:
    both = reduce(add, days[-_DAYS[span] :])
    return Period(
        span=span,
        tally=both.tally,
        flagged=both.flagged,
        score=score(both.tally),
        weight=weight(both.tally.total),
        wanted=answers_wanted(both.tally.total),
        reasons=both.reasons,
    )


_DAYS = {Span.TODAY: 1, Span.WEEK: 7, Span.MONTH: 30}


def _steps(days: "Sequence[Day]", bounds: Sequence[datetime], size: int, most: int) -> tuple[Step, ...]:
    """Return the newest stretches of so many days each, oldest first; the last one ends today."""
    first = len(days) - size * most
    return tuple(
        Step(bounds[at], reduce(add, (day.tally for day in days[at : at + size])))
        for at in range(first, len(days), size)
    )


def _today(storage: "Storage", days: "Sequence[Day]", local: datetime) -> Today:
    lately = reduce(add, (day.tally for day in days[-1 - LATELY : -1]))
    return Today(days[-1].tally.total, local.weekday(), _usual(storage, local), lately)


def _usual(storage: "Storage", local: datetime) -> float | None:
    """Return how many answers the weekday mostly has by this time, of the weeks since the first answer."""
    first = storage.days.first()
    then = [local - timedelta(weeks=n) for n in range(1, USUAL_WEEKS + 1)]
    counts = []
    for moment in then:
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        if first is not None and first < midnight.timestamp() * 1000:
            counts.append(storage.days.answers(midnight, moment))
    return _median(counts) if len(counts) >= FEWEST_WEEKS else None


def _median(counts: list[int]) -> float:
    counts, middle = sorted(counts), len(counts) // 2
    return (counts[middle] + counts[~middle]) / 2


def _said(response: Response) -> Said:
    return Said(response.given_at, response.score, response.reasons, response.comment)


def _doubted(storage: "Storage", now: datetime) -> tuple[Doubted, ...]:
    apart = [(response, False) for response in storage.doubts.newest(MOST_DOUBTED)]
    apart += [(response, True) for response in storage.doubts.overruled(now - UNDO_FOR, MOST_DOUBTED)]
    found = [Doubted(each.id, each.given_at, each.score, each.flags, counts) for each, counts in apart]
    return tuple(sorted(found, key=lambda each: each.given_at, reverse=True))


def _labels(storage: "Storage") -> dict[str, dict[str, str]]:
    labels: dict[str, dict[str, str]] = {}
    for survey in (standard_survey(), *storage.surveys(), storage.survey()):
        for language, wording in survey.wording.items():
            labels.setdefault(language, {}).update(wording.reasons)
    return labels


def _check(storage: "Storage") -> Check | None:
    kept = storage.settings.get("check")
    return Check(datetime.fromisoformat(kept["at"]), kept["parts"]) if kept else None


def keep_check(storage: "Storage", check: Check) -> None:
    """Keep an installation check in place of an earlier one."""
    storage.settings.put("check", {"at": check.at.isoformat(), "parts": dict(check.parts)})


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
        "untold_decisions": seen.untold,
        "oldest_waiting": _time(totals.oldest_waiting),
        "paired": seen.paired,
        "last_sync": _time(seen.last_sync),
        "last_error": seen.last_error,
        "broken_files": list(seen.broken_files),
        "broken_settings": seen.broken_settings,
        "refusals": dict(seen.refusals),
        "copy": seen.copy,
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
