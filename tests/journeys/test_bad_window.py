"""Bad days in front of the window: real touches, a real backstage and hub, and what stands on the screen."""

import pytest

import kiosk.words
from common import words
from tests.support.conservation import Books, books
from tests.support.disks import failing_disk
from tests.support.front import in_front_of, is_thanked
from tests.support.stand import Stand
from tests.support.window import Screen, middle

CLOSED = words.text("en", "kiosk.cannot_save")


def answer(screen: Screen, score: int) -> None:
    """Answer as a customer who has nothing to add."""
    screen.tap(f"score-{score}", "next", "decline")
    screen.until(lambda: is_thanked(screen))
    screen.tap("thanks")


@pytest.mark.bad_day("B31")
def test_a_window_that_cannot_keep_an_answer_takes_no_more_and_keeps_it_later(any_stand: Stand) -> None:
    with in_front_of(any_stand) as screen:
        answer(screen, 9)
        with failing_disk():
            screen.touch("score-0")
            screen.until(lambda: CLOSED in screen.texts())
            assert not screen.shows("score-0")
            screen.wait(10)
            screen.until(lambda: CLOSED in screen.texts())
        screen.wait(10)
        screen.until(lambda: screen.shows("score-0"))
        answer(screen, 10)
    any_stand.synced()
    assert books(any_stand) == Books(given=3, received=3)


@pytest.mark.bad_day("B32")
def test_five_wrong_pins_lock_the_manager_out_and_not_the_customers(any_stand: Stand) -> None:
    assert any_stand.run("pin", "246802").returncode == 0
    with in_front_of(any_stand) as screen:
        open_desk(screen)
        for left in (4, 3, 2, 1):
            screen.enter("13579")
            screen.until(lambda: kiosk.words.text("en", "pin.wrong", tries=left) in screen.texts())  # noqa: B023
        screen.enter("13579")
        screen.until(lambda: locked(screen))
    with in_front_of(any_stand) as screen:
        open_desk(screen)
        screen.enter("246802")
        screen.until(lambda: locked(screen))
        screen.tap("back")
        answer(screen, 0)
    any_stand.synced()
    assert books(any_stand) == Books(given=1, received=1)


def open_desk(screen: Screen) -> None:
    """Press the corner that only managers know."""
    screen.wait(0.4)
    finger = screen.hands.put(*middle(screen.app.stage.ids.corner))
    screen.wait(3.5)
    screen.lift(finger)


def locked(screen: Screen) -> bool:
    """Say whether the pad says that it takes no PIN for about five minutes."""
    sentences = {kiosk.words.text("en", "pin.locked", time=f"4:{second:02}") for second in range(60)}
    return not sentences.isdisjoint(screen.texts())
