"""The drawing above the thanks. It is the same for every score, so that nobody reads one from afar."""

from math import cos, pi, sin
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, SmoothLine
from kivy.properties import ColorProperty
from kivy.uix.widget import Widget

Stroke = tuple[tuple[float, float], ...]
"""Points of a line; the circle around them has a radius of 1 and its centre at 0, 0."""


def _bubble() -> Stroke:
    """Return a speech bubble: an oval that begins and ends at its tip."""
    turns = [(-0.64 - 1.78 * part / 32) * pi for part in range(33)]
    tip = (-0.42, -0.52)
    return (tip, *((0.54 * cos(turn), 0.06 + 0.4 * sin(turn)) for turn in turns), tip)


BUBBLE: tuple[Stroke, ...] = (_bubble(), ((-0.26, 0.16), (0.26, 0.16)), ((-0.26, -0.06), (0.1, -0.06)))
"""A speech bubble with two lines in it: heard."""


class Sign(Widget):
    """A speech bubble in a circle."""

    colour = ColorProperty()

    def __init__(self, **kwargs: Any) -> None:
        self._redraw = Clock.create_trigger(self._draw, -1)
        super().__init__(**kwargs)
        for name in ("colour", "pos", "size"):
            self.fbind(name, self._redraw)

    def _draw(self, _: float) -> None:
        radius = self.width / 2
        self.canvas.clear()
        with self.canvas:
            Color(*self.colour)
            SmoothLine(circle=(*self.center, radius), width=radius * 0.045)
            for stroke in BUBBLE:
                points = [(self.center_x + x * radius, self.center_y + y * radius) for x, y in stroke]
                SmoothLine(points=points, width=radius * 0.05, joint="round", cap="round")
