"""Any order of answers, weather, restarts and set clocks: a hub has each answer once, at its true time."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select
from waitress.server import create_server

from common.responses import Response
from hub.app import create_app
from hub.cli import bring_up
from hub.config import Settings
from hub.db import open_engine, reading, writing
from hub.fleet.queries import approve
from hub.fleet.rules import typed_code
from hub.responses.tables import responses
from hub.stores.queries import Store, add_store
from kiosk.config import Config
from kiosk.storage.outbox import State
from kiosk.storage.store import Storage
from kiosk.storage.ticks import Reading
from kiosk.sync.once import sync_once
from tests.support.answers import a_response
from tests.support.kiosk import Kiosk, a_pairing
from tests.support.tablet import ask_key, begin_pairing, over_http
from tests.support.weather import (
    Weather,
    answered,
    clear,
    in_turn,
    lost_reply,
    nothing_above,
    rewritten,
    torn_reply,
    torn_request,
    unpacked,
    weather,
)

SPELLS = {
    "sunshine": clear,
    "a lost reply": lost_reply,
    "a torn reply": torn_reply,
    "a torn request": torn_request,
    "a log-in page": answered("200 OK", "text/html", b"<h1>Sign in</h1>"),
    "another receipt": answered("200 OK", "application/json", b'{"protocol": 1, "verdicts": []}'),
    "a redirect": answered("302 Found", "text/html", b"", "Location: http://127.0.0.1:9/\r\n"),
    "a bad gateway": answered("502 Bad Gateway", "text/html", b""),
    "a busy hub": answered("503 Busy", "text/html", b"", "Retry-After: 3\r\n"),
    "small bodies only": nothing_above(900),
    "broken bodies": rewritten(lambda body: body[:-9]),
    "other words": rewritten(unpacked(lambda text: text.replace(b'"score":', b'"skore":'))),
}
HONEST = [name for name in SPELLS if name != "other words"]
"""Weather after which nothing is refused. What is spoilt so well that the hub can read it, it refuses."""

CLOCKS = [
    timedelta(days=-4000),
    timedelta(hours=-5),
    timedelta(0),
    timedelta(minutes=90),
    timedelta(days=500),
]


@dataclass(frozen=True)
class House:
    """A hub that runs in this process, and the line to it."""

    engine: Engine
    line: Weather
    hub: str


@contextmanager
def house(data: Path) -> Iterator[House]:
    """Serve a hub with one store on a real socket."""
    app = create_app(Settings(data=data))
    engine = open_engine(Settings(data=data).url)
    bring_up(engine)
    with writing(engine) as connection:
        add_store(connection, Store("rome", "Rome", "", "Europe/Rome", 0), now())
    server = create_server(app, host="127.0.0.1", port=0, ident=None)
    Thread(target=server.run, daemon=True).start()
    address = f"http://127.0.0.1:{server.effective_port}"
    with weather(address) as line:
        yield House(engine, line, address)
    server.close()
    engine.dispose()


def now() -> datetime:
    """Return the true time."""
    return datetime.now(UTC)


numbers = count(1)


class Tablet(RuleBasedStateMachine):
    """A tablet in a store. given maps each answer to the true time of its tap."""

    house: House

    @initialize()
    def pair(self) -> None:
        """Pair a new tablet with the hub, over the line."""
        self.folder = TemporaryDirectory()
        self.house.line.spell = clear
        self.config = replace(Config(Path(self.folder.name)), batch=4, connect_timeout=5.0, read_timeout=5.0)
        self.kiosk = Kiosk(self.config)
        send = over_http(self.house.hub)
        begun = begin_pairing(send)
        with writing(self.house.engine) as connection:
            assert approve(connection, typed_code(begun["user_code"]), "rome", "checkout", "tests", now())
        told = ask_key(send, begun["device_code"]).document
        parts = {name: told[name] for name in ("kiosk", "device_key")}
        public_key = b64decode(told["public_key"])
        pairing = a_pairing(self.house.line.address, store="rome", public_key=public_key, **parts)
        self.kiosk.ask(lambda s: s.pair(pairing))
        self.identity = pairing.kiosk
        self.given: dict[str, datetime] = {}
        self.error, self.boots = timedelta(0), 0

    @rule(many=some.integers(1, 9))
    def answer(self, many: int) -> None:
        """Take answers, each durable at its tap."""
        for _ in range(many):
            at = now()
            response = a_response(next(numbers), given_at=self._milliseconds(at + self.error))
            self.kiosk.ask(partial(_save, response=response, tapped=self._read()))
            self.given[response.id] = at

    @rule(spells=some.lists(some.sampled_from(HONEST), max_size=4))
    def sync(self, spells: list[str]) -> None:
        """Sync through some weather; afterwards the line is clear."""
        self.house.line.spell = in_turn(*(SPELLS[name] for name in spells))
        sync_once(self.kiosk.thread, self.config, lambda: now() + self.error, self._read)

    @rule()
    def spoil(self) -> None:
        """Sync while somebody rewrites answers so that they can be read and are none."""
        self.house.line.spell = SPELLS["other words"]
        sync_once(self.kiosk.thread, self.config, lambda: now() + self.error, self._read)

    @rule(many=some.integers(1, 3))
    def power_cut(self, many: int) -> None:
        """Sync, take answers, and start again before they are sent."""
        self.sync([])
        self.answer(many)
        self.restart(power=True)

    @rule(error=some.sampled_from(CLOCKS))
    def set_clock(self, error: timedelta) -> None:
        """Set the clock on the wall."""
        self.error = error

    @rule(power=some.booleans())
    def restart(self, *, power: bool) -> None:
        """Close the program and open it again; with the power gone its ticks begin anew."""
        self.kiosk.close()
        self.boots += power
        self.kiosk = Kiosk(self.config)

    @invariant()
    def every_answer_is_somewhere(self) -> None:
        """Given = received + waiting + quarantined, and what counts as delivered is at the hub, once."""
        totals = self.kiosk.totals()
        assert totals.given == len(self.given)
        kept = {each.response.id: each.state for each in self.kiosk.kept()}
        assert kept.keys() == self.given.keys()
        received = self._received()
        assert {each for each, state in kept.items() if state is State.DELIVERED} <= received.keys()
        assert received.keys() <= self.given.keys()

    def teardown(self) -> None:
        """Let the weather be fine: then the hub has all that it did not refuse, once, at its true time."""
        if not hasattr(self, "kiosk"):
            return
        for _ in range(3):
            self.sync([])
        kept = {each.response.id: each.state for each in self.kiosk.kept()}
        received = self._received()
        assert State.WAITING not in kept.values()
        assert State.OPEN not in kept.values()
        # One whose reply was lost and that was spoilt at the second time is in quarantine, and at the hub.
        unsent = {each for each, state in kept.items() if state is State.QUARANTINED}
        assert kept.keys() - unsent <= received.keys() <= kept.keys()
        for identity, (timing, at) in received.items():
            if timing == "exact":
                assert abs(at - self.given[identity]) < timedelta(seconds=6)
        self.kiosk.close()
        self.folder.cleanup()

    def _received(self) -> dict[str, tuple[str, datetime]]:
        wanted = select(responses.c.id, responses.c.timing, responses.c.happened_at)
        with reading(self.house.engine) as connection:
            found = list(connection.execute(wanted.where(responses.c.kiosk == self.identity)))
        assert len(found) == len({row.id for row in found})
        return {row.id: (row.timing, row.happened_at) for row in found}

    def _read(self) -> Reading:
        """Return ticks that begin anew with each start, each on a foot of its own."""
        elapsed = int(now().timestamp() * 1000) % 10**9
        return Reading(f"{self.identity}-{self.boots}", elapsed + 10**6 * self.boots)

    @staticmethod
    def _milliseconds(moment: datetime) -> datetime:
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _save(storage: Storage, response: Response, tapped: Reading) -> None:
    storage.outbox.save(response, tapped)
    storage.outbox.finish(response.id)


def test_any_order_of_answers_weather_restarts_and_set_clocks_loses_nothing(tmp_path: Path) -> None:
    with house(tmp_path) as running:
        Tablet.house = running
        limits = settings(
            max_examples=30, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        )
        run_state_machine_as_test(Tablet, settings=limits)
