"""The manager's minute: by a long press and a PIN to this store's numbers, and nobody else gets there."""

from datetime import timedelta

import pytest

from kiosk.ui.hands import middle
from tests.kiosk.ui.conftest import PIN, Shop
from tests.support.answers import a_response
from tests.support.window import Screen, window


def press_corner(screen: Screen, seconds: float) -> None:
    screen.wait(0.4)
    finger = screen.hands.put(*middle(screen.app.stage.ids.corner))
    screen.wait(seconds)
    screen.lift(finger)


def asking(screen: Screen) -> bool:
    office = screen.app.desk.office
    return office is not None and office.asking


def busy(screen: Screen) -> bool:
    office = screen.app.desk.office
    return office is not None and office.busy


def enter(screen: Screen, pin: str) -> None:
    screen.enter(pin)
    screen.until(lambda: not asking(screen))


def open_page(screen: Screen) -> None:
    press_corner(screen, 3.2)
    enter(screen, PIN)
    screen.until(lambda: screen.shows("sync"))


def give(shop: Shop, scores: list[int], **parts: object) -> None:
    now = shop.now()
    for number, score in enumerate(scores, 1):
        response = a_response(number, score=score, given_at=now - timedelta(seconds=60 - number), **parts)
        shop.save(response).result(10)
        shop.finish(response.id).result(10)


def test_three_seconds_in_the_corner_ask_for_the_pin_and_two_do_not(screen: Screen) -> None:
    press_corner(screen, 2.5)
    assert screen.shows("score-0")
    press_corner(screen, 3.2)
    assert "Please enter the PIN" in screen.texts()


def test_a_finger_that_slides_out_of_the_corner_does_not_press(screen: Screen) -> None:
    stage = screen.app.stage
    screen.wait(0.4)
    finger = screen.hands.put(*middle(stage.ids.corner))
    screen.frames()
    screen.hands.slide(finger, stage.center_x, stage.center_y)
    screen.wait(4)
    screen.lift(finger)
    assert screen.shows("score-0")


def test_the_corner_waits_for_the_customer_who_is_there(screen: Screen) -> None:
    screen.tap("score-4")
    press_corner(screen, 3.2)
    assert "Please enter the PIN" not in screen.texts()


def test_the_page_shows_scores_with_intervals_counts_and_comments(screen: Screen, shop: Shop) -> None:
    give(shop, [10] * 20 + [8] * 5 + [0] * 5, comment="Fine", reasons=("price",))
    open_page(screen)
    texts = screen.texts()
    assert texts.count("+50") == 3
    assert texts.count("most likely\n+19 to +72") == 3
    assert texts.count("Answers: 30") == 3
    assert {"Detractors\n5", "Passives\n5", "Promoters\n20"} <= set(texts)
    assert "Fine\nPrice" in texts
    assert any(text.startswith("30 answers wait for the network since ") for text in texts)


def test_few_answers_have_no_score_but_say_how_many_are_wanted(screen: Screen, shop: Shop) -> None:
    give(shop, [10, 9, 0, 7])
    open_page(screen)
    texts = screen.texts()
    assert "–" in texts
    assert "Answers: 4\nToo few to say: about 6 more answers" in texts
    assert not any("most likely" in text for text in texts)


def test_few_answers_have_their_interval_and_not_twice_its_half(screen: Screen, shop: Shop) -> None:
    give(shop, [9] * 2 + [7] * 2 + [0] * 8)
    open_page(screen)
    texts = screen.texts()
    assert texts.count("−50") == 3
    assert texts.count("most likely\n−79 to −1") == 3
    assert not any("±" in text for text in texts)


def test_no_interval_goes_beyond_what_there_is(screen: Screen, shop: Shop) -> None:
    give(shop, [10] * 40)
    open_page(screen)
    assert screen.texts().count("most likely\n+84 to +100") == 3


def test_no_answers_are_no_zero(screen: Screen) -> None:
    open_page(screen)
    texts = screen.texts()
    assert texts.count("No answers yet") == 3
    assert "No answer has been given on this tablet yet." in " ".join(texts)
    assert "No comments yet." in texts


def test_answers_that_do_not_count_are_told_apart(screen: Screen, shop: Shop) -> None:
    give(shop, [9] * 12)
    flagged = a_response(99, score=0, given_at=shop.now(), flags=("burst",))
    shop.save(flagged).result(10)
    open_page(screen)
    assert any(text.startswith("Answers: 12, not counted: 1") for text in screen.texts())


def test_each_stretch_of_time_has_its_chart(screen: Screen, shop: Shop) -> None:
    give(shop, [3])
    open_page(screen)
    for span, name in (("WEEK", "7 days"), ("MONTH", "30 days"), ("TODAY", "Today")):
        screen.tap(f"span-{span}")
        assert f"How often each score was given: {name}" in screen.texts()
        assert screen.find(f"span-{span}").chosen


def test_sync_now_says_what_came_of_it(screen: Screen) -> None:
    open_page(screen)
    screen.tap("sync")
    screen.until(lambda: not busy(screen))
    state = screen.app.stage.view.scene.state
    assert "Head office cannot be reached just now. Is there a network?" in state


def test_the_way_back_is_to_the_question(screen: Screen, shop: Shop) -> None:
    open_page(screen)
    screen.tap("back", "score-6")
    assert [kept.response.score for kept in shop.kept()] == [6]


def test_a_page_that_nobody_touches_closes(screen: Screen) -> None:
    open_page(screen)
    screen.wait(121)
    assert screen.shows("score-0")


def test_a_pin_that_nobody_types_leaves_nothing_for_the_next(screen: Screen) -> None:
    press_corner(screen, 3.2)
    screen.tap("pin-2", "pin-4", "pin-6", "back")
    press_corner(screen, 3.2)
    assert screen.app.stage.view.scene.typed == 0


def test_wrong_pins_are_counted_and_five_lock_for_five_minutes(screen: Screen, shop: Shop) -> None:
    press_corner(screen, 3.2)
    for left in (4, 3, 2, 1):
        enter(screen, "1111")
        assert f"That is not the PIN. Tries left: {left}" in screen.texts()
    enter(screen, "1111")
    assert any(text.startswith("Five wrong tries: locked for ") for text in screen.texts())
    screen.tap("pin-1")
    assert screen.app.stage.view.scene.typed == 0
    screen.tap("back")
    press_corner(screen, 3.2)
    screen.until(lambda: screen.app.stage.view.scene.blocked)
    assert any(text.startswith("Five wrong tries: locked for ") for text in screen.texts())


def test_the_lock_ends_by_itself(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = [timedelta(0)]
    now = shop.now
    monkeypatch.setattr(shop, "now", lambda: now() + ahead[0])
    with window(shop.screen, shop) as screen:
        press_corner(screen, 3.2)
        for _ in range(5):
            enter(screen, "1111")
        assert screen.app.stage.view.scene.blocked
        ahead[0] = timedelta(minutes=5, seconds=1)
        screen.wait(1.5)
        assert not screen.app.stage.view.scene.blocked
        enter(screen, PIN)
        screen.until(lambda: screen.shows("sync"))


def test_a_kiosk_without_a_pin_says_how_to_set_one(unpaired: Shop) -> None:
    with window(unpaired.screen, unpaired) as screen:
        press_corner(screen, 3.2)
        enter(screen, "0000")
        assert any("cerchio-kiosk pin" in text for text in screen.texts())


def test_the_manager_reads_the_language_that_is_on_the_screen(screen: Screen) -> None:
    screen.tap("language-it")
    press_corner(screen, 3.2)
    assert "Inserisca il PIN" in screen.texts()
