"""What looks wrong at the window is in the row from the tap on, and right at the end of the visit."""

from datetime import timedelta
from json import dumps

import pytest

from common.nps import SCORES
from common.settings import DAYS, Doubts
from kiosk.config import LOCAL_FILE
from kiosk.storage.outbox import State
from kiosk.ui.hands import middle
from tests.kiosk.ui.conftest import Shop
from tests.support.window import Screen, window

READ = Doubts().reading + 0.5


def flags(shop: Shop) -> list[tuple[str, ...]]:
    return [kept.response.flags for kept in shop.kept()]


def visit(screen: Screen, score: int, *taps: str) -> None:
    """Read the question, give a score, tap more, and leave."""
    screen.wait(READ)
    screen.touch(f"score-{score}")
    screen.wait(2.5)
    screen.tap(*taps, "next", "decline", "thanks")


def slide(screen: Screen, first: int, last: int, reports: int) -> None:
    """Draw a finger from one score to another; the glass reports it only so many times on its way."""
    (left, y), (right, _) = (middle(screen.find(f"score-{score}")) for score in (first, last))
    finger = screen.hands.put(left, y)
    screen.frames(1)
    for number in range(1, reports + 1):
        screen.hands.slide(finger, left + (right - left) * number / reports, y)
        screen.frames(1)
    screen.lift(finger)


def test_an_ordinary_visit_has_no_flags(screen: Screen, shop: Shop) -> None:
    visit(screen, 9)
    screen.until(shop.ended)
    assert flags(shop) == [()]


def test_a_tap_that_nobody_can_have_meant_is_flagged_at_once_and_words_take_that_back(
    screen: Screen, shop: Shop
) -> None:
    visit(screen, 9)
    screen.touch("score-0")
    newest = shop.kept()[-1]
    assert (newest.state, newest.response.flags) == (State.OPEN, ("speed",))
    screen.wait(2.5)
    screen.tap("comment")
    screen.write("No.")
    screen.tap("next")
    assert shop.kept()[-1].response.flags == ()
    screen.tap("decline")
    screen.until(shop.ended)
    assert flags(shop) == [(), ()]


def test_who_only_taps_scores_on_and_on_is_received_and_not_counted(screen: Screen, shop: Shop) -> None:
    for score in SCORES[:8]:
        visit(screen, score)
    screen.until(shop.ended)
    assert flags(shop) == [()] * 5 + [("burst",)] * 3
    counted, flagged = shop.ask(lambda s: s.outbox.tallies())
    assert (counted.total, flagged.total, shop.totals().given) == (5, 3, 8)


def test_who_gives_reasons_is_no_burst_however_many_they_are(screen: Screen, shop: Shop) -> None:
    for score in SCORES[:8]:
        visit(screen, score, "reason-staff")
    screen.until(shop.ended)
    assert flags(shop) == [()] * 8


@pytest.mark.parametrize("reports", [4, 40])
def test_a_finger_that_slides_over_all_scores_means_none_of_them(
    screen: Screen, shop: Shop, reports: int
) -> None:
    screen.wait(READ)
    slide(screen, 0, 10, reports)
    assert shop.kept() == []
    screen.touch("score-10")
    assert flags(shop) == [("sweep",)]


def test_a_score_that_is_tapped_long_after_a_slide_is_meant(screen: Screen, shop: Shop) -> None:
    screen.wait(READ)
    slide(screen, 10, 0, 12)
    screen.wait(3)
    screen.touch("score-8")
    assert flags(shop) == [()]


def test_a_finger_that_taps_one_score_after_the_other_means_none_of_them(screen: Screen, shop: Shop) -> None:
    screen.wait(READ)
    for score in SCORES:
        screen.touch(f"score-{score}")
    screen.until(lambda: shop.kept()[0].response.score == SCORES[-1])
    assert flags(shop) == [("sweep",)]


def test_an_answer_while_the_store_is_closed_is_flagged_whatever_it_says(shop: Shop) -> None:
    day = DAYS[(shop.now() + timedelta(days=3)).weekday()]
    hours = {"hours": {day: [["09:00", "18:00"]]}}
    (shop.config.data / LOCAL_FILE).write_text(dumps(hours))
    with window(shop.screen, shop) as screen:
        screen.until(lambda: screen.app.walk.bystander[0].settings.hours)
        screen.wait(READ)
        screen.touch("score-2")
        screen.wait(2.5)
        screen.tap("reason-staff", "next", "decline")
        screen.until(shop.ended)
    assert flags(shop) == [("closed",)]


def test_a_manager_counts_an_answer_after_all(screen: Screen, shop: Shop) -> None:
    visit(screen, 9)
    screen.touch("score-0")
    screen.wait(2.5)
    screen.tap("next", "decline")
    screen.until(shop.ended)
    [doubted] = shop.overview().result(10).doubted
    assert (doubted.score, doubted.flags) == (0, ("speed",))
    shop.overrule(doubted.id).result(10)
    seen = shop.overview().result(10)
    assert ([each.counts for each in seen.doubted], seen.untold) == ([True], 1)
    assert [(p.tally.total, p.flagged) for p in seen.periods] == [(2, 0)] * 3
    assert flags(shop) == [(), ("speed",)]
