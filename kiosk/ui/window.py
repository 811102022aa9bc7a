"""Opens the window. Kivy reads its environment when it is first imported, so that is arranged here."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.config import Snapshot
from kiosk.ui.services import Services

if TYPE_CHECKING:
    from kivy.app import App
    from kivy.event import EventDispatcher
    from kivy.input.motionevent import MotionEvent

    from kiosk.ui.plan import Planned
    from kiosk.ui.play import Played

FRAMES = 60
"""Frames per second at most."""


class WindowTrouble(RuntimeError):
    """The window cannot do what was asked; the message says why."""


class NoScreen(WindowTrouble):
    """No window can be opened here; the message says what to do."""


class Lost(WindowTrouble):
    """The window did not show what a visit that is played needs."""


def prepare_kivy(size: tuple[int, int] | None) -> None:
    """Set Kivy up before its first import: quiet, without files of its own, closed to its short cuts.

    size is that of the window in pixels; None is the full screen.
    """
    os.environ.setdefault("KIVY_NO_ARGS", "1")
    os.environ.setdefault("KIVY_NO_CONFIG", "1")
    os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")
    # Any other provider than SDL2 ends the program where there is no screen.
    os.environ.setdefault("KIVY_WINDOW", "sdl2")
    from kivy.config import Config

    # Importing Kivy sets the level. A driver that is not there is an error to Kivy and to nobody else;
    # where no window opens, we say so ourselves.
    logging.getLogger("kivy").setLevel(logging.CRITICAL + 1)

    for section, name, value in (
        ("kivy", "exit_on_escape", "0"),
        ("kivy", "pause_on_minimize", "0"),
        ("graphics", "maxfps", str(FRAMES)),
        # Shapes are smoothed by their own instructions; multisampling would only cost memory.
        ("graphics", "multisamples", "0"),
        ("graphics", "fullscreen", "0" if size else "auto"),
        ("graphics", "allow_screensaver", "0"),
        # An arrow that a touch leaves over a score would hide it.
        ("graphics", "show_cursor", "1" if size else "0"),
        ("input", "mouse", "mouse,disable_multitouch"),
    ):
        Config.set(section, name, value)
    if size:
        Config.set("graphics", "width", str(size[0]))
        Config.set("graphics", "height", str(size[1]))


def run_window(
    snapshot: Snapshot,
    services: Services,
    *,
    size: tuple[int, int] | None = None,
    dark: bool = False,
    screen_mm: float = 0,
    play: "Sequence[Planned]" = (),
    pictures: Path | None = None,
    pin: str | None = None,
    tell: "Callable[[Played], None] | None" = None,
) -> None:
    """Show the kiosk until its window is closed or everything is played; raise WindowTrouble.

    play are visits to be played by touches; tell is called with each one that was, and pictures is the
    folder that takes a PNG of every screen; the manager's page is among them if pin is the manager's.
    screen_mm is the screen's diagonal, 0 to ask the screen.
    """
    prepare_kivy(size)
    _open(closable=size is not None, screen_mm=screen_mm)
    from kiosk.ui.app import KioskApp
    from kiosk.ui.theme import DARK, LIGHT

    app = KioskApp(snapshot, services, base=DARK if dark else LIGHT)
    if "NOTIFY_SOCKET" in os.environ:
        _report_to_the_service_manager(app)
    if play:
        from kiosk.ui.play import Player

        Player(app, play, pictures, pin, tell).begin()
    try:
        app.run()
    except KeyboardInterrupt:
        app.stop()


def _open(*, closable: bool, screen_mm: float) -> None:
    """Open the window and measure it; one that can be closed is less than the screen and asks none."""
    from kivy.core.window import Window

    if Window is None:
        raise NoScreen(
            "no window can be opened: is there a screen? Set SDL_VIDEODRIVER=offscreen without one"
        )
    from kiosk.ui.density import pitch, told_diagonals
    from kiosk.ui.theme import look

    if os.environ.get("SDL_VIDEODRIVER") == "offscreen":
        _wait_for_each_frame(Window)
    _lock_down(Window, closable=closable)
    _end_at_a_signal()
    look.pitch = pitch(Window.size, screen_mm, [] if closable else told_diagonals())


def _wait_for_each_frame(window: "EventDispatcher") -> None:
    """Let every frame be drawn to its end before the next one begins.

    A screen does that by its own pace. Without one, frames queue up in the driver and take a gigabyte.
    """
    from kivy.graphics.opengl import glFinish

    window.bind(on_flip=lambda _: glFinish())


def _lock_down(window: "EventDispatcher", *, closable: bool) -> None:
    """Let customers close nothing, and touch with one button only; a window with a size is for trials.

    Kivy's widgets take every button of a mouse for a finger.
    """
    window.bind(on_touch_down=lambda _, touch: _is_another_button(touch))
    if not closable:
        window.bind(on_request_close=lambda *_, **__: True)


def _is_another_button(touch: "MotionEvent") -> bool:
    return "button" in touch.profile and touch.button != "left" and not touch.is_mouse_scrolling


def _end_at_a_signal() -> None:
    """Let SIGTERM end the program, after the frame under way if there is one.

    SDL would make a wish to close the window out of it, which is not granted.
    """
    from kivy.base import EventLoop

    def end(*_: object) -> None:
        if EventLoop.status != "started":
            sys.exit()
        EventLoop.quit = True

    signal.signal(signal.SIGTERM, end)


def _report_to_the_service_manager(app: "App") -> None:
    """Say when the first frame is drawn, and from then on that frames are."""
    from kivy.clock import Clock
    from kivy.core.window import Window

    from kiosk.watchdog import Watchdog

    watchdog = Watchdog()

    def first(_: object) -> None:
        Window.unbind(on_flip=first)
        watchdog.ready()
        if watchdog.pause:
            Clock.schedule_interval(lambda _: watchdog.beat(), watchdog.pause)

    Window.bind(on_flip=first)
    app.bind(on_stop=lambda _: watchdog.stopping())
