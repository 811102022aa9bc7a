"""The SQL of deleting: contact details that are due or unwanted, and whole answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, false, or_, select, update

from hub.db.audit import record
from hub.db.dialect import insert_missing
from hub.fleet.tables import repeats
from hub.followup.tables import cases
from hub.privacy.rules import Due, Traces
from hub.responses.queries import take_out
from hub.responses.tables import erased, responses
from hub.stores.tables import stores

AT_ONCE = 500
"""Answers in one transaction, so that kiosks never wait long for it."""

_GONE = dict.fromkeys(("contact_key", "contact_box", "email_hash", "phone_hash"))


@dataclass(frozen=True, slots=True)
class Found:
    """An answer of the person who asks: where and when it was given, and whether it has contact details."""

    id: str
    store: str
    store_name: str
    time_zone: str
    happened_at: datetime
    score: int
    has_contact: bool


def due_contacts(connection: Connection, due: Due, limit: int | None = None) -> Sequence[str]:
    """Return the ids of answers whose contact details have been kept for long enough."""
    given = or_(responses.c.happened_at <= due.given_by, responses.c.received_at <= due.given_by)
    chosen = (
        select(responses.c.id)
        .outerjoin(cases, cases.c.response == responses.c.id)
        .where(responses.c.contact_box.is_not(None), or_(given, cases.c.answered_at <= due.replied_by))
        .order_by(responses.c.id)
        .limit(limit)
    )
    return connection.execute(chosen).scalars().all()


def delete_contacts(connection: Connection, ids: Collection[str], person: str, now: datetime) -> int:
    """Delete the contact details of answers and what finds them; return how many had any."""
    some = responses.c.id.in_(ids) & responses.c.contact_box.is_not(None)
    deleted = connection.execute(update(responses).where(some).values(_GONE)).rowcount
    if deleted:
        record(connection, now, person, "contact details deleted", f"{deleted} answers")
    return deleted


def withdraw(connection: Connection, ids: Collection[str], person: str, now: datetime) -> int:
    """Delete the contact details of answers because the customer wants it, and the cases with their notes."""
    connection.execute(delete(cases).where(cases.c.response.in_(ids)))
    return delete_contacts(connection, ids, person, now)


def erase(connection: Connection, ids: Collection[str], person: str, now: datetime) -> int:
    """Delete whole answers because the customer wants it; return how many there were.

    Their ids are kept, so that a tablet that still has one is told that it is known, and their numbers, so
    that none is asked for as missing.
    """
    connection.execute(delete(cases).where(cases.c.response.in_(ids)))
    rows = take_out(connection, ids)
    insert_missing(connection, erased, [{"id": row["id"], "erased_at": now} for row in rows])
    numbers = [
        {"kiosk": row["kiosk"], "sequence": row["sequence"], "response": row["id"]}
        for row in rows
        if row["kiosk"] is not None
    ]
    insert_missing(connection, repeats, numbers)
    if rows:
        record(connection, now, person, "answers deleted", f"{len(rows)} answers")
    return len(rows)


def find(connection: Connection, traces: Traces, limit: int) -> list[Found]:
    """Return the answers that were left with an e-mail address or a phone number, the newest first."""
    return _found(connection, _left_with(traces), limit)


def find_answer(connection: Connection, response: str) -> Found | None:
    """Return one answer."""
    found = _found(connection, responses.c.id == response, 1)
    return found[0] if found else None


def _left_with(traces: Traces) -> ColumnElement[bool]:
    if traces.email:
        return responses.c.email_hash == traces.email
    return responses.c.phone_hash == traces.phone if traces.phone else false()


def _found(connection: Connection, which: ColumnElement[bool], limit: int) -> list[Found]:
    chosen = (
        select(
            responses.c.id, responses.c.store, stores.c.name, stores.c.time_zone, responses.c.happened_at,
            responses.c.score, responses.c.contact_box.is_not(None),
        )
        .join(stores, stores.c.code == responses.c.store)
        .where(which)
        .order_by(responses.c.happened_at.desc(), responses.c.id)
        .limit(limit)
    )  # fmt: skip
    return [Found(*row) for row in connection.execute(chosen)]
