"""The score: saved at the tap, changed for a moment, and touched in every way that hands find."""

from dataclasses import replace

import pytest
from kivy.core.window import Window

from kiosk.storage.outbox import State
from kiosk.ui.idle import Soon
from kiosk.ui.theme import look
from tests.kiosk.ui.conftest import Shop
from tests.support.setting import set_up
from tests.support.window import Screen, window

CHANGE = "You can still tap another number."


def scores(shop: Shop) -> list[int]:
    return [kept.response.score for kept in shop.kept()]


def chosen(screen: Screen) -> list[int]:
    return [score for score in range(11) if screen.find(f"score-{score}").chosen]


def asks_why(screen: Screen) -> bool:
    return screen.shows("next")


def bar(screen: Screen) -> Soon:
    idle = screen.app._idle
    assert idle
    return idle.soon


def test_a_tap_is_on_the_disk_at_once_and_shows(screen: Screen, shop: Shop) -> None:
    screen.touch("score-0")
    [kept] = shop.kept()
    assert (kept.response.score, kept.state) == (0, State.OPEN)
    assert chosen(screen) == [0]
    assert CHANGE in screen.texts()
    assert not asks_why(screen)


def test_the_next_screen_comes_after_two_seconds_and_a_bar_says_so(screen: Screen) -> None:
    screen.touch("score-4")
    screen.wait(1)
    assert bar(screen).opacity == 1
    assert 0.4 < bar(screen).part < 0.7
    screen.wait(0.8)
    assert not asks_why(screen)
    screen.wait(0.3)
    assert asks_why(screen)


def test_the_bar_does_not_move_where_nothing_is_to_move(screen: Screen) -> None:
    look.still = True
    try:
        screen.touch("score-4")
        assert bar(screen).opacity == 0
        assert CHANGE in screen.texts()
    finally:
        look.still = False


def test_another_tap_corrects_the_same_answer_and_gives_two_seconds_more(screen: Screen, shop: Shop) -> None:
    screen.touch("score-4")
    [first] = shop.kept()
    screen.wait(1.3)
    screen.touch("score-5")
    screen.wait(1.6)
    assert not asks_why(screen)
    screen.wait(0.5)
    assert asks_why(screen)
    [kept] = shop.kept()
    assert kept.response == replace(first.response, score=5)


def test_the_chosen_score_tapped_again_goes_on_at_once(screen: Screen, shop: Shop) -> None:
    screen.touch("score-10", "score-10")
    assert asks_why(screen)
    assert scores(shop) == [10]


def test_who_comes_back_sees_the_score_and_may_change_it(screen: Screen, shop: Shop) -> None:
    screen.touch("score-2", "score-2", "back")
    screen.wait(3)
    assert chosen(screen) == [2]
    screen.touch("score-9")
    assert chosen(screen) == [9]
    screen.wait(2)
    assert asks_why(screen)
    assert scores(shop) == [9]


def test_the_next_screen_hides_the_score_from_onlookers(screen: Screen) -> None:
    screen.touch("score-7", "score-7")
    assert not screen.shows("score-7")
    assert not any("7" in text for text in screen.texts())


def test_a_head_office_may_give_more_time(shop: Shop) -> None:
    set_up(shop, times={"change": 6})
    with window(shop.screen, shop) as screen:
        screen.touch("score-4")
        screen.wait(5.5)
        assert not asks_why(screen)
        screen.wait(0.6)
        assert asks_why(screen)


def test_a_double_tap_is_one_answer_which_can_still_be_changed(screen: Screen, shop: Shop) -> None:
    score = screen.find("score-8")
    screen.wait(0.4)
    # The mouse and the touch screen may both report the same finger, and two fingers may tap twice.
    for _ in range(2):
        screen.hands.tap(score)
        screen.hands.tap(score)
        screen.frames(2)
    assert scores(shop) == [8]
    assert chosen(screen) == [8]
    screen.wait(2)
    assert asks_why(screen)
    assert not any(chip.chosen for chip in screen.find("reason-staff").parent.children)


def test_a_tap_on_another_score_right_after_is_part_of_the_same_movement(screen: Screen, shop: Shop) -> None:
    screen.touch("score-8")
    screen.hands.tap(screen.find("score-7"))
    screen.frames()
    assert scores(shop) == [8]


@pytest.mark.parametrize("first_up", [0, 1])
def test_of_two_fingers_the_first_one_counts(screen: Screen, shop: Shop, first_up: int) -> None:
    fingers = screen.put("score-1", "score-10")
    screen.lift(fingers.pop(first_up))
    screen.lift(fingers.pop())
    screen.wait(0.5)
    assert scores(shop) == [1]


def test_two_fingers_on_a_score_and_a_language_are_the_first_of_them(screen: Screen, shop: Shop) -> None:
    for finger in screen.put("language-it", "score-10"):
        screen.lift(finger)
    assert scores(shop) == []
    assert any("consiglierebbe" in text for text in screen.texts())


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 0, 3, 2)])
def test_a_palm_is_no_answer_and_the_next_finger_is(
    screen: Screen, shop: Shop, order: tuple[int, ...]
) -> None:
    fingers = screen.put("score-4", "score-5", "score-6", "language-fr")
    for place in order:
        screen.lift(fingers[place])
    assert scores(shop) == []
    assert any("How likely" in text for text in screen.texts())
    screen.touch("score-6")
    assert scores(shop) == [6]


def test_a_palm_changes_no_score(screen: Screen, shop: Shop) -> None:
    screen.touch("score-3")
    for finger in screen.put("score-8", "score-9", "score-10"):
        screen.lift(finger)
    screen.wait(2.1)
    assert scores(shop) == [3]
    assert asks_why(screen)


def test_a_finger_that_is_down_while_the_screen_changes_does_nothing_on_either(
    screen: Screen, shop: Shop
) -> None:
    screen.touch("score-3")
    finger = screen.hold("score-9", 2.5)
    assert asks_why(screen)
    screen.lift(finger)
    assert scores(shop) == [3]
    assert asks_why(screen)
    assert not any(chip.chosen for chip in screen.find("reason-staff").parent.children)
    screen.touch("back", "score-9")
    assert scores(shop) == [9]


def test_another_language_in_the_middle_keeps_the_score_and_gives_two_seconds_more(
    screen: Screen, shop: Shop
) -> None:
    screen.touch("score-3")
    screen.wait(1)
    screen.touch("language-it")
    screen.wait(1.5)
    assert chosen(screen) == [3]
    assert "Può ancora toccare un altro numero." in screen.texts()
    screen.wait(0.6)
    assert "Qual è il motivo principale del Suo punteggio?" in screen.texts()
    [kept] = shop.kept()
    assert (kept.response.score, kept.response.language) == (3, "it")


def test_who_walks_away_in_the_middle_has_answered(screen: Screen, shop: Shop) -> None:
    screen.touch("score-6")
    screen.wait(2 + 40 + 20 + 8 + 2)
    screen.until(shop.ended)
    assert scores(shop) == [6]
    assert chosen(screen) == []


def test_a_screen_that_is_turned_in_the_middle_keeps_the_choice(screen: Screen, shop: Shop) -> None:
    screen.touch("score-6")
    Window.size = (800, 1280)
    screen.frames(20)
    assert chosen(screen) == [6]
    screen.touch("score-7")
    screen.wait(2)
    assert asks_why(screen)
    assert scores(shop) == [7]
