"""Gets the window ready for what comes, in the time that frames leave over.

Views and keys are made before anybody wants them. While a customer is on one screen, the view of the next
one is filled, laid out and its texts are drawn, so that it only has to be put there. What no longer fits
out of sight, because somebody wanted large text, is fitted again after what is on the screen.
"""

import gc
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from time import perf_counter

from kivy.clock import Clock

from common import words
from kiosk.ui.access import Access
from kiosk.ui.compose import say
from kiosk.ui.question import View
from kiosk.ui.scenes import Overlay, Scene
from kiosk.ui.stage import Stage
from kiosk.ui.walk import Walk
from kiosk.ui.widgets import Unseen

SPARE = 0.004
"""Seconds of a frame that may go into what nobody sees yet."""

SWEPT_EVERY = 60
"""Seconds after which what nobody uses any more is let go, though nobody touches the screen."""

Steps = Iterator[bool]
"""Work, step by step; a step is True if the next one wants a frame to pass."""


class Ahead:
    """Works for a stage. view returns the view of a scene, filled with it; views are all that were made."""

    def __init__(
        self,
        stage: Stage,
        walk: Walk,
        access: Access,
        view: Callable[[Scene | Overlay], View],
        views: Mapping[type, View],
    ) -> None:
        self._stage, self._walk, self._access, self._view, self._views = stage, walk, access, view, views
        self._making: Steps = iter(())
        self._filling: Steps = iter(())
        self._done: Callable[[], None] = lambda: None
        self._tidied = False
        self._work = Clock.create_trigger(self._work_a_little)
        self._sweep = Clock.create_trigger(lambda _: gc.collect(), SWEPT_EVERY, interval=True)

    def begin(self, done: Callable[[], None]) -> None:
        """Make everything; done is called when it is there."""
        self._making, self._done = self._make(), done
        self._work()

    def foresee(self) -> None:
        """Get the next screen ready, because another one has come or changed."""
        self._filling = self._fill()
        self._work()

    def tidy(self) -> None:
        """Put all that lives as long as the program out of the collector's sight; from now on, it runs here.

        Looking through it takes Python a tenth of a second, every time, in the middle of a visit. And
        where Python collects by itself it is in any thread, and at any moment: a widget that went while
        Kivy tells all of them of a new size of text ended the program.
        """
        gc.collect()
        gc.freeze()
        gc.disable()
        self._sweep()
        self._tidied = True

    def stop(self) -> None:
        """Do nothing more, and leave collecting to Python."""
        self._work.cancel()
        self._sweep.cancel()
        gc.enable()
        gc.unfreeze()

    def _work_a_little(self, _: float) -> None:
        until = perf_counter() + SPARE
        for rest in chain(self._filling, self._making):
            if rest or perf_counter() > until:
                self._work()
                return
        done, self._done = self._done, lambda: None
        done()

    def _make(self) -> Steps:
        for scene in self._walk.ahead():
            self._view(scene)
            yield True
        self._access.ahead()
        yield True
        for language in words.LANGUAGES:
            for _ in self._stage.keyboard.warm(language, say(language, "space")):
                yield True
        yield from self._fill()

    def _fill(self) -> Steps:
        """Lay out all that is out of sight, and draw its texts: those of the next screen first."""
        following = self._view(self._walk.following)
        yield False
        views = [following, *(view for view in self._views.values() if view is not following)]
        for view in views:
            self._stage.stretch(view)
        yield True
        for view in views:
            for widget in view.walk(restrict=True):
                if isinstance(widget, Unseen) and widget.prepare():
                    yield False
        if self._tidied:
            # What this customer leaves behind is a millisecond's work now, while nobody waits; what fifty
            # leave would be looked through in the middle of a touch, and take memory until then.
            gc.collect()
