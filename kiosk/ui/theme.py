"""How the window measures and colours: one unit of length, and one palette at a time.

Everything on the screen is drawn in units of look.u pixels. A screen is 128 by 80 units or a little
more, upright or lying, so that a layout that is right on one tablet is right on all of them.
"""

from dataclasses import dataclass, fields

from kivy.event import EventDispatcher
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty
from kivy.utils import get_color_from_hex

LONG_SIDE, SHORT_SIDE = 128, 80


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
    accent: str
    accent_ink: str
    wash: str  # a chosen surface, behind ink
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
)  # fmt: skip

DARK = Palette(
    ground="#11181E", surface="#1C262E", ink="#F3F5F6", quiet="#AEB9C2", line="#6F7C87", hair="#2C3841",
    accent="#7FD0E0", accent_ink="#08242B", wash="#1F4550", board="#0B1014", key="#2B3740", tool="#1D272F",
    focus="#FFB454", trouble="#FFC58A", shade="#000000",
)  # fmt: skip


class Look(EventDispatcher):
    """What every widget draws with; kv rules bind to it, so a change shows at once.

    u is the unit in pixels, upright whether the screen is higher than wide.
    """

    u = NumericProperty(10)
    upright = BooleanProperty(False)
    ground = ColorProperty()
    surface = ColorProperty()
    ink = ColorProperty()
    quiet = ColorProperty()
    line = ColorProperty()
    hair = ColorProperty()
    accent = ColorProperty()
    accent_ink = ColorProperty()
    wash = ColorProperty()
    board = ColorProperty()
    key = ColorProperty()
    tool = ColorProperty()
    focus = ColorProperty()
    trouble = ColorProperty()
    shade = ColorProperty()

    def wear(self, palette: Palette) -> None:
        """Take on the colours of a palette."""
        for field in fields(palette):
            setattr(self, field.name, get_color_from_hex(getattr(palette, field.name)))

    def measure(self, width: float, height: float) -> None:
        """Take the unit from the size of the window in pixels."""
        self.upright = height > width
        self.u = min(max(width, height) / LONG_SIDE, min(width, height) / SHORT_SIDE)


look = Look()
look.wear(LIGHT)
