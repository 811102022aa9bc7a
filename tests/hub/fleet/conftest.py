"""Two stores, and who looks at their kiosks."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from hub.db import writing
from hub.stores.queries import Store, add_store
from tests.hub.conftest import Clock
from tests.support.chain import BOSS, MANAGER, employ
from tests.support.reader import Reader


@pytest.fixture
def reader(app: Flask, engine: Engine, clock: Clock, rome: Store, client: FlaskClient) -> Reader:
    """Return somebody of head office, who sees two stores; the manager of one is employed, too."""
    with writing(engine) as connection:
        add_store(connection, Store("milan", "Navigli", "", "Europe/Rome", 0), clock())
    employ(app, BOSS, "Paola Conti")
    employ(app, MANAGER, "Marco Bianchi", "rome")
    reader = Reader(client)
    reader.sign_in()
    return reader
