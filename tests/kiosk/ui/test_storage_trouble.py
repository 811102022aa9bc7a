"""While nothing can be kept, nothing is asked; what was given before is written when that works again."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from sqlite3 import OperationalError

import pytest

from kiosk.config import Config
from kiosk.storage.outbox import Kept, State
from kiosk.storage.store import Storage
from tests.kiosk.ui.conftest import Shop
from tests.support.answers import a_response
from tests.support.window import Screen, window

SORRY = "Sorry, we cannot take answers just now. Please tell a member of staff."


@pytest.fixture
def full(shop: Shop) -> Iterator[Callable[[bool], None]]:
    """Return a switch that fills the database to its last byte, and one that gives it room again."""

    def switch(on: bool) -> None:
        pages = 1 if on else 2**30
        shop.ask(lambda s: s._db.execute(f"PRAGMA max_page_count = {pages}").fetchall())
        if on:
            shop.ask(_use_up)

    yield switch
    switch(False)


def _use_up(storage: Storage) -> None:
    """Save answers, large ones first, until not even a small one finds room in the pages that there are."""
    numbers = count(1)
    for comment in ("long " * 500, ""):
        with suppress(OperationalError):
            while True:
                storage.outbox.save(a_response(next(numbers), touchpoint="filler", comment=comment))


def mine(shop: Shop) -> list[Kept]:
    """Return the answers of the test's own customers."""
    return [kept for kept in shop.kept() if kept.response.touchpoint != "filler"]


def test_a_full_disk_closes_the_question_and_an_emptied_one_opens_it(
    screen: Screen, shop: Shop, full: Callable[[bool], None]
) -> None:
    full(True)
    screen.touch("score-3")
    screen.until(lambda: screen.shows("closed"))
    assert SORRY in screen.texts()
    screen.wait(2)
    assert SORRY in screen.texts()

    full(False)
    screen.wait(3.5)
    screen.until(lambda: screen.shows("score-0"))
    screen.until(lambda: all(kept.state is State.WAITING for kept in mine(shop)))
    assert [kept.response.score for kept in mine(shop)] == [3]


def test_no_answer_is_taken_while_none_can_be_kept(
    screen: Screen, shop: Shop, full: Callable[[bool], None]
) -> None:
    score = screen.find("score-3")
    full(True)
    screen.touch("score-3")
    screen.until(lambda: screen.shows("closed"))
    screen.wait(1)
    screen.hands.tap(score)
    screen.press(51, "3")
    screen.press(13)
    assert mine(shop) == []
    assert not screen.shows("next")


def test_trouble_in_the_middle_keeps_what_was_put_down(
    screen: Screen, shop: Shop, full: Callable[[bool], None]
) -> None:
    screen.tap("language-it", "score-3", "reason-price", "comment")
    screen.write("Caro")
    full(True)
    screen.find("comment").type(" assai" * 600)
    screen.tap("next")
    screen.until(lambda: screen.shows("closed"))
    assert any("Ci dispiace" in text for text in screen.texts())
    full(False)
    screen.wait(3.5)
    screen.until(lambda: screen.shows("score-0"))
    screen.until(lambda: all(kept.state is State.WAITING for kept in mine(shop)))
    [kept] = mine(shop)
    assert kept.response.reasons == ("price",)
    assert kept.response.comment.startswith("Caro assai assai")
    assert any("How likely" in text for text in screen.texts())


def test_a_kiosk_that_starts_without_storage_asks_nothing(config: Config) -> None:
    config.data.mkdir(parents=True)
    config.database.mkdir()  # no file can be opened where a folder is
    shop = Shop(config, b"")
    with window(shop.screen, shop) as screen:
        screen.until(lambda: screen.shows("closed"))
        assert SORRY in screen.texts()
        config.database.rmdir()
        screen.wait(3.5)
        screen.until(lambda: screen.shows("score-0"))
        screen.tap("score-10", "next")
        screen.until(lambda: all(kept.state is State.WAITING for kept in mine(shop)))
        assert [kept.response.score for kept in mine(shop)] == [10]
    shop.stop()
