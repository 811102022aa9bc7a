"""Everything can be done on a hardware keyboard, and nothing that a customer must not do."""

from kivy.app import App
from kivy.base import EventLoop

from tests.kiosk.ui.conftest import PIN, Shop
from tests.support.window import Screen

TAB, ENTER, ESCAPE, BACKSPACE, F1, LEFT, SPACE, M = 9, 13, 27, 8, 282, 276, 32, 109


def type_on(screen: Screen, text: str) -> None:
    for character in text:
        screen.press(ord(character), character)


def ringed(screen: Screen) -> str:
    [name] = [w.name for w in screen.app.stage.walk(restrict=True) if getattr(w, "focused", False)]
    return str(name)


def test_a_digit_puts_the_ring_on_its_score_and_enter_taps_it(screen: Screen, shop: Shop) -> None:
    type_on(screen, "7")
    assert ringed(screen) == "score-7"
    assert shop.kept() == []
    screen.press(ENTER)
    assert [kept.response.score for kept in shop.kept()] == [7]


def test_one_and_zero_in_quick_succession_are_ten(screen: Screen, shop: Shop) -> None:
    type_on(screen, "10")
    assert ringed(screen) == "score-10"
    screen.wait(2)
    type_on(screen, "0")
    assert ringed(screen) == "score-0"
    screen.press(ENTER)
    assert [kept.response.score for kept in shop.kept()] == [0]


def test_tab_goes_through_everything_as_one_reads_and_round_again(screen: Screen) -> None:
    seen = []
    for _ in range(15):
        screen.press(TAB)
        seen.append(ringed(screen))
    scores = [f"score-{score}" for score in range(11)]
    assert seen == [*scores, "language-en", "language-it", "language-es", "language-fr"]
    screen.press(TAB)
    assert ringed(screen) == "score-0"
    screen.press(TAB, modifiers=("shift",))
    screen.press(LEFT)
    assert ringed(screen) == "language-es"


def test_a_whole_visit_by_keys_alone(screen: Screen, shop: Shop) -> None:
    type_on(screen, "2")
    screen.press(ENTER)
    for _ in range(2):
        screen.press(TAB)
    assert ringed(screen) == "reason-staff"
    screen.press(SPACE, " ")
    for _ in range(6):
        screen.press(TAB)
    assert ringed(screen) == "comment"
    type_on(screen, "Not good!")
    screen.press(BACKSPACE)
    screen.press(ENTER)
    type_on(screen, "Sorry ñandú €")
    screen.press(TAB)
    assert ringed(screen) == "next"
    screen.press(ENTER)

    for _ in range(2):
        screen.press(TAB)
    type_on(screen, "ann@example.org")
    screen.press(ENTER)
    assert ringed(screen) == "phone"
    screen.press(TAB)
    screen.press(ENTER)
    for _ in range(2):
        screen.press(TAB)
    screen.press(ENTER)
    screen.until(shop.ended)
    [kept] = shop.kept()
    assert kept.response.comment == "Not good\nSorry ñandú €"
    assert kept.response.reasons == ("staff",)
    assert kept.response.contact is not None


def test_a_touch_takes_the_ring_away(screen: Screen) -> None:
    screen.press(TAB)
    screen.tap("language-it")
    assert not any(getattr(widget, "focused", False) for widget in screen.app.stage.walk())


def test_escape_does_not_quit_and_f1_opens_no_settings(screen: Screen) -> None:
    for key in (ESCAPE, F1):
        screen.press(key)
        assert screen.shows("score-0")
    assert EventLoop.status == "started"
    assert not EventLoop.quit
    assert App.get_running_app() is screen.app
    assert screen.app._app_settings is None


def test_the_manager_comes_and_goes_by_keys(screen: Screen) -> None:
    screen.press(M, modifiers=("ctrl",))
    assert "Please enter the PIN" in screen.texts()
    type_on(screen, f"{PIN}9")
    screen.press(BACKSPACE)
    screen.press(ENTER)
    screen.until(lambda: screen.shows("sync"))
    screen.press(ESCAPE)
    assert screen.shows("score-0")


def test_still_there_is_answered_by_enter(screen: Screen) -> None:
    screen.tap("score-2")
    screen.wait(41)
    screen.press(TAB)
    assert ringed(screen) == "still-here"
    screen.press(ENTER)
    assert not screen.shows("still-here")


def test_keys_are_a_sign_of_life(screen: Screen) -> None:
    screen.tap("score-2")
    for _ in range(3):
        screen.wait(30)
        screen.press(TAB)
    assert not screen.shows("still-here")
