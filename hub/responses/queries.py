"""The SQL of responses and of their tallies, which are kept in the same transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    TextClause,
    bindparam,
    delete,
    except_,
    func,
    insert,
    null,
    select,
    text,
    union_all,
    update,
)

from common.nps import SCORES
from common.responses import TEST
from hub.db.audit import record
from hub.db.dialect import add_up, hold, insert_missing, is_among_given
from hub.responses.rules import (
    TALLY_KEY,
    Correction,
    Decision,
    Standing,
    Stored,
    Timing,
    corrections,
    less,
    moved,
    only,
    tally,
)
from hub.responses.tables import COUNTS, erased, responses, tallies


def stored(connection: Connection, ids: Collection[str]) -> dict[str, Stored]:
    """Return which of the ids are stored, or were erased."""
    rows = connection.execute(_STORED, {"ids": list(ids)})
    return {id_: Stored(fingerprint, kiosk, bool(consent)) for id_, fingerprint, kiosk, consent in rows}


def gone(connection: Connection, ids: Collection[str]) -> dict[str, Stored]:
    """Return which of the ids were erased."""
    return {id_: Stored(None, None) for id_ in connection.execute(_GONE, {"ids": list(ids)}).scalars()}


def highest_number(connection: Connection, kiosk: str) -> int:
    """Return the highest sequence number stored of a kiosk, 0 if there is none."""
    return connection.execute(_HIGHEST, {"kiosk": kiosk}).scalar() or 0


def how_many(connection: Connection) -> int:
    """Return how many responses are stored; every one is looked at."""
    return connection.execute(select(func.count()).select_from(responses)).scalar_one()


def sealed_with(connection: Connection) -> dict[str, int]:
    """Return how many responses have contact details sealed with which key."""
    key, there = responses.c.contact_key, responses.c.contact_box.is_not(None)
    rows = connection.execute(select(key, func.count().label("number")).where(there).group_by(key))
    return {row.contact_key: row.number for row in rows}


def has_used_twice(connection: Connection, kiosk: str, numbers: Sequence[int]) -> bool:
    """Say whether any of these numbers stands on two responses that are stored of a kiosk."""
    same = select(func.count()).where(responses.c.kiosk == kiosk, responses.c.sequence.in_(numbers))
    return connection.execute(same).scalar_one() > len(set(numbers))


_GONE = select(erased.c.id).where(is_among_given(erased.c.id, "ids"))
_STORED = union_all(
    # Who agreed to what stays when contact details are deleted.
    select(responses.c.id, responses.c.fingerprint, responses.c.kiosk, responses.c.consent_text).where(
        is_among_given(responses.c.id, "ids")
    ),
    _GONE.add_columns(null(), null(), null()),
)
_HIGHEST = select(func.max(responses.c.sequence)).where(responses.c.kiosk == bindparam("kiosk"))


def store(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Insert the rows whose ids are not stored yet and count them; return the ids really inserted.

    rows come from hub.responses.rules.row. Erased ids must have been taken out before.
    """
    inserted = {key[0] for key in insert_missing(connection, responses, rows)}
    add_up(connection, tallies, tally(only(rows, inserted)), COUNTS)
    return inserted


def complete(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Add the contact details of rows to stored responses that never had any; return id, store, score, box.

    A table that somebody shortened may bring an answer before its tablet does.
    """
    done: list[Mapping[str, Any]] = []
    for row in rows:
        values = {name: row[name] for name in _CONTACT}
        bare = (responses.c.id == row["id"]) & responses.c.consent_text.is_(None)
        kept = [responses.c[name] for name in ("id", "store", "score", "contact_box")]
        change = update(responses).where(bare).values(values).returning(*kept)
        done += [dict(found) for found in connection.execute(change).mappings()]
    return done


_CONTACT = (
    "contact_key", "contact_box", "email_hash", "phone_hash",
    "consent_text", "consent_language", "consent_at",
)  # fmt: skip


def standing(connection: Connection, ids: Collection[str]) -> dict[str, Standing]:
    """Return how those of the ids stand that are stored, or were erased."""
    columns = [responses.c[name] for name in ("id", "store", "counted", "decided_at", "decided_by")]
    rows = connection.execute(select(*columns).where(responses.c.id.in_(ids)))
    found = {id_: Standing(*row) for id_, *row in rows}
    return found | {id_: Standing(None, counted=False) for id_ in gone(connection, ids)}


def decide(connection: Connection, decisions: Sequence[Decision], now: datetime) -> set[str]:
    """Let flagged responses count, or not, and move them in the tallies; return whose state that changed.

    Answers without flags always count, and tests never: nobody decides on them.
    """
    changed = {}
    for decision in sorted(decisions, key=attrgetter("response")):
        if row := _decide(connection, decision):
            changed[decision.response] = row
            did = "answer counted" if decision.counts else "answer not counted"
            record(connection, now, decision.by, did, decision.response)
    add_up(connection, tallies, moved(changed.values()), COUNTS)
    if changed:
        _sweep_out(connection, changed.values())
    return set(changed)


def _decide(connection: Connection, decision: Decision) -> Mapping[str, Any] | None:
    fits = (responses.c.id == decision.response) & responses.c.flags.not_in([(), (TEST,)])
    values = {"counted": decision.counts, "decided_at": decision.at, "decided_by": decision.by}
    change = update(responses).where(fits, responses.c.counted != decision.counts).values(values)
    key = [responses.c[name] for name in (*TALLY_KEY, "score")]
    row = connection.execute(change.returning(*key)).mappings().first()
    return dict(row) if row else None


def _sweep_out(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Remove tallies in which nothing is left, as if nothing had ever been there."""
    empty = [tallies.c[name] == 0 for name in COUNTS]
    same = [tallies.c[name] == bindparam(f"old_{name}") for name in TALLY_KEY]
    old = [
        {f"old_{name}": row[name] for name in TALLY_KEY} | {"old_counted": not row["counted"]} for row in rows
    ]
    connection.execute(delete(tallies).where(*same, *empty), old)


def take_out(connection: Connection, ids: Collection[str]) -> list[Mapping[str, Any]]:
    """Delete responses, and count them no more; return what is left of each: id, kiosk, sequence, tally."""
    kept = [responses.c[name] for name in ("id", "kiosk", "sequence", *TALLY_KEY, "score")]
    gone = delete(responses).where(responses.c.id.in_(ids)).returning(*kept)
    rows: list[Mapping[str, Any]] = [dict(row) for row in connection.execute(gone).mappings()]
    add_up(connection, tallies, less(rows), COUNTS)
    if rows:
        _sweep_out(connection, [{**row, "counted": not row["counted"]} for row in rows])
    return rows


def rebuild_tallies(connection: Connection) -> list[Correction]:
    """Count all responses again and put right the tallies that are not; return what changed.

    A batch that arrives meanwhile adds its own counts when this transaction has ended.
    """
    hold(connection, tallies)
    key = [responses.c[name] for name in TALLY_KEY]
    counts = [func.count().filter(responses.c.score == score) for score in SCORES]
    right = select(*key, *counts).group_by(*key)
    kept = select(*(tallies.c[name] for name in (*TALLY_KEY, *COUNTS)))
    wrong = [tuple(row) for row in connection.execute(except_(kept, right))]
    missing = [tuple(row) for row in connection.execute(except_(right, kept))]
    if wrong:
        same = (tallies.c[name] == bindparam(f"old_{name}") for name in TALLY_KEY)
        old = [{f"old_{name}": value for name, value in zip(TALLY_KEY, row, strict=False)} for row in wrong]
        connection.execute(delete(tallies).where(*same), old)
    if missing:
        names = (*TALLY_KEY, *COUNTS)
        connection.execute(insert(tallies), [dict(zip(names, row, strict=True)) for row in missing])
    return corrections(wrong, missing)


@dataclass(frozen=True, slots=True)
class Comment:
    """What a customer said. flags say why it looks wrong; decided_by is who said whether it counts.

    given_at is what the clock of the device showed, and timing how happened_at was found, None where nobody
    noted that.
    """

    id: str
    happened_at: datetime
    score: int
    reasons: tuple[str, ...]
    comment: str
    language: str
    flags: tuple[str, ...]
    counted: bool
    decided_by: str | None
    given_at: datetime
    timing: Timing | None

    @property
    def was_redated(self) -> bool:
        """Whether the device's own time was not taken for the true one."""
        return self.given_at != self.happened_at

    @property
    def may_count(self) -> bool:
        """Whether somebody may decide on it, which is so for all that look wrong but tests."""
        return bool(self.flags) and self.flags != (TEST,)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some business days of a store, the first and the last one included."""

    store: str
    first_day: date
    last_day: date


def comments(connection: Connection, stretch: Stretch, limit: int, offset: int = 0) -> list[Comment]:
    """Return what customers of a store wrote on some business days, the newest first."""
    return _said(connection, stretch, responses.c.comment != "", limit, offset)


def doubted(connection: Connection, stretch: Stretch, limit: int, offset: int = 0) -> list[Comment]:
    """Return the answers of some business days that look wrong, whether they count or not, newest first."""
    return _said(connection, stretch, text("flags <> '[]'"), limit, offset)


def _said(
    connection: Connection, stretch: Stretch, which: ColumnElement[bool] | TextClause, limit: int, offset: int
) -> list[Comment]:
    columns = [responses.c[name] for name in Comment.__slots__]
    # The index is on the moment. A business day begins and ends within a day and a half of its date in UTC.
    earliest = datetime.combine(stretch.first_day - timedelta(days=1), time(), UTC)
    latest = datetime.combine(stretch.last_day + timedelta(days=3), time(), UTC)
    chosen = select(*columns).where(
        responses.c.store == stretch.store,
        responses.c.happened_at.between(earliest, latest),
        responses.c.day.between(stretch.first_day, stretch.last_day),
        which,
    )
    newest = chosen.order_by(responses.c.happened_at.desc(), responses.c.id).limit(limit).offset(offset)
    return [_comment(row) for row in connection.execute(newest).mappings()]


def _comment(row: RowMapping) -> Comment:
    return Comment(**{**row, "timing": row["timing"] and Timing(row["timing"])})
