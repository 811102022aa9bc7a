"""The manager's words on doubtful answers, from the touch until they are written. No Kivy in here."""

from collections.abc import Callable

from kiosk.results import Doubted
from kiosk.ui.services import Services
from kiosk.ui.timing import Later, when


class Decisions:
    """Words that are being written, one at a time for each answer, and what could not be written.

    written and refused are called when that is known, unless the manager has left.
    """

    def __init__(
        self, services: Services, later: Later, written: Callable[[], None], refused: Callable[[], None]
    ) -> None:
        self._services, self._later = services, later
        self._written, self._refused = written, refused
        self._under_way: set[str] = set()
        self._gone = False
        self.unwritten: set[str] = set()

    @property
    def under_way(self) -> bool:
        """Whether a word is being written."""
        return bool(self._under_way)

    def decide(self, doubted: Doubted) -> bool:
        """Write at once that an answer counts, or that it does not again; say whether that was begun."""
        identity = doubted.id
        if identity in self._under_way:
            return False
        self._under_way.add(identity)
        say = self._services.take_back if doubted.counts else self._services.overrule
        when(say(identity), self._later, lambda _: self._settle(identity), lambda _: self._fail(identity))
        return True

    def leave(self) -> None:
        """Nobody is there any more; what was begun is written all the same."""
        self._gone = True

    def _settle(self, identity: str) -> None:
        self._under_way.discard(identity)
        self.unwritten.discard(identity)
        if not self._gone:
            self._written()

    def _fail(self, identity: str) -> None:
        """Storage has not taken the word on an answer, which stands as before."""
        self._under_way.discard(identity)
        self.unwritten.add(identity)
        if not self._gone:
            self._refused()
