"""Pairing in the window: the code on the screen, what goes wrong in words, and where the tablet stands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from common.wire import PAIRING_KEY_PATH, PAIRING_PATH
from kiosk.config import Config
from kiosk.storage.pin import PinOutcome, set_pin
from kiosk.ui.pairing import LONGEST_LINK
from tests.kiosk.ui.conftest import NOBODY, PIN, Shop
from tests.support import window
from tests.support.kiosk import a_pairing
from tests.support.misbehaving_hub import Call, MisbehavingHub, problem, replies
from tests.support.window import Screen

PAGE = "https://hub.example.org/fleet/pair"
OFFER = {
    "device_code": "secret",
    "user_code": "BCDF-GHJK",
    "verification_uri": PAGE,
    "verification_uri_complete": f"{PAGE}?code=BCDF-GHJK",
    "expires_in": 900,
    "interval": 0.1,
}
PENDING = problem(400, "authorization_pending")


@pytest.fixture
def hub(running: MisbehavingHub) -> MisbehavingHub:
    """Return a hub that hands out codes, which nobody has typed yet."""
    running.answers = {PAIRING_PATH: lambda call: call.send_json(OFFER), PAIRING_KEY_PATH: PENDING}
    running.calls.clear()
    return running


@pytest.fixture
def shop(hub: MisbehavingHub, tmp_path: Path) -> Iterator[Shop]:
    """Return the backstage of a tablet that nobody has set up."""
    shop = Shop(Config(data=tmp_path / "new", hub=hub.address), b"")
    yield shop
    shop.stop()


@pytest.fixture
def screen(shop: Shop) -> Iterator[Screen]:
    """Return its window."""
    with window.window(shop.screen, shop, drawn=False) as screen:
        yield screen


def page(screen: Screen) -> Any:
    """Return the page of pairing, as soon as it is there."""
    screen.until(lambda: type(screen.app.stage.view.scene).__name__ == "PairPage")
    return screen.app.stage.view.scene


def code(screen: Screen) -> Any:
    """Return the page with the code."""
    page(screen)
    screen.until(lambda: screen.app.stage.view.scene.code)
    return page(screen)


def failed(screen: Screen) -> Any:
    """Return the page that offers to begin again."""
    page(screen)
    screen.until(lambda: screen.app.stage.view.scene.go)
    return page(screen)


def typed(hub: MisbehavingHub) -> None:
    """Let somebody type the code at the hub."""
    paired = {**a_pairing().to_document()}
    hub.answers[PAIRING_KEY_PATH] = lambda call: call.send_json(paired)


def test_a_new_tablet_shows_its_code_and_then_where_it_stands(
    screen: Screen, shop: Shop, hub: MisbehavingHub
) -> None:
    shown = code(screen)
    assert (shown.code, shown.link) == ("BCDF-GHJK", OFFER["verification_uri_complete"])
    assert "open hub.example.org/fleet/pair and sign in" in shown.sentence
    assert shown.below == "The code is good for 15 minutes."
    typed(hub)
    screen.until(lambda: not screen.app.stage.view.scene.code)
    shown = page(screen)
    assert shown.sentence == "It stands here: Roma Centro, checkout."
    pin = next(word.strip(".") for word in shown.below.split() if word.strip(".").isdecimal())
    assert shop.try_pin(pin).result(10).outcome is PinOutcome.OPEN
    screen.wait(600)
    assert page(screen).below == shown.below, "nobody may have read the PIN yet"
    screen.tap("done")
    screen.until(lambda: screen.shows("score-0"))
    screen.until(lambda: "Roma Centro" in screen.texts())
    assert shop.screen.paired


def test_the_minutes_pass_and_then_another_code_is_offered(screen: Screen, hub: MisbehavingHub) -> None:
    code(screen)
    screen.wait(600)
    hub.answers[PAIRING_KEY_PATH] = problem(400, "expired_token")
    shown = failed(screen)
    assert (shown.headline, shown.sentence) == ("This code is void", "Nobody has typed it in time.")
    hub.answers[PAIRING_PATH] = lambda call: call.send_json(OFFER | {"user_code": "KJHG-FDCB"})
    hub.answers[PAIRING_KEY_PATH] = PENDING
    screen.tap("again")
    assert code(screen).code == "KJHG-FDCB"


def test_the_page_stays_while_a_code_is_good(screen: Screen, hub: MisbehavingHub) -> None:
    code(screen)
    for _ in range(10):
        screen.wait(60)
    assert page(screen).code
    hub.answers[PAIRING_KEY_PATH] = problem(400, "access_denied")
    assert failed(screen).sentence == "Wrong codes were typed too often."
    screen.wait(130)
    screen.until(lambda: screen.shows("score-0"))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (replies(200), "Something else answered in head office’s place"),
        (replies(404), "Something else answered in head office’s place"),
        (problem(503, "busy"), "Head office is busy"),
        (
            problem(429, "too_many_pairings"),
            "Too many tablets are being paired at the moment. Please try again in a",
        ),
        (lambda call: call.send_json({**OFFER, "user_code": None, "expires_in": "soon"}), "Something else"),
    ],
)
def test_what_goes_wrong_is_said_in_words(
    screen: Screen, hub: MisbehavingHub, answer: Any, words: str
) -> None:
    code(screen)
    hub.answers[PAIRING_KEY_PATH] = problem(400, "expired_token")
    failed(screen)
    hub.answers[PAIRING_PATH] = answer
    screen.tap("again")
    shown = failed(screen)
    assert shown.headline == "There is no code just now"
    assert shown.sentence.startswith(words)
    assert shown.go == "Try again"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (NOBODY, "Head office cannot be reached just now. Is there a network?"),
        (
            "http://hub.example.org",
            "The address of head office that is set on this tablet cannot be used",
        ),
    ],
)
def test_a_hub_that_cannot_be_called_is_said(tmp_path: Path, address: str, words: str) -> None:
    shop = Shop(Config(data=tmp_path / "new", hub=address), b"")
    with window.window(shop.screen, shop, drawn=False) as screen:
        assert failed(screen).sentence.startswith(words)
        screen.tap("back")
        screen.until(lambda: screen.shows("score-0"))
        screen.app._open_desk()
        assert failed(screen).sentence.startswith(words), "there is no PIN yet that could be asked for"
    shop.stop()


def test_a_hub_from_before_there_were_links_gets_its_page_into_the_picture(
    screen: Screen, hub: MisbehavingHub
) -> None:
    code(screen)
    hub.answers[PAIRING_KEY_PATH] = problem(400, "expired_token")
    failed(screen)
    offers = [{**OFFER, "verification_uri_complete": ""}, OFFER | {"verification_uri_complete": PAGE * 9}]
    assert len(PAGE * 9) > LONGEST_LINK

    def old(call: Call) -> None:
        call.send_json(offers.pop(0))

    hub.answers[PAIRING_PATH], hub.answers[PAIRING_KEY_PATH] = old, PENDING
    screen.tap("again")
    assert code(screen).link == PAGE
    hub.answers[PAIRING_KEY_PATH] = problem(400, "expired_token")
    failed(screen)
    hub.answers[PAIRING_KEY_PATH] = PENDING
    screen.tap("again")
    assert code(screen).link == "", "no picture has room for it"


def test_a_tablet_with_a_pin_is_paired_from_the_managers_page(shop: Shop, hub: MisbehavingHub) -> None:
    shop.ask(lambda s: set_pin(s.settings, PIN))
    with window.window(shop.screen, shop, drawn=False) as screen:
        screen.until(lambda: screen.app.ready)
        screen.app._open_desk()
        screen.until(lambda: screen.shows("pin-1"))
        screen.enter(PIN)
        screen.until(lambda: screen.shows("tab-tablet"))
        screen.tap("tab-tablet")
        assert screen.find("sync").text == "Pair with head office"
        screen.tap("sync")
        assert code(screen).back == "Back"
        screen.tap("back")
        screen.until(lambda: screen.shows("sync"))
        hub.calls.clear()
        screen.wait(2)
        assert not [path for path, _ in hub.calls if path == PAIRING_KEY_PATH], "nobody waits any more"
        screen.tap("sync")
        code(screen)
        typed(hub)
        screen.until(lambda: not screen.app.stage.view.scene.code)
        assert page(screen).below == "", "they know the PIN"
        screen.tap("done")
        screen.until(lambda: screen.shows("sync"))
        assert screen.find("sync").text == "Try now"


def test_a_tablet_without_a_hubs_address_asks_customers_as_ever(unpaired: Shop) -> None:
    with window.window(unpaired.screen, unpaired, drawn=False) as screen:
        screen.until(lambda: screen.app.ready)
        screen.frames(20)
        assert screen.shows("score-0")
        screen.app._open_desk()
        screen.until(lambda: screen.shows("pin-1"))
