"""The board of all stores, and the page of one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from flask import Blueprint, Flask, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import Connection

from common.nps import Score, Tally, Weight, answers_wanted, weight
from common.responses import Channel, Kind
from hub.db import reading
from hub.responses.queries import Comment, Stretch, comments
from hub.scores import queries
from hub.scores.rules import Answers, Bucket, Choice, Step, total
from hub.stores.queries import Store, all_stores, find_store
from hub.stores.rules import business_day
from hub.web import charts, formats, labels
from hub.web.access import may_see, require_store, viewer
from hub.web.context import current_hub
from hub.web.paging import Page, asked_page
from hub.web.svg import Words

STORES_ON_A_PAGE = 50
COMMENTS_ON_A_PAGE = 20
PERIODS = (7, 30, 90)
"""Days, today among them."""

TREND_WEEKS = 26
FEW_WEEKS = 5
"""A store that has had answers for no longer than this shows its trend in days."""

SILENT = timedelta(days=1)
"""A kiosk that has not been heard of for so long is pointed out."""

pages = Blueprint("scores", __name__, template_folder="templates")


class Kiosk(Protocol):
    """What the board says of a kiosk: where it stands, and when it was last heard of."""

    @property
    def store(self) -> str:
        """The code of its store."""

    @property
    def last_contact(self) -> datetime | None:
        """When it last synced; None if it never did."""


class Waiting(Protocol):
    """What the board says of a store's follow-up."""

    @property
    def open(self) -> int:
        """Cases that wait for an answer."""

    @property
    def overdue(self) -> int:
        """Those of them that have waited for too long."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What other features tell the board; features are strangers, so the application introduces them."""

    kiosks: Callable[[Connection, datetime], Iterable[Kiosk]]
    waiting: Callable[[Connection, datetime], Mapping[str, Waiting]]


def show(app: Flask, neighbours: Neighbours) -> None:
    """Add the pages of scores to an application."""
    app.extensions["cerchio.scores"] = neighbours
    app.register_blueprint(pages)


@dataclass(frozen=True, slots=True)
class Line:
    """One store on the board: its answers, its kiosks with the one silent for longest, its open cases."""

    store: Store
    answers: Answers
    kiosks: int
    last_contact: datetime | None
    waiting: Waiting | None

    @property
    def place(self) -> float | None:
        """Where it stands among scores; None where there are too few answers to say."""
        found = self.answers.score
        return found.points if found and weight(found.answers) is not Weight.TOO_FEW else None


SORTS: Mapping[str, Callable[[Line], Any]] = {
    "name": lambda line: 0,
    "lowest": lambda line: (line.place is None, line.place),
    "highest": lambda line: (line.place is None, -(line.place or 0)),
    "answers": lambda line: -line.answers.counted.total,
    "cases": lambda line: (-line.waiting.overdue, -line.waiting.open) if line.waiting else (0, 0),
}
"""The orders of the board. Stores that are equal in one stay in the order of their names."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asks for. An empty region, kind or channel is all of them; sort is one of SORTS."""

    days: int
    region: str
    kind: str
    channel: str
    sort: str

    @classmethod
    def of_request(cls) -> "Asked":
        """Read the address; what it does not say, or says wrongly, has its default."""
        days = request.args.get("days", type=int)
        return cls(
            days=days if days in PERIODS else 30,
            region=request.args.get("region", ""),
            kind=_one_of(Kind, "kind"),
            channel=_one_of(Channel, "channel"),
            sort=_one_of(SORTS, "sort") or "name",
        )

    def choice(self, today: date) -> Choice:
        """Return which answers to add up."""
        return Choice(
            kinds=[Kind(self.kind)] if self.kind else (),
            channels=[Channel(self.channel)] if self.channel else (),
            first_day=today - timedelta(days=self.days - 1),
            last_day=today,
        )


@pages.get("/")
def board() -> ResponseReturnValue:
    """Show the stores that the person may see, with their scores in a period."""
    hub, asked = current_hub(), Asked.of_request()
    now = hub.now()
    with reading(hub.engine) as connection:
        seen = [store for store in all_stores(connection) if may_see(viewer(), store.code)]
        chosen = [store for store in seen if asked.region in ("", store.region)]
        choice = asked.choice(_today(chosen, now))
        lines = _lines(connection, chosen, choice, now)
    return render_template(
        "scores/board.html",
        regions=sorted({store.region for store in seen if store.region}),
        lines=Page.cut(sorted(lines, key=SORTS[asked.sort]), asked_page(), STORES_ON_A_PAGE),
        stores=len(lines),
        ticks=charts.ticks_around(
            [line.answers.score for line in lines if line.place is not None and line.answers.score],
            with_zero=True,
        ),
        everything=total(line.answers for line in lines),
        waiting=sum(line.waiting.open for line in lines if line.waiting),
        overdue=sum(line.waiting.overdue for line in lines if line.waiting),
        **_common(asked, choice, now),
    )


@pages.get("/stores/<path:code>")
def store(code: str) -> ResponseReturnValue:
    """Show one store: its score, its trend, how often each score was given, what customers wrote."""
    require_store(code)
    if not code.isprintable():
        abort(404)  # PostgreSQL refuses NUL
    hub, asked = current_hub(), Asked.of_request()
    now = hub.now()
    with reading(hub.engine) as connection:
        found = find_store(connection, code) or abort(404)
        choice = asked.choice(_today([found], now))
        line = _lines(connection, [found], choice, now)[0]
        steps = _trend(connection, found, choice)
        written = _comments(connection, found, choice)
    return render_template(
        "scores/store.html",
        line=line,
        everything=line.answers,
        steps=steps,
        trend=_drawn_trend(steps, asked.days),
        distribution=_drawn_distribution(line.answers.counted),
        comments=written,
        **_common(asked, choice, now),
    )


def _common(asked: Asked, choice: Choice, now: datetime) -> dict[str, Any]:
    """Return what both templates want to know."""
    return {
        "asked": asked, "choice": choice, "now": now, "periods": PERIODS, "silent": SILENT,
        "weight": weight, "wanted": answers_wanted, "charts": charts,
    }  # fmt: skip


def _one_of(known: Iterable[str], name: str) -> str:
    value = request.args.get(name, "")
    return value if value in list(known) else ""


def _today(stores: Sequence[Store], now: datetime) -> date:
    """Return the latest business day that has begun in any of the stores."""
    begun = (business_day(now, store.time_zone, store.closing_hour) for store in stores)
    return max(begun, default=now.date())


def _lines(connection: Connection, stores: Sequence[Store], choice: Choice, now: datetime) -> list[Line]:
    neighbours: Neighbours = current_app.extensions["cerchio.scores"]
    answers = queries.board(connection, [store.code for store in stores], choice)
    waiting = neighbours.waiting(connection, now)
    contacts: dict[str, list[datetime | None]] = {}
    for kiosk in neighbours.kiosks(connection, now):
        contacts.setdefault(kiosk.store, []).append(kiosk.last_contact)
    return [
        Line(
            store,
            answers[store.code],
            len(contacts.get(store.code, [])),
            _longest_ago(contacts.get(store.code, [])),
            waiting.get(store.code),
        )
        for store in stores
    ]


def _longest_ago(contacts: Sequence[datetime | None]) -> datetime | None:
    """Return the oldest of last contacts; None if one of the kiosks was never heard of, or there is none."""
    known = [contact for contact in contacts if contact]
    return min(known) if known and len(known) == len(contacts) else None


def _trend(connection: Connection, store: Store, choice: Choice) -> Sequence[Step]:
    """Return half a year in weeks; a store with few weeks yet has days instead."""
    last = choice.last_day or date.max
    monday = last - timedelta(days=last.weekday(), weeks=TREND_WEEKS - 1)
    weeks = queries.trend(connection, [store.code], choice, monday, last, Bucket.WEEK)
    weeks = _begun(weeks)
    if len(weeks) > FEW_WEEKS:
        return weeks
    return _begun(
        queries.trend(connection, [store.code], choice, last - timedelta(weeks=FEW_WEEKS), last, Bucket.DAY)
    )


def _begun(steps: Sequence[Step]) -> Sequence[Step]:
    """Return steps from the first one that has answers."""
    first = next((i for i, step in enumerate(steps) if step.answers.received.total), len(steps))
    return steps[first:]


def _comments(connection: Connection, store: Store, choice: Choice) -> Page[Comment]:
    number = asked_page()
    offset = (number - 1) * COMMENTS_ON_A_PAGE
    stretch = Stretch(store.code, choice.first_day or date.min, choice.last_day or date.max)
    found = comments(connection, stretch, COMMENTS_ON_A_PAGE + 1, offset)
    return Page.of(found, number, COMMENTS_ON_A_PAGE)


def _drawn_trend(steps: Sequence[Step], days: int) -> Markup | None:
    points = [
        charts.Point(formats.short_day(step.first_day), formats.day(step.first_day), step.answers.score)
        for step in steps
    ]
    drawn = [(point.name, point.drawn) for point in points if point.drawn]
    if not drawn:
        return None
    words = Words(gettext("Score over time"), _trend_words(*drawn[0], *drawn[-1]))
    period = days / _length(steps)
    return charts.both(lambda width, mark: charts.trend(points, words, width, mark, period))


def _length(steps: Sequence[Step]) -> int:
    """Return how many days lie between two points of a trend."""
    return (steps[1].first_day - steps[0].first_day).days if len(steps) > 1 else 1


def _trend_words(from_day: str, first: Score, to_day: str, last: Score) -> str:
    words: str = gettext(
        "From %(first)s (%(from_day)s) to %(last)s (%(to_day)s).",
        first=formats.points(first.points),
        from_day=from_day,
        last=formats.points(last.points),
        to_day=to_day,
    )
    return words


def _drawn_distribution(tally: Tally) -> Markup | None:
    if not tally.total:
        return None
    listed = "; ".join(f"{score}: {formats.count(count)}" for score, count in enumerate(tally.counts))
    words = Words(gettext("How often each score was given"), listed)
    return charts.both(lambda width, mark: charts.distribution(tally, words, labels.segments(), width, mark))
