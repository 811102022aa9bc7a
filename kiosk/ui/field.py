"""A text field that the window's own keyboard writes into."""

from functools import cache
from pathlib import Path

from kivy.core.text import Label
from kivy.lang import Builder
from kivy.properties import NumericProperty, StringProperty
from kivy.uix.textinput import TextInput

from kiosk.ui.coverage import drawable
from kiosk.ui.skin import Surface


class Field(Surface, TextInput):
    """A text field that the window's own keyboard writes into.

    layout names the keyboard that it wants: "words", "email" or "phone". Clipboard, bubble and handles
    are off: what one customer copied must not be there for the next. What its font cannot draw, such as
    emoji from a hardware keyboard, is left out, and the field tells so.
    """

    name = StringProperty()
    layout = StringProperty("words")
    longest = NumericProperty(254)

    text: str

    __events__: tuple[str, ...] = ("on_unshown",)

    def type(self, text: str) -> None:
        """Write at the cursor, as far as there is room and the font can draw it."""
        shown, whole = drawable(text, _font_file(self.font_name))
        self.insert_text(shown[: max(0, int(self.longest) - len(self.text))])
        if not whole:
            self.dispatch("on_unshown")

    def on_unshown(self) -> None:
        """Something could not be drawn and was left out."""

    def erase(self) -> None:
        """Take away the character before the cursor."""
        self.do_backspace()

    def fill_in(self, text: str) -> None:
        """Show a text and forget how it came about."""
        if text != self.text:
            self.text = text
            self.cursor = self.get_cursor_from_index(len(text))
        self.cancel_selection()
        self.reset_undo()

    @property
    def focused(self) -> bool:
        """Whether the keyboards write here."""
        return bool(self.focus)

    def _ensure_clipboard(self) -> None:
        # TextInput loads the system's clipboard, and writes selections to it, unless this does nothing.
        pass


@cache
def _font_file(name: str) -> Path:
    label = Label(font_name=name)
    label.resolve_font_name()
    return Path(label.options["font_name_r"])


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
