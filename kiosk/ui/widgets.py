"""The window's own few widgets: text that always fits, what can be tapped, progress, a ring, the mark."""

from bisect import bisect_left
from functools import lru_cache
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.core.text import Label as Measure
from kivy.graphics import Color, SmoothLine, SmoothRoundedRectangle
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.ui.skin import Surface
from kiosk.ui.theme import look

STEP, STEPS = 0.96, 17
"""Text shrinks by so much at a time, and so many times: to half of what was wanted, never further."""


@lru_cache(maxsize=4096)
def fitting_size(text: str, bold: bool, wanted: float, width: float, height: float) -> float:
    """Return the largest font size in pixels, up to the one wanted, at which a text fits its box.

    It fits when all its lines are inside and no word is longer than a line.
    """
    words = set(text.replace("\n", " ").split(" "))

    def fits(step: int) -> bool:
        probe = Measure(text=text, font_size=wanted * STEP**step, bold=bold, text_size=(width, None))
        probe.resolve_font_name()
        widest = max(probe.get_extents(word)[0] for word in words)
        return bool(widest <= width and probe.render()[1] <= height)

    # Most texts fit as they are; for the others, bisecting takes a few probes out of many.
    step = 0 if fits(0) else bisect_left(range(STEPS), True, lo=1, key=fits)
    return wanted * STEP**step


class Unseen(Label):
    """Text that is not drawn while it is out of sight, unless somebody prepares it.

    It waits until what holds it is put on the screen.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._held_by: Widget | None = None
        super().__init__(**kwargs)

    def prepare(self) -> bool:
        """Draw a text that waits; say whether there was anything to do."""
        waits = self._held_by is not None
        if waits:
            self._wait_no_more()
            self.fit()
            super().texture_update()
            self._trigger_texture.cancel()
            if self.texture:
                # Kivy draws the letters when a texture is used for the first time, as it is here.
                self.texture.bind()
        return waits

    def fit(self) -> None:
        """Take the size that the text is to be drawn in."""

    def texture_update(self, *_: Any) -> None:
        """Draw the text, unless nobody sees it."""
        if not self.waits():
            super().texture_update()

    def waits(self) -> bool:
        """Say whether this is out of sight; if so, begin to wait."""
        top: Widget = self
        while top.parent not in (None, top):  # the window is its own parent
            top = top.parent
        hidden = top.parent is None
        if hidden and top is not self._held_by:
            self._wait_no_more()
            self._held_by = top
            top.bind(parent=self._appear)
        return hidden

    def _wait_no_more(self) -> None:
        if self._held_by:
            self._held_by.unbind(parent=self._appear)
            self._held_by = None

    def _appear(self, *_: Any) -> None:
        self._wait_no_more()
        self._trigger_texture()


class Words(Unseen):
    """Text that fits its box: as large as wanted (pixels), smaller where a language needs more room.

    scale is how many times larger than that this customer wants all text.
    """

    wanted = NumericProperty(20)
    scale = NumericProperty(1)

    def __init__(self, **kwargs: Any) -> None:
        self._refit = Clock.create_trigger(self._fit_if_seen, -1)
        super().__init__(**kwargs)
        for name in ("text", "bold", "wanted", "scale", "size", "padding"):
            self.fbind(name, self._refit)
        self._refit()

    def fit(self) -> None:
        """Take the largest size that fits."""
        self._refit.cancel()
        left, top, right, bottom = self.padding
        width, height = self.width - left - right, self.height - top - bottom
        if width > 0 and height > 0:
            wanted = self.wanted * self.scale
            self.font_size = fitting_size(self.text, self.bold, wanted, int(width), int(height))

    def _fit_if_seen(self, _: float) -> None:
        if not self.waits():
            self.fit()

    def _appear(self, *_: Any) -> None:
        super()._appear()
        self._refit()


class Tap(ButtonBehavior, Surface, Words):
    """What can be touched: a rounded surface with a text. name is how hands and tests find it.

    focused is the hardware keyboard's ring; a tap of the finger and Enter on the ring are the same.
    """

    name = StringProperty()
    focused = BooleanProperty(False)
    chosen = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bind(focused=self._draw_ring, pos=self._draw_ring, size=self._draw_ring)

    def _draw_ring(self, *_: Any) -> None:
        self.canvas.after.remove_group("ring")
        if self.focused:
            out = look.u * 0.6
            box = (self.x - out, self.y - out, self.width + 2 * out, self.height + 2 * out)
            with self.canvas.after:
                Color(*look.focus, group="ring")
                SmoothLine(rounded_rectangle=(*box, self.rounding + out), width=look.u * 0.25, group="ring")


class Main(Tap):
    """The button that most people want; light while there is nothing to hand over yet."""

    light = BooleanProperty(False)


class Plain(Tap):
    """A button of equal size and less weight."""


class Chip(Tap):
    """A choice that can be on or off; its text is as large as that of all it stands with.

    A snug one has narrow margins.
    """

    snug = BooleanProperty(False)

    @property
    def largest(self) -> float:
        """The largest text in pixels that has room here, whether it is bold because it is chosen or not."""
        left, top, right, bottom = self.padding
        room = max(1, int(self.width - left - right)), max(1, int(self.height - top - bottom))
        # Either may be the wider one: some letters are narrower when they are bold.
        bold = fitting_size(self.text, True, self.wanted * self.scale, *room)
        return fitting_size(self.text, False, bold, *room)

    def fit(self) -> None:
        """Take the size that all of them have room for."""
        self._refit.cancel()
        row = self.parent.children if self.parent else [self]
        self.font_size = min(chip.largest for chip in row if isinstance(chip, Chip))


class Tick(Tap):
    """A box to tick with its sentence; the whole row can be touched."""


class Steps(Widget):
    """How far the customer has come: one bar per step, a thin one for what is still to come."""

    step = NumericProperty(1)
    steps = NumericProperty(3)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("step", "steps", "pos", "size"):
            self.fbind(name, self._redraw)
        look.bind(**dict.fromkeys(("u", "accent", "hair"), self._changed))
        self._redraw()

    def _changed(self, *_: Any) -> None:
        self._redraw()

    def _draw(self, _: float) -> None:
        gap = look.u
        width = (self.width - gap * (self.steps - 1)) / self.steps
        self.canvas.clear()
        with self.canvas:
            for number in range(int(self.steps)):
                done = number < self.step
                Color(*(look.accent if done else look.line))
                height = self.height if done else self.height * 0.4
                SmoothRoundedRectangle(
                    pos=(self.x + number * (width + gap), self.center_y - height / 2),
                    size=(width, height),
                    radius=[height / 2],
                )


class Ring(Widget):
    """A circle that empties: left is 1 when full and 0 when the time is over. It stays full while still."""

    left = NumericProperty(1)


class Mark(Widget):
    """The sign of the house: a circle with one place left; closed says that it has been taken."""

    closed = BooleanProperty(False)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
