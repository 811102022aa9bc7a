"""The window's own keyboard, key by key."""

from itertools import chain

import pytest
from kivy.core.text import Label

from common import words
from kiosk.ui import layouts
from kiosk.ui.hands import middle
from tests.support.window import Screen

LAYOUTS = ("words", "email", "phone")


def keys(language: str) -> list[layouts.Key]:
    pages = (
        layouts.rows(layout, language, symbols, "space") for layout in LAYOUTS for symbols in (False, True)
    )
    return list(chain.from_iterable(chain.from_iterable(pages)))


def picture(text: str, font: str) -> bytes:
    label = Label(text=text, font_size=40, font_name=font, text_size=(60, 60), color=(1, 1, 1, 1))
    label.refresh()
    return bytes(label.texture.pixels)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_font_can_draw_whatever_the_keyboard_offers(screen: Screen, language: str) -> None:
    nothing = picture("\uf8ff", "Roboto")  # drawn as the box that stands for a missing letter
    assert picture("😀", "Roboto") == nothing
    offered = {text for key in keys(language) for text in (key.text, *key.more) if key.act == "type"}
    letters = set("".join(offered)) | {letter.upper() for letter in "".join(offered)} - {"SS"}
    missing = {letter for letter in letters if picture(letter, "Roboto") == nothing}
    assert missing == set()


def test_the_icons_can_be_drawn(screen: Screen) -> None:
    nothing = picture("\uf8ff", "DejaVuSans")
    assert all(picture(icon, "DejaVuSans") != nothing for icon in "⇧⌫⏎␣●")


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_row_is_as_wide_as_the_keyboard(language: str) -> None:
    for layout in ("words", "email"):
        for row in layouts.rows(layout, language, False, "space"):
            assert 8 <= sum(key.width for key in row) <= 10 + 1e-9


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_letter_of_the_language_can_be_typed(language: str) -> None:
    alphabets = {
        "en": "",
        "it": "àèéìòù",
        "es": "áéíóúüñ¿¡",
        "fr": "àâæçéèêëîïôœùûüÿ«»’",
        "de": "äöüß„“‚‘–",
        "pt": "ãáâàçéêíõóôúü«»",
    }
    offered = {text for key in keys(language) for text in (key.text, *key.more)}
    assert set("abcdefghijklmnopqrstuvwxyz0123456789.,;:!?@€()" + alphabets[language]) <= offered


def test_the_most_usual_accent_comes_first() -> None:
    first = {language: layouts.more(language, "a")[0] for language in words.LANGUAGES}
    assert first == {"en": "à", "it": "à", "es": "á", "fr": "à", "de": "ä", "pt": "ã"}


def test_german_has_its_letters_on_keys_of_their_own_and_portuguese_its_c() -> None:
    german = ["".join(key.text for key in row) for row in layouts.rows("words", "de", False, " ")]
    assert german[:3] == ["qwertzuiopü", "asdfghjklöä", "⇧yxcvbnmß⌫"]
    assert layouts.rows("words", "pt", False, " ")[1][-1].text == "ç"


def test_a_held_key_offers_accents_and_a_slide_chooses_one(screen: Screen) -> None:
    screen.tap("score-3", "comment")
    finger = screen.hold("key-e", 0.5)
    accents = {cap.typed: cap for cap in screen.app.stage.keyboard.caps()}
    assert set(accents) == set("ÉÈÊË")
    screen.hands.slide(finger, *middle(accents["Ê"]))
    screen.frames(2)
    screen.lift(finger)
    assert screen.find("comment").text == "Ê"


def test_a_held_key_that_is_let_go_waits_for_a_tap(screen: Screen) -> None:
    screen.tap("score-3", "comment")
    screen.lift(screen.hold("key-e", 0.5))
    assert screen.find("comment").text == ""
    accent = next(cap for cap in screen.app.stage.keyboard.caps() if cap.typed == "È")
    screen.hands.tap(accent)
    screen.frames()
    assert screen.find("comment").text == "È"
    assert screen.shows("key-q")


def test_a_touch_beside_the_accents_closes_them_and_does_nothing_else(screen: Screen) -> None:
    screen.tap("score-3", "comment")
    screen.lift(screen.hold("key-e", 0.5))
    screen.hands.tap(screen.find("key-p"))
    screen.frames()
    assert screen.find("comment").text == ""
    screen.write("P")
    assert screen.find("comment").text == "P"


def test_a_short_tap_is_never_a_held_key_however_slow_the_machine(screen: Screen) -> None:
    screen.tap("score-3", "comment")
    screen.hands.tap(screen.find("key-e"))
    screen.frames(1)
    screen.wait(1)
    assert screen.find("comment").text == "E"
    assert screen.shows("key-q")


def test_erase_repeats_while_it_is_held(screen: Screen) -> None:
    screen.tap("score-3", "comment")
    screen.find("comment").type("abcdefghij")
    screen.lift(screen.hold("key-⌫", 0.3))
    assert screen.find("comment").text == "abcdefghi"
    finger = screen.hold("key-⌫", 1.5)
    screen.lift(finger)
    left = screen.find("comment").text
    assert len(left) < 7
    screen.wait(1)
    assert screen.find("comment").text == left


def test_sentences_begin_with_a_capital_by_themselves(screen: Screen) -> None:
    screen.tap("score-3", "comment")
    for name in "one. two":
        screen.hands.tap(screen.find(f"key-{name}"))
        screen.frames(3)
    assert screen.find("comment").text == "One. Two"


def test_an_address_has_no_capitals_and_its_own_row(screen: Screen) -> None:
    screen.tap("score-3", "next", "email")
    screen.tap("key-a", "key-n", "key-n", "key-@gmail.com")
    assert screen.find("email").text == "ann@gmail.com"
    screen.tap("key-OK")
    assert not screen.shows("key-a")


def test_capitals_stay_when_they_are_locked(screen: Screen) -> None:
    screen.tap("score-3", "comment", "key-⇧", "key-a", "key-b", "key-⇧", "key-c")
    assert screen.find("comment").text == "ABc"


def test_a_touch_beside_the_field_closes_the_keyboard(screen: Screen) -> None:
    screen.tap("score-3", "comment")
    assert screen.shows("key-q")
    stage = screen.app.stage
    screen.wait(0.4)
    screen.hands.lift(screen.hands.put(stage.center_x, stage.top - 4))
    screen.frames()
    assert not screen.shows("key-q")


def test_the_phone_has_a_pad_of_digits(screen: Screen) -> None:
    screen.tap("score-3", "next", "phone", "key-+", "key-3", "key-9", "key-⌫", "key-4")
    assert screen.find("phone").text == "+34"
