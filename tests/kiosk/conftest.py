"""What tests of the kiosk may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.config import Config
from tests.support.kiosk import Kiosk, a_pairing
from tests.support.misbehaving_hub import MisbehavingHub, misbehaving_hub

ROWS = """response_id,store,timestamp,score,comment,language
a,Roma,2026-03-28T10:00,10,Brave!,it
b,Roma,2026-03-28T11:00,0,"=1+1",it
c,Roma,2026-03-28T12:00,eleven,,it
d,Bari,2026-03-28T13:00,7,,it
e,,2026-03-28T14:00,7,,it
"""


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


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Return a file with three answers and two rows that are none."""
    file = tmp_path / "rows.csv"
    file.write_text(ROWS, "utf-8")
    return file


@pytest.fixture(scope="module")
def running() -> Iterator[MisbehavingHub]:
    """Return one hub for all tests of a file."""
    with misbehaving_hub() as hub:
        yield hub


@pytest.fixture
def hub() -> Iterator[MisbehavingHub]:
    """Return a hub that behaves."""
    with misbehaving_hub() as hub:
        yield hub


@pytest.fixture
def paired(config: Config, hub: MisbehavingHub) -> Config:
    """Return the settings of a paired kiosk."""
    kiosk = Kiosk(config)
    kiosk.ask(lambda s: s.pair(a_pairing(hub.address)))
    kiosk.close()
    return config
