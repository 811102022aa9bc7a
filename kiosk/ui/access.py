"""What customers may ask of the window: large text, high contrast, stillness, the question read aloud.

One button on every screen opens a sheet of switches. What is asked for lasts until the next customer.
Nothing here is needed for the first frame. See access.kv.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.factory import Factory
from kivy.lang import Builder
from kivy.properties import StringProperty

from common import words
from kiosk.ui import scenes
from kiosk.ui.compose import spoken
from kiosk.ui.customer import Passing, Sheet  # noqa: F401 - access.kv draws the sheet
from kiosk.ui.stage import Stage
from kiosk.ui.theme import LARGE, look
from kiosk.ui.voice import Voice, find_program
from kiosk.ui.widgets import Plain, Tap


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one customer has asked for."""

    large: bool = False
    contrast: bool = False
    still: bool = False
    aloud: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One switch: the wish it stands for, what it is called, and whether it is on, in a word, too."""

    wish: str
    label: str
    on: bool
    word: str


@dataclass(frozen=True, slots=True)
class AccessSheet:
    """The switches, one below the other; note is the sentence below them."""

    title: str
    rows: tuple[Row, ...]
    note: str
    done: str


def sheet(language: str, wishes: Wishes, *, voice: bool, mute: bool) -> AccessSheet:
    """Return the sheet in a language; voice says whether there is one, mute that it has failed."""

    def say(key: str) -> str:
        return words.text(spoken(language), f"access.{key}")

    rows = [Row(wish, say(wish), on, say("on" if on else "off")) for wish, on in asdict(wishes).items()]
    shown = tuple(row for row in rows if voice or row.wish != "aloud")
    return AccessSheet(say("title"), shown, say("mute" if mute else "note"), say("done"))


def read_out(scene: scenes.Scene | scenes.Overlay) -> str:
    """Return what is read aloud of a scene: what it asks or says, never what was answered."""
    match scene:
        case scenes.Question():
            return f"{scene.question}\n0: {scene.lowest}.\n10: {scene.highest}."
        case scenes.AskContact():
            return scene.advice or scene.title
        case scenes.Thanks():
            return f"{scene.headline}\n{scene.sentence}"
        case scenes.StillThere():
            return scene.question
        case scenes.Closed():
            return scene.sentence
        case scenes.Details():
            return "\n".join((scene.title, *(f"{heading}.\n{text}" for heading, text in scene.parts)))
        case _:
            return scene.title


class AccessButton(Plain):
    """The button in the corner: the sign of a person with open arms, and its name in words."""


class Lever(Tap):
    """A row that is on or off; chosen says which, and so does word. The whole row can be touched."""

    word = StringProperty()


class SheetView(Passing):
    """The switches, laid over the screen; a touch beside them closes it."""

    name = "access-sheet"

    __events__: tuple[str, ...] = ("on_wish",)

    def on_kv_post(self, _: Any) -> None:
        """Make the switches once their place exists."""
        self.on_scene(self, self.scene)

    def on_scene(self, _: Any, scene: AccessSheet) -> None:
        """Show how the switches stand."""
        if self.ids:
            rows = self.ids.rows
            while len(rows.children) > len(scene.rows):
                rows.remove_widget(rows.children[0])
            while len(rows.children) < len(scene.rows):
                rows.add_widget(self._lever(scene.rows[len(rows.children)].wish))
            for switch, row in zip(reversed(rows.children), scene.rows, strict=True):
                switch.text, switch.chosen, switch.word = row.label, row.on, row.word

    def _lever(self, wish: str) -> Lever:
        lever = Lever(name=f"access-{wish}")
        lever.add_widget(Factory.get(f"{wish.capitalize()}Icon")())
        lever.bind(on_release=lambda _: self.dispatch("on_wish", wish))
        return lever

    def beside(self, touch: Any) -> bool:
        """Say whether a touch is beside the sheet."""
        return not self.ids.sheet.collide_point(*touch.pos)

    def on_wish(self, wish: str) -> None:
        """A switch was tapped."""


class Access:
    """Keeps the wishes of the customer who is here, and forgets them with the customer.

    adapted is called when the sheet is opened, and with every wish.
    """

    def __init__(self, stage: Stage, adapted: Callable[[], None]) -> None:
        self._stage, self._adapted = stage, adapted
        program = find_program()
        self._voice = Voice(program) if program else None
        self._language, self._read, self._mute = "", "", False
        self._sheet: SheetView | None = None
        self._is_open = False
        self.wishes = Wishes()
        self.button = AccessButton(name="access")
        self.button.bind(on_release=lambda _: self.open())

    def attend(self, scene: scenes.Scene | scenes.Overlay, language: str) -> None:
        """Be there for a customer's scene, and read it aloud if that is wished."""
        self._language = language
        self.button.text = words.text(spoken(language), "access.button")
        self._stage.offer(self.button)
        if (text := read_out(scene)) != self._read:
            self._read = text
            self._speak()

    def ahead(self) -> None:
        """Make the switches before somebody waits for them."""
        self._show()

    def open(self) -> None:
        """Lay the switches over the screen."""
        self._is_open = True
        self._stage.lay_over(self._show())
        self._adapted()

    def resume(self) -> None:
        """Lay the switches over the screen again, where something else was laid there meanwhile."""
        if self._is_open:
            self._stage.lay_over(self._show())

    def offer(self, language: str) -> None:
        """Lay the switches over a screen that is not read aloud, in words of a language."""
        self._language = language
        self.open()

    def close(self) -> bool:
        """Take the switches away; say whether they were there."""
        was_open, self._is_open = self._is_open, False
        if was_open and self._stage.cover is self._sheet:
            self._stage.lay_over(None)
        return was_open

    def wish(self, name: str) -> None:
        """Turn a wish on or off."""
        self._mute = False
        self._set(replace(self.wishes, **{name: not getattr(self.wishes, name)}))
        self._show()
        if name == "aloud":
            self._speak()
        self._adapted()

    def forget(self) -> None:
        """Be as for everybody again: the customer has gone."""
        self.close()
        self._stage.offer(None)
        self._read, self._mute = "", False
        self._set(Wishes())
        self._speak()

    def stop(self) -> None:
        """Read no more."""
        if self._voice:
            self._voice.close()

    def _set(self, wishes: Wishes) -> None:
        self.wishes = wishes
        look.scale, look.high, look.still = LARGE if wishes.large else 1, wishes.contrast, wishes.still
        Window.clearcolor = look.ground

    def _show(self) -> SheetView:
        reads = self._voice is not None and self._read != ""
        scene = sheet(self._language, self.wishes, voice=reads, mute=self._mute)
        if self._sheet is None:
            self._sheet = SheetView(scene=scene)
            self._sheet.bind(on_wish=lambda _, wish: self.wish(wish), on_done=lambda _: self.close())
        self._sheet.scene = scene
        return self._sheet

    def _speak(self) -> None:
        """Read what is on the screen, or be silent."""
        if not self._voice:
            return
        if self.wishes.aloud and self._read:
            self._voice.say(self._read, self._language).add_done_callback(self._heard)
        else:
            self._voice.hush()

    def _heard(self, read: Future[None]) -> None:
        """Turn to the window's thread when a text could not be read."""
        if not read.cancelled() and read.exception():
            Clock.schedule_once(lambda _: self._silent())

    def _silent(self) -> None:
        """Say in words that there is no voice."""
        if self.wishes.aloud:
            self._mute = True
            self._set(replace(self.wishes, aloud=False))
            self._show()


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
