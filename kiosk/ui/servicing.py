"""What lies behind the second PIN: colours, languages, what holds, and the way out. See servicing.kv."""

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.ui.manager import DeskView, Listing, stand
from kiosk.ui.setup import Held


class HeldRow(BoxLayout):
    """One part of the settings: its name, who has set it, and what it says."""

    shown = ObjectProperty(Held("", "", ""), rebind=True)


class HeldRows(Listing):
    """All parts of the settings."""

    row = HeldRow


class ServiceView(DeskView):
    """What can be changed on this tablet, beside what holds."""

    def on_kv_post(self, _: Any) -> None:
        """Keep the buttons, which stand there only when they say something."""
        ids = self.ids
        self._rows = (
            (ids.ways, (ids.stay.__self__, ids.leave.__self__)),
            (ids.partings, (ids.keep.__self__, ids.part.__self__)),
            (ids.named, (ids.back.__self__,)),
        )
        for button in (ids.stay, ids.leave, ids.keep, ids.part, ids.back):
            button.bind(text=lambda *_: self._arrange())
        self._arrange()

    def _arrange(self) -> None:
        for row, buttons in self._rows:
            stand(row, buttons)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
