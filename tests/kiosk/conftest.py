"""What tests of the kiosk may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.config import Config
from tests.support.kiosk import Kiosk


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Return settings with a folder of its own."""
    return Config(data=tmp_path / "data", connect_timeout=5.0, read_timeout=10.0)


@pytest.fixture
def kiosk(config: Config) -> Iterator[Kiosk]:
    """Return a kiosk with an empty database."""
    kiosk = Kiosk(config)
    yield kiosk
    kiosk.close()
