"""The manager's pages in every language at every size: nothing cut or covered, all of it large enough."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from kiosk import words
from kiosk.rescue import Carried, Rescue
from kiosk.storage.pin import Door, set_pin
from kiosk.storage.store import Storage
from kiosk.sync import Trouble
from kiosk.ui import standing
from kiosk.ui.office import Office
from tests.kiosk.ui.conftest import PIN, Shop
from tests.support.answers import a_response
from tests.support.legibility import SIZES, at_every_size, flaws
from tests.support.tour import managers
from tests.support.window import Screen, window

SERVICE = "13579"


def office(screen: Screen) -> Office:
    found = screen.app.desk.office
    assert found
    return found


def give_many(storage: Storage, now: datetime) -> None:
    """Give answers of every score over the last two weeks, with much to read and some that do not count."""
    with storage.together():
        for number in range(1, 700):
            response = a_response(
                number,
                score=number % 11,
                given_at=now - timedelta(hours=number / 2),
                comment="long " * 90,
                reasons=("waiting", "choice", "cleanliness"),
                flags=("burst",) if number % 9 == 0 else (),
            )
            storage.outbox.save(response)
        storage.outbox.finish_all()


@at_every_size
def test_every_page(shop: Shop, size: tuple[int, int]) -> None:
    shop.ask(lambda s: set_pin(s.settings, SERVICE, Door.SERVICE))
    shop.ask(lambda storage: give_many(storage, shop.now()))
    with window(shop.asking_in("en"), shop, size, drawn=False) as screen:
        for language in words.LANGUAGES:
            screen.tap(f"language-{language}")
            for name in managers(screen, PIN, SERVICE):
                assert (language, name, flaws(screen.app.stage)) == (language, name, [])


@pytest.mark.parametrize(("size", "language"), list(zip(SIZES, words.LANGUAGES, strict=True)))
def test_every_page_of_a_tablet_without_answers(shop: Shop, size: tuple[int, int], language: str) -> None:
    shop.ask(lambda s: set_pin(s.settings, SERVICE, Door.SERVICE))
    with window(shop.asking_in(language), shop, size, drawn=False) as screen:
        for name in managers(screen, PIN, SERVICE):
            assert (name, flaws(screen.app.stage)) == (name, [])


@pytest.mark.parametrize("language", words.LANGUAGES)
@at_every_size
def test_what_a_wrong_pin_is_told(shop: Shop, size: tuple[int, int], language: str) -> None:
    with window(shop.asking_in(language), shop, size, drawn=False) as screen:
        screen.app._open_desk()
        screen.frames(4)
        for left in (4, 3, 2, 1, 0):
            screen.enter("1")
            screen.until(lambda: not office(screen).asking)
            assert (left, flaws(screen.app.stage)) == (left, [])


@at_every_size
def test_every_sentence_about_the_tablet(shop: Shop, size: tuple[int, int]) -> None:
    with window(shop.asking_in("en"), shop, size, drawn=False) as screen:
        for language in words.LANGUAGES:
            screen.tap(f"language-{language}")
            screen.app._open_desk()
            screen.frames(4)
            screen.enter(PIN)
            screen.until(lambda: screen.shows("sync"))
            for tab in ("today", "tablet"):
                screen.tap(f"tab-{tab}")
                for said in told(office(screen), shop.now()):
                    screen.frames(4)
                    assert (language, tab, said, flaws(screen.app.stage)) == (language, tab, said, [])
            screen.app.desk.close()


def told(here: Office, now: datetime) -> Iterator[str]:
    """Let everything go wrong that is told on the open page; yield the name of each."""
    seen = here.seen
    assert seen
    bad = replace(
        seen,
        totals=replace(seen.totals, given=123456, waiting=1234, quarantined=3, oldest_waiting=now),
        last_sync=now - timedelta(days=3),
        offset=-3 * 86_400_000,
        free_disk=1000,
    )
    for trouble in Trouble:
        here.show(replace(bad, last_error=trouble.value))
        yield trouble.value
    file = "cerchio-milano-20261122-190500.csv"
    words = Rescue(Carried.WRITTEN, "KINGSTON", file.replace("csv", "cerchio"), words=1234)
    for rescue in (*(Rescue(outcome, "KINGSTON", file, 1234) for outcome in Carried), words):
        here._told = standing.rescued(here._reader, rescue)
        here.show(bad)
        yield f"{rescue.outcome.name} {rescue.words}"
