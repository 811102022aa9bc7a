"""The manager's second page: how it goes, and why. See trend.kv."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Ellipse, Line, Rectangle
from kivy.lang import Builder
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.ui.manager import DeskView, Listing
from kiosk.ui.report import Bar
from kiosk.ui.theme import look
from kiosk.ui.widgets import Words

LEVELS = (100, 50, 0, -50, -100)
BAND = 0.22
"""How much of the line's colour the bands of the intervals have."""


class Trend(Widget):
    """Scores over time: a dot for each step with its interval behind it, joined where steps follow.

    A step with too few answers has no dot and breaks the line: what is not known is not drawn, and where
    nothing is known there is no scale either.
    """

    marks = ObjectProperty(())

    def __init__(self, **kwargs: Any) -> None:
        self._levels = [Words() for _ in LEVELS]
        self._dates: list[Words] = []
        super().__init__(**kwargs)
        for label in self._levels:
            label.halign = "right"
            self.add_widget(label)
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("pos", "size", "marks"):
            self.fbind(name, self._redraw)
        look.bind(**dict.fromkeys(("u", "accent", "line", "hair"), self._changed))
        self._redraw()

    def _changed(self, *_: Any) -> None:
        self._redraw()

    def _draw(self, _: float) -> None:
        self.canvas.before.clear()
        known = any(mark.points is not None for mark in self.marks)
        for label, level in zip(self._levels, LEVELS, strict=True):
            label.text = f"{level:+}".replace("-", "−").replace("+0", "0") if known else ""
        if not known:
            for label in self._dates:
                label.text = ""
            return
        self._left, self._floor = self.x + look.u * 6, self.y + look.u * 4.4
        self._height = max(0, self.top - look.u * 1.4 - self._floor)
        self._slot = (self.right - self._left) / max(1, len(self.marks))
        with self.canvas.before:
            self._draw_levels()
            self._draw_intervals()
            self._draw_line()
        self._name_dates()

    def _place(self, at: int, points: float) -> tuple[float, float]:
        return self._left + (at + 0.5) * self._slot, self._floor + (points + 100) / 200 * self._height

    def _draw_levels(self) -> None:
        for label, level in zip(self._levels, LEVELS, strict=True):
            y = self._place(0, level)[1]
            Color(*(look.line if level == 0 else look.hair))
            Line(points=(self._left, y, self.right, y), width=1)
            label.wanted, label.color = look.u * 1.9, look.quiet
            label.size = look.u * 5.2, look.u * 2.8
            label.pos = self.x, y - look.u * 1.4

    def _draw_intervals(self) -> None:
        """Draw bands in a tone of the line's colour, because a brand's tint may be pale, with firm ends."""
        width = min(self._slot * 0.6, look.u * 2.4)
        for at, mark in enumerate(self.marks):
            if mark.points is not None:
                x, low = self._place(at, mark.low)
                high = self._place(at, mark.high)[1]
                Color(*look.accent[:3], BAND)
                Rectangle(pos=(x - width / 2, low), size=(width, high - low))
                Color(*look.accent)
                for y in (low, high):
                    Line(points=(x - width / 2, y, x + width / 2, y), width=1)

    def _draw_line(self) -> None:
        """Join the dots of steps that follow one another."""
        Color(*look.accent)
        places: list[float] = []
        radius = min(self._slot * 0.3, look.u * 0.75)
        for at, mark in enumerate(self.marks):
            if mark.points is None:
                self._join(places)
                places = []
                continue
            x, y = self._place(at, mark.points)
            places += (x, y)
            Ellipse(pos=(x - radius, y - radius), size=(2 * radius, 2 * radius))
        self._join(places)

    def _join(self, places: Sequence[float]) -> None:
        if len(places) > 2:
            Line(points=places, width=look.u * 0.2, joint="round")

    def _name_dates(self) -> None:
        named = [(at, mark.label) for at, mark in enumerate(self.marks) if mark.label]
        while len(self._dates) < len(named):
            self._dates.append(Words())
            self.add_widget(self._dates[-1])
        for label in self._dates[len(named) :]:
            label.text = ""
        for label, (at, text) in zip(self._dates, named, strict=False):
            x = self._place(at, -100)[0]
            label.text, label.wanted, label.color = text, look.u * 1.9, look.quiet
            label.size = look.u * 8, look.u * 2.8
            label.pos = min(x - look.u * 4, self.right - look.u * 8), self.y


class BarRow(BoxLayout):
    """One reason: what it is called, how often it was tapped, and by whom."""

    shown = ObjectProperty(Bar("", "", 0, ""), rebind=True)


class Gauge(Widget):
    """A bar as long as a part (0…1) of its place."""

    part = NumericProperty(0)


class BarRows(Listing):
    """The reasons, the most frequent one first."""

    row = BarRow


class TrendView(DeskView):
    """The trend beside the reasons."""


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
