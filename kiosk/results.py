"""This store's own numbers for its manager, computed on the tablet and without a network."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from common.nps import Score, Tally, Weight
from common.wire import Totals


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
