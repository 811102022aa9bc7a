"""What every test may ask for."""

import gc
from collections.abc import Iterator

import pytest

from tests.support import postgres as support
from tests.support.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Return a PostgreSQL that runs while tests need it."""
    with support.running() as server:
        yield server


def pytest_collection_finish() -> None:
    """Keep all that was loaded out of the collector's sight: looking through it would slow every test."""
    gc.collect()
    gc.freeze()
