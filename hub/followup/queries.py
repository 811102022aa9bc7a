"""The SQL of cases."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, true, update

from hub.db.dialect import insert_missing
from hub.followup.rules import due_at, opens_case
from hub.followup.tables import cases
from hub.responses.tables import responses
from hub.stores.tables import stores


@dataclass(frozen=True, slots=True)
class Case:
    """A detractor who may be contacted, with what they said and how far the follow-up is.

    happened_at is when the customer answered, opened_at when the hub learned of it; answered_at,
    answered_by (an e-mail address) and note tell of the follow-up and not of the survey. reachable says
    whether there are still contact details.
    """

    response: str
    store: str
    store_name: str
    time_zone: str
    score: int
    reasons: tuple[str, ...]
    comment: str
    language: str
    happened_at: datetime
    opened_at: datetime
    due_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    note: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many cases are open, and how many of these are overdue."""

    open: int = 0
    overdue: int = 0


def open_cases(connection: Connection, rows: Iterable[Mapping[str, Any]], now: datetime) -> int:
    """Open a case for each unhappy customer among rows of responses just stored; return how many."""
    new = [
        {"response": row["id"], "store": row["store"], "opened_at": now, "due_at": due_at(now), "note": ""}
        for row in rows
        if opens_case(row["score"], row["contact_box"] is not None)
    ]
    return len(insert_missing(connection, cases, new))


def waiting_cases(
    connection: Connection, among: Collection[str] | None, limit: int | None = None, offset: int = 0
) -> Sequence[Case]:
    """Return open cases of some stores, or of all where among is None, the most urgent ones first."""
    chosen = _CASES.where(_of(among), cases.c.answered_at.is_(None))
    return _page(connection, chosen.order_by(cases.c.due_at, cases.c.response), limit, offset)


def answered_cases(
    connection: Connection, among: Collection[str] | None, limit: int | None = None, offset: int = 0
) -> Sequence[Case]:
    """Return answered cases of some stores, or of all where among is None, the latest ones first."""
    chosen = _CASES.where(_of(among), cases.c.answered_at.is_not(None))
    return _page(connection, chosen.order_by(cases.c.answered_at.desc(), cases.c.response), limit, offset)


def find_case(connection: Connection, response: str) -> Case | None:
    """Return the case of a response."""
    row = connection.execute(_CASES.where(cases.c.response == response)).first()
    return Case(*row) if row else None


def waiting_by_store(connection: Connection, now: datetime) -> dict[str, Waiting]:
    """Return how many cases wait in each store that has any."""
    counts = (cases.c.store, func.count(), func.count().filter(cases.c.due_at <= now))
    chosen = select(*counts).where(cases.c.answered_at.is_(None)).group_by(cases.c.store)
    return {store: Waiting(waiting, overdue) for store, waiting, overdue in connection.execute(chosen)}


def sealed_contact(connection: Connection, response: str) -> tuple[str, bytes] | None:
    """Return the key's id and the sealed box of a response's contact details; None once they are deleted."""
    box = select(responses.c.contact_key, responses.c.contact_box).where(responses.c.id == response)
    row = connection.execute(box).first()
    return (row.contact_key, row.contact_box) if row and row.contact_box else None


def answer(connection: Connection, response: str, now: datetime, person: str, note: str) -> bool:
    """Note that a person has answered a customer; return False where somebody already had."""
    open_one = (cases.c.response == response) & cases.c.answered_at.is_(None)
    values = {"answered_at": now, "answered_by": person, "note": note}
    return bool(connection.execute(update(cases).where(open_one).values(values)).rowcount)


def reopen(connection: Connection, response: str) -> bool:
    """Take back that a customer was answered; the note stays. Return False where nobody had answered."""
    answered_one = (cases.c.response == response) & cases.c.answered_at.is_not(None)
    values = {"answered_at": None, "answered_by": None}
    return bool(connection.execute(update(cases).where(answered_one).values(values)).rowcount)


_CASES: Select[Any] = (
    select(
        cases.c.response, cases.c.store, stores.c.name, stores.c.time_zone, responses.c.score,
        responses.c.reasons, responses.c.comment, responses.c.language, responses.c.happened_at,
        cases.c.opened_at, cases.c.due_at, cases.c.answered_at, cases.c.answered_by, cases.c.note,
        responses.c.contact_box.is_not(None),
    )
    .join(responses, responses.c.id == cases.c.response)
    .join(stores, stores.c.code == cases.c.store)
)  # fmt: skip


def _of(among: Collection[str] | None) -> ColumnElement[bool]:
    return true() if among is None else cases.c.store.in_(among)


def _page(connection: Connection, chosen: Select[Any], limit: int | None, offset: int) -> list[Case]:
    return [Case(*row) for row in connection.execute(chosen.limit(limit).offset(offset))]
