"""What stands below the question: lines that say what was done, and a QR code; see footer.kv."""

from functools import lru_cache
from logging import getLogger
from math import ceil, inf
from pathlib import Path
from typing import Any

from kivy.core.text import Label as Measure
from kivy.graphics.texture import Texture
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.ui.scenes import Aside
from kiosk.ui.theme import look
from kiosk.ui.widgets import fitting_size

WIDE_MM, LEAST_MM = 20.0, 16.0
"""A code's side without its white edge as it should be, and as a telephone reads it from a step away."""

LEAST_PIXELS = 3
"""Pixels of a code's module; smaller ones run into each other in a telephone's picture."""

QUIET = 4
"""White modules on each side of a code (ISO/IEC 18004)."""

LONGEST_WORD = 20
"""Letters of a line's word, from where on it is broken: it would make all of the line small."""

_log = getLogger(__name__)


def module_pixels(modules: int, room: float, pitch: float) -> int:
    """Return the pixels of a module of a code with so many a side, 0 if no telephone could read it.

    room is the pixels that there are for all of it, pitch the millimetres of one, inf where nobody knows:
    then it takes all the room.
    """
    most = int(room / (modules + 2 * QUIET))
    wanted = most if pitch == inf else max(LEAST_PIXELS, ceil(WIDE_MM / pitch / modules))
    pixels = min(most, wanted)
    return pixels if pixels >= LEAST_PIXELS and pixels * modules * pitch >= LEAST_MM else 0


def broken(line: str) -> str:
    """Return a line with a blank inside each word that is too long to be shown with the others."""
    return " ".join(
        " ".join(word[at : at + LONGEST_WORD] for at in range(0, len(word), LONGEST_WORD))
        for word in line.split()
    )


class Code(Widget):
    """A QR code, black on white whatever the colours are, with its quiet zone; all modules have whole pixels.

    room is the pixels that it may take each way; its side is 0 where no telephone could read it.
    """

    address = StringProperty()
    room = NumericProperty(0)
    texture = ObjectProperty(None, allownone=True)
    side = NumericProperty(0)
    edge = NumericProperty(0)

    def on_address(self, _: Any, address: str) -> None:
        """Draw another code."""
        self.texture = code(address) if address else None
        self._measure()

    def on_room(self, *_: Any) -> None:
        """Make it as large as it should be."""
        self._measure()

    def _measure(self) -> None:
        modules = self.texture.width - 2 * QUIET if self.texture else 0
        pixels = module_pixels(modules, self.room, look.pitch) if modules else 0
        self.side, self.edge = pixels * (modules + 2 * QUIET), pixels * QUIET


class Card(BoxLayout):
    """One line of what was said and done, under its heading; both stand together in the middle.

    room is the pixels that the sentence may be high, tall how high both are.
    """

    heading = StringProperty()
    sentence = StringProperty()
    room = NumericProperty(0)
    tall = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bind(sentence=self._measure, width=self._measure, room=self._measure)

    def _measure(self, *_: Any) -> None:
        """Give both the height of their lines."""
        words = self.ids.sentence
        width = int(self.width - self.padding[0] - self.padding[2])
        if width > 0 and self.room > 0:
            size = fitting_size(self.sentence, False, words.wanted * words.scale, width, int(self.room))
            probe = Measure(text=self.sentence, font_size=size, text_size=(width, None))
            probe.resolve_font_name()
            self.tall = look.t * 2.8 + min(self.room, probe.render()[1] + 1)


class Ticket(BoxLayout):
    """The QR code and the sentence that invites to it."""

    invitation = StringProperty()
    address = StringProperty()


class Footer(BoxLayout):
    """What stands below the question; without anything to say it takes no room.

    coded says that the code is shown, for which a screen with the scores in two rows has no room, nor a
    small one for a long address. margin is the part of its height, in pixels, that keeps it away from the
    question, code_side that of the code in pixels.
    """

    aside = ObjectProperty(None, allownone=True)
    coded = BooleanProperty(False)
    code_side = NumericProperty(0)
    margin = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        self._card, self._ticket, self._at, self._missed = Card(), Ticket(), 0, ""
        super().__init__(**kwargs)
        look.bind(rows=self._place)
        self._ticket.ids.code.bind(side=self._measured)

    def on_aside(self, _: Any, aside: Aside | None) -> None:
        """Show the first line and the code."""
        self._at = 0
        if aside:
            self._card.heading = aside.heading
            self._ticket.invitation, self._ticket.address = aside.invitation, aside.address
        self._place()

    def turn(self) -> None:
        """Show the next line."""
        self._at += 1
        self._show_line()

    def _measured(self, _: Any, side: float) -> None:
        self.code_side = side
        self._place()

    def _show_line(self) -> None:
        if self.aside and self.aside.lines:
            self._card.sentence = broken(self.aside.lines[self._at % len(self.aside.lines)])

    def _place(self, *_: Any) -> None:
        self.clear_widgets()
        lines = bool(self.aside and self.aside.lines)
        self.coded = self._has_room_for_code()
        if lines:
            self.add_widget(self._card)
            self._show_line()
        if self.coded:
            around = [] if lines else [Widget(), Widget()]
            for widget in (*around[:1], self._ticket, *around[1:]):
                self.add_widget(widget)

    def _has_room_for_code(self) -> bool:
        """Say whether there is a code that can be read here; tell it where there is one that cannot."""
        address = self.aside.address if self.aside else ""
        shown = bool(address) and (look.upright or look.rows.number == 1) and bool(self._ticket.ids.code.side)
        if address and not shown and address != self._missed:
            self._missed = address
            _log.error(
                "no QR code is shown: this screen has no room for one of %s that a phone reads", address
            )
        return shown


@lru_cache(maxsize=2)
def code(address: str) -> Any:
    """Return the texture of an address's QR code, one pixel for each module, with its quiet zone."""
    import segno

    matrix = segno.make_qr(address).matrix_iter(border=QUIET)
    rows = [bytes(0 if dark else 255 for dark in row) for row in matrix]
    return _texture(b"".join(reversed(rows)), len(rows))


def _texture(pixels: bytes, side: int) -> Any:
    texture = Texture.create(size=(side, side), colorfmt="luminance")
    texture.mag_filter = texture.min_filter = "nearest"

    def fill_in(texture: Any) -> None:
        texture.blit_buffer(pixels, colorfmt="luminance")

    fill_in(texture)
    texture.add_reload_observer(fill_in)
    return texture


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
