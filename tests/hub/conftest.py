"""Every hub test runs on SQLite and on PostgreSQL, each in a database of its own, at a time in our hand."""

import shutil
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from hub.app import create_app
from hub.cli import bring_up
from hub.config import Settings
from hub.db import open_engine, writing
from hub.fleet.queries import approve
from hub.fleet.rules import typed_code
from hub.stores.queries import Store, add_store
from hub.web.application import Application
from hub.web.context import Hub
from tests.support.chain import BOSS, employ
from tests.support.compiled import Compiled
from tests.support.postgres import Postgres
from tests.support.reader import Reader
from tests.support.reused import Reused
from tests.support.tablet import Tablet, ask_key, begin_pairing, through

Application.jinja_options = {"bytecode_cache": Compiled()}


class Clock:
    """The hub's clock in a test: it stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 25, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **units: float) -> datetime:
        """Move the clock by a timedelta's units and return the new time."""
        self.time += timedelta(**units)
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an SQLite file with the schema and the standard survey, to copy."""
    file = tmp_path_factory.mktemp("template") / "hub.sqlite"
    engine = open_engine(f"sqlite:///{file}")
    bring_up(engine)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def reused_postgres(postgres: Postgres) -> Iterator[Reused]:
    """Return a database that has the schema and the standard survey, and nothing else when it is taken."""
    reused = Reused(postgres)
    yield reused
    reused.leave()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a fresh, migrated database, once for each engine."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "hub.sqlite")
        yield f"sqlite:///{file}"
        return
    reused: Reused = request.getfixturevalue("reused_postgres")
    yield reused.take()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, database=database_url)


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    app = create_app(settings, now=clock)
    app.testing = True
    # A hash takes a tenth of a second on purpose. What real ones cost is tested where people sign in.
    app.extensions["security"].pwd_context.update(argon2__time_cost=1, argon2__memory_cost=32)
    yield app
    hub: Hub = app.extensions["cerchio"]
    hub.engine.dispose()


@pytest.fixture
def engine(app: Flask) -> Engine:
    hub: Hub = app.extensions["cerchio"]
    return hub.engine


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def rome(engine: Engine, clock: Clock) -> Store:
    """Return a store in Rome, whose day ends at midnight."""
    store = Store("rome", "Da Vinci", "Lazio", "Europe/Rome", 0)
    with writing(engine) as connection:
        add_store(connection, store, clock())
    return store


@pytest.fixture
def reader(app: Flask, client: FlaskClient) -> Reader:
    """Return somebody of head office, signed in."""
    employ(app, BOSS, "Paola Conti")
    reader = Reader(client)
    reader.sign_in()
    return reader


PairTablet = Callable[..., Tablet]


@pytest.fixture
def pair_tablet(client: FlaskClient, engine: Engine, clock: Clock, rome: Store) -> PairTablet:
    """Return what pairs one more tablet: pair_tablet(store="rome", touchpoint="checkout")."""

    def pair(store: str = rome.code, touchpoint: str = "checkout") -> Tablet:
        send = through(client)
        begun = begin_pairing(send)
        with writing(engine) as connection:
            code = typed_code(begun["user_code"])
            assert approve(connection, code, store, touchpoint, "tests", clock())
        paired = ask_key(send, begun["device_code"]).document
        key = b64decode(paired["public_key"])
        return Tablet(send, paired["device_key"], clock, kiosk=paired["kiosk"], public_key=key)

    return pair


@pytest.fixture
def tablet(pair_tablet: PairTablet) -> Tablet:
    """Return a tablet at the checkout of the store in Rome."""
    return pair_tablet()
