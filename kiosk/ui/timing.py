"""The window's patience in seconds, and how work from other threads comes back to it."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds. settle is how long a fresh screen ignores touches, so that a double tap is one answer."""

    settle: float = 0.35
    idle: float = 40.0
    still_there: float = 20.0
    thanks: float = 8.0
    corner: float = 3.0
    desk: float = 120.0
    try_again: float = 3.0


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
