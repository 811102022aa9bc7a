"""The window's clock, its patience, and how work from other threads comes back to it."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

from common.settings import Times

__all__ = ["Later", "Timer", "Times", "when"]

T = TypeVar("T")


class Timer(Protocol):
    """Something that will happen."""

    def cancel(self) -> None:
        """Let it not happen; without effect when it has."""


class Later(Protocol):
    """The clock of the window: runs a call on its thread after so many seconds; 0 is the next frame."""

    def __call__(self, call: Callable[[], None], seconds: float) -> Timer:
        """Return the timer, which can be cancelled; may be called from any thread."""


def when(
    future: Future[T],
    later: Later,
    done: Callable[[T], None],
    failed: Callable[[BaseException], None],
) -> None:
    """Tell the outcome of a future on the window's thread."""

    def settle() -> None:
        trouble = future.exception()
        if trouble is None:
            done(future.result())
        else:
            failed(trouble)

    future.add_done_callback(lambda _: later(settle, 0))
