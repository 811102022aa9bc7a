"""The manager's third page: how the tablet is. See tablet.kv."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import ListProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.ui.manager import DeskView
from kiosk.ui.standing import Doubt


class DoubtRow(BoxLayout):
    """One answer that looks wrong, and the button that lets it count after all."""

    doubt = ObjectProperty(Doubt("", "", "", "", ""), rebind=True)

    __events__: tuple[str, ...] = ("on_touched", "on_ringed")

    def on_touched(self) -> None:
        """The button was touched."""

    def on_ringed(self) -> None:
        """The hardware keyboard's ring came to the button."""


class Doubts(BoxLayout):
    """The answers that look wrong, one below the other."""

    doubts = ListProperty()

    __events__: tuple[str, ...] = ("on_doubt", "on_ringed")

    def on_doubt(self, identity: str) -> None:
        """The button of an answer was touched."""

    def on_ringed(self, row: DoubtRow) -> None:
        """The hardware keyboard's ring came to an answer."""

    def on_doubts(self, _: Any, doubts: Sequence[Doubt]) -> None:
        """Show them; rows are used again."""
        while len(self.children) > len(doubts):
            self.remove_widget(self.children[0])
        while len(self.children) < len(doubts):
            self.add_widget(self._row())
        for row, doubt in zip(reversed(self.children), doubts, strict=True):
            row.doubt = doubt

    def _row(self) -> DoubtRow:
        row = DoubtRow()
        row.bind(on_touched=lambda row: self.dispatch("on_doubt", row.doubt.id))
        row.bind(on_ringed=lambda row: self.dispatch("on_ringed", row))
        return row


class TabletView(DeskView):
    """How the tablet is, and what can be done about it."""


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
