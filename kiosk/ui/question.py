"""The question's screen, which is all that the first frame needs; what it looks like is in question.kv."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import AliasProperty, BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from common.nps import SCORES
from kiosk.ui import scenes
from kiosk.ui.theme import look
from kiosk.ui.widgets import Chip, Tap

if TYPE_CHECKING:
    from kiosk.ui.field import Field


class Score(Tap):
    """One of eleven equal buttons."""

    value = NumericProperty(0)


class Scores(Widget):
    """The eleven scores with their ends named, in one row or two; mirrored where people read leftwards."""

    lowest = ObjectProperty("")
    highest = ObjectProperty("")
    chosen = ObjectProperty(None, allownone=True)
    mirrored = BooleanProperty(False)

    __events__: tuple[str, ...] = ("on_choose", "on_brush")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._scores = [Score(value=value, text=str(value), name=f"score-{value}") for value in SCORES]
        for score in self._scores:
            score.bind(on_release=lambda score: self.dispatch("on_choose", score.value))
            self.add_widget(score)
        self._rearrange = Clock.create_trigger(self._arrange, -1)
        self.bind(pos=self._rearrange, size=self._rearrange, mirrored=self._rearrange)
        look.bind(u=self._changed, rows=self._changed)
        self._rearrange()

    def _changed(self, *_: Any) -> None:
        self._rearrange()

    def on_choose(self, score: int) -> None:
        """A score was tapped."""

    def on_brush(self, score: int) -> None:
        """A finger went over a score, which is no tap."""

    def on_touch_move(self, touch: Any) -> bool:
        """Tell which scores a finger goes over, also those that it passes between two reports."""
        left, right = min(touch.px, touch.x), max(touch.px, touch.x)
        for score in self._scores:
            if score.x <= right and left <= score.right and score.y <= touch.y <= score.top:
                self.dispatch("on_brush", score.value)
        return bool(super().on_touch_move(touch))

    def on_chosen(self, _: Any, chosen: int | None) -> None:
        """Mark the score that was given before."""
        for score in self._scores:
            score.chosen = score.value == chosen

    def _arrange(self, _: float) -> None:
        """Put every score in its place; all of them have the same size."""
        rows, most = (self._scores[: look.rows.most], self._scores[look.rows.most :]), look.rows.most
        gap, name, number = look.u * look.rows.gap, look.u * look.rows.name, look.rows.number
        below = name if number == 2 else 0
        width = (self.width - gap * (most - 1)) / most
        height = (self.height - name - below - gap * (number - 1)) / number
        for row, scores in enumerate(rows):
            y = self.top - below - height - row * (height + gap)
            indent = (self.width - len(scores) * (width + gap) + gap) / 2
            for column, score in enumerate(reversed(scores) if self.mirrored else scores):
                # Whole pixels keep the edges sharp.
                score.size = round(width), round(height)
                score.pos = round(self.x + indent + column * (width + gap)), round(y)
        self._name_ends(name)

    def _name_ends(self, height: float) -> None:
        """Name the ends right beside the buttons that they belong to."""
        first, last, two = self._scores[0], self._scores[-1], look.rows.number == 2
        low, high = self.ids.low, self.ids.high
        low.size = high.size = self.width * (0.9 if two else 0.48), height
        low.y, high.y = first.top if two else first.y - height, last.y - height
        low.halign, high.halign = ("right", "left") if self.mirrored else ("left", "right")
        for name, score in ((low, first), (high, last)):
            name.x = score.x if name.halign == "left" else score.right - name.width


class Choices(GridLayout):
    """Things to choose from, such as languages or reasons; options maps their ids to what people read."""

    options = ObjectProperty({})
    chosen = ObjectProperty(())
    kind = ObjectProperty("")

    __events__: tuple[str, ...] = ("on_tap",)

    def on_tap(self, option: str) -> None:
        """An option was tapped."""

    def on_options(self, _: Any, options: Mapping[str, str]) -> None:
        """Show the options, on the buttons that are there as far as they reach."""
        while len(self.children) > len(options):
            self.remove_widget(self.children[0])
        while len(self.children) < len(options):
            self.add_widget(self._chip())
        for chip, (option, label) in zip(reversed(self.children), options.items(), strict=True):
            chip.name, chip.text = f"{self.kind}-{option}", label
        self.on_chosen(self, self.chosen)

    def on_chosen(self, _: Any, chosen: Iterable[str]) -> None:
        """Mark what is chosen."""
        names = {f"{self.kind}-{option}" for option in chosen}
        for chip in self.children:
            chip.chosen = chip.name in names

    def _chip(self) -> Chip:
        chip = Chip()
        chip.bind(on_release=lambda chip: self.dispatch("on_tap", chip.name.removeprefix(f"{self.kind}-")))
        return chip


class Head(FloatLayout):
    """What stands above every question: the steps and their sentence; back or the store beside them.

    A bare one leaves the place of the steps to something else.
    """

    progress = ObjectProperty(scenes.Progress(1, 1, ""), rebind=True)
    bare = BooleanProperty(False)


class View(FloatLayout):
    """A screen of the survey. typing says that the keyboard is open and has taken its part of the screen."""

    # Two customers may be shown equal scenes; the second must clear what the first left all the same.
    scene = ObjectProperty(rebind=True, force_dispatch=True)
    typing = BooleanProperty(False)

    palm = 2
    """So many fingers at once tap nothing here. Of fewer the first one taps."""

    keyed = False
    """Whether all of it is keys, which fingers touch before the one before is lifted."""

    least = 0.0
    """Seconds that it is there before it takes a touch, if that is longer than for every screen."""

    __events__: tuple[str, ...] = ("on_write", "on_back")

    tight = AliasProperty(lambda self: self.typing and not look.upright, bind=["typing", "size"])

    def on_write(self, field: "Field") -> None:
        """A field got the keyboard, or lost it."""

    def forget(self) -> None:
        """Clear what a customer put down; called whenever the view leaves the screen."""

    def take(self, key: str) -> bool:
        """Take a key of the hardware keyboard, named by its text or its name; say whether it was of use."""
        return False

    def on_back(self) -> None:
        """The customer wants the screen before."""


class QuestionView(View):
    """The question with its eleven scores, and the languages.

    shift is where all of it stands, in pixels from its usual place.
    """

    palm = 3

    shift = ObjectProperty((0, 0))
    mark_width = NumericProperty(3.4)

    __events__: tuple[str, ...] = ("on_choose", "on_brush", "on_speak")

    def on_choose(self, score: int) -> None:
        """A score was tapped."""

    def on_brush(self, score: int) -> None:
        """A finger went over a score, which is no tap."""

    def on_speak(self, language: str) -> None:
        """A language was tapped."""


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
