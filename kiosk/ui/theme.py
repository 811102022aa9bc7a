"""How the window measures and colours: one unit of length, and one palette at a time.

Everything on the screen is drawn in units of look.u pixels. A screen is 128 by 80 units or a little
more, upright or lying, so that a layout that is right on one tablet is right on all of them.
"""

from dataclasses import dataclass, fields, replace
from math import inf
from typing import Any

from kivy.event import EventDispatcher
from kivy.properties import AliasProperty, BooleanProperty, ColorProperty, NumericProperty, ObjectProperty
from kivy.utils import get_color_from_hex

from common.settings import Brand
from kiosk.ui import rows
from kiosk.ui.contrast import contrast, mixed

LONG_SIDE, SHORT_SIDE = 128, 80

LARGE = 1.3
"""How much larger the text is that a customer asked to be large."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #RRGGBB. Text keeps a contrast of 4.5 to what it stands on, lines and marks one of 3.

    No colour judges a score: there is no red, amber or green for what a customer says.
    """

    ground: str  # the screen
    surface: str  # what can be touched or holds something
    ink: str
    quiet: str  # text of less weight
    line: str  # the edge of what can be touched
    hair: str  # decoration that means nothing
    accent: str  # lines, marks, and what is lit
    accent_ink: str
    wash: str  # a surface under a finger or set apart, behind ink
    brand: str  # a surface that leads on; a brand's own colour, with an accent's edge around it
    brand_ink: str
    chosen: str  # a surface that was chosen; a brand's own colour, too
    chosen_ink: str
    board: str  # behind the keys
    key: str
    tool: str  # keys that do something
    focus: str  # the ring of the hardware keyboard
    trouble: str  # a sentence that helps on
    shade: str  # over what is not to be touched now


LIGHT = Palette(
    ground="#F6F4EF", surface="#FFFFFF", ink="#17212B", quiet="#55606B", line="#7F8892", hair="#DDD8CD",
    accent="#0E5A6B", accent_ink="#FFFFFF", wash="#DCECEF", board="#DEDBD3", key="#FFFFFF", tool="#C9C7C0",
    focus="#B4530A", trouble="#8F3A00", shade="#17212B",
    brand="#0E5A6B", brand_ink="#FFFFFF", chosen="#DCECEF", chosen_ink="#17212B",
)  # fmt: skip

DARK = Palette(
    ground="#11181E", surface="#1C262E", ink="#F3F5F6", quiet="#AEB9C2", line="#6F7C87", hair="#2C3841",
    accent="#7FD0E0", accent_ink="#08242B", wash="#1F4550", board="#0B1014", key="#2B3740", tool="#1D272F",
    focus="#FFB454", trouble="#FFC58A", shade="#000000",
    brand="#7FD0E0", brand_ink="#08242B", chosen="#1F4550", chosen_ink="#F3F5F6",
)  # fmt: skip

HIGH_LIGHT = Palette(
    ground="#FFFFFF", surface="#FFFFFF", ink="#000000", quiet="#2E2E2E", line="#1F1F1F", hair="#8A8A8A",
    accent="#003F4D", accent_ink="#FFFFFF", wash="#CFEFF6", board="#E4E4E4", key="#FFFFFF", tool="#CFCFCF",
    focus="#8F3A00", trouble="#6B2A00", shade="#000000",
    brand="#003F4D", brand_ink="#FFFFFF", chosen="#CFEFF6", chosen_ink="#000000",
)  # fmt: skip
"""For customers who want more contrast: text keeps 7, lines and marks 4.5."""

HIGH_DARK = Palette(
    ground="#000000", surface="#000000", ink="#FFFFFF", quiet="#E0E0E0", line="#D8D8D8", hair="#7A7A7A",
    accent="#8FE9F9", accent_ink="#000000", wash="#00404D", board="#000000", key="#1C1C1C", tool="#333333",
    focus="#FFB454", trouble="#FFD9AE", shade="#000000",
    brand="#8FE9F9", brand_ink="#000000", chosen="#00404D", chosen_ink="#FFFFFF",
)  # fmt: skip
"""The same on black."""

TEXT, MARK = 4.5, 3.0
"""The contrast that text and marks keep to what lies behind them: WCAG 2.2, 1.4.3 and 1.4.11."""

STEPS = 20
"""In so many steps a brand's colour goes all the way to where it can be told apart."""

APART = 20
"""Of 255 in red, green or blue: what a surface adds to dark ones, or takes from light ones, to be seen."""


def palette_for(brand: Brand, base: Palette) -> Palette:
    """Return the base in a brand's colours: the primary one leads on, the secondary one is what is chosen.

    Surfaces have the brand's own colours, with black or white on them, whichever is read better. For text
    and lines a colour without enough contrast is not refused: the primary one goes towards the colour of
    the base's text, step by step, until the text on it and all it stands on are told apart; the tint of
    what is touched goes towards the bare surface. At the end of either way the contrast is that of the base.
    """
    colours = [colour for colour in (brand.secondary, brand.primary) if colour]
    if not colours:
        return base
    fresh = _led(brand.primary, base) if brand.primary else base
    chosen = next((colour for colour in colours if _stands_out(colour, base)), None)
    if chosen:
        fresh = replace(fresh, chosen=chosen, chosen_ink=ink_on(chosen))
    return replace(fresh, wash=_tinted(colours[0], fresh))


def ink_on(surface: str) -> str:
    """Return black or white, whichever is read better on a colour; its contrast is 4.58 at least."""
    return max("#000000", "#FFFFFF", key=lambda ink: contrast(ink, surface))


def _led(primary: str, base: Palette) -> Palette:
    """Return the base with a colour that leads on; where nobody would see it, its surface is as its lines."""
    accent = _leading(primary, base)
    surface = primary if _stands_out(primary, base) else accent
    return replace(base, accent=accent, brand=surface, brand_ink=ink_on(surface))


def _stands_out(colour: str, base: Palette) -> bool:
    way = 1 if base.ground < base.ink else -1  # greys are ordered as their names
    return min(_added(colour, other, way) for other in (base.ground, base.surface)) >= APART


def _added(one: str, other: str, way: int) -> int:
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return max(way * (a - b) for a, b in pairs)


def _leading(primary: str, base: Palette) -> str:
    beside = (base.accent_ink, base.ground, base.surface, base.board)
    shades = (mixed(primary, base.ink, step / STEPS) for step in range(STEPS + 1))
    return next(shade for shade in shades if all(contrast(shade, other) >= TEXT for other in beside))


def _tinted(tint: str, base: Palette) -> str:
    shades = (mixed(tint, base.surface, 0.75 + step / STEPS / 4) for step in range(STEPS + 1))
    return next(shade for shade in shades if _carries(shade, base))


def _carries(shade: str, base: Palette) -> bool:
    texts = all(contrast(text, shade) >= TEXT for text in (base.ink, base.quiet))
    return texts and contrast(base.accent, shade) >= MARK


class Look(EventDispatcher):
    """What every widget draws with; kv rules bind to it, so a change shows at once.

    In Python bind methods to it, which are held weakly: anything else keeps its widget for ever.

    u is the unit in pixels, upright whether the screen is higher than wide. scale is how much larger all
    text is than it is drawn for, and t the unit of places that hold only text, which grow with it. While
    still, nothing moves by itself: it stands or jumps. While high, colours of high contrast take the place
    of the palette that is worn. rows is how the scores stand; cramped a score's width in millimetres
    where that is too little for fingers, otherwise 0.
    """

    u = NumericProperty(10)
    scale = NumericProperty(1.0)
    t = AliasProperty(lambda self: self.u * self.scale, bind=["u", "scale"])
    still = BooleanProperty(False)
    high = BooleanProperty(False)
    upright = BooleanProperty(False)
    rows = ObjectProperty(rows.ONE)
    cramped = NumericProperty(0)
    ground = ColorProperty()
    surface = ColorProperty()
    ink = ColorProperty()
    quiet = ColorProperty()
    line = ColorProperty()
    hair = ColorProperty()
    accent = ColorProperty()
    accent_ink = ColorProperty()
    wash = ColorProperty()
    brand = ColorProperty()
    brand_ink = ColorProperty()
    chosen = ColorProperty()
    chosen_ink = ColorProperty()
    board = ColorProperty()
    key = ColorProperty()
    tool = ColorProperty()
    focus = ColorProperty()
    trouble = ColorProperty()
    shade = ColorProperty()

    pitch = inf
    """Millimetres from one pixel to the next; a screen that nobody measured counts as large enough."""

    palette: Palette

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        self.palette = palette
        self.on_high(self, self.high)

    def on_high(self, _: Any, high: bool) -> None:
        """Show the palette that is worn, or the one of high contrast that is as light or dark."""
        palette = self.palette
        if high:
            palette = HIGH_DARK if palette.ground < palette.ink else HIGH_LIGHT
        for field in fields(palette):
            setattr(self, field.name, get_color_from_hex(getattr(palette, field.name)))

    def measure(self, width: float, height: float) -> None:
        """Take the unit from the size of the window in pixels."""
        self.upright = height > width
        self.u = min(max(width, height) / LONG_SIDE, min(width, height) / SHORT_SIDE)
        wide, unit = width / self.u, self.u * self.pitch
        self.rows = rows.rows_for(wide, unit, upright=self.upright)
        self.cramped = rows.too_narrow(self.rows, wide, unit)


look = Look()
look.wear(LIGHT)
