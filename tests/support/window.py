"""Drives the kiosk's window frame by frame: real drawing and real touches, without a screen or waiting.

The clock is ours, so a time-out of 40 seconds takes as long as the frames that show it. Import this
before anything of Kivy.
"""
# ruff: noqa: E402 - Kivy reads its environment while it is imported.

import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

os.environ.update(SDL_VIDEODRIVER="offscreen", KIVY_HOME=tempfile.mkdtemp(prefix="cerchio-kivy-"))

from kiosk.ui.window import prepare_kivy

prepare_kivy((1280, 800))

from kivy.animation import Animation
from kivy.base import EventLoop, runTouchApp, stopTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_SCISSOR_TEST, glDisable, glEnable, glFinish, glScissor
from kivy.lang import Builder
from kivy.uix.label import Label
from kivy.uix.textinput import TextInput

from kiosk.config import Snapshot
from kiosk.ui.app import KioskApp
from kiosk.ui.hands import Finger, Hands, find, strike
from kiosk.ui.hands import middle as middle
from kiosk.ui.services import Services
from kiosk.ui.theme import look

FRAME = 1 / 60


class Screen:
    """The window of a running kiosk, and hands to touch it with.

    An undrawn one lays everything out and draws no pixel, for tests that measure many screens.
    """

    def __init__(self, app: KioskApp) -> None:
        self.app, self.hands, self.drawn = app, Hands(), True

    def frames(self, number: int = 3) -> None:
        """Let so many frames pass."""
        for _ in range(number):
            self._pass(FRAME, drawn=self.drawn)

    def wait(self, seconds: float) -> None:
        """Let time pass on the window's clock, which takes next to none; only its end is drawn."""
        until, step = _now[0] + seconds, 1.0 if seconds > 10 else 0.25
        while _now[0] < until:
            self._pass(max(FRAME, min(step, until - _now[0])), drawn=False)
        self.frames(2)

    def _pass(self, seconds: float, *, drawn: bool) -> None:
        _now[0] += seconds
        if drawn:
            EventLoop.idle()
        else:
            _idle_undrawn()

    def until(self, condition: Callable[[], Any], patience: float = 20) -> None:
        """Let frames pass until other threads have done their part, in real time."""
        end = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < end, "what was waited for did not happen"
            time.sleep(0.002)
            self.frames(1)
        self.frames()

    def sweep(self) -> None:
        """Let go of what is no longer shown, as the window in a shop does between two customers."""
        gc.collect()

    def find(self, name: str) -> Any:
        """Return the widget of a name; it must be on the screen."""
        widget = find(self.app.stage, name)
        assert widget is not None, f"there is no {name} on the screen"
        return widget

    def shows(self, name: str) -> bool:
        """Say whether the widget of a name is on the screen."""
        return find(self.app.stage, name) is not None

    def touch(self, *names: str) -> None:
        """Touch widgets, one after the other, after the moment in which a new screen ignores touches."""
        for name in names:
            self.settle()
            self.hands.tap(self.find(name))
            self.frames()

    def settle(self) -> None:
        """Let the time pass in which a new screen ignores touches."""
        self.wait(0.4)
        while not self.app.stage.settled:
            self.wait(0.1)

    def tap(self, *names: str) -> None:
        """Touch widgets, one after the other; a score twice, which goes on to the next screen at once."""
        for name in names:
            self.touch(name)
            if name.startswith("score-") and self.shows(name):
                self.touch(name)

    def enter(self, pin: str) -> None:
        """Type a PIN where one is asked for."""
        self.tap(*(f"pin-{digit}" for digit in pin), "pin-OK")

    def give(self, score: int) -> None:
        """Tap a score, and wait until the next screen has taken its place."""
        self.tap(f"score-{score}")
        self.wait(2.5)

    def put(self, *names: str) -> list[Finger]:
        """Put a finger on each of these, one in each frame, and leave them there."""
        self.settle()
        fingers = []
        for name in names:
            fingers.append(self.hands.put(*middle(self.find(name))))
            self.frames(1)
        return fingers

    def hold(self, name: str, seconds: float) -> Finger:
        """Put a finger on a widget for a while, and leave it there."""
        self.wait(0.4)
        finger = self.hands.put(*middle(self.find(name)))
        self.frames(1)
        self.wait(seconds)
        return finger

    def lift(self, finger: Finger) -> None:
        """Take a finger away."""
        self.hands.lift(finger)
        self.frames()

    def write(self, text: str) -> None:
        """Type a text on the window's own keyboard, by touches."""
        for character in text:
            for wanted, has_come in strike(self.hands, self.app.stage.keyboard, character):
                self.frames(1)
                for _ in range(60):
                    if has_come():
                        break
                    self.frames(1)
                assert has_come(), f"{wanted} does not come"

    def press(self, key: int, name: str = "", modifiers: tuple[str, ...] = ()) -> None:
        """Press a key of a hardware keyboard, by its code; name is the character it types."""
        if not Window.dispatch("on_key_down", key, 0, name, list(modifiers)):
            Window.dispatch("on_keyboard", key, 0, name, list(modifiers))
        Window.dispatch("on_key_up", key, 0)
        if name:
            Window.dispatch("on_textinput", name)
        self.frames()

    def texts(self) -> list[str]:
        """Return everything that can be read on the screen."""
        labels = (widget for widget in self.app.stage.walk() if isinstance(widget, Label))
        return [label.text for label in labels if label.text and label.get_root_window()]


_now = [Clock.time()]
Clock.time = lambda: _now[0]


@contextmanager
def window(
    snapshot: Snapshot,
    services: Services,
    size: tuple[int, int] = (1280, 800),
    *,
    drawn: bool = True,
    filled: bool = False,
    **options: Any,
) -> Iterator[Screen]:
    """Open the kiosk's window of a size in pixels, past its first frame; filled makes pictures of it true."""
    _let_go()
    Window.size = size
    Window.bind(on_flip=_finish)
    if not filled:
        Window.bind(on_draw=_fill_nothing)
    app = KioskApp(snapshot, services, **{"ahead": False} | options)
    _apps.add(app)
    app._run_prepare()
    runTouchApp(embedded=True)
    screen = Screen(app)
    gc.disable()  # as in a shop, where it is the window that collects
    try:
        screen.frames(12)
        screen.drawn = drawn
        yield screen
    finally:
        screen.hands.let_go()
        app.stop()
        stopTouchApp()
        for child in Window.children[:]:
            Window.remove_widget(child)
        Window.unbind(on_draw=_fill_nothing, on_flip=_finish)
        # All windows of a process have one look, and a customer's wishes would go on in the next one.
        look.scale, look.high, look.still = 1, False, False
        gc.enable()


_lasting = Clock.get_events()
_apps: "WeakSet[KioskApp]" = WeakSet()


def _let_go() -> None:
    """Let go of the windows before, now that no test holds them any more.

    Widgets are bound to the look of all windows: the more are left over, the slower each one goes. And Kivy
    remembers what was to happen, the last touches, and the last field that was adjusted: a whole window each.
    """
    for event in Clock.get_events():
        if event not in _lasting:
            event.cancel()
    Animation._instances.clear()
    for each in EventLoop.postproc_modules:
        getattr(each, "touches", {}).clear()
    TextInput()._adjust_viewport(0, 0)
    gc.collect()
    if not _apps:
        gc.freeze()  # What is there without a window stays, and need not be looked at again and again.


def _idle_undrawn() -> None:
    """Do what EventLoop.idle does, but for the drawing."""
    Clock.tick()
    EventLoop.dispatch_input()
    Builder.sync()
    Clock.tick_draw()
    Builder.sync()


def _finish(_: Any) -> None:
    # Nothing throttles a window without a screen: unfinished frames pile up to gigabytes.
    glFinish()
    glDisable(GL_SCISSOR_TEST)


def _fill_nothing(_: Any) -> None:
    # Without a graphics card it is the processor that fills millions of pixels, which nobody looks at: all
    # is drawn, and one pixel of it is filled.
    glEnable(GL_SCISSOR_TEST)
    glScissor(0, 0, 1, 1)
