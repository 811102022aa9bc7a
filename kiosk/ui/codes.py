"""The page on which a tablet shows the code by which it is paired. See codes.kv."""

from pathlib import Path

from kivy.lang import Builder

from kiosk.ui import footer  # noqa: F401 - the QR code is the one below the question
from kiosk.ui.manager import DeskView


class PairView(DeskView):
    """A code in large letters, beside it for a telephone; or what came of it."""

    def take(self, key: str) -> bool:
        """Do on a hardware keyboard's Enter what the large button does."""
        if key not in ("enter", "numpadenter") or not self.scene.go:
            return bool(super().take(key))
        self.dispatch("on_ask", self.scene.wish)
        return True


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
