"""The screens of the guided installation check. See checking.kv."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Line, Rectangle, SmoothRoundedRectangle
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.ui.checkup import TARGETS
from kiosk.ui.manager import DeskView, stand
from kiosk.ui.theme import look
from kiosk.ui.widgets import Plain, Words

HEIGHTS = (76, 122)
"""Centimetres above the floor between which everything to touch should be."""

TOP = 140
"""Centimetres that the picture of it shows."""

_PLACES = {
    "upper-left": {"x": 0, "top": 1},
    "upper-right": {"right": 1, "top": 1},
    "lower-left": {"x": 0, "y": 0},
    "lower-right": {"right": 1, "y": 0},
    "middle": {"center_x": 0.5, "center_y": 0.5},
}


class Glare(Widget):
    """A picture in which glare shows: a black and a white half, each with lines that get finer.

    Lamps and windows mirror in the dark half, sunlight washes the fine lines out of the light one.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        draw = Clock.create_trigger(self._draw, -1)
        self.bind(pos=draw, size=draw)
        draw()

    def _draw(self, _: float) -> None:
        self.canvas.clear()
        half = self.width / 2
        with self.canvas:
            for x, ground, ink in ((self.x, 0.0, 1.0), (self.x + half, 1.0, 0.0)):
                Color(ground, ground, ground)
                Rectangle(pos=(x, self.y), size=(half, self.height))
                self._lines(x, half, ground, ink)
            Color(*look.line)
            Line(rectangle=(self.x, self.y, self.width, self.height), width=1)

    def _lines(self, x: float, width: float, ground: float, ink: float) -> None:
        """Draw eight lines, each nearer to the colour that it stands on than the one before."""
        step = self.height / 9
        for number in range(8):
            shade = ground + (ink - ground) * (1 - number / 8)
            Color(shade, shade, shade)
            thick = max(1.0, look.u * (0.9 - number * 0.1))
            y = self.top - (number + 1) * step
            Rectangle(pos=(x + width * 0.1, y - thick / 2), size=(width * 0.8, thick))


class Reach(Widget):
    """A picture of the tablet on its post, with the two heights between which it is to be touched."""

    shown = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        self._labels = [Words(halign="left", bold=True) for _ in HEIGHTS]
        super().__init__(**kwargs)
        for label in self._labels:
            self.add_widget(label)
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("pos", "size", "shown"):
            self.fbind(name, self._redraw)
        look.bind(**dict.fromkeys(("u", "accent", "line"), self._changed))
        self._redraw()

    def _changed(self, *_: Any) -> None:
        self._redraw()

    def _height(self, centimetres: float) -> float:
        return float(self.y + look.u + centimetres / TOP * (self.height - 2 * look.u))

    def _draw(self, _: float) -> None:
        left, right = self.center_x - look.u * 22, self.center_x + look.u * 14
        self.canvas.before.clear()
        for label, height in zip(self._labels, HEIGHTS, strict=True):
            label.text = f"{height} cm" if self.shown else ""
            label.size, label.wanted = (look.u * 12, look.u * 4), look.u * 2.6
            label.pos = right + look.u * 1.4, self._height(height) - look.u * 2
        if not self.shown:
            return
        with self.canvas.before:
            self._draw_zone(left, right)
            self._draw_tablet()
            Color(*look.ink)
            Line(points=(left, self._height(0), right, self._height(0)), width=look.u * 0.15)

    def _draw_zone(self, left: float, right: float) -> None:
        low, high = (self._height(height) for height in HEIGHTS)
        Color(*look.accent[:3], 0.16)
        Rectangle(pos=(left, low), size=(right - left, high - low))
        Color(*look.accent)
        for y in (low, high):
            Line(points=(left, y, right, y), width=look.u * 0.15)

    def _draw_tablet(self) -> None:
        """Draw a post from the floor up, and a screen on it as high as the room between the heights."""
        low, high = self._height(HEIGHTS[0] + 5), self._height(HEIGHTS[1] - 5)
        x, wide = self.center_x - look.u * 4, (high - low) * 1.6
        Color(*look.line)
        Rectangle(pos=(x - look.u, self._height(0)), size=(look.u * 2, low - self._height(0)))
        Color(*look.ink)
        SmoothRoundedRectangle(pos=(x - wide / 2, low), size=(wide, high - low), radius=[look.u])
        Color(*look.surface)
        edge = look.u * 0.7
        Rectangle(pos=(x - wide / 2 + edge, low + edge), size=(wide - 2 * edge, high - low - 2 * edge))


class Targets(FloatLayout):
    """What is to be tapped: one place in each corner, and one in the middle."""

    targets = ObjectProperty(())

    __events__: tuple[str, ...] = ("on_target",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._buttons = {name: self._button(name) for name in TARGETS}
        look.bind(u=self._measure)
        self._measure()

    def on_target(self, name: str) -> None:
        """A target was tapped."""

    def on_targets(self, _: Any, targets: Sequence[str]) -> None:
        """Show those that are left."""
        self.clear_widgets()
        for name in targets:
            self.add_widget(self._buttons[name])

    def _button(self, name: str) -> Plain:
        button = Plain(text="●", font_name="DejaVuSans", name=f"target-{name}")
        button.size_hint, button.pos_hint = (None, None), _PLACES[name]
        button.bind(on_release=lambda _: self.dispatch("on_target", name))
        return button

    def _measure(self, *_: Any) -> None:
        for button in self._buttons.values():
            button.size = look.u * 9.8, look.u * 9.8


class Finding(BoxLayout):
    """One line of the result."""

    mark = StringProperty()
    sentence = StringProperty()


class Findings(BoxLayout):
    """The result, part by part."""

    lines = ListProperty()

    def on_lines(self, _: Any, lines: Sequence[tuple[str, str]]) -> None:
        """Show the lines."""
        self.clear_widgets()
        for mark, sentence in lines:
            self.add_widget(Finding(mark=mark, sentence=sentence))


class CheckView(DeskView):
    """One part of the check, or its result."""

    def on_kv_post(self, _: Any) -> None:
        """Keep the buttons, which stand there only when they say something."""
        self._buttons = (self.ids.no.__self__, self.ids.yes.__self__)
        for button in self._buttons:
            button.bind(text=lambda *_: self._arrange())
        self._arrange()

    def _arrange(self) -> None:
        stand(self.ids.answers, self._buttons)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
