"""What journeys may ask for: hubs that run, and kiosks that stand in stores."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from tests.support.hub import Hub, serving
from tests.support.postgres import Postgres
from tests.support.stand import Stand, open_stand
from tests.support.weather import weather


class OpenStand(Protocol):
    """Opens a store at a hub and stands a kiosk in it, on a disk if one is given."""

    def __call__(self, hub: Hub, disk: Path | None = None) -> Stand: ...


StartHub = Callable[[str], Hub]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "bad_day(*rows): proves these rows of docs/bad-days.md")


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let kiosks wait for a hub no longer than a test can."""
    monkeypatch.setenv("CERCHIO_KIOSK_READ_TIMEOUT", "10")


@pytest.fixture(scope="session")
def shared_hub(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StartHub]:
    """Return what gives the hub on "sqlite" or "postgresql" that journeys share; each leaves it whole."""
    hubs: dict[str, Hub] = {}
    with ExitStack() as running:

        def hub_on(engine: str) -> Hub:
            if engine not in hubs:
                folder = tmp_path_factory.mktemp(f"hub-{engine}")
                hubs[engine] = running.enter_context(serving(folder, database_on(engine, request)))
            if hubs[engine].process is None:
                hubs[engine].start()
            return hubs[engine]

        yield hub_on


def database_on(engine: str, request: pytest.FixtureRequest) -> str:
    """Return the URL of a new database; SQLite is the hub's own choice."""
    if engine == "sqlite":
        return ""
    server: Postgres = request.getfixturevalue("postgres")
    return server.url(server.create())


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Return the name of each engine in turn."""
    name: str = request.param
    return name


@pytest.fixture
def hub(engine: str, shared_hub: StartHub) -> Hub:
    """Return a hub that runs, on each engine in turn."""
    return shared_hub(engine)


@pytest.fixture
def open_at(tmp_path: Path) -> Iterator[OpenStand]:
    """Return what stands one more kiosk into a store of its own, with a line of its own to the hub."""
    with ExitStack() as lines:

        def open_at(hub: Hub, disk: Path | None = None) -> Stand:
            return open_stand(hub, lines.enter_context(weather(hub.address)), tmp_path, disk)

        yield open_at


@pytest.fixture
def stand(hub: Hub, open_at: OpenStand) -> Stand:
    """Return a kiosk at a hub, on each engine in turn."""
    return open_at(hub)


@pytest.fixture
def any_stand(shared_hub: StartHub, open_at: OpenStand) -> Stand:
    """Return a kiosk at a hub, where the hub's engine makes no difference."""
    return open_at(shared_hub("sqlite"))
