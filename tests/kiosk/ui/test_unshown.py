"""Letters that no font here has are never drawn as boxes, nor dropped without a word."""

import pytest
from kivy.core.text import Label

from common import words
from kiosk.ui import coverage
from kiosk.ui.field import _font_file
from tests.kiosk.ui.conftest import Shop
from tests.support.window import Screen

SORRY = {language: words.text(language, "kiosk.cannot_show") for language in words.LANGUAGES}


def picture(text: str) -> bytes:
    label = Label(text=text, font_size=24, font_name="Roboto", text_size=(40, 40), color=(1, 1, 1, 1))
    label.refresh()
    return bytes(label.texture.pixels)


def typed(screen: Screen, text: str) -> None:
    """Type a text on a hardware keyboard, or paste it, which is the same to a window."""
    screen.press(0, text)


def test_the_font_tells_the_truth_about_what_it_can_draw(screen: Screen) -> None:
    box = picture("\uf8ff")
    known = coverage.characters(_font_file("Roboto"))
    drawn = {code for code in known if chr(code).isprintable() and picture(chr(code)) != box}
    assert drawn == {code for code in known if chr(code).isprintable()}
    others = "😀♥☺中文אבجのक✓👍🏽①\U0001f1ee\U0001f1f9"
    assert [other for other in others if ord(other) in known or picture(other) != box] == []


def test_what_is_left_out_of_a_comment_is_said(screen: Screen, shop: Shop) -> None:
    screen.tap("language-fr")
    screen.give(3)
    screen.tap("comment")
    typed(screen, "Très bien 😀 merci 谢谢")
    assert screen.find("comment").text == "Très bien  merci "
    assert SORRY["fr"] in screen.texts()
    typed(screen, "!")
    assert SORRY["fr"] not in screen.texts()
    screen.tap("next", "decline")
    [kept] = shop.kept()
    assert kept.response.comment == "Très bien  merci !"


@pytest.mark.parametrize("field", ["email", "phone"])
def test_what_is_left_out_of_an_address_is_said(screen: Screen, field: str) -> None:
    screen.give(3)
    screen.tap("next", field)
    typed(screen, "1🎈")
    assert screen.find(field).text == "1"
    assert SORRY["en"] in screen.texts()
    typed(screen, "2")
    assert SORRY["en"] not in screen.texts()


def test_the_next_customer_is_told_nothing_of_it(screen: Screen) -> None:
    screen.give(3)
    screen.tap("comment")
    typed(screen, "🎈")
    screen.tap("next", "email")
    typed(screen, "🎈")
    screen.tap("decline", "thanks")
    screen.give(3)
    assert SORRY["en"] not in screen.texts()
    screen.tap("next")
    assert SORRY["en"] not in screen.texts()


def test_accents_that_came_apart_are_put_together(screen: Screen) -> None:
    screen.give(3)
    screen.tap("comment")
    typed(screen, "Cafe\u0301 e\tpiu\u0300\r\nok")
    assert screen.find("comment").text == "Café e più\nok"
    assert SORRY["en"] not in screen.texts()


def test_greek_and_cyrillic_are_welcome(screen: Screen) -> None:
    screen.give(3)
    screen.tap("comment")
    typed(screen, "Καλό, хорошо")
    assert screen.find("comment").text == "Καλό, хорошо"


def test_what_goes_beyond_the_room_is_counted_in_sight(screen: Screen) -> None:
    screen.give(3)
    screen.tap("comment")
    typed(screen, "long " * 1000)
    assert len(screen.find("comment").text) == 4000
    assert "Characters left: 0" in screen.texts()


@pytest.mark.parametrize(("field", "long"), [("email", "a" * 300), ("phone", "1" * 50)])
def test_an_address_that_is_too_long_is_called_wrong(screen: Screen, field: str, long: str) -> None:
    screen.give(3)
    screen.tap("next", field)
    typed(screen, long)
    assert any(text.startswith("This does not look like") for text in screen.texts())
