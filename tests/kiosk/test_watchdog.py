"""What the service manager hears from the window, on a real socket."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kiosk.watchdog import Watchdog

READY = b"READY=1"


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """Return the socket that a service manager listens on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(30)
        yield listening


def test_it_speaks_the_protocol(manager: socket.socket) -> None:
    watchdog = Watchdog({"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "30000000"})
    watchdog.ready()
    watchdog.beat()
    watchdog.stopping()

    assert [manager.recv(100) for _ in range(3)] == [READY, b"WATCHDOG=1", b"STOPPING=1"]
    assert watchdog.pause == 12


def test_an_abstract_address_is_understood() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0cerchio-test-" + str(os.getpid()))
        listening.settimeout(5)
        Watchdog({"NOTIFY_SOCKET": f"@cerchio-test-{os.getpid()}"}).ready()
        assert listening.recv(100) == READY


@pytest.mark.parametrize("environment", [{}, {"WATCHDOG_USEC": "30000000"}])
def test_where_nobody_listens_nothing_is_said(environment: dict[str, str]) -> None:
    watchdog = Watchdog(environment)
    watchdog.ready()

    assert watchdog.pause is None


@pytest.mark.parametrize("wrong", ["", "0", "soon", "-1"])
def test_a_service_manager_that_wants_no_beats_gets_none(wrong: str, manager: socket.socket) -> None:
    assert Watchdog({"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": wrong}).pause is None


def test_a_service_manager_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    Watchdog({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).beat()


def test_one_that_does_not_read_holds_up_nobody(manager: socket.socket) -> None:
    watchdog = Watchdog({"NOTIFY_SOCKET": manager.getsockname()})
    begun = time.monotonic()
    for _ in range(2000):
        watchdog.beat()

    assert time.monotonic() - begun < 5


def test_the_window_beats_from_its_own_loop(manager: socket.socket, tmp_path: Path) -> None:
    asked = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "500000"}
    data = str(tmp_path / "data")
    command = [sys.executable, "-m", "kiosk", "--data", data, "run", "--windowed", "1280x800"]
    drawn = {"SDL_VIDEODRIVER": "offscreen", "KIVY_WINDOW": "sdl2"}
    with subprocess.Popen(command, env=os.environ | asked | drawn) as program:
        said = [manager.recv(100) for _ in range(3)]
        program.send_signal(signal.SIGSTOP)
        heard_of_a_window_that_hangs = heard(manager, 0.6)
        program.send_signal(signal.SIGCONT)
        assert manager.recv(100) == b"WATCHDOG=1"
        program.terminate()
        assert program.wait(10) == 0

    assert said == [READY, b"WATCHDOG=1", b"WATCHDOG=1"]
    assert heard_of_a_window_that_hangs == []
    assert heard(manager, 0)[-1] == b"STOPPING=1"


def heard(manager: socket.socket, seconds: float) -> list[bytes]:
    """Return what is said from now on, and, if no time is given, what was said before."""
    if seconds:
        heard(manager, 0)
        time.sleep(seconds)
    manager.setblocking(False)
    said = []
    with suppress(BlockingIOError):
        while True:
            said.append(manager.recv(100))
    manager.settimeout(30)
    return said
