"""Every screen in every language at every size: nothing cut, nothing covered, everything large enough."""

from dataclasses import fields, replace
from math import inf
from typing import Any

import pytest
from kivy.utils import get_color_from_hex

from common import words
from common.settings import Brand
from common.surveys import Wording, standard_survey
from hub.followup.rules import opens_case
from kiosk.ui.caps import Cap
from kiosk.ui.question import Choices
from kiosk.ui.stage import Stage
from kiosk.ui.theme import DARK, HIGH_DARK, HIGH_LIGHT, LARGE, LIGHT, Palette, look, palette_for
from kiosk.ui.widgets import Words
from tests.kiosk.ui.conftest import Shop
from tests.support.legibility import at_every_size, contrast, faults, flaws, pale
from tests.support.tour import customers
from tests.support.window import Screen, window

THEMES = {
    "light": (LIGHT, 4.5, 3.0),
    "dark": (DARK, 4.5, 3.0),
    "high contrast": (HIGH_LIGHT, 7.0, 4.5),
    "high contrast on black": (HIGH_DARK, 7.0, 4.5),
    "a pale brand": (palette_for(Brand("#FFD200", "#FFF3B0"), LIGHT), 4.5, 3.0),
    "a dark brand on black": (palette_for(Brand("#1A0033", "#400080"), DARK), 4.5, 3.0),
}
"""Palettes, and the least contrast of their texts and of their marks."""


def uneven(stage: Stage) -> list[set[float]]:
    """Return the sizes of text of choices that stand together and have not all the same."""
    groups = (widget for widget in stage.walk() if isinstance(widget, Choices))
    sizes = ({chip.font_size for chip in group.children} for group in groups)
    return [each for each in sizes if len(each) != 1]


@at_every_size
def test_the_customers_screens(shop: Shop, size: tuple[int, int]) -> None:
    """In all languages, one customer after the other, so that a window is made once."""
    with window(shop.asking_in("en"), shop, size, drawn=False) as screen:
        for language in words.LANGUAGES:
            for name in customers(screen, lambda: screen.tap(f"language-{language}")):  # noqa: B023
                for scale in (1, LARGE):
                    look.scale = scale
                    screen.frames(3)
                    assert (language, name, scale, flaws(screen.app.stage)) == (language, name, scale, [])
                    assert (language, name, scale, uneven(screen.app.stage)) == (language, name, scale, [])
                look.scale = 1


@at_every_size
def test_a_survey_with_much_longer_sentences_and_more_reasons(shop: Shop, size: tuple[int, int]) -> None:
    """Head office may write its own; nothing is cut then either."""
    survey = standard_survey()
    wording = survey.wording["en"]
    long: dict[str, Any] = {
        name: f"{getattr(wording, name)} {getattr(wording, name)}"
        for name in ("question", "lowest", "highest", "why", "contact", "purpose", "minors", "consent")
    }
    reasons = {f"reason{number}": "Availability of products and sizes" for number in range(8)} | {
        "waiting": "Waiting time at the checkout"
    }
    reasons.pop("reason7")
    thanks = {segment: f"{text} {text} {text}" for segment, text in wording.thanks.items()}
    longer: Wording = replace(wording, reasons=reasons, thanks=thanks, **long)
    asked = shop.asking_in("en", replace(survey, wording={"en": longer}, chips={}))
    with window(asked, shop, size, drawn=False) as screen:
        for name in customers(screen):
            assert (name, flaws(screen.app.stage)) == (name, [])


@pytest.mark.parametrize("theme", THEMES)
def test_text_and_marks_stand_out_as_wcag_wants(theme: str) -> None:
    palette, text, mark = THEMES[theme]
    texts = [
        ("ink", "ground"), ("ink", "surface"), ("ink", "wash"), ("ink", "key"), ("ink", "tool"),
        ("ink", "board"), ("quiet", "ground"), ("quiet", "surface"), ("quiet", "wash"),
        ("accent_ink", "accent"), ("accent_ink", "quiet"), ("trouble", "ground"), ("trouble", "surface"),
        ("brand_ink", "brand"), ("chosen_ink", "chosen"),
    ]  # fmt: skip
    marks = [
        ("line", "ground"), ("line", "surface"), ("accent", "ground"), ("accent", "surface"),
        ("accent", "wash"), ("accent", "board"), ("focus", "ground"), ("focus", "surface"),
    ]  # fmt: skip
    low = {
        pair: contrast(*(get_color_from_hex(getattr(palette, name)) for name in pair))
        for pair in texts + marks
    }
    assert [pair for pair in texts if low[pair] < text] == []
    assert [pair for pair in marks if low[pair] < mark] == []


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_that_is_drawn_stands_out_from_what_it_stands_on(shop: Shop, theme: str) -> None:
    palette, text, _ = THEMES[theme]
    with window(shop.asking_in("en"), shop, drawn=False, base=palette) as screen:
        for name in customers(screen):
            assert (name, look.palette) == (name, palette)
            assert (name, pale(screen.app.stage, text)) == (name, [])
        look.wear(LIGHT)


@pytest.mark.parametrize("base", [LIGHT, DARK])
def test_high_contrast_is_as_light_or_dark_as_what_it_takes_the_place_of(base: Palette) -> None:
    look.wear(base)
    look.high = True
    wanted = HIGH_LIGHT if base is LIGHT else HIGH_DARK
    assert list(look.ground) == get_color_from_hex(wanted.ground)
    look.high = False
    assert list(look.ground) == get_color_from_hex(base.ground)
    look.wear(LIGHT)


def test_scores_look_alike_whatever_they_say(screen: Screen) -> None:
    scores = [screen.find(f"score-{score}") for score in range(11)]
    assert {(*score.size, *score.fill, *score.edge, *score.color, score.font_size) for score in scores} == {
        (*scores[0].size, *scores[0].fill, *scores[0].edge, *scores[0].color, scores[0].font_size)
    }


def test_an_upright_screen_has_the_scores_in_two_rows(shop: Shop) -> None:
    with window(shop.screen, shop, (800, 1280)) as screen:
        rows: dict[float, list[int]] = {}
        for score in range(11):
            rows.setdefault(screen.find(f"score-{score}").y, []).append(score)
        assert [rows[y] for y in sorted(rows, reverse=True)] == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]


def test_a_screen_that_is_turned_is_laid_out_anew(shop: Shop) -> None:
    from kivy.core.window import Window

    with window(shop.screen, shop) as screen:
        screen.tap("score-3", "reason-price", "comment")
        screen.write("So")
        Window.size = (800, 1280)
        screen.frames(20)
        assert faults(screen.app.stage) == []
        assert screen.find("comment").text == "So"
        screen.tap("next")
        [kept] = shop.kept()
        assert (kept.response.reasons, kept.response.comment) == (("price",), "So")


@pytest.mark.parametrize("theme", THEMES)
def test_every_colour_is_given_in_every_palette(theme: str) -> None:
    palette, _, _ = THEMES[theme]
    assert all(len(getattr(palette, field.name)) == 7 for field in fields(palette))


@at_every_size
def test_a_full_comment_shows_whole_lines(shop: Shop, size: tuple[int, int]) -> None:
    with window(shop.asking_in("en"), shop, size, drawn=False) as screen:
        for name in customers(screen):
            if name.startswith("why"):
                comment = screen.find("comment")
                room = comment.height - comment.padding[1] - comment.padding[3]
                rest = room % comment.line_height
                assert (name, min(rest, comment.line_height - rest) < 1) == (name, True)


@at_every_size
def test_what_a_customer_agrees_to_is_no_small_print(shop: Shop, size: tuple[int, int]) -> None:
    with window(shop.asking_in("de"), shop, size, drawn=False) as screen:
        for name in customers(screen):
            if name.startswith("contact"):
                purpose = next(
                    w for w in screen.app.stage.walk() if isinstance(w, Words) and "widerrufen" in w.text
                )
                assert (name, purpose.font_size >= 2.2 * look.u) == (name, True)


def sizes(screen: Screen) -> dict[str, float]:
    """Return the sizes of all texts on the screen in pixels, but for the keys'."""
    shown = (w for w in screen.app.stage.walk() if isinstance(w, Words) and not isinstance(w, Cap))
    return {w.text: w.font_size for w in shown if w.text.strip() and w.opacity and w.get_root_window()}


@at_every_size
def test_large_text_is_larger_wherever_it_stands(shop: Shop, size: tuple[int, int]) -> None:
    with window(shop.asking_in("de"), shop, size, drawn=False) as screen:
        for language in ("de", "pt"):
            for name in customers(screen, lambda: screen.tap(f"language-{language}")):  # noqa: B023
                normal = sizes(screen)
                look.scale = LARGE
                screen.frames(3)
                large = sizes(screen)
                look.scale = 1
                screen.frames(3)
                smaller = [text for text in normal if large.get(text, inf) <= normal[text]]
                assert (language, name, smaller) == (language, name, [])
                if name in ("contact", "contact-empty"):
                    purpose = screen.app.stage.view.scene.purpose
                    assert large[purpose] >= 1.2 * normal[purpose]


@at_every_size
def test_who_writes_an_address_still_reads_what_it_is_for(shop: Shop, size: tuple[int, int]) -> None:
    with window(shop.asking_in("fr"), shop, size, drawn=False) as screen:
        screen.tap("score-3", "next", "email")
        scene = screen.app.stage.view.scene
        assert sizes(screen)[scene.title] >= 2.5 * look.u
        assert sizes(screen)[scene.purpose] >= 2.2 * look.u
        look.scale = LARGE
        screen.frames(3)
        assert scene.title in sizes(screen)
        # Where it would shrink it makes room, but never without the whole notice beside it.
        assert scene.purpose in sizes(screen) or screen.shows("details")
        look.scale = 1


def test_the_back_button_stays_where_it_is_when_the_keyboard_opens(screen: Screen) -> None:
    screen.tap("score-3")
    before = screen.find("back").top
    screen.tap("comment")
    assert screen.find("back").top == before
    screen.tap("next", "email")
    assert screen.find("back").top == before


def test_thanks_say_what_is_true_of_this_customer(screen: Screen) -> None:
    seen = []
    for score in (3, 8, 10):
        screen.tap(f"score-{score}", "next", "decline")
        scene = screen.app.stage.view.scene
        assert scene.promise == ""
        seen.append((scene.headline, scene.sentence))
        screen.tap("thanks")
    assert all(len(set(each)) == 3 for each in zip(*seen, strict=True))


@pytest.mark.parametrize("score", [0, 6, 7, 10])
def test_an_answer_is_promised_to_those_whose_answer_opens_a_case(screen: Screen, score: int) -> None:
    screen.tap(f"score-{score}", "next", "email")
    screen.find("email").type("anna@example.com")
    screen.tap("consent", "send")
    promise = screen.app.stage.view.scene.promise
    assert promise in screen.texts()
    assert ("get back to you" in promise) == opens_case(score, has_contact=True)
    assert ("Thank you for leaving" in promise) != opens_case(score, has_contact=True)


def test_a_notice_that_goes_on_says_so_at_its_edge(screen: Screen) -> None:
    screen.tap("score-3", "next", "details")
    notice = screen.app.stage.cover
    assert (notice.above, notice.beneath) == (0, 1)
    notice.take("end")
    assert (notice.above, notice.beneath) == (1, 0)
