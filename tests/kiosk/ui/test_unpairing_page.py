"""Unpairing behind the second PIN: it asks, and holds back what head office does not have."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from common.wire import UNPAIRING_PATH
from kiosk.config import Config
from kiosk.storage.pin import set_pin
from tests.kiosk.ui.conftest import PIN, Shop
from tests.kiosk.ui.test_manager_rooms import open_service, scene
from tests.support.answers import a_response
from tests.support.kiosk import Kiosk, a_pairing
from tests.support.misbehaving_hub import MisbehavingHub
from tests.support.window import Screen, window


@pytest.fixture
def shop(config: Config, hub: MisbehavingHub) -> Iterator[Shop]:
    """Return the backstage of a tablet whose hub can be reached."""
    kiosk = Kiosk(config)
    kiosk.ask(lambda s: s.pair(a_pairing(hub.address)))
    kiosk.ask(lambda s: set_pin(s.settings, PIN))
    kiosk.close()
    shop = Shop(replace(config, sync_every=9999.0), b"")
    yield shop
    shop.stop()


@pytest.fixture
def screen(shop: Shop) -> Iterator[Screen]:
    with window(shop.screen, shop, drawn=False) as screen:
        yield screen


def test_it_asks_and_leaves(screen: Screen, shop: Shop, hub: MisbehavingHub) -> None:
    open_service(screen, shop)
    assert scene(screen).parting.note == "This tablet belongs to Roma Centro."
    screen.tap("unpair")
    screen.until(lambda: screen.shows("unpair-now"))
    screen.tap("stay-paired")
    assert shop.ask(lambda s: s.pairing()) is not None
    screen.tap("unpair")
    screen.until(lambda: screen.shows("unpair-now"))
    screen.tap("unpair-now")
    screen.until(lambda: scene(screen).parting.note == "It is unpaired, and head office knows.")
    assert not screen.shows("unpair")
    assert shop.ask(lambda s: s.pairing()) is None
    assert UNPAIRING_PATH in [path for path, _ in hub.calls]
    screen.tap("back", "back")
    screen.until(lambda: screen.shows("score-0"))
    assert not shop.screen.paired


def test_what_head_office_lacks_holds_it_and_what_to_do_is_said(screen: Screen, shop: Shop) -> None:
    shop.ask(lambda s: s.outbox.save(a_response(1)))
    open_service(screen, shop)
    screen.tap("unpair")
    screen.until(lambda: "1 answer is not at head office yet." in scene(screen).parting.note)
    assert "“Try now”" in scene(screen).parting.note
    assert not screen.shows("unpair-now")


def test_a_hub_that_is_away_is_told_by_people(screen: Screen, shop: Shop) -> None:
    shop.ask(lambda s: s.pair(a_pairing("http://127.0.0.1:9", kiosk="0195d000-0000-7000-8000-000000000002")))
    open_service(screen, shop)
    screen.tap("unpair")
    screen.until(lambda: screen.shows("unpair-now"))
    screen.tap("unpair-now")
    screen.until(lambda: "Head office could not be told" in scene(screen).parting.note)
    assert shop.ask(lambda s: s.pairing()) is None
