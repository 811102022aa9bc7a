"""Everything can be done on a hardware keyboard, and nothing that a customer must not do."""

from kivy.app import App
from kivy.base import EventLoop

from common import words
from kiosk.ui.theme import look
from tests.kiosk.ui.conftest import PIN, Shop
from tests.support.legibility import at_every_size, flaws
from tests.support.window import Screen, window

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
    scores = [f"score-{score}" for score in range(11)]
    expected = [*scores, *(f"language-{language}" for language in words.LANGUAGES), "access"]
    seen = []
    for _ in expected:
        screen.press(TAB)
        seen.append(ringed(screen))
    assert seen == expected
    screen.press(TAB)
    assert ringed(screen) == "score-0"
    screen.press(TAB, modifiers=("shift",))
    screen.press(LEFT)
    assert ringed(screen) == expected[-2]


def go_to(screen: Screen, name: str) -> None:
    """Press Tab until the ring is on a widget; fail when it has been round once."""
    first = None
    while True:
        screen.press(TAB)
        here = ringed(screen)
        if here == name:
            return
        assert here != first, f"Tab does not come to {name}"
        first = first or here


def test_from_the_question_to_thanks_by_tab_and_enter(screen: Screen, shop: Shop) -> None:
    """What a person with a switch of two buttons does."""

    def push(*names: str) -> None:
        for name in names:
            go_to(screen, name)
            screen.press(ENTER)

    push("language-es", "language-en", "access", "access-large", "access-contrast", "access-done")
    assert ringed(screen) == "access"
    push("score-4")
    screen.wait(3)
    push("back", "score-5")
    screen.wait(3)
    push("reason-staff", "reason-price", "reason-staff", "next")
    screen.wait(41)
    push("still-here", "consent", "send", "decline")
    screen.until(shop.ended)
    [kept] = shop.kept()
    assert (kept.response.score, kept.response.reasons) == (5, ("price",))
    assert "Thank you for telling us" in screen.texts()
    screen.settle()
    screen.press(ENTER)
    assert screen.shows("score-0")
    assert look.scale == 1


def test_the_manager_by_tab_and_enter_once_the_pin_is_asked_for(screen: Screen) -> None:
    screen.press(M, modifiers=("ctrl",))
    for digit in PIN:
        go_to(screen, f"pin-{digit}")
        screen.press(ENTER)
    go_to(screen, "pin-OK")
    screen.press(ENTER)
    screen.until(lambda: screen.shows("sync"))
    go_to(screen, "sync")
    go_to(screen, "back")
    screen.press(ENTER)
    assert screen.shows("score-0")


def test_keys_write_nothing_below_what_is_laid_over(screen: Screen) -> None:
    screen.tap("score-2")
    screen.wait(3)
    screen.tap("comment")
    screen.write("So")
    screen.wait(41)
    type_on(screen, "xyz")
    screen.press(BACKSPACE)
    screen.press(ENTER)
    screen.press(TAB)
    assert screen.find("still-here").focused
    screen.press(ENTER)
    type_on(screen, " slow")
    assert screen.find("comment").text == "So slow"


def test_a_whole_visit_by_keys_alone(screen: Screen, shop: Shop) -> None:
    type_on(screen, "2")
    screen.press(ENTER)
    screen.wait(0.4)
    screen.press(ENTER)
    go_to(screen, "reason-staff")
    screen.press(SPACE, " ")
    go_to(screen, "comment")
    type_on(screen, "Not good!")
    screen.press(BACKSPACE)
    screen.press(ENTER)
    type_on(screen, "Sorry ñandú €")
    screen.press(TAB)
    assert ringed(screen) == "next"
    screen.press(ENTER)

    go_to(screen, "email")
    type_on(screen, "ann@example.org")
    screen.press(ENTER)
    assert ringed(screen) == "phone"
    for name in ("consent", "send"):
        go_to(screen, name)
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
    screen.settle()
    type_on(screen, f"{PIN}9")
    screen.press(BACKSPACE)
    screen.press(ENTER)
    screen.until(lambda: screen.shows("sync"))
    screen.press(ESCAPE)
    assert screen.shows("score-0")


def test_still_there_is_answered_by_enter(screen: Screen) -> None:
    screen.tap("score-2")
    screen.wait(44)
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


@at_every_size
def test_nothing_lies_over_another_when_tab_goes_from_the_address_to_the_phone(
    shop: Shop, size: tuple[int, int]
) -> None:
    with window(shop.asking_in("fr"), shop, size, drawn=False) as screen:
        screen.tap("score-3", "next", "email")
        type_on(screen, "anna@example")
        screen.press(TAB)
        screen.frames(20)
        assert ringed(screen) == "phone"
        assert flaws(screen.app.stage) == []
