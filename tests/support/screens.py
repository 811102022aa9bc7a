"""A real X display with a window manager, hands on its mouse and keyboard, and what only its server can tell.

xdotool moves the server's own devices, so keys and clicks take the way of real ones.
"""

import ctypes
import ctypes.util
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

SIZE = (1280, 800)
"""The display's size in pixels."""

NOT_HERE = ("WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
"""Names in the environment that would send a window somewhere else."""


@dataclass(frozen=True)
class Display:
    """A display of its own for one test."""

    name: str

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a program that shows itself here, and nowhere else."""
        here = {"DISPLAY": self.name, "KIVY_WINDOW": "sdl2"}
        return {name: value for name, value in os.environ.items() if name not in NOT_HERE} | here

    def press(self, *keys: str) -> None:
        """Press keys one after the other, or several at once such as alt+F4."""
        self._run("xdotool", "key", "--delay", "80", *keys)

    def click(self, x: float, y: float, button: int = 1) -> None:
        """Click at a place, 0…1 from the upper left; button 1 is the left one, 2 the middle, 3 the right."""
        place = str(round(x * SIZE[0])), str(round(y * SIZE[1]))
        self._run("xdotool", "mousemove", *place, "click", str(button))

    def active(self) -> str:
        """Return the geometry of the window that has the keyboard, or nothing while there is none."""
        done = self._run("xdotool", "getactivewindow", "getwindowgeometry", "--shell", check=False)
        return done.stdout

    def filled(self) -> bool:
        """Say whether a window has the keyboard and all of the screen."""
        lines = self.active().split()
        return {"X=0", "Y=0", f"WIDTH={SIZE[0]}", f"HEIGHT={SIZE[1]}"} <= set(lines)

    def blank_after(self, seconds: int) -> None:
        """Let the screen saver come after so many seconds in which nobody does anything."""
        self._run("xset", "s", str(seconds), str(seconds))

    def blanked(self) -> bool:
        """Say whether the screen saver has come, which no program that is everywhere tells."""
        x11, saver = (ctypes.CDLL(ctypes.util.find_library(name)) for name in ("X11", "Xss"))
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XDefaultRootWindow.restype = ctypes.c_ulong
        saver.XScreenSaverAllocInfo.restype = ctypes.POINTER(_SaverInfo)
        server = ctypes.c_void_p(x11.XOpenDisplay(self.name.encode()))
        info = saver.XScreenSaverAllocInfo()
        root = ctypes.c_ulong(x11.XDefaultRootWindow(server))
        answered = saver.XScreenSaverQueryInfo(server, root, info)
        x11.XCloseDisplay(server)
        assert answered, "the display knows no screen saver"
        return bool(info.contents.state == 1)

    def pointed(self) -> bool:
        """Say whether there is a mouse's arrow, of which any part can be seen."""
        x11, fixes = (ctypes.CDLL(ctypes.util.find_library(name)) for name in ("X11", "Xfixes"))
        x11.XOpenDisplay.restype = ctypes.c_void_p
        fixes.XFixesGetCursorImage.restype = ctypes.POINTER(_Pointer)
        server = ctypes.c_void_p(x11.XOpenDisplay(self.name.encode()))
        image = fixes.XFixesGetCursorImage(server).contents
        seen = any(image.pixels[at] >> 24 & 255 for at in range(image.width * image.height))
        x11.XCloseDisplay(server)
        return seen

    def _run(self, *command: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=check, timeout=30
        )


class _SaverInfo(ctypes.Structure):
    """The beginning of Xlib's XScreenSaverInfo."""

    _fields_ = (("window", ctypes.c_ulong), ("state", ctypes.c_int))


class _Pointer(ctypes.Structure):
    """The beginning of Xlib's XFixesCursorImage; a pixel is ARGB."""

    _fields_ = (
        *((name, ctypes.c_ushort) for name in ("x", "y", "width", "height", "xhot", "yhot")),
        ("serial", ctypes.c_ulong),
        ("pixels", ctypes.POINTER(ctypes.c_ulong)),
    )


@contextmanager
def display() -> Iterator[Display]:
    """Run an X server without a screen, and a window manager on it."""
    size = f"{SIZE[0]}x{SIZE[1]}x24"
    server = ["Xvfb", "-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp", "-noreset"]
    with ExitStack() as programs:
        out = programs.enter_context(_running(server)).stdout
        assert out is not None
        shown = Display(f":{out.readline().strip()}")
        programs.enter_context(_running(["openbox"], shown.environment))
        yield shown


@contextmanager
def _running(
    command: list[str], environment: dict[str, str] | None = None
) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def comes_true(condition: Callable[[], Any], patience: float = 30) -> bool:
    """Wait until something is so, and say whether it came to that."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
