"""How the scores stand: in rows that fingers can hit, in either direction of reading, or not at all."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from kivy.core.window import Window

from common.surveys import standard_survey
from kiosk.ui.theme import look
from tests.kiosk.ui.conftest import Shop
from tests.support.legibility import faults
from tests.support.window import Screen, window

INCH = 25.4


def scores(shop: Shop) -> list[int]:
    return [kept.response.score for kept in shop.kept()]


@pytest.fixture
def measured() -> Iterator[None]:
    """Leave the screen as unmeasured as it was."""
    before = look.pitch
    yield
    look.pitch = before


def rows(screen: Screen) -> list[int]:
    """Return how many scores each row has, the upper one first."""
    heights = [screen.find(f"score-{score}").y for score in range(11)]
    return [heights.count(y) for y in sorted(set(heights), reverse=True)]


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize(
    ("size", "inches", "expected"),
    [
        ((1280, 800), 10.1, [11]),
        ((1280, 800), 8.0, [11]),
        ((1024, 600), 7.0, [6, 5]),
        ((800, 1280), 8.0, [6, 5]),
        ((600, 1024), 7.0, [6, 5]),
    ],
)
def test_scores_stand_in_as_many_rows_as_fingers_need(
    shop: Shop, size: tuple[int, int], inches: float, expected: list[int]
) -> None:
    look.pitch = inches * INCH / (size[0] ** 2 + size[1] ** 2) ** 0.5
    with window(shop.screen, shop, size) as screen:
        assert rows(screen) == expected
        buttons = [screen.find(f"score-{score}") for score in range(11)]
        # Buttons have whole pixels.
        assert min(min(button.size) for button in buttons) + 0.5 >= 12 / look.pitch
        assert faults(screen.app.stage) == []


@pytest.mark.usefixtures("measured")
def test_a_screen_that_is_too_small_says_so_in_place_of_the_question(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    look.pitch = 5 * INCH / (800**2 + 480**2) ** 0.5
    with caplog.at_level(logging.ERROR), window(shop.screen, shop, (800, 480)) as screen:
        assert not screen.shows("score-0")
        assert any("This screen is too small for the survey" in text for text in screen.texts())
        assert faults(screen.app.stage) == []
        assert "CERCHIO_KIOSK_SCREEN_MM" in caplog.text
        assert 0 < shop.ask(lambda s: s.cramped()) < 12
        Window.size = (1280, 800)
        screen.frames(20)
        assert shop.ask(lambda s: s.cramped()) == 0
        screen.touch("score-2")
        assert scores(shop) == [2]
        Window.size = (800, 480)
        screen.frames(20)
        assert not screen.shows("score-2")
    assert scores(shop) == [2]


@pytest.mark.parametrize("size", [(1280, 800), (800, 1280)])
def test_where_people_read_leftwards_the_low_end_is_right(shop: Shop, size: tuple[int, int]) -> None:
    survey = standard_survey()
    survey = replace(survey, wording={"he": survey.wording["en"], "it": survey.wording["it"]})
    shop.ask(lambda storage: storage.use_survey(survey, bytes(32), "leftwards"))
    with window(shop.screen, shop, size) as screen:
        places = [screen.find(f"score-{score}").x for score in range(6)]
        assert places == sorted(places, reverse=True)
        low, high = screen.app.stage.view.ids.scale.ids.low, screen.app.stage.view.ids.scale.ids.high
        assert (low.halign, high.halign) == ("right", "left")
        assert low.right == screen.find("score-0").right
        assert high.x == screen.find("score-10").x
        screen.touch("score-1")
        assert scores(shop) == [1]
        screen.touch("language-it")
        places = [screen.find(f"score-{score}").x for score in range(6)]
        assert places == sorted(places)
