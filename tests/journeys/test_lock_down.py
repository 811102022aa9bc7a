"""Nobody leaves the kiosk by its window: the real program on a real X display, with real keys and clicks."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.screens import Display, comes_true, display

SCORE_9 = (0.839, 0.606)
"""Where the score 9 is, 0…1 from the upper left."""

CORNER = (0.998, 0.003)
"""Where managers press for a while."""

COMMAND = [sys.executable, "-m", "kiosk"]

WAYS_OUT = ("Escape", "F1", "F11", "alt+F4", "ctrl+c", "ctrl+q", "ctrl+w", "ctrl+alt+Delete", "super")

Program = subprocess.Popen[str]


@pytest.fixture
def screen() -> Iterator[Display]:
    """Return a display of its own."""
    with display() as screen:
        yield screen


@contextmanager
def kiosk(screen: Display, data: Path) -> Iterator[Program]:
    """Run the program as a tablet does: full screen, until it is ended."""
    command = [*COMMAND, "--data", str(data), "run"]
    with subprocess.Popen(command, env=screen.environment, text=True) as program:
        try:
            assert comes_true(screen.filled)
            time.sleep(1)  # everything that comes after the first frame
            yield program
        finally:
            program.kill()


def given(data: Path) -> list[dict[str, Any]]:
    """Return the answers on the disk, read beside the program that runs."""
    file = data.parent / "answers.jsonl"
    file.unlink(missing_ok=True)
    export = [*COMMAND, "--data", str(data), "export", "--all", str(file)]
    subprocess.run(export, check=True, capture_output=True, timeout=30)
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def answers(screen: Display, data: Path) -> None:
    """Give one answer by a click, and find it durable."""

    def tapped() -> list[dict[str, Any]]:
        screen.click(*SCORE_9)
        return given(data)

    assert comes_true(tapped)
    assert [answer["score"] for answer in given(data)] == [9]


def test_no_key_and_no_wish_to_close_ends_the_kiosk(screen: Display, tmp_path: Path) -> None:
    with kiosk(screen, tmp_path / "data") as program:
        screen.press(*WAYS_OUT)
        time.sleep(1)

        assert program.poll() is None
        assert screen.filled()
        answers(screen, tmp_path / "data")


def test_only_the_left_button_is_a_finger(screen: Display, tmp_path: Path) -> None:
    with kiosk(screen, tmp_path / "data") as program:
        for button in (3, 2, 8, 9):
            screen.click(*SCORE_9, button)
        time.sleep(1)

        assert given(tmp_path / "data") == []
        assert program.poll() is None
        answers(screen, tmp_path / "data")


def test_no_arrow_lies_over_the_scores(screen: Display, tmp_path: Path) -> None:
    with kiosk(screen, tmp_path / "data"):
        answers(screen, tmp_path / "data")
        assert not screen.pointed()

    assert comes_true(screen.pointed)


def test_the_screen_stays_on_while_the_kiosk_runs(screen: Display, tmp_path: Path) -> None:
    screen.blank_after(2)
    assert comes_true(screen.blanked)

    with kiosk(screen, tmp_path / "data"):
        screen.press("shift")
        time.sleep(4)
        assert not screen.blanked()

    assert comes_true(screen.blanked)


def test_a_second_start_is_refused_and_the_first_goes_on(screen: Display, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with kiosk(screen, data) as program:
        second = [*COMMAND, "--data", str(data), "run"]
        done = subprocess.run(
            second, env=screen.environment, capture_output=True, text=True, check=False, timeout=30
        )

        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"Error: A kiosk already runs on the folder {data}.\n"
        assert program.poll() is None
        answers(screen, data)


def test_the_service_manager_ends_it_cleanly(screen: Display, tmp_path: Path) -> None:
    with kiosk(screen, tmp_path / "data") as program:
        answers(screen, tmp_path / "data")
        program.send_signal(signal.SIGTERM)

        assert program.wait(10) == 0
    assert not (tmp_path / "data" / "kiosk.sqlite-wal").exists()
    assert [answer["score"] for answer in given(tmp_path / "data")] == [9]
