"""The SQL of the lines of receipts, by which copies of a tablet are recognised."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, String, bindparam, exists, func, insert, select, update

from common.wire import Mark
from hub.fleet.copies import REMEMBERED, Copies, Line, copies, follow, is_ours, next_mark, short_step
from hub.fleet.tables import lines


def note_mark(
    connection: Connection, kiosk: str, shown: Mark, seed: bytes, now: datetime, reused: Callable[[], bool]
) -> tuple[str, Copies]:
    """Note what a kiosk shows; return the mark to hand out and what is known of copies.

    reused says whether new answers have numbers that others had; it is asked only where that tells a copy
    from a receipt that was lost. The row of the kiosk must be held, which note_contact does.
    """
    handed = next_mark(kiosk, shown, seed)
    if _went_on(connection, kiosk, shown.last, handed, now):
        return handed, Copies()
    known = [Line(*row) for row in connection.execute(_LINES, {"of": kiosk})]
    met = any(line.went_through(handed) for line in known) and reused()
    ours = bool(shown.last) and is_ours(kiosk, shown.last or "", seed)
    line = follow(known, shown.last, handed, now, ours=ours, reused=met)
    after = [*(each for each in known if each.number != line.number), line]
    if line not in known:
        _write(connection, kiosk, line, new=line.number > len(known))
    return handed, copies(sorted(after, key=lambda each: each.number)) if len(after) > 1 else Copies()


def _went_on(connection: Connection, kiosk: str, last: str | None, handed: str, now: datetime) -> bool:
    """Go on with the only line of a kiosk where it shows that line's mark, which is nearly always so."""
    if last is None:
        return False
    values = {"of": kiosk, "last": last, "mark": handed, "last_at": now, "step": short_step(last)}
    return bool(connection.execute(_GO_ON, values).rowcount)


def all_copies(connection: Connection) -> dict[str, Copies]:
    """Return what is known of copies, by kiosk; most have none."""
    found: dict[str, list[Line]] = defaultdict(list)
    for kiosk, *line in connection.execute(_MANY):
        found[kiosk].append(Line(*line))
    return {kiosk: copies(of_kiosk) for kiosk, of_kiosk in found.items()}


def _write(connection: Connection, kiosk: str, line: Line, *, new: bool) -> None:
    values = {
        "mark": line.mark,
        "began_at": line.began_at,
        "last_at": line.last_at,
        "proven": line.proven,
        "before": line.before,
    }
    if new:
        connection.execute(insert(lines), {"kiosk": kiosk, "number": line.number} | values)
    else:
        connection.execute(_CHANGE, {"of": kiosk, "at": line.number} | values)


_KEPT = ("mark", "began_at", "last_at", "proven", "before")
_COLUMNS = [lines.c[name] for name in ("number", *_KEPT)]
_LINES = select(*_COLUMNS).where(lines.c.kiosk == bindparam("of")).order_by(lines.c.number)
_MANY = (
    select(lines.c.kiosk, *_COLUMNS)
    .where(lines.c.kiosk.in_(select(lines.c.kiosk).where(lines.c.number > 1)))
    .order_by(lines.c.kiosk, lines.c.number)
)
_others = lines.alias()
_GO_ON = (
    update(lines)
    .where(lines.c.kiosk == bindparam("of"), lines.c.number == 1, lines.c.mark == bindparam("last"))
    .where(~exists().where(_others.c.kiosk == bindparam("of"), _others.c.number > 1))
    .values(mark=bindparam("mark"), last_at=bindparam("last_at"), proven=True)
    .values(before=func.substr(bindparam("step", type_=String) + lines.c.before, 1, REMEMBERED))
)
_CHANGE = (
    update(lines)
    .where(lines.c.kiosk == bindparam("of"), lines.c.number == bindparam("at"))
    .values({name: bindparam(name) for name in _KEPT})
)
