"""The next screen is ready before it is wanted: it comes within one frame, and holds nothing of anybody."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from kivy.core.window import Window
from kivy.uix.textinput import TextInput

from kiosk.ui import scenes
from kiosk.ui.ahead import SWEPT_EVERY
from kiosk.ui.question import View
from kiosk.ui.theme import LARGE
from kiosk.ui.widgets import Words
from tests.kiosk.ui.conftest import Shop
from tests.support.window import Screen, window


@pytest.fixture
def ready(shop: Shop) -> Iterator[Screen]:
    """Return the window of the paired kiosk, with everything made ahead as in a shop."""
    with window(shop.screen, shop, ahead=True) as screen:
        screen.until(lambda: screen.app.ready)
        yield screen


def view_of(screen: Screen, kind: type) -> View:
    """Return a view, whether it is on the screen or not."""
    view: View = screen.app._views[kind]
    return view


def words_of(view: View) -> list[Words]:
    return [widget for widget in view.walk(restrict=True) if isinstance(widget, Words) and widget.text]


def frames_drawn(screen: Screen, name: str) -> int:
    """Touch something; return how many frames are drawn."""
    drawn: list[object] = []
    screen.wait(0.4)
    screen.frames(30)
    screen.hands.tap(screen.find(name))
    Window.bind(on_flip=drawn.append)
    screen.frames(6)
    Window.unbind(on_flip=drawn.append)
    return len(drawn)


def test_every_screen_comes_within_one_frame(ready: Screen) -> None:
    for _ in range(2):
        ready.touch("language-it", "score-3")
        assert {name: frames_drawn(ready, name) for name in ("score-3", "next", "decline", "thanks")} == {
            "score-3": 1, "next": 1, "decline": 1, "thanks": 1,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "last", "kind"),
    [
        (("language-it", "score-3"), "score-3", scenes.Why),
        (("language-it", "score-3", "score-3"), "next", scenes.AskContact),
        (("language-it", "score-3", "score-3", "next"), "decline", scenes.Thanks),
        (("language-it", "score-3", "score-3", "next", "decline"), "thanks", scenes.Question),
    ],
)
def test_no_text_of_the_next_screen_is_left_to_draw(
    ready: Screen, before: tuple[str, ...], last: str, kind: type
) -> None:
    ready.touch(*before)
    ready.frames(60)
    texts = {words: (words.text, words.texture) for words in words_of(view_of(ready, kind))}
    assert texts
    ready.touch(last)
    assert isinstance(ready.app.stage.view.scene, kind)
    assert {words: (words.text, words.texture) for words in words_of(ready.app.stage.view)} == texts


def test_what_was_made_ready_holds_nothing_that_a_customer_wrote(ready: Screen) -> None:
    ready.tap("score-3", "next", "email")
    ready.write("a@example.org")
    ready.tap("back")
    ready.frames(60)
    fields = [w for view in ready.app._views.values() for w in view.walk() if isinstance(w, TextInput)]
    assert not any(field.text for field in fields)
    ready.tap("next")
    assert ready.find("email").text == "a@example.org"


def test_a_screen_out_of_sight_is_fitted_when_it_is_shown(screen: Screen) -> None:
    screen.tap("score-3", "back")
    button = next(words for words in words_of(view_of(screen, scenes.Why)) if words.text == "Skip")
    size, texture = button.font_size, button.texture
    screen.tap("access", "access-large", "access-done")
    assert (button.font_size, button.texture) == (size, texture)
    screen.tap("score-3")
    screen.wait(3)
    assert screen.find("next") is button
    assert button.font_size == pytest.approx(size * LARGE, rel=0.01)
    assert button.texture is not texture
    screen.app.walk.next_customer()


def test_a_screen_out_of_sight_is_fitted_while_nothing_else_is_to_do(ready: Screen) -> None:
    ready.tap("score-3", "back")
    button = next(words for words in words_of(view_of(ready, scenes.Why)) if words.text == "Skip")
    size = button.font_size
    ready.tap("access", "access-large", "access-done")
    ready.frames(60)
    assert not ready.shows("next")
    assert button.font_size == pytest.approx(size * LARGE, rel=0.01)
    ready.app.walk.next_customer()
    ready.frames(60)
    assert button.font_size == size


def test_what_nobody_uses_any_more_goes_by_the_windows_own_hand_and_at_its_own_time(ready: Screen) -> None:
    ready.frames(60)
    circle: list[object] = []
    circle.append(circle)
    gone = Gone()
    circle.append(gone)
    left = weakref.ref(gone)
    del circle, gone
    assert not gc.isenabled()
    ready.wait(SWEPT_EVERY - 5)
    assert left()
    ready.wait(10)
    assert left() is None


class Gone:
    """Something that can be seen to go."""
