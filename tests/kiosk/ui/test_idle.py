"""What the question's screen shows and does while nobody is there."""

import logging
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from common import words
from common.settings import DAYS, LONGEST_FIX
from kiosk.ui.idle import LINE, LINE_STILL, PATH, Idle
from kiosk.ui.theme import LARGE, LIGHT, look
from tests.kiosk.ui.conftest import Shop
from tests.support.legibility import at_every_size, faults, flaws
from tests.support.png import png
from tests.support.setting import set_up
from tests.support.window import Screen, window

ADDRESS = "https://feedback.example.com/s/milano-duomo?k=3f9a"
FIXES = [
    {"en": "You said it was cold: the door has a curtain now.", "it": "Faceva freddo: ora c’è una tenda."},
    {"en": "You asked for water: there is a fountain by the till."},
]


def idle(screen: Screen) -> Idle:
    assert screen.app._idle
    return screen.app._idle


def line(screen: Screen) -> str:
    return str(idle(screen).footer._card.sentence)


def closed_today() -> dict[str, list[list[str]]]:
    """Return opening hours of a store that opens in three days."""
    there = datetime.now(ZoneInfo("Europe/Rome")) + timedelta(days=3)
    return {DAYS[there.weekday()]: [["10:00", "11:00"]]}


def test_without_settings_there_is_the_question_alone(screen: Screen) -> None:
    assert idle(screen).footer.height == 0
    assert screen.app.stage.view.ids.mark.opacity == 1
    assert look.palette == LIGHT


def test_a_brand_has_its_colours_and_its_logo_in_place_of_the_mark(shop: Shop) -> None:
    logo = b64encode(png(300, 100)).decode()
    set_up(shop, brand={"primary": "#7A1022", "secondary": "#F2C14E", "logo": logo})
    with window(shop.screen, shop) as screen:
        assert look.palette.accent == "#7A1022"
        assert look.palette.wash != LIGHT.wash
        shown = idle(screen)._logo
        assert shown.width / shown.height == pytest.approx(3)
        assert screen.app.stage.view.ids.mark.opacity == 0
        assert "Roma Centro" in screen.texts()
        assert faults(screen.app.stage) == []


@pytest.mark.parametrize("logo", [png(8, 8)[:40], png(1, 1).replace(b"\0\0\0\1", b"\0\0\x40\0")])
def test_a_logo_that_cannot_be_shown_leaves_the_mark(
    shop: Shop, caplog: pytest.LogCaptureFixture, logo: bytes
) -> None:
    set_up(shop, brand={"logo": b64encode(logo).decode()})
    with caplog.at_level(logging.ERROR), window(shop.screen, shop) as screen:
        assert screen.app.stage.view.ids.mark.opacity == 1
        assert "the logo" in caplog.text


def test_lines_take_turns_in_the_customers_language(shop: Shop) -> None:
    set_up(shop, fixes=FIXES)
    with window(shop.screen, shop) as screen:
        assert line(screen) == FIXES[0]["en"]
        screen.wait(LINE + 0.5)
        assert line(screen) == FIXES[1]["en"]
        screen.wait(LINE)
        assert line(screen) == FIXES[0]["en"]
        screen.touch("language-it")
        assert line(screen) == FIXES[0]["it"]
        assert "L’avete detto – l’abbiamo fatto" in screen.texts()
        screen.wait(61 + LINE)
        assert line(screen) == FIXES[1]["en"]


def test_a_line_without_the_customers_language_comes_in_the_surveys_first(shop: Shop) -> None:
    set_up(shop, fixes=[FIXES[1], {"fr": "Seulement en français."}])
    with window(shop.screen, shop) as screen:
        screen.touch("language-fr")
        assert idle(screen).footer.aside.lines == (FIXES[1]["en"], "Seulement en français.")
        screen.touch("language-en")
        assert idle(screen).footer.aside.lines == (FIXES[1]["en"],)


def test_lines_stand_three_times_as_long_where_nothing_is_to_move(shop: Shop) -> None:
    set_up(shop, fixes=FIXES)
    with window(shop.screen, shop) as screen:
        look.still = True
        try:
            screen.wait(LINE_STILL - 1.5)
            assert line(screen) == FIXES[0]["en"]
            screen.wait(2)
            assert line(screen) == FIXES[1]["en"]
        finally:
            look.still = False


def test_lines_stand_while_somebody_is_there(shop: Shop) -> None:
    set_up(shop, fixes=FIXES)
    with window(shop.screen, shop) as screen:
        for _ in range(3):
            screen.touch("language-en")
            screen.wait(LINE)
            assert line(screen) == FIXES[0]["en"]


def test_everything_shifts_a_little_every_minute_and_stays_on_the_screen(shop: Shop) -> None:
    set_up(shop, fixes=FIXES, address=ADDRESS)
    with window(shop.screen, shop, drawn=False) as screen:
        home = screen.find("score-0").pos[:]
        seen = set()
        for _ in range(2 * len(PATH)):
            for _ in range(60):
                screen.wait(1)
            assert faults(screen.app.stage) == []
            seen.add((screen.find("score-0").x - home[0], screen.find("score-0").y - home[1]))
        assert len(seen) == len(PATH)
        assert all(max(abs(x), abs(y)) <= 4 for x, y in seen)


def test_outside_opening_hours_it_is_dim_and_the_touch_that_wakes_it_counts(shop: Shop) -> None:
    set_up(shop, hours=closed_today())
    with window(shop.screen, shop) as screen:
        screen.wait(3)
        assert idle(screen).dark
        screen.touch("score-9")
        assert not idle(screen).dark
        assert [kept.response.score for kept in shop.kept()] == [9]
        screen.touch("score-9", "next", "decline", "thanks")
        screen.wait(38)
        assert not idle(screen).dark
        screen.wait(5)
        assert idle(screen).dark


def test_it_is_not_dim_while_the_store_is_open(shop: Shop) -> None:
    set_up(shop, hours={day: [["00:00", "00:00"]] for day in DAYS})
    with window(shop.screen, shop) as screen:
        screen.wait(60)
        assert not idle(screen).dark


def test_hours_of_brightness_take_the_place_of_the_stores_and_a_change_takes_hold(shop: Shop) -> None:
    set_up(shop, hours=closed_today(), brightness={"dimmed": 40})
    with window(shop.screen, shop) as screen:
        screen.wait(3)
        assert (idle(screen).dark, idle(screen)._night.shade) == (True, 0.4)
        set_up(shop, hours=closed_today(), brightness={"dimmed": 90})
        screen.wait(61)
        screen.until(lambda: idle(screen)._night.shade == 0.9)
        assert idle(screen).dark
        always = {day: [["00:00", "00:00"]] for day in DAYS}
        set_up(shop, hours=closed_today(), brightness={"hours": always})
        screen.wait(61)
        screen.until(lambda: not idle(screen).dark)


def test_a_visit_does_not_go_dim(shop: Shop) -> None:
    set_up(shop, hours=closed_today(), times={"idle": 300})
    with window(shop.screen, shop) as screen:
        screen.tap("score-9")
        screen.wait(200)
        assert not idle(screen).dark


def from_head_office(shop: Shop, document: dict[str, Any]) -> None:
    """Let settings hold that travelled; a language may have left the survey since."""
    shop.ask(lambda storage: storage.preferences.take(document))
    shop.ask(lambda storage: storage.refresh_screen())


def test_the_languages_are_those_set_as_far_as_the_survey_has_them(shop: Shop) -> None:
    from_head_office(shop, {"version": 1, "languages": ["fr", "xx", "it"]})
    with window(shop.screen, shop) as screen:
        assert any("Quelle est la probabilité" in text for text in screen.texts())
        assert [code for code in words.LANGUAGES if screen.shows(f"language-{code}")] == ["it", "fr"]


def test_languages_that_the_survey_does_not_have_are_no_choice(shop: Shop) -> None:
    from_head_office(shop, {"version": 1, "languages": ["xx"]})
    with window(shop.screen, shop) as screen:
        assert all(screen.shows(f"language-{code}") for code in words.LANGUAGES)


def everything(shop: Shop) -> None:
    """Let there be all that may stand beside the question, as long as it may be."""
    longest = ("The queue at the till was long on Saturdays, so now " * 4)[: LONGEST_FIX - 1] + "."
    logo = b64encode(png(300, 100)).decode()
    set_up(
        shop,
        fixes=[dict.fromkeys(words.LANGUAGES, longest)],
        address=ADDRESS,
        languages=words.LANGUAGES,
        brand={"logo": logo},
    )


def look_at(screen: Screen) -> None:
    """See that nothing is cut or too small to touch, before and while a score can be changed."""
    for _ in range(2):
        assert flaws(screen.app.stage) == []
        screen.touch("score-5")


@pytest.mark.parametrize("scale", [1, LARGE], ids=["normal", "large"])
@at_every_size
def test_all_of_it_fits(shop: Shop, size: tuple[int, int], scale: float) -> None:
    everything(shop)
    with window(shop.screen, shop, size, drawn=False) as screen:
        look.scale = scale
        try:
            for language in words.LANGUAGES:
                screen.tap(f"language-{language}")
                look_at(screen)
                screen.app.walk.next_customer()
        finally:
            look.scale = 1


@pytest.mark.parametrize("scale", [1, LARGE], ids=["normal", "large"])
def test_all_of_it_fits_above_and_below_two_rows(shop: Shop, scale: float) -> None:
    everything(shop)
    before, look.pitch = look.pitch, 7 * 25.4 / (1024**2 + 600**2) ** 0.5
    try:
        with window(shop.screen, shop, (1024, 600), drawn=False) as screen:
            look.scale = scale
            screen.tap("language-de")
            assert look.rows.number == 2
            look_at(screen)
    finally:
        look.pitch, look.scale = before, 1
