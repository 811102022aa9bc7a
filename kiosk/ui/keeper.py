"""Sees to it that every answer given on the window reaches the disk, however long that takes."""

from collections.abc import Callable
from dataclasses import dataclass
from logging import getLogger

from common.responses import Response
from kiosk.config import Snapshot
from kiosk.ui.services import Services
from kiosk.ui.timing import Later, Timer, when

_log = getLogger(__name__)

LOOK_EVERY = 60.0
"""Seconds between two looks at what the next customer is to be asked."""


@dataclass(slots=True)
class _Answer:
    """The newest form of a response, and how far its way to the disk has come."""

    response: Response
    ended: bool = False
    under_way: int = 0
    failed: bool = False


class Keeper:
    """Saves and finishes answers; tells whether they can be kept, and tries again until they can.

    works(False) is called when an answer could not be written, works(True) when all of them are. pause is
    how many seconds pass between two tries.
    """

    def __init__(self, services: Services, later: Later, pause: float, works: Callable[[bool], None]) -> None:
        self._services, self._later, self.pause, self._works = services, later, pause, works
        self._answers: dict[str, _Answer] = {}
        self._unseen: Callable[[Snapshot], None] | None = None
        self._again: Timer | None = None
        self._glance: Timer | None = None
        self._troubled = self._stopped = False

    @property
    def idle(self) -> bool:
        """Whether every answer that was given is on the disk and its visit ended there."""
        return not self._answers

    def save(self, response: Response) -> None:
        """Write a response, or what was amended in it."""
        answer = self._answers.setdefault(response.id, _Answer(response))
        answer.response = response
        self._write(answer)

    def finish(self, response_id: str) -> None:
        """End the visit of a saved response as soon as its last form is written."""
        answer = self._answers[response_id]
        answer.ended = True
        if not answer.under_way and not answer.failed:
            self._finish(answer)

    def look(self, fresh: Callable[[Snapshot], None]) -> None:
        """Ask backstage for the survey of the next visit; that it cannot say means that it cannot keep."""

        def done(snapshot: Snapshot) -> None:
            self._unseen = None
            self._settle()
            fresh(snapshot)

        def failed(trouble: BaseException) -> None:
            self._unseen = fresh
            self._trouble(trouble)

        when(self._services.snapshot(), self._later, done, failed)

    def watch(self, free: Callable[[], bool], fresh: Callable[[Snapshot], None]) -> None:
        """Look every minute while nobody is in the middle of a visit: for hours nobody may come by."""

        def glance() -> None:
            if free():
                self.look(fresh)
            self.watch(free, fresh)

        self._glance = self._later(glance, LOOK_EVERY)

    def stop(self) -> None:
        """Try nothing again any more; backstage finishes what it was told."""
        self._stopped = True
        for timer in (self._again, self._glance):
            if timer:
                timer.cancel()

    def _write(self, answer: _Answer) -> None:
        answer.under_way += 1
        when(
            self._services.save(answer.response),
            self._later,
            lambda _: self._written(answer, None),
            lambda trouble: self._written(answer, trouble),
        )

    def _written(self, answer: _Answer, trouble: BaseException | None) -> None:
        # The storage thread keeps the order, so the outcome of the last write is that of the newest form.
        answer.under_way -= 1
        if answer.under_way:
            return
        if trouble is not None:
            self._failed(answer, trouble)
        elif answer.ended:
            self._finish(answer)
        else:
            self._done(answer)

    def _finish(self, answer: _Answer) -> None:
        def done(_: None) -> None:
            self._answers.pop(answer.response.id, None)
            self._done(answer)

        finished = self._services.finish(answer.response.id)
        when(finished, self._later, done, lambda trouble: self._failed(answer, trouble))

    def _done(self, answer: _Answer) -> None:
        answer.failed = False
        self._settle()

    def _failed(self, answer: _Answer, trouble: BaseException) -> None:
        answer.failed = True
        self._trouble(trouble)

    def _trouble(self, trouble: BaseException) -> None:
        if self._stopped:
            return
        if not self._again:
            self._again = self._later(self._try_again, self.pause)
        if not self._troubled:
            _log.error("answers cannot be kept just now: %r", trouble)
            self._troubled = True
            self._works(False)

    def _try_again(self) -> None:
        self._again = None
        for answer in self._answers.values():
            if answer.failed and not answer.under_way:
                self._write(answer)
        if self._unseen:
            self.look(self._unseen)

    def _settle(self) -> None:
        if self._troubled and not self._unseen and not any(a.failed for a in self._answers.values()):
            self._troubled = False
            self._works(True)
