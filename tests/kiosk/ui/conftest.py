"""What tests of the window may ask for: a real backstage on a real database, and a paired kiosk."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from common.sealing import new_private_key, public_key
from common.surveys import Survey, standard_survey
from common.wire import Totals
from kiosk.backstage import Backstage
from kiosk.config import Config, Snapshot, load_snapshot
from kiosk.storage.outbox import Kept, State
from kiosk.storage.pin import set_pin
from kiosk.storage.store import Storage
from tests.support import window
from tests.support.kiosk import Kiosk, a_pairing

T = TypeVar("T")

PIN = "24680"
NOBODY = "http://127.0.0.1:9"
"""A hub's address at which nobody answers."""


class Shop(Backstage):
    """A real backstage, and a look at what it has kept."""

    def __init__(self, config: Config, private_key: bytes) -> None:
        super().__init__(config, alone=True)
        self.config, self.private_key = config, private_key

    def ask(self, function: Callable[[Storage], T]) -> T:
        """Ask the storage something, after everything that it was told before."""
        return self._storage.call(function).result(30)

    def kept(self) -> list[Kept]:
        """Return all answers."""
        return self.ask(lambda s: list(s.outbox.all()))

    def ended(self) -> bool:
        """Say whether every visit has ended."""
        return all(kept.state is State.WAITING for kept in self.kept())

    def totals(self) -> Totals:
        """Count the answers."""
        return self.ask(lambda s: s.outbox.totals())

    @property
    def screen(self) -> Snapshot:
        """What the window starts with."""
        return load_snapshot(self.config.data)

    def asking_in(self, language: str, survey: Survey | None = None) -> Snapshot:
        """Let a store with a long name ask in a language first; return what its window starts with."""
        survey = survey or standard_survey()
        wording = {language: survey.wording[language]} | dict(survey.wording)

        def arrange(storage: Storage) -> None:
            pairing = storage.pairing()
            assert pairing
            storage.pair(replace(pairing, store_name="Bottega Verde Milano"))
            storage.use_survey(replace(survey, version=2, wording=wording), pairing.public_key, "tag")

        self.ask(arrange)
        return self.screen


@pytest.fixture
def private_key() -> bytes:
    """Return the hub's private key."""
    return new_private_key()


@pytest.fixture
def shop(config: Config, private_key: bytes) -> Iterator[Shop]:
    """Return the backstage of a kiosk that is paired with a hub, which nobody can reach just now."""
    kiosk = Kiosk(config)
    kiosk.ask(lambda s: s.pair(a_pairing(hub=NOBODY, public_key=public_key(private_key))))
    kiosk.ask(lambda s: set_pin(s.settings, PIN))
    kiosk.close()
    shop = Shop(config, private_key)
    yield shop
    shop.stop()


@pytest.fixture
def screen(shop: Shop) -> Iterator[window.Screen]:
    """Return the window of the paired kiosk."""
    with window.window(shop.screen, shop) as screen:
        yield screen


@pytest.fixture
def unpaired(tmp_path: Path) -> Iterator[Shop]:
    """Return the backstage of a kiosk that no hub knows."""
    shop = Shop(Config(data=tmp_path / "unpaired"), b"")
    yield shop
    shop.stop()
