"""How long the window waits for a customer who does nothing, and how it asks whether anybody is there."""

from collections.abc import Callable

from kiosk.ui.timing import Later, Timer, Times


class Patience:
    """The patience with one customer after the other. Only one thing is waited for at a time.

    The times are those that held when the customer came. idle is called when nobody has touched the window
    for long; ask(seconds, of) with every second that is left to say that somebody is there; over when none
    is left, or when that was said as often as it may be. asking says whether that question stands.
    """

    def __init__(
        self,
        later: Later,
        *,
        idle: Callable[[], None],
        ask: Callable[[int, float], None],
        over: Callable[[], None],
    ) -> None:
        self._later, self._idle, self._ask, self._over = later, idle, ask, over
        self._timer: Timer | None = None
        self._times: Times
        self._answered = 0
        self.asking = False

    def begin(self, times: Times) -> None:
        """A new customer comes, for whom nothing has to happen yet."""
        self.rest()
        self._times = times
        self._answered, self.asking = 0, False

    def renew(self) -> None:
        """Somebody is there: the time to walk away in starts again."""
        self._wait(self._idle, self._times.idle)

    def for_change(self, then: Callable[[], None]) -> None:
        """Let some time pass in which the score can be changed."""
        self._wait(then, self._times.change)

    def for_thanks(self, then: Callable[[], None]) -> None:
        """Let some time pass in which thanks can be read."""
        self._wait(then, self._times.thanks)

    def ask(self) -> None:
        """Ask whether anybody is there, unless that was asked often enough."""
        if self._answered >= self._times.extensions:
            self._over()
        else:
            self._count_down(round(self._times.still_there))

    def answer(self) -> None:
        """Somebody has said that they are there."""
        self.asking = False
        self._answered += 1

    def rest(self) -> None:
        """Wait for nothing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _count_down(self, seconds: int) -> None:
        if seconds <= 0:
            self._over()
            return
        self.asking = True
        self._ask(seconds, self._times.still_there)
        self._wait(lambda: self._count_down(seconds - 1), 1)

    def _wait(self, call: Callable[[], None], seconds: float) -> None:
        self.rest()
        self._timer = self._later(call, seconds)
