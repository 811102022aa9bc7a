"""Several fingers at once, on every customer's screen: a palm gives nothing, two thumbs type."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from kiosk.ui.access import Wishes
from kiosk.ui.hands import middle
from tests.kiosk.ui.conftest import Shop
from tests.support.window import Screen

ADDRESS = "anna@example.org"


def palm(screen: Screen, *names: str, order: Sequence[int] = ()) -> None:
    """Put a finger on each of these, and lift them all in an order."""
    fingers = screen.put(*names)
    for place in order or range(len(fingers)):
        screen.lift(fingers[place])


def why(screen: Screen) -> None:
    screen.tap("score-4")


def contact(screen: Screen) -> None:
    why(screen)
    screen.tap("next")


def filled_in(screen: Screen) -> None:
    contact(screen)
    screen.tap("email")
    screen.find("email").type(ADDRESS)


def chosen(screen: Screen) -> list[str]:
    return [chip.name for chip in screen.find("reason-staff").parent.children if chip.chosen]


@pytest.mark.parametrize("fingers", [2, 3, 4, 5])
def test_a_palm_on_the_reasons_chooses_none_and_stays(screen: Screen, fingers: int) -> None:
    why(screen)
    names = [chip.name for chip in screen.find("reason-staff").parent.children][:4]
    palm(screen, *names[: fingers - 1], "next")
    assert chosen(screen) == []
    assert screen.shows("reason-staff")
    screen.touch("reason-price")
    assert chosen(screen) == ["reason-price"]


@pytest.mark.parametrize("names", [("consent", "send"), ("consent", "details", "decline", "send")])
@pytest.mark.parametrize("last_first", [False, True])
def test_a_palm_gives_no_consent_and_sends_nothing(
    screen: Screen, shop: Shop, names: tuple[str, ...], last_first: bool
) -> None:
    filled_in(screen)
    palm(screen, *names, order=range(len(names))[:: -1 if last_first else 1])
    assert not screen.find("consent").chosen
    assert not screen.shows("thanks")
    assert not screen.shows("notice")
    screen.tap("consent")
    palm(screen, *reversed(names))
    assert screen.find("consent").chosen
    assert screen.find("email").text == ADDRESS
    screen.tap("send")
    [kept] = shop.kept()
    assert kept.response.contact is not None


def test_a_finger_that_joins_one_on_send_keeps_it_from_sending(screen: Screen) -> None:
    filled_in(screen)
    screen.tap("consent")
    fingers = screen.put("send", "email")
    screen.lift(fingers[1])
    screen.lift(fingers[0])
    assert not screen.shows("thanks")
    assert screen.find("send").state == "normal"


def test_a_palm_ends_no_visit_and_a_finger_does(screen: Screen, shop: Shop) -> None:
    contact(screen)
    palm(screen, "decline", "consent", "back")
    assert screen.shows("decline")
    screen.tap("decline")
    palm(screen, "thanks", "access", "thanks")
    assert screen.shows("thanks")
    assert not screen.shows("access-sheet")
    screen.tap("thanks")
    assert screen.shows("score-0")


def test_a_palm_is_nobody_who_is_still_there(screen: Screen) -> None:
    why(screen)
    screen.wait(41)
    fingers = [screen.hands.put(*at) for at in ((90, 90), middle(screen.find("still-here")), (700, 90))]
    screen.frames()
    for finger in fingers:
        screen.lift(finger)
    assert screen.shows("still-here")
    screen.tap("still-here")
    assert not screen.shows("still-here")


def test_a_palm_turns_no_switch_and_closes_no_sheet(screen: Screen) -> None:
    screen.tap("access")
    palm(screen, "access-large", "access-contrast", "access-done")
    palm(screen, "score-0", "access-large")
    assert screen.app._access.wishes == Wishes()
    assert screen.shows("access-sheet")
    screen.tap("score-0")
    assert not screen.shows("access-sheet")


def test_a_palm_does_not_close_the_notice_and_one_finger_scrolls_it(screen: Screen) -> None:
    contact(screen)
    screen.tap("details")
    palm(screen, "close-notice", "notice")
    assert screen.shows("close-notice")
    notice = screen.app.stage.cover
    at = middle(notice.ids.scroll)
    finger = screen.hands.put(*at)
    screen.frames(1)
    second = screen.hands.put(at[0] + 200, at[1])
    for y in range(0, 200, 20):
        screen.hands.slide(finger, at[0], at[1] + y)
        screen.frames(1)
    screen.lift(finger)
    screen.lift(second)
    assert notice.ids.scroll.scroll_y < 1


def test_taps_of_two_hands_that_follow_each_other_both_count(screen: Screen) -> None:
    why(screen)
    screen.wait(0.4)
    for name in ("reason-staff", "reason-price", "reason-waiting"):
        screen.hands.tap(screen.find(name))
        screen.frames(1)
    assert set(chosen(screen)) == {"reason-staff", "reason-price", "reason-waiting"}


def test_two_thumbs_type_each_letter_before_the_last_one_is_lifted(screen: Screen) -> None:
    why(screen)
    screen.tap("comment")
    keys = ("key-s", "key-o", "key-k", "key-a", "key-y")
    fingers = screen.put(keys[0])
    for _, name in pairwise(keys):
        fingers.append(screen.hands.put(*middle(screen.find(name))))
        screen.frames(1)
        screen.lift(fingers.pop(0))
    screen.lift(fingers.pop())
    assert screen.find("comment").text == "Sokay"


def test_a_palm_on_the_keys_types_nothing_and_holds_none(screen: Screen) -> None:
    why(screen)
    screen.tap("comment")
    fingers = screen.put("key-e", "key-f", "key-g")
    screen.wait(1)
    assert "é" not in [cap.typed for cap in screen.app.stage.keyboard.caps()]
    for finger in fingers:
        screen.lift(finger)
    assert screen.find("comment").text == ""
    screen.write("So")
    assert screen.find("comment").text == "So"


def test_a_thumb_that_still_types_gives_no_consent(screen: Screen) -> None:
    filled_in(screen)
    palm(screen, "key-x", "consent")
    assert screen.find("email").text == ADDRESS + "x"
    assert not screen.find("consent").chosen
    screen.touch("consent")
    assert screen.find("consent").chosen


def test_a_finger_that_two_devices_report_is_one(screen: Screen) -> None:
    why(screen)
    screen.wait(0.4)
    x, y = middle(screen.find("reason-staff"))
    both = screen.hands.put(x, y), screen.hands.put(x + 3, y - 2)
    screen.frames(2)
    for finger in both:
        screen.lift(finger)
    assert chosen(screen) == ["reason-staff"]


def test_a_finger_that_rests_on_the_glass_keeps_nobody_from_answering(screen: Screen) -> None:
    why(screen)
    screen.wait(0.4)
    screen.hands.put(20, 20)
    screen.frames()
    screen.touch("reason-staff")
    assert chosen(screen) == []
    screen.wait(10)
    screen.touch("reason-staff")
    assert chosen(screen) == ["reason-staff"]


def test_a_finger_that_is_down_while_something_is_laid_over_touches_nothing(screen: Screen) -> None:
    filled_in(screen)
    screen.tap("consent")
    finger = screen.hold("send", 41)
    assert screen.shows("still-here")
    screen.lift(finger)
    screen.tap("still-here")
    assert screen.shows("send")


def test_a_pin_is_typed_with_two_hands(screen: Screen) -> None:
    screen.app._open_desk()
    screen.frames()
    palm(screen, "pin-2", "pin-4")
    assert screen.app.stage.view.scene.typed == 2
