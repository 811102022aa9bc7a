"""The drawings above the thanks: heard, on the way up, and glad. They have one colour and judge nothing."""

from math import cos, pi, sin
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, SmoothLine
from kivy.properties import ColorProperty, StringProperty
from kivy.uix.widget import Widget

Stroke = tuple[tuple[float, float], ...]
"""Points of a line; the circle around them has a radius of 1 and its centre at 0, 0."""


def _bubble() -> Stroke:
    """Return a speech bubble: an oval that begins and ends at its tip."""
    turns = [(-0.64 - 1.78 * part / 32) * pi for part in range(33)]
    tip = (-0.42, -0.52)
    return (tip, *((0.54 * cos(turn), 0.06 + 0.4 * sin(turn)) for turn in turns), tip)


def _heart() -> tuple[Stroke, Stroke]:
    """Return the halves of a heart, from its notch down to its tip; a line cannot turn as sharply as that."""
    half = [(16 * sin(turn) ** 3, _height(turn)) for turn in (pi * part / 24 for part in range(25))]
    size = 0.031
    return tuple((x * size, y * size) for x, y in half), tuple((-x * size, y * size) for x, y in half)


def _height(turn: float) -> float:
    return 13 * cos(turn) - 5 * cos(2 * turn) - 2 * cos(3 * turn) - cos(4 * turn)


SIGNS: dict[str, tuple[Stroke, ...]] = {
    "detractor": (_bubble(), ((-0.26, 0.16), (0.26, 0.16)), ((-0.26, -0.06), (0.1, -0.06))),
    "passive": tuple(((x, -0.36), (x, top)) for x, top in ((-0.36, -0.1), (0.0, 0.14), (0.36, 0.4))),
    "promoter": _heart(),
}
"""The strokes of each sign."""


class Sign(Widget):
    """A drawing in a circle; kind names it."""

    kind = StringProperty()
    colour = ColorProperty()

    def __init__(self, **kwargs: Any) -> None:
        self._redraw = Clock.create_trigger(self._draw, -1)
        super().__init__(**kwargs)
        for name in ("kind", "colour", "pos", "size"):
            self.fbind(name, self._redraw)

    def _draw(self, _: float) -> None:
        radius = self.width / 2
        self.canvas.clear()
        with self.canvas:
            Color(*self.colour)
            SmoothLine(circle=(*self.center, radius), width=radius * 0.045)
            for stroke in SIGNS.get(self.kind, ()):
                points = [(self.center_x + x * radius, self.center_y + y * radius) for x, y in stroke]
                SmoothLine(points=points, width=radius * 0.05, joint="round", cap="round")
