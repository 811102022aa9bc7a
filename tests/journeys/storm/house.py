"""Head office in the storm: the hub's workers, their database, and what its people do with kiosks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from json import loads
from random import choice
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit
from signal import SIGKILL
from threading import Lock
from time import monotonic, sleep
from typing import Any

from click.testing import Result

from kiosk.storage.pairing import Pairing
from tests.journeys.storm.books import Ledger, ledger
from tests.support.hub import Hub
from tests.support.postgres import Postgres
from tests.support.stand import commands
from tests.support.tablet import ask_key, begin_pairing, over_http

STORES = ("rome", "madrid", "auckland")
_ZONES = {"rome": "Europe/Rome", "madrid": "Europe/Madrid", "auckland": "Pacific/Auckland"}
_TOUCHPOINTS = ("checkout", "returns", "exit")
_DECLARATIONS = {"stopped": ["stop-kiosk"], "lost": ["report-lost", "--yes"], "active": ["resume-kiosk"]}
_PATIENCE = 60.0
_ONE_COMMAND = Lock()


@dataclass
class Worker:
    """One process of the hub. busy is held by whoever has just killed it, until it is back."""

    hub: Hub
    busy: Lock = field(default_factory=Lock)

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self.hub.address = ""
        if self.hub.process is not None:
            self.hub.stop(SIGKILL)

    def start(self) -> None:
        """Start it again, as often as it takes while its database is away."""
        deadline = monotonic() + _PATIENCE
        while monotonic() < deadline:
            try:
                self.hub.start()
            except AssertionError:
                self.kill()
                sleep(0.2)
            else:
                return
        raise TimeoutError(self.hub.log)


@dataclass
class House:
    """A hub of one or more workers on one database; postgres is the server of that, if it has one.

    to_erase are the answers whose customers wanted them gone.
    """

    workers: Sequence[Worker]
    postgres: Postgres | None = None
    busy: Lock = field(default_factory=Lock)
    to_erase: set[str] = field(default_factory=set)

    @property
    def hub(self) -> Hub:
        """The hub as its commands see it."""
        return self.workers[0].hub

    def address(self) -> str:
        """Return where one of the workers is listening; raise ConnectionRefusedError if none is."""
        listening = [address for worker in self.workers if (address := worker.hub.address)]
        if not listening:
            raise ConnectionRefusedError("no worker of the hub is there")
        return choice(listening)

    @contextmanager
    def books(self) -> Iterator[Ledger]:
        """Open its database past the hub."""
        with ledger(self.hub.data, self.hub.database) as book:
            yield book

    def open(self) -> None:
        """Bring up the database, add the stores and let every worker begin."""
        commands(self.hub).must("migrate")
        for store in STORES:
            commands(self.hub).must("add-store", store, "--name", store, "--time-zone", _ZONES[store])
        for worker in self.workers:
            worker.start()

    def close(self) -> None:
        """End every worker."""
        for worker in self.workers:
            worker.kill()

    def pair(self, store: str, address: str) -> Pairing:
        """Pair a kiosk that reaches the hub at an address."""
        send = over_http(self.address())
        begun = begin_pairing(send)
        # A command run in this process has its output for itself, so one runs after the other.
        with _ONE_COMMAND:
            commands(self.hub).must("pair", begun["user_code"], "--store", store)
        return Pairing.from_document(ask_key(send, begun["device_code"]).document | {"hub": address})

    def move(self, kiosk: str, store: str) -> None:
        """Let a kiosk stand in another store from now on; where it stands there already, in another place."""
        self._told("move-kiosk", kiosk, "--store", store, "--touchpoint", choice(_TOUCHPOINTS))

    def declare(self, kiosk: str, state: str) -> None:
        """Declare a kiosk stopped, lost, or active."""
        self._told(*_DECLARATIONS[state], kiosk)

    def newest(self, limit: int) -> list[str]:
        """Return the answers that arrived last."""
        with self.books() as book:
            found = book.rows(
                "SELECT CAST(id AS text) FROM responses ORDER BY received_at DESC, id LIMIT ?", limit
            )
        return [identity for (identity,) in found]

    def erase(self, answer: str) -> None:
        """Delete an answer whole, as its customer wants."""
        self.to_erase.add(answer)
        self._told("forget", answer, "--answers", "--yes")

    def fleet(self) -> list[dict[str, Any]]:
        """Return what the hub says of every kiosk."""
        told: list[dict[str, Any]] = loads(self._told("fleet", "--json").stdout)
        return told

    def find_all(self) -> None:
        """Declare every kiosk active."""
        for kiosk in self.fleet():
            if kiosk["state"] != "active":
                self.declare(kiosk["kiosk"], "active")

    def _told(self, *arguments: str) -> Result:
        """Run a command of head office; one that changes nothing has had its way in an earlier try."""
        with _ONE_COMMAND:
            result = commands(self.hub)(*arguments)
        assert result.exit_code == 0 or "already" in result.stderr, result.output
        return result

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Let whatever keeps the database write to no file, as if its disk were full."""
        if self.postgres:
            self.postgres.limit_files("0")
            yield
            self.postgres.limit_files("unlimited")
            # A server that cannot write its log gives up.
            self.postgres.start()
        else:
            self._limit(0)
            yield
            self._limit(RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        for worker in self.workers:
            if process := worker.hub.process:
                with suppress(ProcessLookupError):
                    prlimit(process.pid, RLIMIT_FSIZE, (size, RLIM_INFINITY))
