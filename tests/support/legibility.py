"""Looks at a window as a picky eye would: is any text cut, laid over another, too small, or hard to touch?"""

from collections.abc import Iterator
from itertools import combinations
from math import hypot
from typing import Any

import pytest
from kivy.core.text import Label as Measure
from kivy.core.window import Window
from kivy.uix.label import Label
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from kiosk.ui.caps import Cap
from kiosk.ui.field import Field
from kiosk.ui.keyboard import Keyboard
from kiosk.ui.skin import Surface
from kiosk.ui.theme import look
from kiosk.ui.widgets import Tap

SIZES = [(1280, 800), (1920, 1080), (800, 1280), (1024, 600)]
"""Width and height of the windows that everything has to look right in, in pixels."""

at_every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")

TABLETS_INCHES = (8.0, 10.1)
TARGET_MM = 12.0
SMALLEST_TEXT = 1.5
"""Units of length: 2.5 mm on the larger tablet, the size of small print on paper."""

Colour = tuple[float, ...]


def flaws(stage: Widget) -> list[str]:
    """Return a sentence for everything that is wrong on the screen."""
    return faults(stage) + small_targets(stage)


def faults(stage: Widget) -> list[str]:
    """Return a sentence for everything that is wrong with the text on the screen."""
    labels = [label for label in _shown(stage, Label) if label.text.strip() and label.opacity]
    found = [fault for label in labels for fault in _faults_of(label)]
    for one, other in combinations([label for label in labels if not _scrolls(label)], 2):
        if (
            _overlap(one, other)
            and other not in one.walk(restrict=True)
            and one not in other.walk(restrict=True)
        ):
            found.append(f"{one.text!r} lies over {other.text!r}")
    return found


def small_targets(stage: Widget) -> list[str]:
    """Return a sentence for everything to touch that is under 12 mm on a tablet of eight or ten inches.

    A key of the keyboard has them on ten inches only: eight have no room for ten keys beside each other.
    """
    return [
        f"{widget.name!r} is {wide:.1f} by {high:.1f} mm on {inches} inches"
        for inches in TABLETS_INCHES
        for widget, wide, high in targets(stage, inches)
        if min(wide, high) < TARGET_MM and not (isinstance(widget, Cap) and inches < max(TABLETS_INCHES))
    ]


def targets(stage: Widget, inches: float) -> Iterator[tuple[Any, float, float]]:
    """Return everything to touch, with its width and height in millimetres on a tablet of a size."""
    per_mm = hypot(*Window.size) / (inches * 25.4)
    for kind in (Tap, Cap, Field):
        for widget in _shown(stage, kind):
            yield widget, widget.width / per_mm, widget.height / per_mm


def pale(stage: Widget, wanted: float) -> list[str]:
    """Return a sentence for every text whose contrast to what it stands on is less than wanted."""
    found = []
    for label in _shown(stage, Label):
        if label.text.strip() and label.opacity:
            ratio = contrast(label.color, _ground_of(label))
            if ratio < wanted:
                found.append(f"{label.text!r} has a contrast of {ratio:.1f}")
    return found


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours as WCAG counts it, 1…21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ground_of(widget: Any) -> Colour:
    """Return the colour of the nearest surface that a widget stands on."""
    while widget.parent and widget.parent is not widget:
        if isinstance(widget, Surface) and widget.fill[3]:
            return tuple(widget.fill)
        if isinstance(widget, Keyboard):
            return tuple(look.board)
        widget = widget.parent
    return tuple(look.ground)


def _shown(stage: Any, kind: type[Widget]) -> list[Any]:
    layers = [stage.cover] if stage.cover else stage.children
    return [widget for layer in layers for widget in layer.walk(restrict=True) if isinstance(widget, kind)]


def _faults_of(label: Any) -> Iterator[str]:
    left, top, right, bottom = label.padding
    room = (label.width - left - right, label.height - top - bottom)
    probe = Measure(
        text=label.text, font_size=label.font_size, font_name=label.font_name, bold=label.bold,
        text_size=(int(room[0]), None),
    )  # fmt: skip
    probe.resolve_font_name()
    widest = max(probe.get_extents(word)[0] for word in label.text.split())
    if widest > room[0] + 1:
        yield f"a word of {label.text!r} is {widest:.0f} pixels wide in a line of {room[0]:.0f}"
    if probe.render()[1] > room[1] + 1:
        yield f"{label.text!r} is {probe.render()[1]} pixels high in a box of {room[1]:.0f}"
    if label.font_size < SMALLEST_TEXT * look.u:
        yield f"{label.text!r} is only {label.font_size / look.u:.1f} units high"
    x, y = label.to_window(*label.pos)
    inside = (
        x >= -1 and y >= -1 and x + label.width <= Window.width + 1 and y + label.height <= Window.height + 1
    )
    if not inside and not _scrolls(label):
        yield f"{label.text!r} is not wholly on the screen"


def _scrolls(widget: Widget) -> bool:
    while widget.parent and widget.parent is not widget:
        widget = widget.parent
        if isinstance(widget, ScrollView):
            return True
    return False


def _overlap(one: Widget, other: Widget) -> bool:
    (ax, ay), (bx, by) = one.to_window(*one.pos), other.to_window(*other.pos)
    wide = min(ax + one.width, bx + other.width) - max(ax, bx)
    high = min(ay + one.height, by + other.height) - max(ay, by)
    return bool(wide > 1 and high > 1)
