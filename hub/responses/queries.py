"""The SQL of responses and of their tallies, which are kept in the same transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, null, select

from common.nps import SCORES
from hub.db.dialect import add_up, insert_missing, is_among
from hub.responses.rules import TALLY_KEY, only, tally
from hub.responses.tables import COUNTS, erased, responses, tallies


@dataclass(frozen=True, slots=True)
class Stored:
    """What the hub remembers of a response that it has met; an erased one has neither print nor kiosk."""

    fingerprint: bytes | None
    kiosk: str | None


def stored(connection: Connection, ids: Collection[str]) -> dict[str, Stored]:
    """Return which of the ids are stored, or were erased."""
    known = select(responses.c.id, responses.c.fingerprint, responses.c.kiosk)
    gone = select(erased.c.id, null(), null())
    rows = connection.execute(
        known.where(is_among(responses.c.id, ids)).union_all(gone.where(is_among(erased.c.id, ids)))
    )
    return {id_: Stored(fingerprint, kiosk) for id_, fingerprint, kiosk in rows}


def store(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Insert the rows whose ids are not stored yet and count them; return the ids really inserted.

    rows come from hub.responses.rules.row. Erased ids must have been taken out before.
    """
    inserted = {key[0] for key in insert_missing(connection, responses, rows)}
    add_up(connection, tallies, tally(only(rows, inserted)), COUNTS)
    return inserted


def rebuild_tallies(connection: Connection) -> int:
    """Count all responses again, in place of the tallies there are; return how many there are now."""
    connection.execute(delete(tallies))
    key = [responses.c[name] for name in TALLY_KEY]
    counts = [func.count().filter(responses.c.score == score) for score in SCORES]
    counted = select(*key, *counts).group_by(*key)
    return connection.execute(insert(tallies).from_select([*TALLY_KEY, *COUNTS], counted)).rowcount
