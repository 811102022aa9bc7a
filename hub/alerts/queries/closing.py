"""The SQL of closed days."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, delete, select

from hub.alerts.rules.closing import Closed
from hub.alerts.tables import closed_days
from hub.db.dialect import insert_missing


def closed_since(
    connection: Connection, since: date, among: Collection[str] | None
) -> list[tuple[str, date]]:
    """Return stores' closed days from one on, in order; those of every store, or all where among is None."""
    chosen = select(closed_days.c.store, closed_days.c.day).where(closed_days.c.day >= since)
    if among is not None:
        chosen = chosen.where(closed_days.c.store.in_(["", *among]))
    return [(row.store, row.day) for row in connection.execute(chosen.order_by("store", "day"))]


def close(connection: Connection, closed: Closed) -> bool:
    """Note that days are closed; return False if that is known of each."""
    return bool(
        insert_missing(connection, closed_days, [{"day": d, "store": closed.store} for d in closed.days])
    )


def reopen(connection: Connection, closed: Closed) -> bool:
    """Take back that days are closed; return whether any of them was."""
    within = closed_days.c.day.between(closed.first, closed.last)
    gone = delete(closed_days).where(closed_days.c.store == closed.store, within)
    return bool(connection.execute(gone).rowcount)
