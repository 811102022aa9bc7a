"""The hub's machine burns while kiosks work: restored from a backup on another, no answer is missing."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from shutil import copytree, rmtree
from signal import SIGKILL
from threading import Event, Thread

import pytest

from hub.config import Settings
from hub.db import open_engine
from kiosk.config import Config
from kiosk.sync.once import sync_once
from tests.journeys.test_bad_kiosk import until
from tests.support.books import case_ids
from tests.support.conservation import Books, books
from tests.support.contacts import reachable
from tests.support.hub import Hub
from tests.support.kiosk import Kiosk, clock
from tests.support.postgres import Postgres
from tests.support.stand import Stand, commands, open_stand
from tests.support.weather import weather

_numbers = count(1)


class Trade:
    """Customers at a kiosk, one after the other, each unhappy and to be contacted; and its syncs."""

    def __init__(self, stand: Stand) -> None:
        self.everybody: set[str] = set()
        self._kiosk = Kiosk(Config(data=stand.data))
        self._delivered = 0
        self._trouble: str | None = None
        self._over = Event()
        self._thread = Thread(target=self._go_on, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Let the last customer go, and sync once more."""
        self._over.set()
        self._thread.join(30)
        self._sync()
        self._kiosk.close()

    def brings(self, more: int) -> None:
        """Wait until so many answers more have been received."""
        enough = self._delivered + more
        until(lambda: self._delivered >= enough)

    def meets_trouble(self) -> None:
        """Wait until a sync brings nothing."""
        until(lambda: self._trouble is not None)

    def _go_on(self) -> None:
        key = self._kiosk.ask(lambda s: s.snapshot()).public_key
        assert key
        while not self._over.wait(0.1):
            given = [reachable(next(_numbers), key, score=score) for score in range(3)]
            self._kiosk.give(*given)
            self.everybody.update(response.id for response in given)
            self._sync()

    def _sync(self) -> None:
        report = sync_once(self._kiosk.thread, self._kiosk.config, clock)
        self._delivered += report.delivered
        self._trouble = report.trouble


@contextmanager
def machine(engine: str, folder: Path, postgres: Postgres) -> Iterator[Hub]:
    """Give an empty hub with a folder and a database of its own; it does not serve yet."""
    hub = Hub(folder, postgres.url(postgres.create()) if engine == "postgresql" else "")
    commands(hub).must("migrate")
    try:
        yield hub
    finally:
        if hub.process is not None:
            hub.stop(SIGKILL)


def burn(hub: Hub, postgres: Postgres) -> set[str]:
    """Let nothing remain of a hub, while it works; return the answers that had a case."""
    hub.stop(SIGKILL)
    lost = cases(hub)
    rmtree(hub.data)
    if hub.database:
        postgres.drop(hub.database.partition("@/")[2].partition("?")[0])
    return lost


def cases(hub: Hub) -> set[str]:
    """Return the answers that have a case."""
    engine = open_engine(Settings(data=hub.data, database=hub.database).url)
    found = case_ids(engine)
    engine.dispose()
    return found


def forgotten_and_paired_anew(late: Stand) -> None:
    """Pair a kiosk again of which the hub knows nothing more, nor of its store."""
    assert "not know this kiosk" in late.sync()[1]
    commands(late.hub).must("add-store", late.store, "--name", "Late", "--time-zone", "Europe/Rome")
    late.pair()
    assert late.here("sync")["delivered"] == 11


@pytest.mark.bad_day("B41", "B42")
def test_a_burnt_hub_is_restored_elsewhere_and_kiosks_go_on(
    engine: str, postgres: Postgres, tmp_path: Path
) -> None:
    backup, secrets = tmp_path / "backup.sqlite", tmp_path / "secrets"
    with ExitStack() as stack:
        hub = stack.enter_context(machine(engine, tmp_path / "first", postgres))
        hub.start()
        # A line is the hub's name, and where it leads to is a matter of DNS.
        lines = [stack.enter_context(weather(hub.address)) for _ in range(2)]
        stand = open_stand(hub, lines[0], tmp_path)
        trade = Trade(stand)
        trade.brings(20)
        hub.must("backup", str(backup))
        copytree(hub.data / "secrets", secrets)
        late = open_stand(hub, lines[1], tmp_path)
        late.give(*range(11))
        assert late.here("sync")["delivered"] == 11
        trade.brings(20)
        lost = burn(hub, postgres)
        trade.meets_trouble()
        there = stack.enter_context(machine(engine, tmp_path / "second", postgres))
        copytree(secrets, there.data / "secrets", dirs_exist_ok=True)
        commands(there).must("restore", backup)
        lost -= cases(there)
        there.start()
        stand.hub = late.hub = there
        for line in lines:
            line.hub = there.address
        trade.brings(40)
        trade.end()
        forgotten_and_paired_anew(late)
        given = len(trade.everybody)
        assert books(stand) == Books(given=given, received=given)
        assert books(late) == Books(given=11, received=11)
        assert commands(there).must("rebuild-tallies").stdout == "All tallies are right.\n"
        # Contact details leave a tablet at the receipt: those of the time between are gone.
        assert lost
        assert trade.everybody - cases(there) <= lost
