"""A new survey and new settings wait for the next customer: real touches, a real database, a real hub."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from common.settings import Times
from common.surveys import standard_survey, to_document
from kiosk.config import Config
from kiosk.storage.pin import set_pin
from kiosk.ui.hands import middle
from kiosk.ui.keeper import LOOK_EVERY
from tests.kiosk.ui.conftest import PIN, Shop
from tests.kiosk.ui.test_manager import open_page
from tests.support.kiosk import Kiosk, a_pairing
from tests.support.misbehaving_hub import MisbehavingHub, misbehaving_hub
from tests.support.window import Screen, window

ASKED_NOW, ASKED_NEXT = "How likely is it that you would recommend", "Would you come again"


@pytest.fixture
def hub() -> Iterator[MisbehavingHub]:
    """Return a hub whose settings are of version 1."""
    with misbehaving_hub() as hub:
        publish(hub, standard_survey().version, {"version": 1, "languages": ["en", "it"]})
        yield hub


@pytest.fixture
def shop(config: Config, hub: MisbehavingHub) -> Iterator[Shop]:
    """Return the backstage of a kiosk that is paired with the hub."""
    kiosk = Kiosk(config)
    kiosk.ask(lambda s: s.pair(a_pairing(hub.address)))
    kiosk.close()
    shop = Shop(config, b"")
    yield shop
    shop.stop()


@pytest.fixture
def screen(shop: Shop) -> Iterator[Screen]:
    """Return the window of that kiosk after its first sync."""
    with window(shop.screen, shop) as screen:
        sync(shop)
        screen.app.walk.next_customer()
        screen.until(lambda: not screen.shows("language-fr"))
        yield screen


def publish(hub: MisbehavingHub, version: int, settings: Any) -> None:
    survey = to_document(standard_survey()) | {"version": version}
    if version != standard_survey().version:
        survey["wording"]["en"] |= {"question": f"{ASKED_NEXT} to {{store}}?"}
    hub.survey |= {"survey": survey, "settings": settings}
    hub.receipt = replace(hub.receipt, survey=version, settings=settings["version"])


def sync(shop: Shop) -> None:
    assert shop.sync_now().result(30).trouble is None


def asks(screen: Screen, question: str) -> bool:
    return any(question in text for text in screen.texts())


def give(screen: Screen, score: int) -> None:
    screen.tap(f"score-{score}")
    screen.wait(screen.app.walk.bystander[0].settings.times.change + 0.5)


def test_a_change_in_the_middle_of_a_visit_waits_for_the_next_customer(
    screen: Screen, shop: Shop, hub: MisbehavingHub
) -> None:
    give(screen, 3)
    screen.tap("reason-price")
    publish(hub, 9, {"version": 2, "languages": ["it", "en"], "times": {"idle": 10, "thanks": 2}})
    sync(shop)
    assert shop.screen.survey.version == 9, "the change is here"
    screen.wait(20)
    assert not screen.shows("still-here"), "the customer has the patience that they began with"
    screen.tap("next", "decline")
    screen.wait(4)
    assert screen.shows("thanks")
    screen.tap("thanks")
    screen.until(lambda: list(screen.app.stage.view.scene.languages) == ["it", "en"])
    screen.tap("language-en")
    assert asks(screen, ASKED_NEXT)
    give(screen, 9)
    screen.wait(12)
    assert screen.shows("still-here"), "the next one has the new patience"
    screen.tap("still-here", "next", "decline")
    screen.wait(3)
    screen.until(shop.ended)
    first, second = (kept.response for kept in shop.kept())
    assert (first.version, second.version) == (standard_survey().version, 9)


def test_a_change_while_a_score_can_still_be_changed_waits_too(
    screen: Screen, shop: Shop, hub: MisbehavingHub
) -> None:
    screen.tap("score-3")
    publish(hub, 9, {"version": 2, "languages": ["it"]})
    sync(shop)
    screen.wait(3)
    assert screen.shows("reason-price")
    screen.tap("next", "decline", "thanks")
    screen.until(shop.ended)
    [kept] = shop.kept()
    assert (kept.response.version, kept.response.language) == (standard_survey().version, "en")


def test_where_nobody_comes_by_a_change_shows_by_itself(
    screen: Screen, shop: Shop, hub: MisbehavingHub
) -> None:
    publish(hub, 9, {"version": 2, "languages": ["en"]})
    sync(shop)
    assert asks(screen, ASKED_NOW)
    screen.wait(LOOK_EVERY + 1)
    screen.until(lambda: asks(screen, ASKED_NEXT))


def test_a_broken_survey_and_broken_settings_change_nothing_on_the_screen(
    screen: Screen, shop: Shop, hub: MisbehavingHub
) -> None:
    publish(hub, 9, {"version": 2, "languages": ["fr"]})
    hub.survey["survey"] |= {"wording": {}}
    assert shop.sync_now().result(30).trouble == "broken_survey"
    for score in (0, 10):
        give(screen, score)
        screen.tap("next", "decline", "thanks")
        screen.wait(LOOK_EVERY + 1)
        assert asks(screen, ASKED_NOW)
    publish(hub, standard_survey().version, {"version": 2, "languages": "fr"})
    assert shop.sync_now().result(30).trouble == "broken_settings"
    screen.wait(LOOK_EVERY + 1)
    assert screen.shows("language-it")


def test_the_shops_own_file_holds_from_the_next_customer_on(screen: Screen, shop: Shop) -> None:
    give(screen, 3)
    (shop.config.data / "settings.json").write_text('{"languages": ["fr", "en"], "times": {"settle": 0.2}}')
    assert screen.app.stage.settle == Times().settle
    screen.tap("next", "decline", "thanks")
    screen.until(lambda: screen.app.stage.settle == 0.2)
    assert list(screen.app.stage.view.scene.languages) == ["fr", "en"]
    (shop.config.data / "settings.json").write_text('{"languages": ["de"')
    screen.wait(LOOK_EVERY + 1)
    screen.until(lambda: shop.overview().result(30).broken_settings)
    assert list(screen.app.stage.view.scene.languages) == ["fr", "en"]


def test_a_managers_times_are_settings_too(screen: Screen, shop: Shop) -> None:
    (shop.config.data / "settings.json").write_text('{"times": {"corner": 6, "desk": 30}}')
    screen.wait(LOOK_EVERY + 1)
    screen.until(lambda: screen.app.stage.hold == 6)
    corner = middle(screen.app.stage.ids.corner)
    for seconds, opens in ((4, False), (7, True)):
        screen.wait(1)
        finger = screen.hands.put(*corner)
        screen.wait(seconds)
        screen.lift(finger)
        assert screen.app.desk.is_open is opens
    screen.wait(25)
    assert screen.app.desk.is_open
    screen.wait(6)
    assert not screen.app.desk.is_open


def test_the_manager_reads_that_the_file_is_broken_and_no_english_reason(screen: Screen, shop: Shop) -> None:
    shop.ask(lambda s: set_pin(s.settings, PIN))
    (shop.config.data / "settings.json").write_text('{"langages": []}')
    screen.wait(LOOK_EVERY + 1)
    open_page(screen)
    assert any("settings.json" in text for text in screen.texts())
    assert not any("langages" in text for text in screen.texts())
