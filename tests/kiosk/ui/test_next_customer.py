"""What one customer leaves is nowhere for the next, and what was given is kept when somebody walks away."""

import pytest
from kivy.uix.textinput import TextInput

from kiosk.storage.outbox import State
from tests.kiosk.ui.conftest import Shop
from tests.support.window import Screen, middle, window

ENTER = 13


def written(screen: Screen) -> list[str]:
    """Return what stands in any field of any screen, shown or not."""
    views = screen.app._views.values()
    return [w.text for view in views for w in view.walk() if isinstance(w, TextInput) and w.text]


def test_two_customers_who_do_the_same_write_two_comments(screen: Screen, shop: Shop) -> None:
    for _ in range(2):
        screen.tap("score-3", "comment")
        screen.write("Same.")
        screen.tap("next", "email")
        screen.write("a@example.org")
        screen.tap("decline", "thanks")
        assert written(screen) == []
    screen.until(shop.ended)
    assert [kept.response.comment for kept in shop.kept()] == ["Same.", "Same."]


def test_everything_is_as_for_the_first_customer(screen: Screen) -> None:
    screen.tap("language-fr", "score-3", "reason-price", "comment")
    screen.write("Bonjour !")
    screen.tap("key-⇧", "key-⇧", "key-?123", "next", "email")
    screen.write("a")
    screen.tap("consent", "decline", "thanks")
    assert any("How likely" in text for text in screen.texts())
    assert not any(screen.find(f"score-{score}").chosen for score in range(11))
    screen.tap("score-4")
    assert not any(chip.chosen for chip in screen.find("reason-price").parent.children)
    assert screen.find("next").text == "Skip"
    screen.tap("comment")
    assert screen.app.stage.keyboard.shift == "once"
    assert screen.shows("key-q")
    screen.tap("next")
    assert not screen.find("consent").chosen


def test_thanks_end_by_themselves_or_at_a_touch(screen: Screen) -> None:
    screen.tap("score-4", "next", "decline")
    screen.wait(7)
    assert screen.shows("thanks")
    screen.wait(2)
    assert screen.shows("score-0")
    screen.tap("score-4", "next", "decline", "thanks")
    assert screen.shows("score-0")


@pytest.mark.parametrize("name", ["decline", "send"])
def test_a_slow_double_tap_does_not_end_the_thanks_unseen(screen: Screen, name: str) -> None:
    screen.tap("score-4", "next", "email")
    screen.find("email").type("anna@example.org")
    screen.tap("consent")
    at = middle(screen.find(name))
    screen.touch(name)
    for _ in range(2):
        screen.wait(0.4)
        screen.hands.lift(screen.hands.put(*at))
        screen.press(ENTER)
        assert screen.shows("thanks")
    screen.wait(0.3)
    screen.hands.lift(screen.hands.put(*at))
    screen.frames()
    assert screen.shows("score-0")


def test_a_touch_on_thanks_gives_no_score_below_it(screen: Screen, shop: Shop) -> None:
    screen.tap("score-4", "next", "decline", "thanks")
    assert len(shop.kept()) == 1


def test_still_there_keeps_the_score_and_what_was_put_down(screen: Screen, shop: Shop) -> None:
    screen.tap("score-2", "reason-staff", "comment")
    screen.write("Half")
    screen.wait(41)
    assert "Still there?" in screen.texts()
    assert any("closes in 20" in text or "closes in 19" in text for text in screen.texts())
    screen.wait(21)
    assert "Thank you for telling us" in screen.texts()
    screen.until(shop.ended)
    screen.wait(8)
    assert screen.shows("score-0")
    [kept] = shop.kept()
    assert (kept.response.score, kept.response.reasons, kept.response.comment) == (2, ("staff",), "Half")


def test_still_there_never_keeps_contact_details_in_the_making(screen: Screen, shop: Shop) -> None:
    screen.tap("score-2", "next", "email")
    screen.write("ann@example.org")
    screen.tap("consent")
    screen.wait(62)
    assert screen.app.stage.view.scene.promise == ""
    assert "Thank you for telling us" in screen.texts()
    screen.until(shop.ended)
    [kept] = shop.kept()
    assert kept.response.contact is None
    assert written(screen) == []


def test_still_there_can_be_answered_ten_times_and_then_thanks(screen: Screen, shop: Shop) -> None:
    screen.tap("score-2")
    screen.wait(3)
    screen.tap("comment")
    screen.write("So")
    for _ in range(10):
        screen.wait(50)
        screen.tap("still-here")
    screen.wait(1)
    screen.write(" slow")
    assert [kept.state for kept in shop.kept()] == [State.OPEN]
    screen.wait(41)
    assert not screen.shows("still-here")
    assert "Thank you for telling us" in screen.texts()
    screen.until(shop.ended)
    [kept] = shop.kept()
    assert (kept.response.comment, kept.state) == ("So slow", State.WAITING)
    screen.wait(9)
    assert screen.shows("score-0")


def test_how_often_still_there_can_be_answered_is_a_setting(shop: Shop) -> None:
    (shop.config.data / "settings.json").write_text('{"times": {"extensions": 11}}')
    shop.snapshot().result(10)
    with window(shop.screen, shop) as screen:
        screen.tap("score-2")
        screen.wait(3)
        for _ in range(11):
            screen.wait(41)
            screen.tap("still-here")
        screen.wait(41)
        assert "Thank you for telling us" in screen.texts()


def test_each_customer_has_all_extensions(screen: Screen) -> None:
    for _ in range(2):
        screen.tap("score-2")
        screen.wait(3)
        for _ in range(10):
            screen.wait(41)
            screen.tap("still-here")
        screen.tap("next", "decline", "thanks")


def test_while_it_asks_nothing_else_can_be_touched(screen: Screen) -> None:
    screen.tap("score-2")
    screen.wait(41)
    screen.tap("next", "reason-staff")
    assert screen.shows("still-here")
    assert not screen.find("reason-staff").chosen


def test_every_touch_starts_the_time_again(screen: Screen) -> None:
    screen.tap("score-2")
    for _ in range(4):
        screen.wait(30)
        screen.tap("reason-staff")
    assert not screen.shows("still-here")


def test_a_language_that_nobody_uses_goes_back_by_itself(screen: Screen) -> None:
    screen.tap("language-es")
    assert any("recomiende" in text for text in screen.texts())
    screen.wait(41)
    assert "¿Sigue ahí?" in screen.texts()
    assert not any("guardada" in text for text in screen.texts())
    screen.tap("still-here")
    assert any("recomiende" in text for text in screen.texts())
    screen.wait(41 + 21)
    assert any("How likely" in text for text in screen.texts())


def test_a_question_that_nobody_has_changed_asks_nothing(screen: Screen) -> None:
    screen.hands.lift(screen.hands.put(5, 5))
    for _ in range(70):
        screen.wait(1)
        assert not screen.shows("still-here")
        assert screen.shows("score-0")


def test_before_a_score_still_there_can_be_answered_ten_times(screen: Screen) -> None:
    screen.tap("language-es")
    for _ in range(10):
        screen.wait(41)
        screen.tap("still-here")
    screen.wait(41)
    assert any("How likely" in text for text in screen.texts())


def test_who_went_back_to_the_question_is_asked_too(screen: Screen, shop: Shop) -> None:
    screen.tap("score-2", "back")
    screen.wait(41)
    assert screen.shows("still-here")
    screen.wait(21)
    screen.until(shop.ended)
    screen.wait(8)
    assert not screen.find("score-2").chosen


@pytest.mark.parametrize("step", ["score-5", "next", "decline"])
def test_a_kiosk_that_is_killed_at_any_step_has_the_score(screen: Screen, shop: Shop, step: str) -> None:
    for name in ("score-5", "next", "decline"):
        screen.tap(name)
        if name == step:
            break
    assert [kept.response.score for kept in shop.kept()] == [5]
