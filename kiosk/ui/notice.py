"""The privacy notice as a whole, laid over the screen that asks for contact details. See notice.kv."""

from functools import cache
from pathlib import Path
from typing import Any

from kivy.graphics.texture import Texture
from kivy.lang import Builder
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.ui import scenes
from kiosk.ui.question import View
from kiosk.ui.theme import look
from kiosk.ui.widgets import Unseen


class Paragraph(Unseen):
    """Text as high as it has to be."""


class Heading(Paragraph):
    """What stands over a paragraph."""


class NoticeView(View):
    """Paragraphs to scroll through, by a finger or by keys, and one large button that closes them."""

    name = "notice"

    above = NumericProperty(0)
    beneath = NumericProperty(0)
    fade = ObjectProperty()

    __events__: tuple[str, ...] = ("on_done",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(fade=fade(), **kwargs)

    def look_around(self) -> None:
        """Find out whether the text goes on above and beneath what is shown, 0 or 1 each."""
        if self.ids:
            hidden, at = self.ids.text.height - self.ids.scroll.height, self.ids.scroll.scroll_y
            self.above, self.beneath = int(hidden * (1 - at) > look.u), int(hidden * at > look.u)

    def on_kv_post(self, _: Any) -> None:
        """Show the scene once its place exists."""
        self.on_scene(self, self.scene)

    def on_scene(self, _: Any, scene: scenes.Details) -> None:
        """Show the paragraphs, from the top."""
        if self.ids:
            self.ids.text.clear_widgets()
            for heading, text in scene.parts:
                self.ids.text.add_widget(_part(heading, text))
            self.ids.scroll.scroll_y = 1

    def take(self, key: str) -> bool:
        """Scroll by the keys that one scrolls with; Escape closes."""
        if key == "escape":
            self.dispatch("on_done")
        elif key in _PAGES:
            self._scroll(_PAGES[key] * self.ids.scroll.height)
        else:
            return False
        return True

    def _scroll(self, pixels: float) -> None:
        hidden = self.ids.text.height - self.ids.scroll.height
        if hidden > 0:
            self.ids.scroll.scroll_y = min(1.0, max(0.0, self.ids.scroll.scroll_y + pixels / hidden))

    def on_done(self) -> None:
        """The customer has read enough."""

    def on_touch_down(self, touch: Any) -> bool:
        """Keep touches from what lies below."""
        super().on_touch_down(touch)
        return True


_PAGES = {"down": -0.25, "up": 0.25, "pagedown": -0.9, "pageup": 0.9, "end": -1e3, "home": 1e3}
"""How far a key scrolls, in heights of what is shown."""


@cache
def fade() -> Any:
    """Return a texture that is clear at its lower edge and whole at its upper one."""
    texture = Texture.create(size=(1, 16), colorfmt="rgba")

    def fill_in(texture: Any) -> None:
        rows = (bytes((255, 255, 255, round(255 * (row / 15) ** 0.7))) for row in range(16))
        texture.blit_buffer(b"".join(rows), colorfmt="rgba")

    fill_in(texture)
    texture.add_reload_observer(fill_in)
    return texture


class Part(BoxLayout):
    """A paragraph under its heading."""


def _part(heading: str, text: str) -> Part:
    part = Part()
    if heading:
        part.add_widget(Heading(text=heading))
    part.add_widget(Paragraph(text=text))
    return part


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
