"""The manager's pages in every language at every size: nothing cut or covered, all of it large enough."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk import words
from kiosk.rescue import Carried, Rescue
from kiosk.storage.pin import Door, set_pin
from kiosk.sync import Trouble
from kiosk.ui import standing
from kiosk.ui.office import Office
from tests.kiosk.ui.conftest import Shop
from tests.kiosk.ui.test_look import SIZES, give_many, page, snapshot
from tests.support.legibility import faults, small_targets
from tests.support.window import Screen, window

SERVICE = "13579"


def office(screen: Screen) -> Office:
    found = screen.app.desk.office
    assert found
    return found


def pages(screen: Screen) -> Iterator[str]:
    """Go through the pages behind the PIN; yield the name of each when it is there."""
    page(screen)
    yield "today"
    screen.tap("tab-trend")
    yield "trend by days"
    screen.tap("steps-weeks")
    yield "trend by weeks"
    screen.tap("tab-tablet")
    yield "tablet"
    screen.tap("service")
    yield "the second PIN"
    screen.tap(*(f"pin-{digit}" for digit in SERVICE), "pin-OK")
    screen.until(lambda: screen.shows("leave"))
    yield "service"
    screen.tap("leave")
    yield "the way out"
    screen.tap("stay", "back", "check")
    yield "height"
    screen.tap("yes")
    yield "light"
    screen.tap("no")
    yield "touch"
    screen.tap("no")
    screen.until(lambda: screen.app.stage.view.scene.kind == "result")
    yield "result"
    screen.tap("yes")
    screen.until(lambda: screen.shows("rescue"))
    yield "tablet after the check"


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_page(shop: Shop, size: tuple[int, int], language: str) -> None:
    shop.ask(lambda s: set_pin(s.settings, SERVICE, Door.SERVICE))
    shop.ask(lambda storage: give_many(storage, shop.now()))
    shop.ask(lambda storage: storage.outbox.finish_all())
    with window(snapshot(shop, language), shop, size, drawn=False) as screen:
        for name in pages(screen):
            assert (name, faults(screen.app.stage), small_targets(screen.app.stage)) == (name, [], [])


@pytest.mark.parametrize(("size", "language"), list(zip(SIZES, words.LANGUAGES, strict=True)))
def test_every_page_of_a_tablet_without_answers(shop: Shop, size: tuple[int, int], language: str) -> None:
    shop.ask(lambda s: set_pin(s.settings, SERVICE, Door.SERVICE))
    with window(snapshot(shop, language), shop, size, drawn=False) as screen:
        for name in pages(screen):
            assert (name, faults(screen.app.stage), small_targets(screen.app.stage)) == (name, [], [])


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_sentence_on_the_tablets_page(shop: Shop, size: tuple[int, int], language: str) -> None:
    with window(snapshot(shop, language), shop, size, drawn=False) as screen:
        page(screen)
        screen.tap("tab-tablet")
        here = office(screen)
        seen = here.seen
        assert seen
        bad = replace(
            seen,
            totals=replace(seen.totals, given=123456, waiting=1234, quarantined=3, oldest_waiting=shop.now()),
            last_sync=shop.now() - timedelta(days=3),
            offset=-3 * 86_400_000,
            free_disk=1000,
        )
        for trouble in Trouble:
            here.show(replace(bad, last_error=trouble.value))
            screen.frames(4)
            assert (trouble, faults(screen.app.stage)) == (trouble, [])
        for outcome in Carried:
            rescue = Rescue(outcome, "KINGSTON", "cerchio-milano-20261122-190500.csv", 1234)
            here._told = standing.rescued(here._reader, rescue)
            here.show(bad)
            screen.frames(4)
            assert (outcome, faults(screen.app.stage)) == (outcome, [])
