"""The manager's minute: a PIN, this store's numbers, a sync at once. The logic behind those screens.

No Kivy in here, like the walk. It takes the stage while no customer is in the middle of a visit.
"""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from kiosk.config import Snapshot
from kiosk.results import Overview, Span
from kiosk.storage.pin import PinOutcome, PinVerdict
from kiosk.ui import report
from kiosk.ui.report import PinPad, Reader, Report
from kiosk.ui.services import Services
from kiosk.ui.timing import Later, Timer, when

T = TypeVar("T")

LONGEST_PIN = 12


class Stage(Protocol):
    """Where the manager's scenes are shown."""

    def show_desk(self, scene: PinPad | Report) -> None:
        """Put a scene on the screen in place of the last one."""


class Desk:
    """Open from the corner's press until the manager goes, or has gone without a word."""

    def __init__(self, services: Services, stage: Stage, later: Later, left: Callable[[], None]) -> None:
        self._services, self._stage, self._later = services, stage, later
        self._left = left
        self._timer: Timer | None = None
        self._clock: Timer | None = None
        self._seen: Overview | None = None
        self._visits = 0
        self.is_open = False

    def open(self, snapshot: Snapshot, language: str) -> None:
        """Ask for the PIN in a language of the survey."""
        self.is_open = True
        self._visits += 1
        self._patience = snapshot.settings.times.desk
        self._reader = Reader.of(snapshot, language)
        self._pin, self._asking = "", False
        self._seen = None
        self._span, self._busy = Span.TODAY, False
        self._until: datetime | None = None
        self._pad()
        self.touched()

    def touched(self) -> None:
        """The manager is there: the time to go without a word starts again."""
        if self._timer:
            self._timer.cancel()
        self._timer = self._later(self.close, self._patience)

    def close(self) -> None:
        """Give the screen back to the customers."""
        if self.is_open:
            self.stop()
            self._left()

    def stop(self) -> None:
        """Do nothing more by itself."""
        self.is_open, self._seen = False, None
        for timer in (self._timer, self._clock):
            if timer:
                timer.cancel()

    def digit(self, digit: str) -> None:
        """Take one more digit of the PIN."""
        if self._takes_digits and len(self._pin) < LONGEST_PIN:
            self._pin += digit
            self._pad()

    def erase(self) -> None:
        """Take the last digit back."""
        if self._takes_digits:
            self._pin = self._pin[:-1]
            self._pad()

    def enter(self) -> None:
        """Try the PIN."""
        if self._takes_digits and self._pin:
            self._asking = True
            pin, self._pin = self._pin, ""
            self._await(self._services.try_pin(pin), self._judge, "pin.failed")

    def look_at(self, span: str) -> None:
        """Show the chart of another stretch of time, by the name of its Span."""
        self._span = Span[span]
        self._page()

    def sync(self) -> None:
        """Sync at once and show what came of it."""
        if not self._busy:
            self._busy = True
            self._page()
            self._await(self._services.sync_now(), lambda _: self._look(), "tablet.unreadable")

    @property
    def _takes_digits(self) -> bool:
        return self._seen is None and not self._asking and self._until is None

    def _judge(self, verdict: PinVerdict) -> None:
        self._asking = False
        match verdict.outcome:
            case PinOutcome.OPEN:
                self._look()
            case PinOutcome.LOCKED:
                self._until = verdict.until
                self._tick()
            case PinOutcome.WRONG:
                self._pad(self._reader.say("pin.wrong", tries=verdict.tries_left))
            case PinOutcome.NOT_SET:
                self._pad(self._reader.say("pin.not_set"))

    def _tick(self) -> None:
        """Say how long the lock lasts, second by second."""
        left = (self._until or self._services.now()) - self._services.now()
        if left <= timedelta(0):
            self._until = None
            self._pad()
            return
        minutes, seconds = divmod(int(left.total_seconds()) + 1, 60)
        self._pad(self._reader.say("pin.locked", time=f"{minutes}:{seconds:02}"))
        self._clock = self._later(self._tick, 1)

    def _look(self) -> None:
        self._await(self._services.overview(), self._saw, "tablet.unreadable")

    def _saw(self, seen: Overview) -> None:
        self._seen, self._busy = seen, False
        self._page()

    def _await(self, future: Future[T], done: Callable[[T], None], trouble: str) -> None:
        """Go on with an outcome, unless the manager has left meanwhile."""
        visit = self._visits

        def succeeded(outcome: T) -> None:
            if self.is_open and visit == self._visits:
                done(outcome)

        def failed(_: BaseException) -> None:
            if self.is_open and visit == self._visits:
                self._asking, self._busy, self._seen = False, False, None
                self._pad(self._reader.say(trouble))

        when(future, self._later, succeeded, failed)

    def _pad(self, message: str = "") -> None:
        blocked = self._until is not None
        self._stage.show_desk(report.pin_pad(self._reader, len(self._pin), message, blocked=blocked))

    def _page(self) -> None:
        if self._seen:
            now = self._services.now()
            self._stage.show_desk(report.report(self._reader, self._seen, self._span, now, busy=self._busy))
