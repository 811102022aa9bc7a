"""The window as a whole: brings walk, views and stage together, and backstage after the first frame."""

from collections.abc import Callable
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.widget import Widget

from kiosk.config import Snapshot
from kiosk.ui import question, scenes
from kiosk.ui.services import Services
from kiosk.ui.stage import Stage
from kiosk.ui.timing import Timer, Times
from kiosk.ui.walk import Walk


def later(call: Callable[[], None], seconds: float) -> Timer:
    """Run a call on the window's thread after so many seconds; safe from every thread."""
    timer: Timer = Clock.schedule_once(lambda _: call(), seconds)
    return timer


class KioskApp(App):
    """The window. The first frame shows the question; everything else is loaded after it."""

    title = "Cerchio"

    def __init__(self, snapshot: Snapshot, services: Services, times: Times | None = None) -> None:
        super().__init__()
        self._snapshot, self._services, self._times = snapshot, services, times or Times()
        self._views: dict[type[Any], Widget] = {}
        self._keys: Any = None
        self.stage: Stage
        self.walk: Walk

    def build(self) -> Widget:
        """Make the stage with the question on it."""
        self.stage = Stage(size=Window.size, settle=self._times.settle, hold=self._times.corner)
        self.walk = Walk(self._services, self._snapshot, self, later, self._times)
        self.stage.bind(on_touched=lambda _: self.walk.touched())
        Window.bind(on_flip=self._first_frame)
        return self.stage

    def open_settings(self, *_: Any) -> bool:
        """Show none: Kivy's own settings are not for customers."""
        return False

    def on_stop(self) -> None:
        """Let go of the hardware keyboard."""
        if self._keys:
            self._keys.let_go()

    def show(self, scene: scenes.Scene) -> None:
        """Put a scene on the screen."""
        if isinstance(scene, scenes.Why | scenes.AskContact):
            self.stage.keyboard.speak(scene.keys.language, scene.keys.space)
        self.stage.put(self._view(scene))

    def lay_over(self, overlay: scenes.StillThere | None) -> None:
        """Ask whether somebody is there, or stop asking."""
        self.stage.lay_over(self._view(overlay) if overlay else None)

    def _view(self, scene: scenes.Scene | scenes.StillThere) -> Widget:
        view = self._views.get(type(scene))
        if view is None:
            view = self._views[type(scene)] = self._make(scene)
        view.scene = scene
        return view

    def _make(self, scene: scenes.Scene | scenes.StillThere) -> Widget:
        if isinstance(scene, scenes.Question):
            view = question.QuestionView(scene=scene)
            view.bind(on_choose=lambda _, score: self.walk.choose(score))
            view.bind(on_speak=lambda _, language: self.walk.speak(language))
            return view
        from kiosk.ui.customer import make_view

        return make_view(scene, self.walk, self.stage.attend)

    def _first_frame(self, _: Any) -> None:
        Window.unbind(on_flip=self._first_frame)
        Clock.schedule_once(lambda _: self._furnish(), 0)

    def _furnish(self) -> None:
        """Load the rest of the window, then start backstage."""
        from kiosk.ui.keyboard import Keyboard
        from kiosk.ui.keys import Keys

        self.stage.furnish(Keyboard())
        self._keys = Keys(self.stage, lambda: None, lambda: None)
        self._services.start()
        self.walk.backstage_started()
