"""The window as a whole: brings walk, views and stage together, and backstage after the first frame."""

from collections.abc import Callable
from logging import getLogger
from typing import TYPE_CHECKING, Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.widget import Widget

from kiosk.config import Snapshot
from kiosk.ui import question, scenes
from kiosk.ui.compose import too_small
from kiosk.ui.desk import Desk
from kiosk.ui.services import Services
from kiosk.ui.stage import Stage
from kiosk.ui.theme import DARK, LIGHT, Palette, look, palette_for
from kiosk.ui.timing import Timer, when
from kiosk.ui.walk import Walk

if TYPE_CHECKING:
    from kiosk.ui.ahead import Ahead
    from kiosk.ui.idle import Idle

_log = getLogger(__name__)

SETTLED = 1.0
"""Seconds after which backstage's libraries are loaded, too."""

AnyScene = scenes.Scene | scenes.Overlay


def later(call: Callable[[], None], seconds: float) -> Timer:
    """Run a call on the window's thread after so many seconds; safe from every thread."""
    timer: Timer = Clock.schedule_once(lambda _: call(), seconds)
    return timer


class KioskApp(App):
    """The window. The first frame shows the question; everything else is loaded after it.

    ready says that it has been, and that nothing holds up a frame from now on. Without ahead, views and
    keys are made only when they are wanted, which takes fewer steps at the start and holds up visits. base
    is what the brand's colours are put into.
    """

    title = "Cerchio"

    def __init__(
        self, snapshot: Snapshot, services: Services, *, base: Palette = LIGHT, ahead: bool = True
    ) -> None:
        super().__init__()
        self._snapshot, self._services = snapshot, services
        self._base, self._make_ahead = base, ahead
        self._asked: scenes.Scene
        self._idle: Idle | None = None
        self._chosen_at = float("-inf")
        self._views: dict[type[Any], Widget] = {}
        self._keys: Any = None
        self._access: Any = None
        self._ahead: Ahead | None = None
        self.ready = False
        self.stage: Stage
        self.desk: Desk
        self.walk: Walk

    def build(self) -> Widget:
        """Make the stage with the question on it."""
        self.stage = Stage(size=Window.size)
        self.desk = Desk(self._services, self, later, left=lambda: self.walk.next_customer())
        self.walk = Walk(self._services, self._snapshot, self, later, Clock.get_time)
        self.stage.bind(on_touched=lambda _: self._touched(), on_corner=lambda _: self._open_desk())
        look.bind(cramped=self._turned)
        Window.bind(on_flip=self._first_frame)
        return self.stage

    def open_settings(self, *_: Any) -> bool:
        """Show none: Kivy's own settings are not for customers."""
        return False

    def on_stop(self) -> None:
        """Do nothing more by itself, and let go of the hardware keyboard."""
        look.unbind(cramped=self._turned)
        self.desk.stop()
        self.walk.stop()
        if self._idle:
            self._idle.stop()
        if self._ahead:
            self._ahead.stop()
        if self._access:
            self._access.stop()
        if self._keys:
            self._keys.let_go()

    def welcome(self, snapshot: Snapshot) -> None:
        """Be as this customer's settings say, and nothing of what the last one wished."""
        if self._access:
            self._access.forget()
        times = snapshot.settings.times
        self.stage.settle, self.stage.hold = times.settle, times.corner
        palette = palette_for(snapshot.settings.brand, self._base)
        if palette != look.palette:
            look.wear(palette)
        # Clearing to the ground's colour saves a pass over every pixel.
        Window.clearcolor = look.ground

    def show(self, scene: scenes.Scene) -> None:
        """Put a customer's scene on the screen; while the manager is there it waits for its turn."""
        if self.desk.is_open:
            return
        self._asked = scene
        if isinstance(scene, scenes.Question) and look.cramped:
            scene = self._too_small(scene.language)
        if isinstance(scene, scenes.Why | scenes.AskContact):
            self.stage.keyboard.speak(scene.keys.language, scene.keys.space)
        self.stage.put(self._view(scene))
        self._attend(scene)
        if self._ahead:
            self._ahead.foresee()

    def lay_over(self, overlay: scenes.Overlay | None) -> None:
        """Lay something over a customer's scene, or take it away; while the manager is there, do neither."""
        if self.desk.is_open:
            return
        self.stage.lay_over(self._view(overlay) if overlay else None)
        if overlay:
            self._attend(overlay)

    def resume(self) -> None:
        """Show the switches again that somebody had opened for themselves."""
        if self._access and not self.desk.is_open:
            self._access.resume()

    def show_desk(self, scene: Any) -> None:
        """Put a manager's scene on the screen."""
        if type(scene) not in self._views:
            from kiosk.ui import manager

            self._views[type(scene)] = manager.make_view(scene, self.desk)
        self.stage.put(self._view(scene))

    def wear(self, theme: str) -> None:
        """Show the colours of a theme, with the brand's in them."""
        self._base = DARK if theme == "dark" else LIGHT
        look.wear(palette_for(self.walk.bystander[0].settings.brand, self._base))
        Window.clearcolor = look.ground

    def adapt(self, language: str) -> None:
        """Offer large text and high contrast, in words of a language."""
        self._access.offer(language)

    def pause(self) -> None:
        """Take no touch for a moment, because something else stands under the finger now."""
        self.stage.settle_down()

    def leave_program(self) -> None:
        """Close the window."""
        self.stop()

    def _attend(self, scene: scenes.Scene | scenes.Overlay) -> None:
        if self._access and not self.desk.is_open:
            self._access.attend(scene, self.walk.bystander[1])

    def _adapted(self) -> None:
        """Let what is out of sight be fitted again, after what is on the screen."""
        self.walk.adapted()
        if self._ahead:
            self._ahead.foresee()

    def _too_small(self, language: str) -> scenes.Closed:
        _log.error(
            "a score has %d mm here and fingers need 12: turn the screen, take a larger one, "
            "or say how large it is by CERCHIO_KIOSK_SCREEN_MM",
            int(look.cramped),
        )
        return too_small(language, look.cramped)

    def _turned(self, *_: Any) -> None:
        """Ask again where the question was too large for the screen as it stood, or is now."""
        if self._access:  # backstage has been started
            self._services.note_screen(look.cramped)
        if isinstance(self._asked, scenes.Question):
            self.show(self._asked)

    def _choose(self, score: int) -> None:
        """Take a score; a second tap right after it belongs to the same movement of the hand."""
        now = Clock.get_time()
        if now - self._chosen_at >= self.stage.settle:
            self._chosen_at = now
            self.stage.settle_down()
            self.walk.choose(score)

    def _touched(self) -> None:
        if self._idle:
            self._idle.wake()
        (self.desk if self.desk.is_open else self.walk).touched()

    def _leave(self) -> None:
        """Go back from whatever was opened by choice."""
        if not self._access.close():
            self.desk.close()

    def _open_desk(self) -> None:
        if self.walk.vacant and not self.desk.is_open:
            if self._access:
                self._access.forget()
            self.stage.lay_over(None)
            self.walk.rest()
            self.desk.open(*self.walk.bystander)

    def _view(self, scene: AnyScene) -> Widget:
        view = self._views.get(type(scene))
        if view is None:
            view = self._views[type(scene)] = self._make(scene)
        view.scene = scene
        return view

    def _make(self, scene: AnyScene) -> Widget:
        if isinstance(scene, scenes.Question):
            view = question.QuestionView(scene=scene)
            view.bind(on_choose=lambda _, score: self._choose(score))
            view.bind(on_brush=lambda _, score: self.walk.brush(score))
            view.bind(on_speak=lambda _, language: self.walk.speak(language))
            return view
        from kiosk.ui import customer

        if isinstance(scene, scenes.Closed):  # which may come before there is a walk to lead to
            return customer.ClosedView(scene=scene)
        return customer.make_view(scene, self.walk, self.stage.attend)

    def _first_frame(self, _: Any) -> None:
        Window.unbind(on_flip=self._first_frame)
        Clock.schedule_once(lambda _: self._furnish(), 0)

    def _furnish(self) -> None:
        """Load what a customer needs after the question, and start backstage."""
        from kiosk.ui.access import Access
        from kiosk.ui.idle import Idle
        from kiosk.ui.keyboard import Keyboard
        from kiosk.ui.keys import Keys

        self.stage.furnish(Keyboard())
        self._access = Access(self.stage, adapted=self._adapted)
        self._attend(self.stage.view.scene)
        self._keys = Keys(self.stage, manage=self._open_desk, leave=self._leave)
        self._services.start()
        self._services.note_screen(look.cramped)
        self._idle = Idle(
            self.stage, self._view(self._asked), self._services.now, lambda: self.walk.bystander[0]
        )
        self.walk.backstage_started(self._warm)

    def _warm(self) -> None:
        """Make views and keys before somebody waits for them."""
        if self._make_ahead:
            from kiosk.ui.ahead import Ahead

            self._ahead = Ahead(self.stage, self.walk, self._access, self._view, self._views)
            self._ahead.begin(self._made)
        else:
            self._made()

    def _made(self) -> None:
        Clock.schedule_once(lambda _: self._tidy(), SETTLED)

    def _tidy(self) -> None:
        if self._ahead:
            self._ahead.tidy()
        self.ready = True
        if self._services.hub and not self._snapshot.paired:
            when(self._services.is_guarded(), later, self._welcome_in, lambda _: None)

    def _welcome_in(self, guarded: bool) -> None:
        """Show how to pair a tablet that nobody has set up yet."""
        if not guarded:
            self._open_desk()
