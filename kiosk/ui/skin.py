"""Rounded surfaces as small pictures that are stretched: one pass over the pixels, edge and fill together.

Kivy's own smooth shapes need one pass for the edge and another for the fill, with many triangles each;
a board of keys then costs a tablet's processor twice the time between two frames.
"""

from functools import lru_cache
from itertools import chain
from math import hypot
from typing import Any

from kivy.graphics.texture import Texture
from kivy.properties import AliasProperty, ColorProperty, NumericProperty
from kivy.uix.widget import Widget

Colour = tuple[float, ...]


Cover = tuple[float, float]
"""How far a pixel is covered at all, and how far by the fill, each 0…1."""


@lru_cache(maxsize=64)
def covers(radius: int, line: int) -> list[list[Cover]]:
    """Return the rows of the upper left corner, radius + 2 pixels each way.

    A pixel is covered as far as the circle of the corner reaches into it: by the edge as far as the
    outer circle does, by the fill as far as the one that is narrower by the line.
    """
    sides = range(radius + 2)
    return [[_cover(radius, line, x, y) for x in sides] for y in sides]


def _cover(radius: int, line: int, x: int, y: int) -> Cover:
    outside = hypot(max(0.0, radius - x - 0.5), max(0.0, radius - y - 0.5))
    inner = min(1.0, max(0.0, radius - line - outside + 0.5)) if min(x, y) >= line else 0.0
    return min(1.0, max(0.0, radius - outside + 0.5)), inner


def corner(radius: int, line: int, edge: Colour, fill: Colour) -> list[list[bytes]]:
    """Return the rows of the upper left corner, radius + 2 pixels each way, as RGBA of four bytes each.

    Most pixels are covered alike, so that a few of them are all that has to be mixed.
    """
    rows = covers(radius, line)
    pixels = {cover: _pixel(cover, edge, fill) for cover in set(chain.from_iterable(rows))}
    return [[pixels[cover] for cover in row] for row in rows]


def _pixel(cover: Cover, edge: Colour, fill: Colour) -> bytes:
    alpha, inner = cover
    red, green, blue, opacity = (e + (f - e) * inner for e, f in zip(edge, fill, strict=True))
    return bytes(round(255 * part) for part in (red, green, blue, opacity * alpha))


@lru_cache(maxsize=256)
def skin(radius: int, line: int, edge: Colour, fill: Colour) -> Any:
    """Return the texture of a surface; all but the two pixels in its middle keep their size."""
    upper = [b"".join(row) + b"".join(reversed(row)) for row in corner(radius, line, edge, fill)]
    pixels = b"".join(upper + upper[::-1])
    texture = Texture.create(size=(2 * radius + 4, 2 * radius + 4), colorfmt="rgba")

    def fill_in(texture: Any) -> None:
        texture.blit_buffer(pixels, colorfmt="rgba")

    fill_in(texture)
    texture.add_reload_observer(fill_in)
    return texture


class Surface(Widget):
    """Something with a rounded surface; fill and edge are its colours, the others pixels.

    An inset surface is smaller than what can be touched.
    """

    fill = ColorProperty((0, 0, 0, 0))
    edge = ColorProperty((0, 0, 0, 0))
    rounding = NumericProperty(10)
    line = NumericProperty(2)
    inset = NumericProperty(0)

    def _skin(self) -> Any:
        radius = max(1, round(self.rounding))
        return skin(radius, max(1, round(self.line)), tuple(self.edge), tuple(self.fill))

    skin = AliasProperty(_skin, bind=["fill", "edge", "rounding", "line"])
