"""Bad days of the hub: killed, broken, unable to write, with a wrong clock. Kiosks lose nothing by them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit
from threading import Thread, Timer

import pytest
from sqlalchemy import select
from waitress.server import create_server

from hub.app import create_app
from hub.config import Settings
from hub.db import open_engine, reading, writing
from hub.responses.tables import responses
from kiosk.config import Config
from kiosk.storage import ticks
from tests.journeys.conftest import OpenStand
from tests.support.answers import a_response
from tests.support.conservation import Books, books, scored
from tests.support.hub import Hub
from tests.support.kiosk import Kiosk
from tests.support.stand import Stand, commands
from tests.support.weather import Ask, clear, in_turn

ENDLESS = {
    "sqlite": (
        "CREATE VIEW endless AS WITH RECURSIVE every(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM every)"
        " SELECT max(n) AS n FROM every",
        "CREATE TRIGGER endless AFTER UPDATE ON kiosks BEGIN SELECT n FROM endless; END",
    ),
    "postgresql": (
        "CREATE FUNCTION endless() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN PERFORM pg_sleep(1000); RETURN NEW; END'",
        "CREATE TRIGGER endless AFTER UPDATE ON kiosks FOR EACH ROW EXECUTE FUNCTION endless()",
    ),
}
"""Lets a batch come to its last step and never to its commit."""

ENOUGH = {
    "sqlite": ("DROP TRIGGER endless", "DROP VIEW endless"),
    "postgresql": (
        # A session whose client was killed would sleep on before it notices.
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
        "DROP FUNCTION endless CASCADE",
    ),
}


def execute(hub: Hub, *statements: str) -> None:
    """Run SQL on a hub's database."""
    engine = open_engine(Settings(data=hub.data, database=hub.database).url)
    for statement in statements:
        with writing(engine) as connection:
            connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.mark.bad_day("B22")
def test_a_hub_killed_in_the_middle_of_a_batch_keeps_none_of_it(
    stand: Stand, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = stand.hub
    monkeypatch.setenv("CERCHIO_KIOSK_BATCH", "300")
    stand.give(*range(11), *[9] * 589)

    def struck(request: bytes, ask: Ask) -> bytes:
        execute(hub, *ENDLESS[engine])
        assert hub.process
        Timer(0.5, hub.process.kill).start()
        return ask(request)

    stand.line.spell = in_turn(clear, struck)
    code, said = stand.sync()
    assert code == 1
    assert said.startswith("300 delivered (0 of them known to the hub already), 0 refused, 300 waiting.\n")
    assert "The hub cannot be reached." in said
    hub.stop()
    execute(hub, *ENOUGH[engine])
    assert books(stand) == Books(given=600, received=300, waiting=300)
    assert commands(hub).must("rebuild-tallies").stdout == "All tallies are right.\n"
    hub.start()
    stand.line.hub = hub.address
    assert stand.synced() == "300 delivered (0 of them known to the hub already), 0 refused, 0 waiting.\n"
    assert books(stand) == Books(given=600, received=600)
    assert scored(stand)["received"] == 600


@pytest.mark.bad_day("B23")
def test_a_hub_with_a_broken_database_says_so_and_gets_back_what_its_copy_lacks(
    any_stand: Stand, tmp_path: Path
) -> None:
    hub, copied = any_stand.hub, tmp_path / "copy.sqlite"
    any_stand.give(0, 5, 10)
    any_stand.synced()
    any_stand.hub_says("backup", copied)
    any_stand.give(1, 6, 9)
    any_stand.synced()
    hub.stop()
    replace_database(hub, b"no database any more" * 1000)
    refused = hub.run("serve", "--port", "0")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.endswith("cannot be used: file is not a database.\n"), refused.stderr
    any_stand.give(7)
    assert "The hub cannot be reached." in any_stand.sync()[1]
    replace_database(hub, copied.read_bytes())
    hub.start()
    any_stand.line.hub = hub.address
    assert any_stand.synced().startswith("4 delivered")
    assert books(any_stand) == Books(given=7, received=7)
    assert scored(any_stand)["received"] == 7


def replace_database(hub: Hub, content: bytes) -> None:
    """Put another file in the place of a hub's database, with none of its companions."""
    for part in ("-wal", "-shm", ""):
        Path(f"{hub.data / 'hub.sqlite'}{part}").unlink(missing_ok=True)
    (hub.data / "hub.sqlite").write_bytes(content)


@contextmanager
def unwritable(hub: Hub) -> Iterator[None]:
    """Let a hub's database take nothing more: its disk fails, or it has become a read-only replica."""
    assert hub.process
    if hub.database:
        name = hub.database.partition("@/")[2].partition("?")[0]
        execute(hub, f"ALTER DATABASE {name} SET default_transaction_read_only = on", OTHERS_OUT)
        yield
        execute(hub, f"SET TRANSACTION READ WRITE; ALTER DATABASE {name} RESET ALL", OTHERS_OUT)
    else:
        prlimit(hub.process.pid, RLIMIT_FSIZE, (0, RLIM_INFINITY))
        yield
        prlimit(hub.process.pid, RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))


OTHERS_OUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.mark.bad_day("B24")
def test_a_hub_that_cannot_write_asks_kiosks_to_come_back(stand: Stand) -> None:
    stand.give(*range(11))
    with unwritable(stand.hub):
        code, said = stand.sync()
    assert code == 1
    assert "The hub is busy." in said, said
    assert books(stand) == Books(given=11, received=0, waiting=11)
    assert stand.synced().startswith("11 delivered")
    assert books(stand) == Books(given=11, received=11)


@dataclass
class WrongClock:
    """The real time, and how wrong it is."""

    error: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.error


@contextmanager
def serving_with(clock: WrongClock, data: Path) -> Iterator[Hub]:
    """Serve a hub on a real socket out of this process, because its clock is in our hand."""
    commands(Hub(data)).must("migrate")
    app = create_app(Settings(data=data), now=clock)
    server = create_server(app, host="127.0.0.1", port=0, ident=None)
    Thread(target=server.run, daemon=True).start()
    yield Hub(data, address=f"http://127.0.0.1:{server.effective_port}")
    server.close()


@pytest.mark.bad_day("B25")
def test_a_hub_whose_clock_is_an_hour_off_counts_every_answer_once(
    open_at: OpenStand, tmp_path: Path
) -> None:
    clock, hour = WrongClock(), timedelta(hours=1)
    with serving_with(clock, tmp_path / "hub") as hub:
        stand = open_at(hub)
        said = f"{stand.store}-1: its clock is 1 hour {{}} the hub's.\n"
        for number, (error, sentence) in enumerate(
            (
                (hour, said.format("behind")),
                (-hour, said.format("ahead of")),
                (hour * 0, ""),
            ),
            1,
        ):
            clock.error = error
            tap(stand, number)
            stand.synced()
            assert commands(hub).must("fleet").stderr == sentence
        shifts = [(happened - given).total_seconds() for given, happened in times(hub)]
        assert shifts == pytest.approx([3600, -3600, 0], abs=5)
        assert books(stand) == Books(given=3, received=3)


def tap(stand: Stand, number: int) -> None:
    """Give an answer as the window does, with what the clock shows that nobody can set."""
    kiosk, response = Kiosk(Config(data=stand.data)), a_response(number, given_at=datetime.now(UTC))
    kiosk.ask(lambda s: s.outbox.save(response, ticks.reading()))
    kiosk.ask(lambda s: s.outbox.finish(response.id))
    kiosk.close()


def times(hub: Hub) -> list[tuple[datetime, datetime]]:
    """Return when each answer was given by its kiosk's clock, and when by the hub's."""
    engine = open_engine(Settings(data=hub.data).url)
    with reading(engine) as connection:
        chosen = select(responses.c.given_at, responses.c.happened_at).order_by(responses.c.sequence)
        rows = [(row.given_at, row.happened_at) for row in connection.execute(chosen)]
    engine.dispose()
    return rows
