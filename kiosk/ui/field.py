"""A text field that the window's own keyboard writes into."""

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import NumericProperty, StringProperty
from kivy.uix.textinput import TextInput

from kiosk.ui.skin import Surface


class Field(Surface, TextInput):
    """A text field that the window's own keyboard writes into.

    layout names the keyboard that it wants: "words", "email" or "phone". Clipboard, bubble and handles
    are off: what one customer copied must not be there for the next.
    """

    name = StringProperty()
    layout = StringProperty("words")
    longest = NumericProperty(254)

    text: str

    def type(self, text: str) -> None:
        """Write at the cursor, as far as there is room."""
        self.insert_text(text[: max(0, int(self.longest) - len(self.text))])

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


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
