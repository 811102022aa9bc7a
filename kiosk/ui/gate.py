"""A door with a PIN: the pad before the manager's pages, and again before settings and the way out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.words import text
from kiosk.storage.pin import Door, PinOutcome, PinVerdict
from kiosk.ui.reader import Reader
from kiosk.ui.services import Services
from kiosk.ui.timing import Later, Timer, when

LONGEST_PIN = 12


@dataclass(frozen=True, slots=True)
class PinPad:
    """The pad. typed is how many digits stand there; blocked takes no more.

    access is what the button is called that opens the switches for large text and high contrast.
    """

    title: str
    typed: int
    message: str
    ok: str
    back: str
    access: str
    blocked: bool = False


class Gate:
    """One try to get through a door. show takes the pads, opened is called when the PIN was right."""

    def __init__(
        self,
        door: Door,
        reader: Reader,
        services: Services,
        later: Later,
        show: Callable[[PinPad], None],
        opened: Callable[[], None],
    ) -> None:
        self._door, self._reader, self._services, self._later = door, reader, services, later
        self._show, self._opened = show, opened
        self._pin, self._gone = "", False
        self._until: datetime | None = None
        self._clock: Timer | None = None
        self.asking = False

    def begin(self, note: str = "") -> None:
        """Show the pad, and on it how long the door is locked if wrong tries have done that before."""
        self.pad(note)
        when(self._services.locked_until(self._door), self._later, self._found, lambda _: None)

    def pad(self, message: str = "") -> None:
        """Show the pad."""
        say = self._reader.say
        title = say("pin.title" if self._door is Door.MANAGER else "pin.service_title")
        back = say("manager.back" if self._door is Door.MANAGER else "service.back")
        access = text(self._reader.language, "access.button")
        blocked = self._until is not None
        self._show(PinPad(title, len(self._pin), message, say("pin.ok"), back, access, blocked))

    def leave(self) -> None:
        """Nobody stands there any more."""
        self._gone = True
        if self._clock:
            self._clock.cancel()

    def digit(self, digit: str) -> None:
        """Take one more digit of the PIN."""
        if self._listens and len(self._pin) < LONGEST_PIN:
            self._pin += digit
            self.pad()

    def erase(self) -> None:
        """Take the last digit back."""
        if self._listens:
            self._pin = self._pin[:-1]
            self.pad()

    def enter(self) -> None:
        """Try the PIN."""
        if self._listens and self._pin:
            self.asking = True
            pin, self._pin = self._pin, ""
            tried = self._services.try_pin(pin, self._door)
            when(tried, self._later, self._judge, lambda _: self._failed())

    @property
    def _listens(self) -> bool:
        return not (self._gone or self.asking or self._until)

    def _failed(self) -> None:
        self.asking = False
        if not self._gone:
            self.pad(self._reader.say("pin.failed"))

    def _found(self, until: datetime | None) -> None:
        # A PIN that is being checked brings its own word.
        if until and self._listens:
            self._lock(until)

    def _lock(self, until: datetime | None) -> None:
        self._until, self._pin = until, ""
        self._tick()

    def _judge(self, verdict: PinVerdict) -> None:
        self.asking = False
        if self._gone:
            return
        match verdict.outcome:
            case PinOutcome.OPEN:
                self._opened()
            case PinOutcome.LOCKED:
                self._lock(verdict.until)
            case PinOutcome.WRONG:
                self.pad(self._reader.say("pin.wrong", tries=verdict.tries_left))
            case PinOutcome.NOT_SET:
                named = "pin.not_set" if self._door is Door.MANAGER else "pin.service_not_set"
                self.pad(self._reader.say(named))

    def _tick(self) -> None:
        """Say how long the lock lasts, second by second."""
        left = (self._until or self._services.now()) - self._services.now()
        if left <= timedelta(0):
            self._until = None
            self.pad()
            return
        minutes, seconds = divmod(int(left.total_seconds()) + 1, 60)
        self.pad(self._reader.say("pin.locked", time=f"{minutes}:{seconds:02}"))
        self._clock = self._later(self._tick, 1)
