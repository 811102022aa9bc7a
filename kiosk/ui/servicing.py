"""What lies behind the second PIN: colours, languages, what holds, and the way out. See servicing.kv."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import ListProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.ui.manager import DeskView, stand
from kiosk.ui.setup import Held


class HeldRow(BoxLayout):
    """One part of the settings: its name, who has set it, and what it says."""

    held = ObjectProperty(Held("", "", ""), rebind=True)


class HeldRows(BoxLayout):
    """All parts of the settings, one below the other."""

    rows = ListProperty()

    def on_rows(self, _: Any, rows: Sequence[Held]) -> None:
        """Show them; rows are used again."""
        while len(self.children) > len(rows):
            self.remove_widget(self.children[0])
        while len(self.children) < len(rows):
            self.add_widget(HeldRow())
        for row, held in zip(reversed(self.children), rows, strict=True):
            row.held = held


class ServiceView(DeskView):
    """What can be changed on this tablet, beside what holds."""

    def on_kv_post(self, _: Any) -> None:
        """Keep the buttons, which stand there only when they say something."""
        ids = self.ids
        self._rows = ((ids.ways, (ids.stay.__self__, ids.leave.__self__)), (ids.named, (ids.back.__self__,)))
        for button in (ids.stay, ids.leave, ids.back):
            button.bind(text=lambda *_: self._arrange())
        self._arrange()

    def _arrange(self) -> None:
        for row, buttons in self._rows:
            stand(row, buttons)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
