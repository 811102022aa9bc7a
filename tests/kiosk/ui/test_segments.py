"""Each segment is asked why in its own words and offered its own chips."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from common.nps import SCORES, Segment, segment
from common.surveys import standard_survey
from tests.kiosk.ui.conftest import Shop
from tests.support.window import Screen, window


def chips(screen: Screen) -> list[str]:
    shown = screen.app.stage.view.ids.reasons.children
    return [chip.name.removeprefix("reason-") for chip in reversed(shown)]


@pytest.fixture
def asked(shop: Shop) -> Iterator[Screen]:
    """Return a window with a survey that asks detractors and promoters in its own way."""
    survey = standard_survey()
    own = {Segment.DETRACTOR: "What should we change?", Segment.PROMOTER: "What should we keep?"}
    english = replace(survey.wording["en"], why_by=own)
    fewer = {Segment.PASSIVE: survey.reasons[:3]}
    survey = replace(survey, wording=dict(survey.wording) | {"en": english}, chips=dict(survey.chips) | fewer)
    shop.ask(lambda s: s.use_survey(survey, shop.screen.public_key or b"", "own"))
    with window(shop.screen, shop) as screen:
        yield screen


@pytest.mark.parametrize("score", SCORES)
def test_every_score_is_offered_the_chips_of_its_segment(screen: Screen, score: int) -> None:
    screen.give(score)
    assert chips(screen) == list(standard_survey().reasons_for(segment(score)))
    assert "What is the main reason for your score?" in screen.texts()


def test_a_survey_asks_each_segment_in_its_own_words(asked: Screen) -> None:
    for score, why in ((0, "change?"), (7, "main reason"), (9, "keep?")):
        asked.give(score)
        asked.tap("next", "back")
        assert any(why in text for text in asked.texts())
        asked.tap("next", "decline", "thanks")


def test_buttons_that_served_other_chips_report_what_stands_on_them(asked: Screen, shop: Shop) -> None:
    for score, reason in ((2, "finding"), (7, "waiting"), (10, "location")):
        asked.give(score)
        asked.tap(f"reason-{reason}")
        assert [chip.name for chip in asked.app.stage.view.ids.reasons.children if chip.chosen] == [
            f"reason-{reason}"
        ]
        asked.tap("next", "decline", "thanks")
    asked.until(shop.ended)
    assert [kept.response.reasons for kept in shop.kept()] == [("finding",), ("waiting",), ("location",)]


def test_a_reason_of_the_score_before_does_not_count_for_the_corrected_one(
    screen: Screen, shop: Shop
) -> None:
    screen.give(2)
    screen.tap("reason-waiting", "reason-quality", "back")
    screen.give(10)
    assert "waiting" not in chips(screen)
    assert screen.find("reason-quality").chosen
    screen.tap("reason-advice", "next", "decline")
    screen.until(shop.ended)
    [kept] = shop.kept()
    assert (kept.response.score, set(kept.response.reasons)) == (10, {"quality", "advice"})
