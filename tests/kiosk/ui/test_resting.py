"""A kiosk that head office has stopped, or that was reported lost: real touches, a real hub."""

from dataclasses import replace

from kiosk.config import Config, load_snapshot
from kiosk.storage.pin import set_pin
from kiosk.ui.keeper import LOOK_EVERY
from tests.kiosk.ui.conftest import PIN, Shop
from tests.kiosk.ui.test_manager import open_page
from tests.kiosk.ui.test_settings_change import asks, give, hub, screen, shop, sync
from tests.support.misbehaving_hub import MisbehavingHub, problem
from tests.support.window import Screen

__all__ = ["hub", "screen", "shop"]  # fixtures

NOBODY = "This survey is not running at the moment."


def stop(hub: MisbehavingHub) -> None:
    hub.receipt = replace(hub.receipt, asking=False)


def test_w11_a_stopped_kiosk_asks_nobody_and_asks_again_when_it_may(
    screen: Screen, shop: Shop, hub: MisbehavingHub, config: Config
) -> None:
    stop(hub)
    sync(shop)
    screen.wait(LOOK_EVERY + 1)
    screen.until(lambda: asks(screen, NOBODY))
    assert not screen.shows("score-9")
    assert not load_snapshot(config.data).asking, "the next start shows it in its first frame"
    hub.receipt = replace(hub.receipt, asking=True)
    sync(shop)
    screen.wait(LOOK_EVERY + 1)
    screen.until(lambda: screen.shows("score-9"))


def test_w11_whoever_is_in_the_middle_of_a_visit_ends_it(
    screen: Screen, shop: Shop, hub: MisbehavingHub
) -> None:
    give(screen, 4)
    stop(hub)
    sync(shop)
    screen.tap("reason-price", "next", "decline")
    screen.wait(1.5)
    screen.tap("thanks")
    screen.until(lambda: asks(screen, NOBODY))
    screen.until(shop.ended)
    [kept] = shop.kept()
    assert (kept.response.score, kept.response.reasons) == (4, ("price",))
    sync(shop)
    assert hub.stored.keys() == {kept.response.id}


def test_w11_a_kiosk_that_was_reported_lost_asks_nobody_and_keeps_everything(
    screen: Screen, shop: Shop, hub: MisbehavingHub
) -> None:
    give(screen, 4)
    screen.tap("next", "decline")
    hub.weather.append(problem(403, "revoked_device"))
    assert shop.sync_now().result(30).trouble == "revoked_device"
    screen.wait(12)
    screen.until(lambda: asks(screen, NOBODY))
    assert len(shop.kept()) == 1
    sync(shop)
    screen.wait(LOOK_EVERY + 1)
    screen.until(lambda: screen.shows("score-9"))
    assert len(hub.stored) == 1


def test_the_manager_gets_in_and_reads_that_it_is_stopped(
    screen: Screen, shop: Shop, hub: MisbehavingHub
) -> None:
    shop.ask(lambda s: set_pin(s.settings, PIN))
    stop(hub)
    sync(shop)
    screen.wait(LOOK_EVERY + 1)
    screen.until(lambda: asks(screen, NOBODY))
    open_page(screen)
    assert asks(screen, "Head office has stopped this tablet")
