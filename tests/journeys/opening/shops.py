"""The chain before it opens, with stores and paired kiosks as pairing enters them, and its books after."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from hub.config import Settings
from hub.db import open_engine, reading, writing
from hub.fleet.queries import add_kiosk
from hub.fleet.rules import Pairing, digest
from hub.stores.queries import Store, add_store
from hub.vault import open_secrets
from tests.journeys.opening.kiosk import LightKiosk
from tests.support.hub import Hub

KIOSKS_OF_A_STORE = 25
ZONES = ("Europe/Rome", "Europe/Madrid", "Europe/Paris", "Europe/Lisbon", "Pacific/Auckland")
_AN_HOUR = timedelta(hours=1)


@contextmanager
def opened(hub: Hub) -> Iterator[Engine]:
    """Give the hub's database past the hub."""
    engine = open_engine(Settings(hub.data, hub.database).url)
    yield engine
    engine.dispose()


def pair_all(engine: Engine, kiosks: int, now: datetime) -> list[str]:
    """Add stores and kiosks that were paired a year ago; return the device keys."""
    keys = [token_hex(32) for _ in range(kiosks)]
    then = now - timedelta(days=365)
    with writing(engine) as connection:
        for number, key in enumerate(keys):
            shop, place = divmod(number, KIOSKS_OF_A_STORE)
            code = f"shop-{shop}"
            if place == 0:
                add_store(connection, Store(code, f"Shop {shop}", "", ZONES[shop % len(ZONES)], 3), then)
            pairing = Pairing(then, then + _AN_HOUR, None, 0, code, "checkout", None)
            add_kiosk(connection, b"", pairing, str(uuid4()), digest(key), then)
    return keys


def public_key(hub: Hub) -> bytes:
    """Return what contact details are sealed to."""
    return open_secrets(hub.data).public_key


@dataclass(frozen=True, slots=True)
class Found:
    """How the hub's books differ from what was given: missing and made up are answers, by id and score.

    doubled are rows beyond one for each answer, miscounted what tallies have too much or too little,
    unbalanced kiosks whose own numbers do not add up.
    """

    received: int
    missing: int
    made_up: int
    doubled: int
    miscounted: int
    unbalanced: int

    @property
    def in_order(self) -> bool:
        """Whether everything is there, once, and counted."""
        return not (self.missing or self.made_up or self.doubled or self.miscounted or self.unbalanced)


_UNBALANCED = text("SELECT count(*) FROM kiosks WHERE given <> received OR waiting + quarantined <> 0")
_TALLIED = text(f"SELECT {', '.join(f'sum(s{score})' for score in range(11))} FROM tallies")


def audit(engine: Engine, kiosks: Sequence[LightKiosk]) -> Found:
    """Compare what kiosks gave with what the hub holds, by plain SQL."""
    given = {each for kiosk in kiosks for each in kiosk.backlog.given}
    with reading(engine) as connection:
        rows = [
            (UUID(str(id_)), score)
            for id_, score in connection.execute(text("SELECT id, score FROM responses"))
        ]
        tallied = [number or 0 for number in connection.execute(_TALLIED).one()]
        unbalanced = connection.execute(_UNBALANCED).scalar_one()
    stored = set(rows)
    scores = [sum(score == each for _, each in rows) for score in range(11)]
    return Found(
        received=len(stored),
        missing=len(given - stored),
        made_up=len(stored - given),
        doubled=len(rows) - len(stored),
        miscounted=sum(abs(one - other) for one, other in zip(scores, tallied, strict=True)),
        unbalanced=unbalanced,
    )
