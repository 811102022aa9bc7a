"""The window's own keyboard: it writes into a field, and forgets everything between two of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.ui import layouts
from kiosk.ui.caps import Cap, Offer, Page
from kiosk.ui.field import Field
from kiosk.ui.layouts import Act
from kiosk.ui.theme import look

REPEAT = 0.08
"""Seconds between two repeats."""

COLOURS = ("ink", "accent", "accent_ink", "hair", "wash", "tool", "key")
"""What keys look like."""


class Keyboard(BoxLayout):
    """Keys for a field; open while there is one. language decides the letters, space names the space bar."""

    field = ObjectProperty(None, allownone=True)
    language = StringProperty("en")
    space = StringProperty("")
    symbols = BooleanProperty(False)
    shift = OptionProperty("off", options=("off", "once", "lock"))

    __events__: tuple[str, ...] = ("on_done",)

    def __init__(self, **kwargs: Any) -> None:
        self._rows: dict[layouts.Row, BoxLayout] = {}
        self._offer: Offer | None = None
        self._repeat: Any = None
        self._dress = Clock.create_trigger(self._dress_caps, -1)
        super().__init__(**kwargs)
        look.bind(**dict.fromkeys(COLOURS, self._changed))

    def on_done(self) -> None:
        """The key that ends the writing was tapped."""

    def on_field(self, _: Any, field: Field | None) -> None:
        """Open for a field or close; nothing is left from before."""
        self.close_offer()
        self._rest()
        self.symbols, self.shift = False, "off"
        self._turn()

    def on_symbols(self, _: Any, symbols: bool) -> None:
        """Turn to the symbols or back."""
        self._turn()

    def on_shift(self, _: Any, shift: str) -> None:
        """Show capitals or small letters."""
        self._mark_shift()

    def caps(self) -> list[Cap]:
        """Return the keys that can be touched now."""
        return self._offer.children[:] if self._offer else self._caps()

    def _caps(self) -> list[Cap]:
        return [cap for page in self.children for cap in page.caps()]

    def speak(self, language: str, space: str) -> None:
        """Take the letters of a language; space is its word for the space bar."""
        self.language, self.space = language, space

    def warm(self, language: str, space: str) -> Iterator[None]:
        """Make the rows of a language, one with each step, before somebody waits for them."""
        for layout, symbols in (("words", False), ("words", True), ("email", False), ("phone", False)):
            for keys in layouts.rows(layout, language, symbols, space):
                self._row(keys)
                yield

    def write(self, text: str) -> None:
        """Write into the field, and begin sentences with a capital."""
        if self.field:
            self.field.type(text)
            self._after_writing()

    def erase(self) -> None:
        """Take away the last character."""
        if self.field:
            self.field.erase()
            self._after_writing()

    def close_offer(self) -> None:
        """Take away what a held key offered."""
        if self._offer:
            self._offer.parent.remove_widget(self._offer)
            self._offer = None

    def on_touch_move(self, touch: Any) -> bool:
        """Follow the finger that slides to what its key offers."""
        if self._offer and touch.uid == self._offer.finger:
            self._offer.hover(touch)
        return bool(super().on_touch_move(touch))

    def on_touch_up(self, touch: Any) -> bool:
        """Take what the finger slid to; the key itself is spent and types nothing."""
        if self._offer and touch.uid == self._offer.finger:
            self._offer.finger = None
            if choice := self._offer.hover(touch):
                self._pick(choice.typed)
        return bool(super().on_touch_up(touch))

    def _turn(self) -> None:
        for page in self.children:
            page.clear_widgets()
        self.clear_widgets()
        if self.field:
            page = Page(narrow=self.field.layout == "phone")
            for keys in layouts.rows(self.field.layout, self.language, self.symbols, self.space):
                page.add_widget(self._row(keys))
            self.add_widget(page)
            self._capital_where_due()
            self._mark_shift()
            self._dress()

    def _row(self, keys: layouts.Row) -> BoxLayout:
        """Return the row of these keys; languages share what they have in common."""
        row = self._rows.get(keys)
        if row is None:
            row = self._rows[keys] = BoxLayout()
            margin = (10 - sum(key.width for key in keys)) / 2
            around = [Widget(size_hint_x=margin) for _ in range(2)] if 0 < margin < 2 else []
            caps = [Cap(key, size_hint_x=key.width) for key in keys]
            for cap in caps:
                cap.bind(on_tap=self._tapped, on_hold=self._held)
            for widget in (*around[:1], *caps, *around[1:]):
                row.add_widget(widget)
        return row

    def _mark_shift(self) -> None:
        for cap in self._caps():
            cap.upper = self.shift != "off" and cap.key.act is Act.TYPE
            cap.lit = self.shift != "off" and cap.key.act is Act.SHIFT

    def _changed(self, *_: Any) -> None:
        self._dress()

    def _dress_caps(self, _: float) -> None:
        """Show the keys in the colours of the moment."""
        for cap in self._caps():
            cap.dress()

    def _tapped(self, cap: Cap) -> None:
        match cap.key.act:
            case Act.TYPE:
                self.write(cap.typed)
            case Act.BREAK:
                self.write("\n")
            case Act.ERASE:
                self.erase()
            case Act.SHIFT:
                self.shift = {"off": "once", "once": "lock", "lock": "off"}[self.shift]
            case Act.SWITCH:
                self.symbols = not self.symbols
            case Act.DONE:
                self.dispatch("on_done")

    def _held(self, cap: Cap) -> None:
        if cap.key.act is Act.ERASE:
            cap.spent = True
            self._repeat = Clock.schedule_interval(lambda _: self._erase_while(cap), REPEAT)
        elif cap.key.more:
            cap.spent = True
            self._open_offer(cap)

    def _erase_while(self, cap: Cap) -> None:
        if cap.state == "down":
            self.erase()
        else:
            self._rest()

    def _rest(self) -> None:
        if self._repeat:
            self._repeat.cancel()
            self._repeat = None

    def _open_offer(self, cap: Cap) -> None:
        self.close_offer()
        self._offer = Offer(cap, finger=cap.last_touch.uid)
        self._offer.bind(on_pick=lambda _, text: self._pick(text), on_close=lambda _: self.close_offer())
        self.parent.add_widget(self._offer)

    def _pick(self, text: str) -> None:
        self.close_offer()
        self.write(text)

    def _after_writing(self) -> None:
        if self.shift != "lock":
            self.shift = "off"
            self._capital_where_due()

    def _capital_where_due(self) -> None:
        """Capitals come by themselves at the start of a comment and after a full stop."""
        if self.shift != "lock" and self.field.layout == "words":
            before = self.field.text[: self.field.cursor_index()]
            words = before.rstrip(" ")
            starts = not words or words[-1] == "\n" or (words != before and words[-1] in ".!?…")
            self.shift = "once" if starts else "off"


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
