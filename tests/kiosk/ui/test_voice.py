"""The voice that reads screens aloud: what it says, when it is silent, and what is told where it fails."""

from pathlib import Path

import pytest

from common import words
from kiosk.ui.access import Wishes
from kiosk.ui.voice import Mute, Voice, readable
from tests.kiosk.ui.conftest import Shop
from tests.support.legibility import at_every_size, flaws
from tests.support.window import Screen, window

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


def read(folder: Path, name: str) -> list[str]:
    file = folder / name
    return file.read_text().splitlines() if file.exists() else []


def is_running(folder: Path) -> bool:
    """Say whether the last espeak-ng still speaks."""
    numbers = read(folder, "running")
    return bool(numbers) and Path(f"/proc/{numbers[-1]}").exists()


def aloud(screen: Screen) -> None:
    """Turn the voice on, or off."""
    screen.tap("access", "access-aloud", "access-done")


def test_the_question_is_read_aloud_in_the_customers_language(speaker: Path, shop: Shop) -> None:
    with window(shop.screen, shop) as screen:
        screen.wait(1)
        assert read(speaker, "orders") == []
        screen.tap("language-it")
        aloud(screen)
        screen.until(lambda: is_running(speaker))
        assert read(speaker, "orders") == ["-v it -s 150 --stdin"]
        assert screen.find("score-0")
        assert "consiglierebbe" in read(speaker, "texts")[0]


def test_the_voice_stops_when_the_screen_changes_and_reads_the_next(speaker: Path, shop: Shop) -> None:
    with window(shop.screen, shop) as screen:
        aloud(screen)
        screen.until(lambda: is_running(speaker))
        [first] = read(speaker, "running")
        screen.give(3)
        why = words.text("en", "survey.why")
        screen.until(lambda: why in read(speaker, "texts"))
        screen.until(lambda: not Path(f"/proc/{first}").exists())


def test_the_voice_ends_with_the_visit_and_with_the_window(speaker: Path, shop: Shop) -> None:
    with window(shop.screen, shop) as screen:
        aloud(screen)
        screen.until(lambda: is_running(speaker))
        screen.wait(40 + 20 + 2)
        screen.until(lambda: not is_running(speaker))
        told = len(read(speaker, "orders"))
        aloud(screen)
        screen.until(lambda: len(read(speaker, "orders")) > told and is_running(speaker))
    assert not is_running(speaker)


def test_the_voice_is_silent_when_it_is_turned_off(speaker: Path, shop: Shop) -> None:
    with window(shop.screen, shop) as screen:
        aloud(screen)
        screen.until(lambda: is_running(speaker))
        aloud(screen)
        screen.until(lambda: not is_running(speaker))
        assert screen.app._access.wishes == Wishes()


def test_no_answer_is_read_aloud(speaker: Path, shop: Shop) -> None:
    with window(shop.screen, shop) as screen:
        aloud(screen)
        screen.give(3)
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
        assert screen.app._access.wishes == Wishes()
        screen.tap("access-large")
        assert words.text("en", "access.note") in screen.texts()


@at_every_size
def test_four_switches_and_what_goes_wrong_have_room(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shop: Shop
) -> None:
    install(tmp_path, monkeypatch, "#!/bin/sh\nexit 1\n")
    with window(shop.asking_in("en"), shop, size, drawn=False) as screen:
        for language in words.LANGUAGES:
            mute = words.text(language, "access.mute")
            screen.tap(f"language-{language}", "access")
            for text_size in ("normal", "large"):
                screen.tap("access-aloud")
                screen.until(lambda: mute in screen.texts())  # noqa: B023
                assert (language, text_size, flaws(screen.app.stage)) == (language, text_size, [])
                screen.tap("access-large")
            screen.tap("access-done")
            screen.app.walk.next_customer()


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
