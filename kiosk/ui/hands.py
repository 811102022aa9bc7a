"""Hands that touch the window: touches take the whole way from an input device to the widget under them."""

from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any

from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent
from kivy.input.provider import MotionEventProvider
from kivy.uix.widget import Widget

_numbers = count(1)


class Finger(MotionEvent):
    """One finger on the window, in pixels from the lower left."""

    def __init__(self, x: float, y: float) -> None:
        super().__init__("hands", next(_numbers), (x, y), is_touch=True, type_id="touch")

    def depack(self, args: tuple[float, float]) -> None:
        """Take a position."""
        self.sx, self.sy = args[0] / Window.width, args[1] / Window.height
        self.profile = ["pos"]
        super().depack(args)


class Hands(MotionEventProvider):
    """An input device whose touches arrive with the next frame."""

    def __init__(self) -> None:
        super().__init__("hands", "")
        self._queue: deque[tuple[str, Finger]] = deque()
        EventLoop.add_input_provider(self)

    def let_go(self) -> None:
        """Unplug the device."""
        EventLoop.remove_input_provider(self)

    def update(self, dispatch_fn: Callable[[str, Finger], None]) -> None:
        """Hand the touches over; Kivy asks once a frame."""
        while self._queue:
            dispatch_fn(*self._queue.popleft())

    def put(self, x: float, y: float) -> Finger:
        """Put a finger down."""
        finger = Finger(x, y)
        self._queue.append(("begin", finger))
        return finger

    def slide(self, finger: Finger, x: float, y: float) -> None:
        """Move a finger that is down."""
        finger.move((x, y))
        self._queue.append(("update", finger))

    def lift(self, finger: Finger) -> None:
        """Take a finger away."""
        finger.update_time_end()
        self._queue.append(("end", finger))

    def tap(self, widget: Widget) -> None:
        """Touch the middle of a widget."""
        self.lift(self.put(*middle(widget)))


def middle(widget: Widget) -> tuple[float, float]:
    """Return the middle of a widget in the window's pixels."""
    x, y = widget.to_window(*widget.center)
    return float(x), float(y)


def find(root: Widget, name: str) -> Any:
    """Return the widget of a name as far as it is on the screen, or None."""
    found = (widget for widget in root.walk() if getattr(widget, "name", None) == name)
    return next((widget for widget in found if widget.get_root_window()), None)
