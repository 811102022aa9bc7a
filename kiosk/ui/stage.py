"""What fills the window: a view, the keyboard below it, what is laid over both, a corner for managers."""

from math import dist
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.ui.question import View
from kiosk.ui.theme import look

if TYPE_CHECKING:
    from kiosk.ui.field import Field
    from kiosk.ui.keyboard import Keyboard


class Corner(Widget):
    """A place that does something only when it is pressed for a while, so that no customer finds it."""

    seconds = NumericProperty(3)

    __events__: tuple[str, ...] = ("on_hold",)

    def __init__(self, **kwargs: Any) -> None:
        self._finger: int | None = None
        super().__init__(**kwargs)
        self._pressed = Clock.create_trigger(lambda _: self.dispatch("on_hold"), self.seconds)

    def on_hold(self) -> None:
        """It was pressed long enough."""

    def on_touch_down(self, touch: Any) -> bool:
        """Begin to count; the touch is not taken from what lies below."""
        if self.collide_point(*touch.pos):
            self._finger = touch.uid
            self._pressed.timeout = self.seconds
            self._pressed()
        return False

    def on_touch_move(self, touch: Any) -> bool:
        """A finger that leaves does not press."""
        if touch.uid == self._finger and not self.collide_point(*touch.pos):
            self._pressed.cancel()
        return False

    def on_touch_up(self, touch: Any) -> bool:
        """Too short."""
        if touch.uid == self._finger:
            self._pressed.cancel()
        return False


PALM = 3
"""So many fingers at once are a palm, or play, wherever they are."""

RESTING = 10.0
"""Seconds after which a finger counts no more: it rests there, or its device has forgotten to lift it."""

ECHO = 2.0
"""Units of length within which two touches are one finger that two devices report; tips are wider."""


class Fingers:
    """The fingers that are on the glass."""

    def __init__(self) -> None:
        self._down: dict[int, tuple[Any, float]] = {}

    def put(self, touch: Any) -> bool:
        """Take one more, unless it is one that is there already; say whether it was new."""
        if any(dist(touch.pos, other.pos) < ECHO * look.u for other in self.counting()):
            return False
        self._down[touch.uid] = touch, Clock.get_time()
        return True

    def lift(self, touch: Any) -> None:
        """Take one away."""
        self._down.pop(touch.uid, None)

    def counting(self) -> list[Any]:
        """Return the touches of those that do not rest."""
        now = Clock.get_time()
        return [touch for touch, since in self._down.values() if now - since < RESTING]

    def spare(self) -> None:
        """Let none of them tap what it is on."""
        for touch, _ in self._down.values():
            spare(touch)
        counting = {touch.uid for touch in self.counting()}
        self._down = {uid: down for uid, down in self._down.items() if uid in counting}


def spare(touch: Any) -> None:
    """Let a finger tap nothing of what it is on; what it scrolls or writes into keeps it."""
    for held in [each() for each in touch.grab_list]:
        if isinstance(held, ButtonBehavior | View):
            touch.ungrab(held)
        if isinstance(held, ButtonBehavior):
            held.state = "normal"


class Stage(FloatLayout):
    """Holds the view and ignores touches for a moment after every change, as a double tap is one answer.

    What fingers tap that are on the glass together depends on the view. It begins without a keyboard,
    which the first frame does not wait for.
    """

    settle = NumericProperty(0.35)
    hold = NumericProperty(3)
    keyboard = ObjectProperty(None, allownone=True)
    below = NumericProperty(0)
    typing = BooleanProperty(False)
    view = ObjectProperty(None, allownone=True)
    cover = ObjectProperty(None, allownone=True)
    aid = ObjectProperty(None, allownone=True)

    __events__: tuple[str, ...] = ("on_touched", "on_corner")

    def __init__(self, **kwargs: Any) -> None:
        self._changed_at, self._fingers = float("-inf"), Fingers()
        # A frame later, because laying out keyboard and view at once holds up one frame for too long.
        self._make_room = Clock.create_trigger(lambda _: self._leave_room())
        super().__init__(**kwargs)

    def on_touched(self) -> None:
        """Somebody is there."""

    def on_corner(self) -> None:
        """The corner was pressed long enough."""

    def on_size(self, _: Any, size: tuple[float, float]) -> None:
        """Take the unit of length from the window."""
        look.measure(*size)

    def furnish(self, keyboard: "Keyboard") -> None:
        """Take the keyboard, which opens below the view when a field gets the focus."""
        self.keyboard = keyboard
        keyboard.bind(height=lambda *_: self._make_room(), on_done=lambda _: self.write_into(None))
        self.add_widget(keyboard)

    def put(self, view: Widget) -> None:
        """Show a view in place of the last one, with the keyboard closed unless it is the same one."""
        if view is self.view:
            return
        left, self.view = self.view, view
        self.write_into(None)
        if left:
            left.forget()
        self.ids.hall.clear_widgets()
        self.ids.hall.add_widget(view)
        self.settle_down()

    def stretch(self, view: Widget) -> None:
        """Lay out a view that is not there as it will be when it comes."""
        if view.parent is None:
            view.typing, view.size = False, self.size

    def lay_over(self, cover: Widget | None) -> None:
        """Lay something over everything, or take it away."""
        if cover is self.cover:
            return
        if self.cover:
            self.remove_widget(self.cover)
        if cover:
            self.add_widget(cover)
        self.cover = cover
        self.settle_down()

    def offer(self, aid: Widget | None) -> None:
        """Keep a button beside every view, whichever is there, or take it away."""
        if aid is not self.aid:
            if self.aid:
                self.remove_widget(self.aid)
            if aid:
                self.add_widget(aid, index=1 if self.cover else 0)
            self.aid = aid

    @property
    def settled(self) -> bool:
        """Whether touches count."""
        return bool(Clock.get_time() - self._changed_at >= max(self.settle, self._top.least))

    def settle_down(self) -> None:
        """Ignore touches for a moment, and fingers that are still down from before."""
        self._changed_at = Clock.get_time()
        self._fingers.spare()

    @property
    def _top(self) -> View:
        """What can be touched now."""
        top: View = self.cover or self.view
        return top

    def attend(self, field: "Field") -> None:
        """Open the keyboard for a field that got the focus, close it for the one that lost it."""
        if field.focus:
            self.write_into(field)
        elif field is self.keyboard.field:
            self.write_into(None)

    def write_into(self, field: "Field | None") -> None:
        """Open the keyboard for a field, or close it."""
        if self.keyboard is None:
            return
        before, self.keyboard.field = self.keyboard.field, field
        if before and before is not field:
            before.focus = False
        if field is None:
            self._leave_room()

    def _leave_room(self) -> None:
        """Give the view what the keyboard leaves of the window."""
        self.below = self.keyboard.height
        self.typing = self.keyboard.field is not None
        if self.view:
            self.view.typing = self.typing

    def on_touch_down(self, touch: Any) -> bool:
        """Tell that somebody is there; a touch beside every field and key closes the keyboard."""
        fresh = self._fingers.put(touch)
        if not fresh or not self.settled:
            return True
        self.dispatch("on_touched")
        if self._crowded():
            return True
        taken = bool(super().on_touch_down(touch))
        if not taken:
            self.write_into(None)
        return taken

    def on_touch_up(self, touch: Any) -> bool:
        """Count the fingers."""
        self._fingers.lift(touch)
        return bool(super().on_touch_up(touch))

    def _crowded(self) -> bool:
        """Say whether the newest finger touches nothing, because of others; they may touch nothing, too."""
        fingers = self._fingers.counting()
        palm, typing = len(fingers) >= PALM, [touch for touch in fingers if self._types(touch)]
        if palm and self.keyboard:
            self.keyboard.close_offer()
        if len(fingers) >= self._top.palm:
            for touch in fingers:
                if palm or touch not in typing:
                    spare(touch)
        return len(fingers) > 1 and (palm or len(typing) < len(fingers))

    def _types(self, touch: Any) -> bool:
        """Say whether a finger came down on keys, where the next one comes before the last one is lifted."""
        keys = self.keyboard if self.typing and not self.cover else None
        return self._top.keyed or bool(keys and keys.collide_point(*touch.opos))


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
