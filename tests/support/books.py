"""Reading a hub's books in a test: every number that has to agree with another one."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select

from common.nps import SCORES, Tally
from hub.db import reading
from hub.fleet.kiosks import Kiosk
from hub.fleet.queries import fleet
from hub.followup.tables import cases
from hub.responses.tables import responses, tallies


def stored_rows(engine: Engine) -> dict[str, dict[str, Any]]:
    """Return every response stored, by id."""
    with reading(engine) as connection:
        return {row["id"]: dict(row) for row in connection.execute(select(responses)).mappings()}


def counted(engine: Engine, *, fair: bool | None = None) -> Tally:
    """Return the sum of the tallies: of all answers received, or of those that count, or of the others."""
    wanted = select(tallies) if fair is None else select(tallies).where(tallies.c.counted == fair)
    with reading(engine) as connection:
        rows = connection.execute(wanted).mappings().all()
    return sum((Tally(tuple(row[f"s{score}"] for score in SCORES)) for row in rows), Tally())


def case_ids(engine: Engine) -> set[str]:
    """Return the responses that have a case."""
    with reading(engine) as connection:
        return set(connection.execute(select(cases.c.response)).scalars())


def kiosk(engine: Engine, id_: str) -> Kiosk:
    """Return a kiosk as the fleet shows it."""
    with reading(engine) as connection:
        return next(kiosk for kiosk in fleet(connection, datetime.now(UTC)) if kiosk.id == id_)


def assert_balanced(engine: Engine) -> None:
    """Check that nothing is lost or doubled: tallies are responses, and given is what became of it."""
    scores = Counter(row["score"] for row in stored_rows(engine).values())
    assert counted(engine) == Tally(tuple(scores[score] for score in SCORES))
    with reading(engine) as connection:
        for each in fleet(connection, datetime.now(UTC)):
            assert each.given == each.received + each.waiting + each.quarantined, each
