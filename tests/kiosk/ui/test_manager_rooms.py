"""What the manager can do behind the PIN: count doubted answers, copy to a stick, check, change, leave."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from common.sealing import new_private_key, public_key
from common.wire import Numbered
from kiosk.config import Config, Theme, chosen_theme
from kiosk.rescue import Carried
from kiosk.storage.outbox import State
from kiosk.storage.pin import Door, set_pin
from kiosk.ui.checkup import PARTS
from kiosk.ui.office import REFRESHED_EVERY, Office
from kiosk.ui.theme import DARK, LARGE, LIGHT, look
from tests.kiosk.ui.conftest import PIN, Shop
from tests.kiosk.ui.test_manager import busy, enter, give, open_page
from tests.support.answers import a_response
from tests.support.disks import can_mount, small_disk
from tests.support.kiosk import Kiosk, a_pairing
from tests.support.legibility import flaws
from tests.support.misbehaving_hub import MisbehavingHub, hang_up, misbehaving_hub
from tests.support.window import Screen, window

SERVICE = "13579"
TAB, ESCAPE = 9, 27
COUNTS = "Counts from now on."


def office(screen: Screen) -> Office:
    found = screen.app.desk.office
    assert found
    return found


def scene(screen: Screen) -> Any:
    return screen.app.stage.view.scene


def open_tablet(screen: Screen) -> None:
    open_page(screen)
    screen.tap("tab-tablet")


def open_service(screen: Screen, shop: Shop) -> None:
    shop.ask(lambda s: set_pin(s.settings, SERVICE, Door.SERVICE))
    open_tablet(screen)
    screen.tap("service")
    enter(screen, SERVICE)
    screen.until(lambda: screen.shows("leave"))


def doubt(shop: Shop, score: int = 3) -> str:
    answer = a_response(99, score=score, given_at=shop.now() - timedelta(minutes=1), flags=("sweep",))
    shop.save(answer).result(10)
    shop.finish(answer.id).result(10)
    return answer.id


@pytest.fixture
def hub() -> Iterator[MisbehavingHub]:
    """Return a hub that behaves."""
    with misbehaving_hub() as hub:
        yield hub


@pytest.fixture
def reachable(config: Config, hub: MisbehavingHub) -> Iterator[Shop]:
    """Return the backstage of a kiosk whose hub can be reached."""
    key = new_private_key()
    kiosk = Kiosk(config)
    kiosk.ask(lambda s: s.pair(a_pairing(hub=hub.address, public_key=public_key(key))))
    kiosk.ask(lambda s: set_pin(s.settings, PIN))
    kiosk.close()
    shop = Shop(config, key)
    yield shop
    shop.stop()


def test_a_doubted_answer_is_listed_with_its_reason(screen: Screen, shop: Shop) -> None:
    give(shop, [9] * 12)
    doubt(shop)
    open_tablet(screen)
    texts = screen.texts()
    assert "One finger went over all the numbers." in texts
    assert any("13 received, 12 counted, 1 not counted" in text for text in texts)


def count(screen: Screen, identity: str, *, after: bool = True) -> None:
    """Touch the button of a doubted answer, and wait until the page says that it counts, or not again."""
    screen.tap(f"doubt-{identity}")
    screen.until(lambda: (COUNTS in screen.texts()) is after)


def test_one_touch_counts_it_which_is_said_once_it_is_written(screen: Screen, shop: Shop) -> None:
    give(shop, [9] * 12)
    identity = doubt(shop)
    open_tablet(screen)
    count(screen, identity)
    assert shop.ask(lambda s: s.doubts.newest(5)) == []
    assert "30 days: 13 received, 13 counted. None looks wrong." in screen.texts()
    screen.tap("back")
    open_tablet(screen)
    assert COUNTS in screen.texts(), "it can be taken back a while longer"


def test_a_second_touch_undoes_it(screen: Screen, shop: Shop) -> None:
    identity = doubt(shop)
    open_tablet(screen)
    count(screen, identity)
    count(screen, identity, after=False)
    assert [each.id for each in shop.ask(lambda s: s.doubts.newest(5))] == [identity]
    assert "One finger went over all the numbers." in screen.texts()


def test_a_double_tap_counts_it_and_does_not_undo_that(screen: Screen, shop: Shop) -> None:
    identity = doubt(shop)
    open_tablet(screen)
    tap_twice(screen, f"doubt-{identity}", f"doubt-{identity}")
    screen.until(lambda: COUNTS in screen.texts())
    assert shop.ask(lambda s: s.doubts.newest(5)) == []


def test_a_word_that_storage_does_not_take_is_told_on_the_row(screen: Screen, shop: Shop) -> None:
    identity = doubt(shop)
    open_tablet(screen)
    shop.ask(lambda s: s._db.execute("PRAGMA query_only = 1").fetchall())
    screen.tap(f"doubt-{identity}")
    screen.until(lambda: "It still does not count: this could not be saved." in screen.texts())
    shop.ask(lambda s: s._db.execute("PRAGMA query_only = 0").fetchall())
    count(screen, identity)
    shop.ask(lambda s: s._db.execute("PRAGMA query_only = 1").fetchall())
    screen.tap(f"doubt-{identity}")
    screen.until(lambda: "It still counts: the change could not be saved." in screen.texts())
    assert shop.ask(lambda s: s.doubts.newest(5)) == []


def test_without_a_stick_the_button_asks_for_one(tmp_path: Path, shop: Shop) -> None:
    shop._sticks = [tmp_path / "media"]
    with window(shop.screen, shop) as screen:
        give(shop, [9])
        open_tablet(screen)
        screen.tap("rescue")
        screen.until(lambda: not busy(screen))
        assert scene(screen).told.startswith("No USB stick was found.")


if can_mount():  # An ordinary user gets no stick to plug in.

    def test_answers_go_to_the_stick_and_wait_on(tmp_path: Path, shop: Shop) -> None:
        shop._sticks = [tmp_path]
        with small_disk(tmp_path / "KINGSTON", "1m"), window(shop.screen, shop) as screen:
            give(shop, [9, 3])
            open_tablet(screen)
            screen.tap("rescue")
            screen.until(lambda: not busy(screen))
            [file] = (tmp_path / "KINGSTON").glob("*.csv")
            told = f"2 answers are on the stick KINGSTON, in the file {file.name}. You can pull it out."
            assert scene(screen).told == told
        assert [kept.state for kept in shop.kept()] == [State.WAITING] * 2


def test_try_now_says_how_many_answers_went(reachable: Shop) -> None:
    with window(reachable.screen, reachable) as screen:
        open_page(screen)
        screen.until(lambda: reachable.ask(lambda s: s.last_sync()).contact)
        give(reachable, [9, 3])
        screen.tap("sync")
        screen.until(lambda: not busy(screen))
        assert scene(screen).state == "Done: 2 answers went to head office."
        screen.tap("sync")
        screen.until(lambda: not busy(screen))
        assert scene(screen).state.endswith("There was nothing to send.")


def test_a_clock_that_is_wrong_is_said_to_be_by_how_much(reachable: Shop, hub: MisbehavingHub) -> None:
    hub.ahead = timedelta(days=-3)
    with window(reachable.screen, reachable) as screen:
        open_page(screen)
        screen.tap("sync")
        screen.until(lambda: not busy(screen))
        screen.tap("tab-tablet")
        assert "The tablet’s clock is 3 days ahead." in scene(screen).state


def check(screen: Screen, *answers: str) -> None:
    screen.tap("check", *answers)
    for target in ("upper-left", "upper-right", "lower-left", "lower-right", "middle"):
        screen.tap(f"target-{target}")
    screen.until(lambda: scene(screen).kind == "result")


def test_the_check_ends_with_a_test_answer_at_head_office(reachable: Shop, hub: MisbehavingHub) -> None:
    with window(reachable.screen, reachable) as screen:
        open_tablet(screen)
        check(screen, "yes", "yes")
        assert "All is well" in screen.texts()
        items = [item for batch in hub.batches for item in batch.items if isinstance(item, Numbered)]
        [answer] = [item.response for item in items]
        assert (answer.flags, answer.counted, answer.score) == (("test",), False, 10)
        screen.tap("yes")
        screen.until(lambda: screen.shows("rescue"))
        assert scene(screen).checked.endswith("all is well.")
        assert scene(screen).doubts == (), "nobody has to think about it"
        assert "1 received, 0 counted, 1 not counted" in scene(screen).doubts_note
    kept = reachable.ask(lambda s: s.settings.get("check"))
    assert kept["parts"] == dict.fromkeys(PARTS, True)


def test_the_check_names_what_is_not_well(screen: Screen, shop: Shop) -> None:
    open_tablet(screen)
    check(screen, "yes", "no")
    marks = [mark for mark, _ in scene(screen).lines]
    assert marks == ["✔", "✘", "✔", "✘", "✘", "✘"]
    screen.tap("yes")
    screen.until(lambda: screen.shows("rescue"))
    assert scene(screen).checked.endswith("please look at light, network, clock, test answer.")
    assert [kept.state for kept in shop.kept()] == [State.WAITING], "the test answer goes when it can"


def test_a_clock_is_not_called_right_by_what_was_measured_another_day(
    reachable: Shop, hub: MisbehavingHub
) -> None:
    with window(reachable.screen, reachable) as screen:
        open_tablet(screen)
        screen.tap("sync")
        screen.until(lambda: not busy(screen))
        hub.always = hang_up
        check(screen, "yes", "yes")
        assert [mark for mark, _ in scene(screen).lines] == ["✔", "✔", "✔", "✘", "✘", "✘"]
        assert "Clock: not compared, because head office could not be reached just now." in screen.texts()


def test_a_check_that_is_left_is_not_kept(screen: Screen, shop: Shop) -> None:
    open_tablet(screen)
    screen.tap("check", "yes", "back")
    screen.until(lambda: screen.shows("rescue"))
    assert shop.ask(lambda s: s.settings.get("check")) is None


def test_without_a_service_pin_the_door_stays_shut(screen: Screen) -> None:
    open_tablet(screen)
    screen.tap("service")
    enter(screen, PIN)
    assert any("cerchio-kiosk pin --service" in text for text in screen.texts())
    screen.tap("back")
    assert screen.shows("rescue")


def test_five_wrong_service_pins_lock_that_door_only(screen: Screen, shop: Shop) -> None:
    shop.ask(lambda s: set_pin(s.settings, SERVICE, Door.SERVICE))
    open_tablet(screen)
    screen.tap("service")
    for _ in range(5):
        enter(screen, PIN)
    assert scene(screen).blocked
    screen.tap("back", "back")
    open_page(screen)


def test_the_way_out_asks_first(screen: Screen, shop: Shop) -> None:
    left: list[bool] = []
    screen.app.bind(on_stop=lambda _: left.append(True))
    open_service(screen, shop)
    screen.tap("leave")
    assert any("Every answer is safe on the tablet" in text for text in screen.texts())
    screen.tap("stay", "leave")
    assert left == []
    screen.tap("leave-now")
    assert left == [True]


def test_colours_change_at_once_and_stay(screen: Screen, shop: Shop) -> None:
    try:
        open_service(screen, shop)
        screen.tap("theme-dark")
        assert look.palette == DARK
        screen.until(lambda: chosen_theme(shop.config) is Theme.DARK)
        screen.tap("back", "back")
        assert look.palette == DARK
    finally:
        look.wear(LIGHT)


def test_a_wish_of_another_screen_does_nothing(screen: Screen, shop: Shop) -> None:
    doubt(shop)
    open_page(screen)
    for wish in ("leave-now", "theme", "target", "yes", "digit"):
        office(screen).ask(wish, "dark")
    assert screen.shows("sync")


def test_a_stick_that_comes_too_late_for_the_manager_changes_no_screen(screen: Screen, shop: Shop) -> None:
    give(shop, [5])
    open_tablet(screen)
    screen.tap("rescue", "back")
    rescued = shop.rescue().result(20)
    screen.wait(0.5)
    assert rescued.outcome in (Carried.NO_STICK, Carried.WRITTEN)
    assert screen.shows("score-0")


def tap_twice(screen: Screen, first: str, then: str) -> None:
    screen.wait(0.4)
    for name in (first, then):
        screen.hands.tap(screen.find(name))
        screen.frames(2)


def test_a_double_tap_does_not_leave_the_program(screen: Screen, shop: Shop) -> None:
    left: list[bool] = []
    screen.app.bind(on_stop=lambda _: left.append(True))
    open_service(screen, shop)
    tap_twice(screen, "leave", "leave-now")
    assert left == []


def test_a_double_tap_answers_one_part_of_the_check(screen: Screen) -> None:
    open_tablet(screen)
    screen.tap("check")
    tap_twice(screen, "yes", "yes")
    assert scene(screen).kind == "light"


def test_a_page_stays_as_long_as_an_errand_takes(screen: Screen) -> None:
    open_page(screen)
    office(screen).busy = True
    screen.wait(125)
    assert screen.shows("sync")
    office(screen).busy = False
    screen.wait(125)
    assert screen.shows("score-0")


def test_the_manager_has_large_text_and_high_contrast_until_the_pages_close(
    screen: Screen, shop: Shop
) -> None:
    open_page(screen)
    screen.tap("access", "access-large", "access-contrast", "access-done", "tab-tablet")
    assert (look.scale, look.high) == (LARGE, True)
    assert not screen.shows("access-aloud"), "nothing is read aloud on the manager's pages"
    screen.press(ESCAPE)
    assert (look.scale, look.high) == (1, False)


@pytest.mark.parametrize("size", [(1280, 800), (800, 1280), (1024, 600)])
def test_the_pad_for_the_pin_can_be_large_and_of_high_contrast(shop: Shop, size: tuple[int, int]) -> None:
    with window(shop.asking_in("it"), shop, size, drawn=False) as screen:
        screen.app._open_desk()
        screen.frames(4)
        screen.tap("access", "access-large", "access-contrast", "access-done")
        assert (look.scale, look.high) == (LARGE, True)
        screen.enter("1")
        screen.until(lambda: not office(screen).asking)
        assert flaws(screen.app.stage) == []
        screen.tap("back")
        assert (look.scale, look.high) == (1, False)


@pytest.mark.parametrize("size", [(1280, 800), (800, 1280), (1024, 600)])
def test_large_text_has_room_on_every_page(shop: Shop, size: tuple[int, int]) -> None:
    give(shop, [10] * 20 + [8] * 5 + [0] * 5, comment="Fine", reasons=("price", "staff"))
    doubt(shop)
    with window(shop.asking_in("en"), shop, size, drawn=False) as screen:
        shop.ask(lambda s: set_pin(s.settings, SERVICE, Door.SERVICE))
        open_page(screen)
        screen.tap("access", "access-large", "access-done")
        for tab in ("today", "trend", "tablet"):
            screen.tap(f"tab-{tab}")
            assert (tab, flaws(screen.app.stage)) == (tab, [])
        screen.tap("service")
        enter(screen, SERVICE)
        screen.until(lambda: screen.shows("leave"))
        for wish in ("speak-it", "leave"):
            screen.tap(wish)
            screen.frames(6)
            assert (wish, flaws(screen.app.stage)) == (wish, [])


def test_the_ring_brings_a_doubted_answer_into_view(screen: Screen, shop: Shop) -> None:
    for number in range(1, 13):
        answer = a_response(number, given_at=shop.now() - timedelta(minutes=number), flags=("sweep",))
        shop.save(answer).result(10)
        shop.finish(answer.id).result(10)
    open_tablet(screen)
    met = []
    for _ in range(30):
        screen.press(TAB)
        [ringed] = [w for w in screen.app.stage.view.walk(restrict=True) if getattr(w, "focused", False)]
        if ringed.name.startswith("doubt-"):
            met.append(ringed.name)
            y = ringed.to_window(*ringed.pos)[1]
            assert 0 <= y <= screen.app.stage.height - ringed.height
    assert len(set(met)) == 12


def test_a_part_of_the_check_is_named_before_what_is_wrong_with_it(screen: Screen) -> None:
    open_tablet(screen)
    check(screen, "yes", "yes")
    said = [sentence for _, sentence in scene(screen).lines]
    assert said[3] == "Network: Head office cannot be reached just now. Is there a network?"


def test_a_page_that_stays_open_shows_what_has_come_since(screen: Screen, shop: Shop) -> None:
    open_tablet(screen)
    assert scene(screen).doubts == ()
    doubt(shop)
    screen.wait(REFRESHED_EVERY + 1)
    screen.until(lambda: len(scene(screen).doubts) == 1)


def test_a_stick_is_not_wanted_for_a_tablet_without_answers(screen: Screen, shop: Shop) -> None:
    open_tablet(screen)
    screen.tap("rescue")
    screen.until(lambda: scene(screen).told)
    assert scene(screen).told.startswith("No answer on this tablet waits for head office")
