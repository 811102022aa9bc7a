"""Keys on the screen, the pages that they make, and what a held one offers. See caps.kv."""

from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from kiosk.ui.layouts import Act, Key
from kiosk.ui.skin import Surface
from kiosk.ui.theme import look
from kiosk.ui.widgets import Words

HOLD = 0.4
"""Seconds until a held key offers its accents or starts to repeat."""

_ICONS = frozenset("⇧⌫⏎␣")


class Cap(ButtonBehavior, Surface, Words):
    """A key on the screen. It reports a tap, and that it is held; the whole cell can be touched.

    Hundreds wait out of sight, so they do not follow the colours of the look by themselves.
    """

    key = ObjectProperty()
    upper = BooleanProperty(False)
    lit = BooleanProperty(False)
    tool = BooleanProperty(False)
    name = StringProperty()

    __events__: tuple[str, ...] = ("on_tap", "on_hold")

    def __init__(self, key: Key, **kwargs: Any) -> None:
        self._hold = Clock.create_trigger(self._held, HOLD)
        self.spent = False
        super().__init__(key=key, name=f"key-{key.text}", tool=key.act is not Act.TYPE, **kwargs)
        if (key.face or key.text) in _ICONS:
            self.font_name = "DejaVuSans"
        self.on_upper(self, self.upper)
        self.fbind("lit", self.dress)
        self.fbind("state", self.dress)
        self.dress()

    def dress(self, *_: Any) -> None:
        """Wear the colours of the moment."""
        self.color = look.accent_ink if self.lit else look.ink
        self.edge = look.hair
        if self.lit:
            self.fill = look.accent
        elif self.state == "down":
            self.fill = look.wash
        else:
            self.fill = look.tool if self.tool else look.key

    @property
    def typed(self) -> str:
        """What it types just now."""
        return _capital(self.key.text) if self.upper else str(self.key.text)

    @property
    def offers(self) -> tuple[str, ...]:
        """What holding it offers just now."""
        return tuple(_capital(text) if self.upper else text for text in self.key.more)

    def on_upper(self, _: Any, upper: bool) -> None:
        """Show what it types."""
        self.text = self.key.face or self.typed

    def on_press(self) -> None:
        """Wait whether it will be held."""
        self.spent = False
        self._hold()

    def on_release(self) -> None:
        """Report a tap, unless holding the key has done something already."""
        if not self.spent:
            self.dispatch("on_tap")

    def on_touch_up(self, touch: Any) -> bool:
        """A key that was let go is not held, though it looks pressed for a moment longer."""
        if touch.grab_current is self:
            self._hold.cancel()
        return bool(super().on_touch_up(touch))

    def on_tap(self) -> None:
        """The key was tapped."""

    def on_hold(self) -> None:
        """The key has been down for a while."""

    def _held(self, _: float) -> None:
        if self.state == "down":  # and was not spared, because it was under a palm
            self.dispatch("on_hold")


def _capital(text: str) -> str:
    """Return a letter's capital; ß has none of one letter, and the end of an address stays small."""
    return text.upper() if len(text) == len(text.upper()) == 1 else text


class Page(BoxLayout):
    """Rows of keys. Narrow ones, such as a phone's, do not fill a wide screen."""

    narrow = BooleanProperty(False)

    def caps(self) -> list[Cap]:
        """Return its keys."""
        return [cap for row in self.children for cap in row.children if isinstance(cap, Cap)]


class Offer(Surface, BoxLayout):
    """What a held key offers, right above it: slide there and let go, or let go and tap."""

    __events__: tuple[str, ...] = ("on_pick", "on_close")

    def __init__(self, cap: Cap, finger: int, **kwargs: Any) -> None:
        self.finger: int | None = finger
        super().__init__(**kwargs)
        for text in cap.key.more:
            choice = Cap(Key(text), upper=cap.upper)
            choice.bind(on_tap=lambda choice: self.dispatch("on_pick", choice.typed))
            self.add_widget(choice)
        wide = max(len(text) for text in cap.key.more) > 2
        self.width = len(cap.key.more) * cap.height * (2.6 if wide else 1)
        self.height = cap.height
        room = cap.get_parent_window().width
        self.pos = max(0, min(cap.center_x - cap.height / 2, room - self.width)), cap.top

    def on_pick(self, text: str) -> None:
        """One was chosen."""

    def on_close(self) -> None:
        """A touch elsewhere: none is wanted."""

    def hover(self, touch: Any) -> "Cap | None":
        """Light the choice above the finger that still holds the key, and return it."""
        under = None
        for choice in self.children:
            over = touch.y >= self.y and choice.x <= touch.x < choice.right
            choice.state = "down" if over else "normal"
            under = choice if over else under
        return under

    def on_touch_down(self, touch: Any) -> bool:
        """Close at a touch elsewhere, which does nothing more."""
        if not super().on_touch_down(touch):
            self.dispatch("on_close")
        return True


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
