"""The manager's first screens: the PIN pad and today. See manager.kv."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from kivy.clock import Clock
from kivy.graphics import Color, Line, SmoothRoundedRectangle
from kivy.lang import Builder
from kivy.properties import ListProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.ui.desk import Desk
from kiosk.ui.frame import Frame
from kiosk.ui.question import View
from kiosk.ui.report import Card, Remark, TodayPage
from kiosk.ui.skin import Surface
from kiosk.ui.theme import look
from kiosk.ui.widgets import Main, Plain, Tap, Words

PAD = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0", "OK")
_SEGMENTS = ((0, 6), (7, 8), (9, 10))


class DeskView(View):
    """A screen of the manager's; what is touched on it is a wish, some with a detail."""

    __events__: tuple[str, ...] = ("on_ask",)

    def on_ask(self, wish: str, detail: str = "") -> None:
        """Something was touched."""

    def take(self, key: str) -> bool:
        """Turn the pages of a list that is longer than its place, on a hardware keyboard."""
        by, scroll = {"pageup": 0.3, "pagedown": -0.3}.get(key), self.ids.get("scroll")
        if by is None or scroll is None:
            return False
        scroll.scroll_y = min(1, max(0, scroll.scroll_y + by))
        return True


def stand(row: BoxLayout, buttons: Sequence[Tap]) -> None:
    """Let those of the buttons stand in a row that have something to say."""
    row.clear_widgets()
    for button in buttons:
        if button.text:
            row.add_widget(button)


class PinView(DeskView):
    """Twelve keys and a dot for every digit typed."""

    keyed = True

    def on_kv_post(self, _: Any) -> None:
        """Put the keys on the pad."""
        for face in PAD:
            key = (Main if face == "OK" else Plain)(text=face, name=f"pin-{face}", bold=True)
            key.bind(on_release=lambda key: self.take(key.text))
            if face == "⌫":
                key.font_name = "DejaVuSans"
            self.ids.pad.add_widget(key)

    def take(self, key: str) -> bool:
        """Do what a key of the pad or of a hardware keyboard does."""
        if key.isdecimal():
            self.dispatch("on_ask", "digit", key)
        elif key in ("⌫", "backspace"):
            self.dispatch("on_ask", "erase")
        elif key in ("OK", "enter", "numpadenter"):
            self.dispatch("on_ask", "enter")
        else:
            return False
        return True


class PageHead(BoxLayout):
    """The way back, the store, and the names of the pages."""

    frame = ObjectProperty(Frame("", "", "", (), ""), rebind=True)

    __events__: tuple[str, ...] = ("on_ask",)

    def on_ask(self, wish: str, detail: str = "") -> None:
        """The way back or a page was touched."""


class CardView(Tap):
    """A stretch of time with its score; touching it shows its chart."""

    card = ObjectProperty(rebind=True)


class Bars(Widget):
    """Eleven bars, counts above and scores below them, and the three segments under those.

    All bars have one colour: the picture shows and does not judge.
    """

    chart = ObjectProperty()

    def __init__(self, **kwargs: Any) -> None:
        self._counts = [Words(color=look.ink) for _ in range(11)]
        self._scores = [Words(text=str(score), bold=True) for score in range(11)]
        self._segments = [Words() for _ in _SEGMENTS]
        super().__init__(**kwargs)
        for label in (*self._counts, *self._scores, *self._segments):
            self.add_widget(label)
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("pos", "size", "chart"):
            self.fbind(name, self._redraw)
        look.bind(**dict.fromkeys(("u", "accent", "line"), self._changed))
        self._redraw()

    def _changed(self, *_: Any) -> None:
        self._redraw()

    def _draw(self, _: float) -> None:
        if not self.chart:
            return
        slot, line = self.width / 11, look.u * 2.8
        floor = self.y + 3.4 * line
        tallest = max(0, self.top - line - floor)
        most = max(*self.chart.counts, 1)
        self.canvas.before.clear()
        with self.canvas.before:
            Color(*look.accent)
            for score, count in enumerate(self.chart.counts):
                height = tallest * count / most
                self._bar(self.x + score * slot, floor, slot, height)
                self._place(self._counts[score], self.x + score * slot, floor + height, slot, line)
                self._place(self._scores[score], self.x + score * slot, floor - line, slot, line)
                self._counts[score].text = self.chart.labels[score]
            self._bracket(floor, slot, line)

    def _bar(self, x: float, floor: float, slot: float, height: float) -> None:
        if height > 0:
            width = slot * 0.7
            SmoothRoundedRectangle(
                pos=(x + (slot - width) / 2, floor),
                size=(width, height),
                radius=[min(look.u * 0.6, height)] * 2 + [0, 0],
            )

    def _bracket(self, floor: float, slot: float, line: float) -> None:
        Color(*look.line)
        Line(points=(self.x, floor, self.right, floor), width=1)
        for label, text, (first, last) in zip(self._segments, self.chart.segments, _SEGMENTS, strict=True):
            left, right = self.x + (first + 0.12) * slot, self.x + (last + 0.88) * slot
            Line(points=(left, floor - 1.15 * line, right, floor - 1.15 * line), width=1)
            label.text = text
            self._place(label, left - slot * 0.1, floor - 3.3 * line, right - left + slot * 0.2, line * 2)

    def _place(self, label: Words, x: float, y: float, width: float, height: float) -> None:
        label.pos, label.size = (x, y), (width, height)
        label.wanted = look.u * 2


class Panel(Surface, BoxLayout):
    """A part of the page."""


class RemarkRow(BoxLayout):
    """One comment: the score, when, and what was said."""

    shown = ObjectProperty(Remark("", "", ""), rebind=True)


class Listing(BoxLayout):
    """Things of one kind, one below the other, each shown by a row of its own."""

    row: ClassVar[type[Widget]]
    things = ListProperty()

    def on_things(self, _: Any, things: Sequence[Any]) -> None:
        """Show them; rows are used again."""
        while len(self.children) > len(things):
            self.remove_widget(self.children[0])
        while len(self.children) < len(things):
            self.add_widget(self.row())
        for row, thing in zip(reversed(self.children), things, strict=True):
            row.shown = thing


class Remarks(Listing):
    """The latest comments."""

    row = RemarkRow


class TodayView(DeskView):
    """How are we doing, and is the tablet well?"""

    def on_kv_post(self, _: Any) -> None:
        """Make the cards once their place exists."""
        self.on_scene(self, self.scene)

    def on_scene(self, _: Any, scene: TodayPage) -> None:
        """Show the cards of the spans."""
        if not self.ids:
            return
        cards = self.ids.cards
        while len(cards.children) < len(scene.cards):
            cards.add_widget(self._card(scene.cards[len(cards.children)]))
        for view, card in zip(reversed(cards.children), scene.cards, strict=True):
            view.card, view.chosen = card, card.span == scene.chosen

    def _card(self, card: Card) -> CardView:
        view = CardView(card=card, name=f"span-{card.span}")
        view.bind(on_release=lambda view: self.dispatch("on_ask", "span", view.card.span))
        return view


Builder.load_file(str(Path(__file__).with_suffix(".kv")))


def make_view(scene: Any, desk: Desk) -> View:
    """Return the view of a scene of the manager's, its touches led to the desk."""
    view = _kind(type(scene).__name__)(scene=scene)
    view.bind(on_ask=lambda _, wish, detail="": desk.ask(wish, detail))
    return view


def _kind(scene: str) -> type[DeskView]:
    """Return the view for a kind of scene; those behind the first pages load when they are wanted."""
    match scene:
        case "PinPad":
            return PinView
        case "TodayPage":
            return TodayView
        case "TrendPage":
            from kiosk.ui.trend import TrendView

            return TrendView
        case "CheckPage":
            from kiosk.ui.checking import CheckView

            return CheckView
        case "PairPage":
            from kiosk.ui.codes import PairView

            return PairView
        case "ServicePage":
            from kiosk.ui.servicing import ServiceView

            return ServiceView
    from kiosk.ui.tablet import TabletView

    return TabletView
