"""What customers ask of the window: it comes at once, lasts for their visit, and is gone with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kivy.core.window import Window
from kivy.utils import get_color_from_hex

from common import words
from kiosk.ui.access import Wishes
from kiosk.ui.theme import HIGH_LIGHT, LARGE, LIGHT, look
from kiosk.ui.voice import Mute, Voice, readable
from tests.kiosk.ui.conftest import Shop
from tests.support.legibility import at_every_size, flaws
from tests.support.window import Screen, window

TAB, ENTER, ESCAPE = 9, 13, 27
WISHES = ("large", "contrast", "still")
NOTHING = Wishes()

SPEAKER = """#!/bin/sh
cd "$(dirname "$0")"
echo "$@" >> orders
cat >> texts
echo >> texts
echo $$ > running
exec sleep 60
"""


@pytest.fixture
def speaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an espeak-ng on the path that notes what it is told and speaks for a minute; return its folder."""
    return install(tmp_path, monkeypatch, SPEAKER)


def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    folder = tmp_path / "speaker"
    folder.mkdir()
    (folder / "espeak-ng").write_text(script)
    (folder / "espeak-ng").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let no espeak-ng be installed."""
    monkeypatch.setenv("PATH", str(tmp_path))


def wishes(screen: Screen) -> Wishes:
    kept: Wishes = screen.app._access.wishes
    return kept


def wish(screen: Screen, *names: str) -> None:
    """Open the sheet, turn switches, and close it."""
    screen.tap("access", *(f"access-{name}" for name in names), "access-done")


def size_of(screen: Screen, text: str) -> float:
    return next(
        float(widget.font_size)
        for widget in screen.app.stage.walk(restrict=True)
        if getattr(widget, "text", None) == text and widget.get_root_window()
    )


def answer(screen: Screen) -> None:
    """Give a score, and wait until the next screen is there."""
    screen.tap("score-3")
    screen.wait(3)


def read(folder: Path, name: str) -> list[str]:
    file = folder / name
    return file.read_text().splitlines() if file.exists() else []


def is_running(folder: Path) -> bool:
    """Say whether the last espeak-ng still speaks."""
    numbers = read(folder, "running")
    return bool(numbers) and Path(f"/proc/{numbers[-1]}").exists()


def customers(screen: Screen) -> Iterator[str]:
    """Go through a customer's screens; yield the name of each."""
    yield "question"
    answer(screen)
    yield "why"
    screen.tap("comment")
    yield "why while typing"
    screen.tap("next")
    yield "contact"
    screen.tap("decline")
    yield "thanks"


@pytest.mark.usefixtures("silent")
def test_the_button_is_on_every_screen_of_a_customer(screen: Screen) -> None:
    for name in customers(screen):
        assert screen.shows("access"), name
        assert (screen.find("access").text, name) == ("Accessibility", name)


def test_it_speaks_the_customers_language(screen: Screen) -> None:
    screen.tap("language-it", "access")
    assert {"Accessibilità", "Testo grande", "Fatto"} <= set(screen.texts())


@pytest.mark.usefixtures("silent")
def test_three_switches_without_a_voice(screen: Screen) -> None:
    screen.tap("access")
    assert all(screen.shows(f"access-{name}") for name in WISHES)
    assert not screen.shows("access-aloud")


def test_large_text_is_larger_at_once(screen: Screen) -> None:
    hint = words.text("en", "kiosk.tap_a_number")
    before = size_of(screen, hint)
    screen.tap("access", "access-large")
    assert wishes(screen) == Wishes(large=True)
    assert screen.find("access-large").chosen
    assert size_of(screen, hint) == pytest.approx(before * LARGE, rel=0.01)
    screen.tap("access-large")
    assert size_of(screen, hint) == before


def test_high_contrast_changes_the_colours_and_the_ground(screen: Screen) -> None:
    wish(screen, "contrast")
    assert list(look.ink) == get_color_from_hex(HIGH_LIGHT.ink)
    assert list(Window.clearcolor) == get_color_from_hex(HIGH_LIGHT.ground)
    wish(screen, "contrast")
    assert list(look.ink) == get_color_from_hex(LIGHT.ink)
    assert list(Window.clearcolor) == get_color_from_hex(LIGHT.ground)


def ring(screen: Screen) -> object:
    """Return the part of the circle that is drawn while somebody is asked whether they are there."""
    [found] = [w for w in screen.app.stage.cover.walk() if type(w).__name__ == "Ring"]
    drawn = [each for each in found.canvas.children if getattr(each, "circle", None)]
    return drawn[-1].circle[3]


def test_with_less_movement_the_ring_stands_still(screen: Screen) -> None:
    def turns() -> bool:
        screen.wait(41)
        first = ring(screen)
        screen.wait(5)
        second = ring(screen)
        screen.tap("still-here")
        return first != second

    answer(screen)
    assert turns()
    wish(screen, "still")
    assert not turns()


def test_with_less_movement_the_cursor_does_not_blink(screen: Screen) -> None:
    answer(screen)
    wish(screen, "still")
    screen.tap("comment")
    seen = set()
    for _ in range(12):
        screen.wait(0.3)
        seen.add(screen.find("comment")._cursor_blink)
    assert seen == {False}


def test_wishes_last_until_thanks_and_no_longer(screen: Screen) -> None:
    wish(screen, *WISHES)
    for name in customers(screen):
        assert (name, wishes(screen)) == (name, Wishes(large=True, contrast=True, still=True))
    screen.tap("thanks")
    assert wishes(screen) == NOTHING
    assert (look.scale, look.high, look.still) == (1, False, False)
    screen.tap("access")
    assert not any(screen.find(f"access-{name}").chosen for name in WISHES)


def test_wishes_of_somebody_who_walks_away_are_gone(screen: Screen) -> None:
    wish(screen, "large")
    screen.wait(41)
    assert wishes(screen) == NOTHING
    screen.tap("access")
    screen.wait(41)
    assert not screen.shows("access-sheet")


def test_the_manager_sees_the_window_as_it_is_for_everybody(screen: Screen) -> None:
    wish(screen, *WISHES)
    screen.app._open_desk()
    screen.frames()
    assert not screen.shows("access")
    assert wishes(screen) == NOTHING
    screen.press(ESCAPE)
    assert screen.shows("access")


def test_new_settings_wait_for_whoever_has_set_up_the_window(screen: Screen, shop: Shop) -> None:
    wish(screen, "large")
    (shop.config.data / "settings.json").write_text('{"languages": ["it"]}')
    screen.app.walk.backstage_started(lambda: None)
    shop.ask(lambda s: s)
    screen.wait(2)
    assert wishes(screen) == Wishes(large=True)
    assert screen.app.walk.bystander[1] == "en"


def test_nothing_below_the_sheet_can_be_touched_and_a_touch_beside_it_closes_it(
    screen: Screen, shop: Shop
) -> None:
    screen.tap("access")
    screen.touch("score-0")
    assert not screen.shows("access-sheet")
    screen.wait(3)
    assert shop.kept() == []


def test_thanks_stay_when_the_button_is_touched(screen: Screen) -> None:
    answer(screen)
    screen.tap("next", "decline", "access", "access-contrast", "access-done")
    assert "Thank you!" in screen.texts()


def test_a_comment_is_written_on_after_the_sheet(screen: Screen) -> None:
    answer(screen)
    screen.tap("comment")
    screen.write("So")
    wish(screen, "large")
    screen.wait(1)
    screen.write(" slow")
    assert screen.find("comment").text == "So slow"


def test_still_there_takes_the_place_of_the_sheet(screen: Screen) -> None:
    answer(screen)
    screen.tap("access")
    screen.wait(41)
    assert screen.shows("still-here")
    assert not screen.shows("access-sheet")
    screen.tap("still-here")
    assert screen.shows("next")


def test_the_sheet_by_keys_and_back_to_the_button(screen: Screen) -> None:
    screen.press(TAB, modifiers=("shift",))
    assert screen.find("access").focused
    screen.press(ENTER)
    screen.press(TAB)
    assert screen.find("access-large").focused
    screen.press(ENTER)
    assert wishes(screen) == Wishes(large=True)
    screen.press(ESCAPE)
    assert not screen.shows("access-sheet")
    assert screen.find("access").focused


def test_the_question_is_read_aloud_in_the_customers_language(speaker: Path, shop: Shop) -> None:
    with window(shop.screen, shop) as screen:
        screen.wait(1)
        assert read(speaker, "orders") == []
        screen.tap("language-it")
        wish(screen, "aloud")
        screen.until(lambda: is_running(speaker))
        assert read(speaker, "orders") == ["-v it -s 150 --stdin"]
        assert screen.find("score-0")
        assert "consiglierebbe" in read(speaker, "texts")[0]


def test_the_voice_stops_when_the_screen_changes_and_reads_the_next(speaker: Path, shop: Shop) -> None:
    with window(shop.screen, shop) as screen:
        wish(screen, "aloud")
        screen.until(lambda: is_running(speaker))
        [first] = read(speaker, "running")
        answer(screen)
        why = words.text("en", "survey.why")
        screen.until(lambda: why in read(speaker, "texts"))
        screen.until(lambda: not Path(f"/proc/{first}").exists())


def test_the_voice_ends_with_the_visit_and_with_the_window(speaker: Path, shop: Shop) -> None:
    with window(shop.screen, shop) as screen:
        wish(screen, "aloud")
        screen.until(lambda: is_running(speaker))
        screen.wait(41)
        screen.until(lambda: not is_running(speaker))
        told = len(read(speaker, "orders"))
        wish(screen, "aloud")
        screen.until(lambda: len(read(speaker, "orders")) > told and is_running(speaker))
    assert not is_running(speaker)


def test_the_voice_is_silent_when_it_is_turned_off(speaker: Path, shop: Shop) -> None:
    with window(shop.screen, shop) as screen:
        wish(screen, "aloud")
        screen.until(lambda: is_running(speaker))
        wish(screen, "aloud")
        screen.until(lambda: not is_running(speaker))
        assert wishes(screen) == NOTHING


def test_no_answer_is_read_aloud(speaker: Path, shop: Shop) -> None:
    with window(shop.screen, shop) as screen:
        wish(screen, "aloud")
        answer(screen)
        screen.tap("reason-price", "comment")
        screen.write("Dear")
        screen.tap("next", "decline")
        screen.until(lambda: any("Thank you" in line for line in read(speaker, "texts")))
        said = " ".join(read(speaker, "texts"))
    assert "Dear" not in said
    assert "Price" not in said


@pytest.mark.parametrize(
    "script",
    [
        "#!/bin/sh\necho 'Error: The specified espeak-ng voice does not exist.' >&2\nexit 1\n",
        "#!/bin/sh\ncat > /dev/null\necho 'error: No such file or directory' >&2\n",
        "#!/nowhere/sh\n",
    ],
    ids=["no voice for the language", "no sound card", "does not start"],
)
def test_a_voice_that_fails_says_so_in_words_and_is_off(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shop: Shop
) -> None:
    install(tmp_path, monkeypatch, script)
    with window(shop.screen, shop) as screen:
        screen.tap("access", "access-aloud")
        screen.until(lambda: words.text("en", "access.mute") in screen.texts())
        assert not screen.find("access-aloud").chosen
        assert wishes(screen) == NOTHING
        screen.tap("access-large")
        assert words.text("en", "access.note") in screen.texts()


@at_every_size
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_four_switches_and_what_goes_wrong_have_room(
    language: str, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shop: Shop
) -> None:
    install(tmp_path, monkeypatch, "#!/bin/sh\nexit 1\n")
    with window(shop.asking_in(language), shop, size, drawn=False) as screen:
        screen.tap("access", "access-aloud")
        screen.until(lambda: words.text(language, "access.mute") in screen.texts())
        for _ in range(2):
            assert flaws(screen.app.stage) == []
            screen.tap("access-aloud", "access-large")
            screen.until(lambda: words.text(language, "access.mute") in screen.texts())


def test_nobody_waits_for_the_voice(speaker: Path) -> None:
    voice = Voice(str(speaker / "espeak-ng"))
    first, second = voice.say("One", "en"), voice.say("Two", "en")
    assert not second.done()
    assert first.result(10) is None
    voice.close()
    assert second.result(10) is None
    assert not is_running(speaker)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_an_example_of_a_phone_number_is_read_digit_by_digit(language: str) -> None:
    sentence = words.text(language, "kiosk.phone_wrong")
    digits = [part for part in readable(sentence).split() if part.strip("+.").isdecimal()]

    assert len(digits) > 8
    assert {len(digit.strip(".")) for digit in digits} == {1}
    assert readable(sentence).replace(" ", "") == sentence.replace(" ", "")


def test_other_numbers_are_read_as_numbers() -> None:
    notice = words.text("en", "survey.notice")
    assert readable(notice) == notice
    assert "30 days" in notice


def test_a_voice_tells_what_the_program_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = install(tmp_path, monkeypatch, "#!/bin/sh\necho 'no voice here' >&2\nexit 3\n")
    voice = Voice(str(folder / "espeak-ng"))
    with pytest.raises(Mute, match="no voice here"):
        voice.say("One", "xx").result(10)
    voice.close()
