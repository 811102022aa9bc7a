"""What every test may ask for."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import postgres as support
from tests.support.postgres import Postgres

TESTS = Path(__file__).parent


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Return a PostgreSQL that runs while tests need it."""
    with support.running() as server:
        yield server


LONG = {"journeys", "packaging", "browser", "ui"}
"""Folders whose tests start whole programs or windows. They come first, so that none is alone at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long."""
    items.sort(key=lambda item: LONG.isdisjoint(item.path.relative_to(TESTS).parts))


def pytest_collection_finish() -> None:
    """Keep all that was loaded out of the collector's sight: looking through it would slow every test."""
    gc.collect()
    gc.freeze()
