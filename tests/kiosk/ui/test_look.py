"""Every screen in every language at every size: nothing cut, nothing covered, everything large enough."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from kivy.utils import get_color_from_hex

from common import words
from common.settings import Brand
from common.surveys import Survey, Wording, standard_survey
from kiosk.config import Snapshot
from kiosk.storage.store import Storage
from kiosk.sync import Trouble
from kiosk.ui import compose
from kiosk.ui.theme import DARK, HIGH_DARK, HIGH_LIGHT, LARGE, LIGHT, Palette, look, palette_for
from kiosk.words import LANGUAGES as SPOKEN_TO_MANAGERS
from tests.kiosk.ui.conftest import PIN, Shop
from tests.support.answers import a_response
from tests.support.legibility import contrast, faults, pale, small_targets
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

SIZES = [(1280, 800), (1920, 1080), (800, 1280), (1024, 600)]


def snapshot(shop: Shop, language: str, survey: Survey | None = None) -> Snapshot:
    """Let a store with a long name ask in a language first; return what its window begins with."""
    survey = survey or standard_survey()
    wording = {language: survey.wording[language]} | dict(survey.wording)

    def arrange(storage: Storage) -> None:
        pairing = storage.pairing()
        assert pairing
        storage.pair(replace(pairing, store_name="Bottega Verde Milano"))
        storage.use_survey(replace(survey, version=2, wording=wording), pairing.public_key, "tag")

    shop.ask(arrange)
    return shop.screen


def customers(screen: Screen) -> Iterator[str]:
    """Go through a customer's screens; yield the name of each when it is there."""
    screen.until(lambda: screen.app.ready)
    language = screen.app.walk.bystander[1]
    assert screen.app.walk.bystander[0].survey.languages[0] == language
    yield "question"
    screen.tap("access")
    yield "switches"
    screen.tap("access-done")
    screen.touch("score-10")
    yield "question while the choice can be changed"
    screen.wait(3)
    screen.tap("back")
    yield "question with a choice"
    screen.tap("score-3")
    yield "why"
    screen.tap("reason-waiting", "comment")
    yield "why while typing"
    screen.find("comment").type("many words " * 355)
    screen.frames(4)
    yield "why near the limit"
    screen.tap("key-?123")
    yield "symbols"
    screen.tap("next")
    yield "contact"
    screen.tap("details")
    yield "the whole notice"
    screen.tap("close-notice")
    screen.tap("send")
    yield "contact with advice"
    screen.tap("email", "send")
    yield "contact while typing"
    screen.find("email").type("ann@")
    screen.tap("send")
    yield "contact with a wrong e-mail"
    screen.find("email").fill_in("")
    screen.tap("phone")
    screen.find("phone").type("1")
    screen.tap("send")
    yield "contact with a wrong phone number"
    screen.find("phone").type("234567")
    screen.tap("send")
    yield "contact without consent"
    screen.wait(45)
    yield "still there"
    screen.tap("still-here", "decline")
    yield "thanks"
    screen.tap("thanks")
    for score in (8, 9):
        screen.tap(f"score-{score}", "next", "decline")
        yield f"thanks for {score}"
        screen.tap("thanks")
    screen.app.show(compose.closed(language))
    screen.frames(4)
    yield "closed"


def managers(screen: Screen) -> Iterator[str]:
    """Go through the manager's screens."""
    screen.app._open_desk()
    screen.frames(4)
    yield "PIN"
    for _ in range(5):
        screen.tap("pin-1", "pin-OK")
        screen.until(lambda: not asked(screen))
        yield "a wrong PIN"


def asked(screen: Screen) -> bool:
    office = screen.app.desk.office
    return office is not None and office.asking


def give_many(storage: Storage, now: datetime) -> None:
    """Give answers of every score over the last two weeks, with much to read and some that do not count."""
    with storage.together():
        for number in range(1, 700):
            response = a_response(
                number,
                score=number % 11,
                given_at=now - timedelta(hours=number / 2),
                comment="long " * 90,
                reasons=("waiting", "choice", "cleanliness"),
                flags=("burst",) if number % 9 == 0 else (),
            )
            storage.outbox.save(response)


def page(screen: Screen) -> None:
    """Open the manager's page."""
    screen.app._open_desk()
    screen.frames(4)
    screen.tap(*(f"pin-{digit}" for digit in PIN), "pin-OK")
    screen.until(lambda: screen.shows("sync"))


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_customers_screens(shop: Shop, size: tuple[int, int], language: str) -> None:
    with window(snapshot(shop, language), shop, size, drawn=False) as screen:
        for name in customers(screen):
            for scale in (1, LARGE):
                look.scale = scale
                screen.frames(3)
                seen = (faults(screen.app.stage), small_targets(screen.app.stage))
                assert (name, scale, *seen) == (name, scale, [], [])
            look.scale = 1


@pytest.mark.parametrize("language", SPOKEN_TO_MANAGERS)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_managers_screens(shop: Shop, size: tuple[int, int], language: str) -> None:
    with window(snapshot(shop, language), shop, size, drawn=False) as screen:
        for name in managers(screen):
            assert (name, faults(screen.app.stage), small_targets(screen.app.stage)) == (name, [], [])


@pytest.mark.parametrize("language", SPOKEN_TO_MANAGERS)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_managers_page_with_many_answers(shop: Shop, size: tuple[int, int], language: str) -> None:
    shop.ask(lambda storage: give_many(storage, shop.now()))
    with window(snapshot(shop, language), shop, size, drawn=False) as screen:
        page(screen)
        for span in ("TODAY", "WEEK", "MONTH"):
            screen.tap(f"span-{span}")
            assert (span, faults(screen.app.stage), small_targets(screen.app.stage)) == (span, [], [])


@pytest.mark.parametrize("language", SPOKEN_TO_MANAGERS)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_sentence_about_the_tablet(shop: Shop, size: tuple[int, int], language: str) -> None:
    with window(snapshot(shop, language), shop, size, drawn=False) as screen:
        page(screen)
        office = screen.app.desk.office
        assert office
        seen = office.seen
        assert seen
        totals = replace(seen.totals, given=123456, waiting=1234, quarantined=3, oldest_waiting=shop.now())
        for trouble in Trouble:
            office.show(replace(seen, totals=totals, last_sync=shop.now(), last_error=trouble.value))
            screen.frames(4)
            assert (trouble, faults(screen.app.stage)) == (trouble, [])


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
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
    with window(
        snapshot(shop, "en", replace(survey, wording={"en": longer}, chips={})), shop, size, drawn=False
    ) as screen:
        for name in customers(screen):
            assert (name, faults(screen.app.stage), small_targets(screen.app.stage)) == (name, [], [])


@pytest.mark.parametrize("theme", THEMES)
def test_text_and_marks_stand_out_as_wcag_wants(theme: str) -> None:
    palette, text, mark = THEMES[theme]
    texts = [
        ("ink", "ground"), ("ink", "surface"), ("ink", "wash"), ("ink", "key"), ("ink", "tool"),
        ("ink", "board"), ("quiet", "ground"), ("quiet", "surface"), ("quiet", "wash"),
        ("accent_ink", "accent"), ("accent_ink", "quiet"), ("trouble", "ground"), ("trouble", "surface"),
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
    with window(snapshot(shop, "en"), shop, drawn=False, base=palette) as screen:
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
