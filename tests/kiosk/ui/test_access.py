"""What customers ask of the window: it comes at once, lasts for their visit, and is gone with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kivy.core.window import Window
from kivy.utils import get_color_from_hex

from common import words
from kiosk.ui.access import Wishes
from kiosk.ui.theme import HIGH_LIGHT, LARGE, LIGHT, look
from tests.kiosk.ui.conftest import Shop
from tests.support.window import Screen

TAB, ENTER, ESCAPE = 9, 13, 27
WISHES = ("large", "contrast", "still")
NOTHING = Wishes()


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let no espeak-ng be installed."""
    monkeypatch.setenv("PATH", str(tmp_path))


def wishes(screen: Screen) -> Wishes:
    kept: Wishes = screen.app._access.wishes
    return kept


def wish(screen: Screen, *names: str) -> None:
    """Open the sheet, turn switches, and close it."""
    screen.tap("access", *(f"access-{name}" for name in names), "access-done")


def size_of(screen: Screen, text: str) -> float:
    return next(
        float(widget.font_size)
        for widget in screen.app.stage.walk(restrict=True)
        if getattr(widget, "text", None) == text and widget.get_root_window()
    )


def answer(screen: Screen) -> None:
    """Give a score, and wait until the next screen is there."""
    screen.tap("score-3")
    screen.wait(3)


def customers(screen: Screen) -> Iterator[str]:
    """Go through a customer's screens; yield the name of each."""
    yield "question"
    answer(screen)
    yield "why"
    screen.tap("comment")
    yield "why while typing"
    screen.tap("next")
    yield "contact"
    screen.tap("decline")
    yield "thanks"


@pytest.mark.usefixtures("silent")
def test_the_button_is_on_every_screen_of_a_customer(screen: Screen) -> None:
    for name in customers(screen):
        assert screen.shows("access"), name
        assert (screen.find("access").text, name) == ("Accessibility", name)


def test_it_speaks_the_customers_language(screen: Screen) -> None:
    screen.tap("language-it", "access")
    assert {"Accessibilità", "Testo grande", "Fatto"} <= set(screen.texts())


@pytest.mark.usefixtures("silent")
def test_three_switches_without_a_voice(screen: Screen) -> None:
    screen.tap("access")
    assert all(screen.shows(f"access-{name}") for name in WISHES)
    assert not screen.shows("access-aloud")


def test_large_text_is_larger_at_once(screen: Screen) -> None:
    hint = words.text("en", "kiosk.tap_a_number")
    before = size_of(screen, hint)
    screen.tap("access", "access-large")
    assert wishes(screen) == Wishes(large=True)
    assert screen.find("access-large").chosen
    assert size_of(screen, hint) == pytest.approx(before * LARGE, rel=0.01)
    screen.tap("access-large")
    assert size_of(screen, hint) == before


def test_high_contrast_changes_the_colours_and_the_ground(screen: Screen) -> None:
    wish(screen, "contrast")
    assert list(look.ink) == get_color_from_hex(HIGH_LIGHT.ink)
    assert list(Window.clearcolor) == get_color_from_hex(HIGH_LIGHT.ground)
    wish(screen, "contrast")
    assert list(look.ink) == get_color_from_hex(LIGHT.ink)
    assert list(Window.clearcolor) == get_color_from_hex(LIGHT.ground)


def ring(screen: Screen) -> object:
    """Return the part of the circle that is drawn while somebody is asked whether they are there."""
    [found] = [w for w in screen.app.stage.cover.walk() if type(w).__name__ == "Ring"]
    drawn = [each for each in found.canvas.children if getattr(each, "circle", None)]
    return drawn[-1].circle[3]


def test_with_less_movement_the_ring_stands_still(screen: Screen) -> None:
    def turns() -> bool:
        screen.wait(41)
        first = ring(screen)
        screen.wait(5)
        second = ring(screen)
        screen.tap("still-here")
        return first != second

    answer(screen)
    assert turns()
    wish(screen, "still")
    assert not turns()


def test_with_less_movement_the_cursor_does_not_blink(screen: Screen) -> None:
    answer(screen)
    wish(screen, "still")
    screen.tap("comment")
    seen = set()
    for _ in range(12):
        screen.wait(0.3)
        seen.add(screen.find("comment")._cursor_blink)
    assert seen == {False}


def test_wishes_last_until_thanks_and_no_longer(screen: Screen) -> None:
    wish(screen, *WISHES)
    for name in customers(screen):
        assert (name, wishes(screen)) == (name, Wishes(large=True, contrast=True, still=True))
    screen.tap("thanks")
    assert wishes(screen) == NOTHING
    assert (look.scale, look.high, look.still) == (1, False, False)
    screen.tap("access")
    assert not any(screen.find(f"access-{name}").chosen for name in WISHES)


def test_wishes_of_somebody_who_walks_away_are_gone(screen: Screen) -> None:
    wish(screen, "large")
    screen.wait(41 + 20)
    assert wishes(screen) == NOTHING
    screen.tap("access")
    screen.wait(41 + 20)
    assert not screen.shows("access-sheet")


@pytest.mark.parametrize("name", WISHES)
def test_who_reads_slowly_is_asked_before_wishes_are_forgotten(screen: Screen, name: str) -> None:
    wish(screen, name)
    screen.wait(41)
    assert any("goes back to the start in" in text for text in screen.texts())
    screen.tap("still-here")
    assert wishes(screen) == Wishes(**{name: True})


def test_the_switches_are_still_open_after_somebody_was_asked(screen: Screen) -> None:
    screen.tap("access")
    screen.wait(41)
    screen.tap("still-here", "access-large")
    assert wishes(screen) == Wishes(large=True)
    screen.tap("access-done")
    screen.wait(41)
    screen.tap("still-here")
    assert not screen.shows("access-sheet")


def test_nobody_asks_a_manager_whether_a_customer_is_there(screen: Screen) -> None:
    wish(screen, "large")
    screen.app._open_desk()
    for _ in range(100):
        screen.wait(1)
        assert not screen.shows("still-here")


def test_the_manager_sees_the_window_as_it_is_for_everybody(screen: Screen) -> None:
    wish(screen, *WISHES)
    screen.app._open_desk()
    screen.frames()
    assert wishes(screen) == NOTHING
    screen.press(ESCAPE)
    assert screen.shows("access")


def test_new_settings_wait_for_whoever_has_set_up_the_window(screen: Screen, shop: Shop) -> None:
    wish(screen, "large")
    (shop.config.data / "settings.json").write_text('{"languages": ["it"]}')
    screen.app.walk.backstage_started(lambda: None)
    shop.ask(lambda s: s)
    screen.wait(2)
    assert wishes(screen) == Wishes(large=True)
    assert screen.app.walk.bystander[1] == "en"


def test_nothing_below_the_sheet_can_be_touched_and_a_touch_beside_it_closes_it(
    screen: Screen, shop: Shop
) -> None:
    screen.tap("access")
    screen.touch("score-0")
    assert not screen.shows("access-sheet")
    screen.wait(3)
    assert shop.kept() == []


def test_thanks_stay_when_the_button_is_touched(screen: Screen) -> None:
    answer(screen)
    screen.tap("next", "decline", "access", "access-contrast", "access-done")
    assert "Thank you for telling us" in screen.texts()


def test_a_comment_is_written_on_after_the_sheet(screen: Screen) -> None:
    answer(screen)
    screen.tap("comment")
    screen.write("So")
    wish(screen, "large")
    screen.wait(1)
    screen.write(" slow")
    assert screen.find("comment").text == "So slow"


def test_still_there_takes_the_place_of_the_sheet(screen: Screen) -> None:
    answer(screen)
    screen.tap("access")
    screen.wait(41)
    assert screen.shows("still-here")
    assert not screen.shows("access-sheet")
    screen.tap("still-here")
    assert screen.shows("next")


def test_the_sheet_by_keys_and_back_to_the_button(screen: Screen) -> None:
    screen.press(TAB, modifiers=("shift",))
    assert screen.find("access").focused
    screen.press(ENTER)
    screen.press(TAB)
    assert screen.find("access-large").focused
    screen.press(ENTER)
    assert wishes(screen) == Wishes(large=True)
    screen.press(ESCAPE)
    assert not screen.shows("access-sheet")
    assert screen.find("access").focused
