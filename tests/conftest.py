"""What every test may ask for."""

from collections.abc import Iterator

import pytest

from tests.support import postgres as support
from tests.support.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Return a PostgreSQL that runs while tests need it."""
    with support.running() as server:
        yield server
