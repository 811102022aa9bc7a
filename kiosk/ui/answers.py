"""The answer of each visit at this window: judged, saved as often as it changes, and ended once."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from common.responses import Response
from kiosk.config import Snapshot
from kiosk.ui.keeper import Keeper

if TYPE_CHECKING:
    from kiosk.fair import Watch


class Answers:
    """Takes the answer of one visit after the other. tick returns seconds of a clock that never jumps."""

    def __init__(self, keeper: Keeper, tick: Callable[[], float]) -> None:
        self._keeper, self._tick = keeper, tick
        self._snapshot: Snapshot
        self._saved: Response | None
        self._asked_at: float

    def expect(self, snapshot: Snapshot) -> None:
        """The question appears before a new customer, whose answer is judged by these settings."""
        self._snapshot, self._saved, self._asked_at = snapshot, None, self._tick()

    def begin(self) -> None:
        """A customer is about to give the first score of their visit."""
        self._watch.ask(self._asked_at)

    def touch(self, score: int) -> None:
        """A finger went over a score."""
        self._watch.touch(score, self._snapshot.settings.times.change)

    def save(self, response: Response) -> Response:
        """Save what was given so far, and return it with what makes it look wrong."""
        judged = self._watch.judge(response, self._snapshot.zone, self._snapshot.settings)
        if judged != self._saved:
            self._saved = judged
            self._keeper.save(judged)
        return judged

    def end(self, response: Response) -> None:
        """The visit of a saved answer ends."""
        self._keeper.finish(response.id)
        self._watch.end(response, self._snapshot.settings.doubts.burst_within)

    @cached_property
    def _watch(self) -> "Watch":
        """What notices answers that look wrong; nobody needs it before the first frame."""
        from kiosk.fair import Watch

        return Watch(self._tick)
