"""Three ways into a hub, each twice, give the same numbers: those of an independent count of the file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.real_input import Outcome, Source, by_import, by_kiosks, nhs, sample
from tests.support.postgres import Postgres

SOURCE = nhs() or sample()
"""The whole file of real answers where it is at hand, otherwise some invented ones, as untidy."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty database; SQLite is the hub's own choice."""
    if request.param == "sqlite":
        return ""
    server: Postgres = request.getfixturevalue("postgres")
    return server.url(server.create())


@pytest.mark.parametrize("way", [by_kiosks, by_import], ids=["kiosks", "import"])
def test_every_way_gives_the_numbers_of_the_file(
    way: Callable[[Source, Path, str], Outcome], database: str, tmp_path: Path
) -> None:
    found = way(SOURCE, tmp_path, database)
    assert found == Outcome([SOURCE.expected] * 2, SOURCE.without_store)
