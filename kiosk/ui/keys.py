"""The hardware keyboard: Tab and arrows move a ring, Enter taps, digits find a score, text goes to the field.

What can be done by touch can be done with it, and nothing else: no key reaches Kivy's own short cuts,
so Escape does not quit and F1 opens no settings.
"""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.utils import platform

from kiosk.ui.field import Field
from kiosk.ui.stage import Stage
from kiosk.ui.theme import look
from kiosk.ui.widgets import Tap

DIGITS_TOGETHER = 1.0
"""Seconds in which 1 and 0 are a 10."""

_FORWARD, _BACK = {"tab", "right", "down"}, {"left", "up"}
_ENTER = {"enter", "numpadenter", "spacebar"}


class Keys:
    """Listens for a stage. manage is called for Ctrl+M, leave for Escape."""

    def __init__(self, stage: Stage, manage: Callable[[], None], leave: Callable[[], None]) -> None:
        self._stage, self._manage, self._leave = stage, manage, leave
        self._ringed: Tap | Field | None = None
        self._below: Tap | Field | None = None
        self._digit, self._digit_at = "", float("-inf")
        self._keyboard: Any = None
        if platform != "android":  # there it would raise the system's keyboard over ours
            self._keyboard = Window.request_keyboard(lambda: None, stage)
            self._keyboard.bind(on_key_down=self._pressed, on_textinput=self._typed)
        stage.bind(on_touch_down=lambda *_: self._lose(), view=lambda *_: self._lose())
        stage.bind(cover=lambda _, cover: self._cover(covered=cover is not None))

    def let_go(self) -> None:
        """Listen no more."""
        if self._keyboard:
            self._keyboard.unbind(on_key_down=self._pressed, on_textinput=self._typed)
            self._keyboard.release()

    def _pressed(self, _: Any, keycode: tuple[int, str], text: str | None, modifiers: list[str]) -> bool:
        self._stage.dispatch("on_touched")
        name, field = keycode[1], self._field
        if name == "m" and "ctrl" in modifiers:
            self._manage()
        elif self._stage.cover and self._stage.cover.take(name):
            pass
        elif name == "escape":
            self._leave()
        elif name == "tab":
            self._move(-1 if "shift" in modifiers else 1)
        elif field:
            self._edit(field, name)
        elif name in _FORWARD or name in _BACK:
            self._move(1 if name in _FORWARD else -1)
        elif name in _ENTER and isinstance(self._ringed, Tap):
            self._ringed.trigger_action(0)
        elif len(name) > 1 and not self._stage.cover and self._stage.settled:
            self._stage.view.take(name)  # what has one letter comes as text, too
        return True

    def _typed(self, _: Any, text: str) -> bool:
        if self._field:
            self._stage.keyboard.write(text)
        elif not self._stage.cover and not self._stage.view.take(text) and text.isdecimal():
            self._find_digit(text)
        return True

    @property
    def _field(self) -> Field | None:
        """What is written into now; nothing below a cover is."""
        field: Field | None = None if self._stage.cover else self._stage.keyboard.field
        return field

    def _edit(self, field: Field, name: str) -> None:
        if name == "backspace":
            self._stage.keyboard.erase()
        elif name in ("enter", "numpadenter"):
            if field.multiline:
                self._stage.keyboard.write("\n")
            else:
                self._move(1)
        elif name in ("left", "right", "up", "down", "home", "end"):
            field.do_cursor_movement(f"cursor_{name}")

    def _find_digit(self, digit: str) -> None:
        """Put the ring on a digit's button; 1 and 0 in quick succession are the 10."""
        now = Clock.get_time()
        ten = digit == "0" and self._digit == "1" and now - self._digit_at < DIGITS_TOGETHER
        self._digit, self._digit_at = digit, now
        wanted = f"score-{10 if ten else digit}"
        self._ring(next((stop for stop in self._stops() if stop.name == wanted), self._ringed))

    def _move(self, by: int) -> None:
        stops = self._stops()
        if not stops:
            return
        here = self._ringed or self._field
        at = stops.index(here) + by if here in stops else 0 if by > 0 else -1
        self._ring(stops[at % len(stops)])

    def _ring(self, stop: Tap | Field | None) -> None:
        if isinstance(self._ringed, Tap):
            self._ringed.focused = False
        if stop not in (None, self._stage.keyboard.field) and not self._stage.cover:
            self._stage.write_into(None)
        self._ringed = stop
        if isinstance(stop, Tap):
            stop.focused = True
        elif stop is not None:
            stop.focus = True

    def _lose(self) -> None:
        """Show no ring, as whoever is there does without."""
        self._below = None
        self._ring(None)

    def _cover(self, *, covered: bool) -> None:
        """Begin anew on what is laid over the screen; go back to where the ring was once that has gone."""
        before, self._below = self._below, self._ringed if covered else None
        self._ring(before if not covered and before in self._stops() else None)

    def _stops(self) -> list[Tap | Field]:
        """Return what can be tapped or written into now, as one reads: line by line, the corner last."""
        cover, aid = self._stage.cover, self._stage.aid
        root = cover or self._stage.view
        found = [w for w in root.walk(restrict=True) if isinstance(w, Tap | Field) and not w.disabled]
        found.sort(key=lambda w: (-round(w.to_window(*w.center)[1] / (3 * look.u)), w.to_window(*w.pos)[0]))
        return [*found, aid] if aid and not cover else found
