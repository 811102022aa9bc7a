"""What the question's screen has beyond the question, made after the first frame; see idle.kv.

A bar that fills while a score can be changed, the brand's logo, its colour along the upper edge, and a footer
below the question. While nobody is there, the footer's lines take turns, everything moves a little once a
minute, and outside the hours of brightness, which are the store's if nothing else is set, it is dimmed.
"""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from logging import getLogger
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from common.logo import measure
from kiosk.config import Snapshot
from kiosk.ui.footer import Footer
from kiosk.ui.question import QuestionView
from kiosk.ui.scenes import Question
from kiosk.ui.stage import Stage
from kiosk.ui.theme import look

LINE, LINE_STILL = 10, 30
"""Seconds that a line stands: 140 characters take most people 8; longer where nothing is to move much."""

MINUTE = 60
"""Seconds of rest after which everything moves a little."""

PATH = ((0, 0), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))
"""Where it stands, minute by minute, in steps of some pixels."""

_log = getLogger(__name__)


class Soon(Widget):
    """A bar that fills until the next screen comes; there is none where nothing is to move by itself."""

    part = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        self._tick: Any = None
        super().__init__(**kwargs)

    def begin(self, seconds: float) -> None:
        """Fill within so many seconds; 0 takes the bar away."""
        if self._tick:
            self._tick.cancel()
        self.part = 0
        self.opacity = 1 if seconds and not look.still else 0
        if self.opacity:
            began = Clock.get_time()
            self._tick = Clock.schedule_interval(lambda _: self._fill(began, seconds), 0)

    def _fill(self, began: float, seconds: float) -> bool:
        self.part = min(1.0, (Clock.get_time() - began) / seconds)
        return bool(self.part < 1)


class Logo(Widget):
    """A brand's logo in place of the house's mark; units is its width."""

    texture = ObjectProperty(None, allownone=True)
    units = NumericProperty(3.4)
    tall = NumericProperty(3.4)

    def load(self, png: bytes) -> bool:
        """Show a PNG; show nothing, and say so, if there is none or it cannot be shown."""
        self.texture = picture(png) if png else None
        if self.texture is not None:
            ratio = self.texture.width / self.texture.height
            self.units = min(16.0, 5.6 * ratio)
            self.tall = self.units / ratio
        return self.texture is not None


class Band(Widget):
    """The brand's own colour along the upper edge of the window; none where there is no brand."""


class Night(Widget):
    """Lies over everything outside the hours of brightness, and lets every touch through."""

    shade = NumericProperty(0)


class Idle:
    """Looks after a stage and its question. now is the device's time, snapshot what holds at present."""

    def __init__(
        self, stage: Stage, view: QuestionView, now: Callable[[], datetime], snapshot: Callable[[], Snapshot]
    ) -> None:
        self._stage, self._view, self._now, self._snapshot = stage, view, now, snapshot
        self._touched_at, self._rested, self._png = float("-inf"), 0, b""
        self.soon, self._logo, self.footer, self._night = Soon(), Logo(), Footer(), Night()
        self._band = Band()
        view.add_widget(self._band)
        view.ids.hint.add_widget(self.soon)
        view.ids.head.add_widget(self._logo)
        view.ids.column.add_widget(self.footer)
        view.bind(scene=lambda _, scene: self._dress(scene))
        self._dress(view.scene)
        self._beat = Clock.schedule_interval(lambda _: self._second(), 1)

    @property
    def dark(self) -> bool:
        """Whether everything is dimmed."""
        return self._night.parent is not None

    def stop(self) -> None:
        """Do nothing more by itself."""
        self._beat.cancel()
        self.soon.begin(0)

    def wake(self) -> None:
        """Somebody is there; the touch that says so is as good as any other."""
        self._touched_at = Clock.get_time()
        self._stage.remove_widget(self._night)

    def _dress(self, scene: Question) -> None:
        """Show what belongs to a question."""
        self.soon.begin(scene.change)
        self.footer.aside = scene.aside
        self._band.opacity = 1 if self._snapshot().settings.brand.primary else 0
        if scene.logo != self._png:
            self._png = scene.logo
            shown = self._logo.load(scene.logo)
            self._view.ids.mark.opacity = 0 if shown else 1
            self._view.mark_width = self._logo.units + 0.8 if shown else 3.4

    def _second(self) -> None:
        if not self._resting():
            return
        self._rested += 1
        if self._rested % MINUTE == 0:
            self._move(*PATH[self._rested // MINUTE % len(PATH)])
        if self._rested % (LINE_STILL if look.still else LINE) == 0:
            self.footer.turn()
        snapshot = self._snapshot()
        self._dim(snapshot.settings.dimmed(self._now().astimezone(snapshot.zone)))

    def _dim(self, percent: int) -> None:
        self._night.shade = percent / 100
        if percent and not self.dark:
            self._stage.add_widget(self._night)
        elif self.dark and not percent:
            self._stage.remove_widget(self._night)

    def _resting(self) -> bool:
        """Say whether the question stands there without anybody who has touched it for a while."""
        patience = self._snapshot().settings.times.idle
        alone = Clock.get_time() - self._touched_at >= patience
        alone = alone and self._stage.cover is None
        return alone and self._stage.view is self._view and self._view.scene.chosen is None

    def _move(self, right: int, up: int) -> None:
        step = max(1, round(look.u * 0.3))
        self._view.shift = right * step, up * step


def picture(png: bytes) -> Any:
    """Return the texture of a PNG, or None if it cannot be read or is too large."""
    from kivy.core.image import Image

    try:
        measure(png)
        return Image(BytesIO(png), ext="png", mipmap=True).texture
    except Exception as reason:  # whatever a broken file brings Kivy's loaders to raise
        _log.error("the logo cannot be shown: %s", reason)
        return None


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
