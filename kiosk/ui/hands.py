"""Hands that touch the window: touches take the whole way from an input device to the widget under them."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent
from kivy.input.provider import MotionEventProvider
from kivy.uix.widget import Widget

from kiosk.ui.keyboard import Keyboard
from kiosk.ui.layouts import Act

Wait = tuple[str, Callable[[], object]]
"""What is waited for, and whether it has come."""

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

    @property
    def busy(self) -> bool:
        """Whether a touch has not arrived yet."""
        return bool(self._queue)

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
    found = (widget for widget in root.walk(restrict=True) if getattr(widget, "name", None) == name)
    return next((widget for widget in found if widget.get_root_window()), None)


def strike(hands: Hands, keyboard: Keyboard, character: str) -> Iterator[Wait]:
    """Type a character by touches: its key, or first what leads to it: capitals, an accent, the symbols."""
    for _ in range(5):
        caps = keyboard.caps()
        shown = {cap.typed: cap for cap in caps}
        if character in shown:
            hands.tap(shown[character])
            yield f"the letter {character}", lambda: not hands.busy
            return
        if holder := next((cap for cap in caps if character in cap.offers), None):
            finger = hands.put(*middle(holder))
            yield f"the accent {character}", lambda: character in (cap.typed for cap in keyboard.caps())
            hands.lift(finger)
        else:
            hands.tap(_way(keyboard, character.swapcase() in shown))
        yield f"the way to {character}", lambda: not hands.busy
    raise LookupError(f"the keyboard has no {character!r}")


def _way(keyboard: Keyboard, other_case: bool) -> Widget:
    wanted = Act.SHIFT if other_case else Act.SWITCH
    return next(cap for cap in keyboard.caps() if cap.key.act is wanted)
