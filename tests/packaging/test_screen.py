"""The demonstration on a machine that has a screen: a real X window, touched through the X server."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.packaging.conftest import Checkout
from tests.packaging.test_demo import lines_until, programs_of

SCORE_9 = ("1074", "485")
"""Where the score 9 is in a window of 1280 × 800, in pixels from the upper left."""


@pytest.fixture
def screen() -> Iterator[str]:
    """Return the name of an X display of its own."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield f":{server.stdout.readline().strip()}"
        server.terminate()


def given(ready: Checkout) -> int:
    """Return how many answers the kiosk was given."""
    [folder] = (ready.root / "build").glob("demo-*")
    program = str(ready.root / ".venv/bin/cerchio-kiosk")
    command = [program, "--data", str(folder / "kiosk"), "results", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    return int(json.loads(done.stdout)["given"])


def test_a_tap_on_a_real_window_is_an_answer(ready: Checkout, port: int, screen: str) -> None:
    ready.environment["DISPLAY"] = screen
    demo = ready.start("packaging/dev.py", "run", "--port", str(port))
    said = lines_until(demo, "The kiosk syncs every")
    click = ["xdotool", "mousemove", *SCORE_9, "click", "1"]

    deadline = time.monotonic() + 30
    while not given(ready) and time.monotonic() < deadline:
        subprocess.run(click, env=os.environ | {"DISPLAY": screen}, check=True, timeout=30)
        time.sleep(0.5)

    assert given(ready) == 1
    assert not [line for line in said if "no screen" in line]
    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=20)
    assert programs_of(ready) == {}
