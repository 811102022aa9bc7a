"""The manager's place at the tablet: open from the corner's press until somebody goes, or says no word.

Light on purpose, because it is there from the first frame on; the rooms behind it load when it opens.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from kiosk.config import Snapshot
from kiosk.ui.services import Services
from kiosk.ui.timing import Later, Timer

if TYPE_CHECKING:
    from kiosk.ui.office import Office


class Stage(Protocol):
    """Where the manager's scenes are shown."""

    def show_desk(self, scene: Any) -> None:
        """Put a scene of the manager's on the screen in place of the last one."""

    def wear(self, theme: str) -> None:
        """Show the colours of a theme."""

    def adapt(self, language: str) -> None:
        """Offer large text and high contrast, in words of a language."""

    def pause(self) -> None:
        """Take no touch for a moment, because something else stands under the finger now."""

    def leave_program(self) -> None:
        """Close the window."""


class Desk:
    """Takes the stage while no customer is in the middle of a visit."""

    def __init__(self, services: Services, stage: Stage, later: Later, left: Callable[[], None]) -> None:
        self._services, self._stage, self._later = services, stage, later
        self._left = left
        self._timer: Timer | None = None
        self.office: Office | None = None

    @property
    def is_open(self) -> bool:
        """Whether a manager is there, or somebody who types a PIN."""
        return self.office is not None

    def open(self, snapshot: Snapshot, language: str) -> None:
        """Ask for the PIN in a language of the survey."""
        from kiosk.ui.office import Office

        self._patience, self._language = snapshot.settings.times.desk, language
        self.office = Office(self._services, self._stage, self._later, snapshot, language)
        self.office.begin()
        self.touched()

    def touched(self) -> None:
        """The manager is there: the time to go without a word starts again."""
        if self._timer:
            self._timer.cancel()
        self._timer = self._later(self._unattended, self._patience)

    def close(self) -> None:
        """Give the screen back to the customers."""
        if self.is_open:
            self.stop()
            self._left()

    def _unattended(self) -> None:
        """Give up a page that nobody touches, but not while something that was wished is under way."""
        if self.office and self.office.occupied:
            self.touched()
        else:
            self.close()

    def stop(self) -> None:
        """Do nothing more by itself."""
        if self._timer:
            self._timer.cancel()
        if self.office:
            self.office.leave()
            self.office = None

    def ask(self, wish: str, detail: str) -> None:
        """Do what was touched on one of the manager's screens."""
        if self.office is None:
            return
        if wish == "close" or (wish in ("back", "done") and not self.office.is_inside):
            self.close()
        elif wish == "access":
            self._stage.adapt(self._language)
        else:
            self.office.ask(wish, detail)
