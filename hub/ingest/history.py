"""A history file into the hub: good rows go in as answers, every other one is reported.

Running it again changes nothing: an answer's id comes from the file's own id, its store and its time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from sqlalchemy import Connection, Engine

from common.history import Layout, Rejected, Row, identity, read
from common.responses import LONGEST_COMMENT, Channel, Kind, Response, is_name, storable
from hub.db import reading, writing
from hub.responses.queries import store, stored
from hub.responses.rules import Source, row
from hub.stores.queries import Store, add_store, all_stores
from hub.stores.rules import NotAStore, business_day, check, zone

AT_ONCE = 500
"""Rows in one transaction."""

LONGEST_TOUCHPOINT = 200
"""Characters. Real files have whole questions in this column."""

SURVEY, VERSION = "import", 1
"""What imported answers have in place of a published survey."""

UNKNOWN_LANGUAGE = "und"
"""Undetermined, in BCP 47."""

TOLERANCE = timedelta(days=1)
"""How far in the future an answer may seem to be, by a clock or a zone that is wrong."""


@dataclass(frozen=True, slots=True)
class Order:
    """How to take a file. A time zone makes stores that are not known yet; without one they are rejected.

    kind is that of all its answers, language that of rows that name none.
    """

    layout: Layout
    kind: Kind = Kind.RELATIONAL
    language: str = UNKNOWN_LANGUAGE
    new_stores_zone: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """A line of a file whose answer went in, but for the end of one of its texts."""

    line: int
    text: str


@dataclass(slots=True)
class Report:
    """What became of some rows: added, known from before or rejected.

    ambiguous counts those whose time another date format reads otherwise; cut names the rows added with a
    part cut off; stores are the codes of stores that were made.
    """

    added: int = 0
    known: int = 0
    ambiguous: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    cut: list[Cut] = field(default_factory=list)
    stores: list[str] = field(default_factory=list)


Answers = dict[str, tuple[Row, dict[str, Any]]]
"""By id: the row of the file and the row of the table of responses that it becomes."""


def take(engine: Engine, lines: Iterable[str], order: Order, now: datetime) -> Iterator[Report]:
    """Take a file some hundred rows at a time and yield what became of each lot, once it is stored.

    Raise NotAHistory if the file lacks a column. A dry run says what would happen; it does not see that a
    row occurs twice in a file unless both are in one lot.
    """
    with reading(engine) as connection:
        places = {place.code: place for place in all_stores(connection)}
    found = read(lines, order.layout)
    while lot := list(islice(found, AT_ONCE)):
        report = Report(rejected=[row for row in lot if isinstance(row, Rejected)])
        rows = [row for row in lot if isinstance(row, Row)]
        report.ambiguous = sum(row.ambiguous for row in rows)
        _make_stores(engine, rows, order, places, now, report)
        _keep(engine, _answers(rows, order, places, now, report), order, report)
        report.rejected.sort(key=lambda rejected: rejected.line)
        yield report


def _make_stores(
    engine: Engine, rows: Sequence[Row], order: Order, places: dict[str, Store], now: datetime, report: Report
) -> None:
    """Add the stores that rows name and nobody knows yet, if they are to be made and can be."""
    codes = dict.fromkeys(row.store for row in rows if row.store not in places)
    if order.new_stores_zone is None or not codes:
        return
    fresh = [Store(code, code, "", order.new_stores_zone, 0) for code in codes if not _fault(code, order)]
    if not order.dry_run:
        with writing(engine) as connection:
            for place in fresh:
                add_store(connection, place, now)
    places.update({place.code: place for place in fresh})
    report.stores.extend(place.code for place in fresh)


def _fault(code: str, order: Order) -> str | None:
    """Say why a store that is not known cannot be made, if it cannot."""
    if order.new_stores_zone is None:
        return f"there is no store {code!r}"
    try:
        check(code, code, order.new_stores_zone, 0)
    except NotAStore as reason:
        return str(reason)
    return None


def _answers(
    rows: Sequence[Row], order: Order, places: Mapping[str, Store], now: datetime, report: Report
) -> Answers:
    """Turn rows into answers; report those that are none, and those that came before in the same lot."""
    answers: Answers = {}
    for found in rows:
        place = places.get(found.store)
        if place is None:
            report.rejected.append(Rejected(found.line, _fault(found.store, order) or "no store"))
            continue
        response = _response(found, place, order)
        if response.given_at > now + TOLERANCE:
            report.rejected.append(Rejected(found.line, f"{response.given_at:%Y-%m-%d} is in the future"))
            continue
        fresh = row(response, _source(response, place, now))
        earlier = answers.setdefault(response.id, (found, fresh))
        if earlier[1] is not fresh:
            _met_again(found, fresh, earlier[1]["fingerprint"], report)
    return answers


def _response(found: Row, place: Store, order: Order) -> Response:
    given_at = found.given_at
    return Response(
        # The file's own time, whatever the zone: correcting a store's zone makes no second answer of it.
        id=identity(found.store, found.response_id, given_at=given_at),
        survey=SURVEY,
        version=VERSION,
        kind=order.kind,
        touchpoint=storable(found.touchpoint)[:LONGEST_TOUCHPOINT].rstrip(),
        channel=_channel(found.channel),
        language=found.language if is_name(found.language) else order.language,
        score=found.score,
        given_at=given_at if given_at.tzinfo else given_at.replace(tzinfo=zone(place.time_zone)),
        comment=found.comment,
    )


def _channel(text: str) -> Channel:
    name = text.lower().replace("-", "")
    return Channel(name) if name in set(Channel) else Channel.IMPORT


def _source(response: Response, place: Store, now: datetime) -> Source:
    day = business_day(response.given_at, place.time_zone, place.closing_hour)
    return Source(store=place.code, day=day, received_at=now)


def _keep(engine: Engine, answers: Answers, order: Order, report: Report) -> None:
    """Store the answers that are new, in one transaction; report those that are not."""
    if order.dry_run:
        with reading(engine) as connection:
            report.added += len(_without_known(connection, answers, report))
        return
    with writing(engine) as connection:
        fresh = _without_known(connection, answers, report)
        inserted = store(connection, [fresh[id_][1] for id_ in fresh])
    report.added += len(inserted)
    report.known += len(fresh) - len(inserted)
    report.cut.extend(chain.from_iterable(_cuts(answers[id_][0]) for id_ in sorted(inserted)))


def _without_known(connection: Connection, answers: Answers, report: Report) -> Answers:
    known = stored(connection, answers.keys())
    for id_, met in known.items():
        found, fresh = answers[id_]
        _met_again(found, fresh, met.fingerprint, report)
    return {id_: answers[id_] for id_ in answers.keys() - known.keys()}


def _met_again(found: Row, fresh: Mapping[str, Any], fingerprint: bytes | None, report: Report) -> None:
    """Report a row whose id is stored: the same answer again, an erased one, or another answer."""
    if fingerprint is None or fingerprint == fresh["fingerprint"]:
        report.known += 1
    else:
        reason = f"{found.response_id!r} of this store and time is known with another answer, which stays"
        report.rejected.append(Rejected(found.line, reason))


def _cuts(found: Row) -> Iterator[Cut]:
    if found.cut:
        yield Cut(found.line, f"the comment is cut to {LONGEST_COMMENT:,} characters")
    if len(storable(found.touchpoint)) > LONGEST_TOUCHPOINT:
        yield Cut(found.line, f"the touchpoint is cut to {LONGEST_TOUCHPOINT} characters")
