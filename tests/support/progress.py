"""What a long command shows meanwhile: one line on a terminal, written over. A log gets none of it."""

import sys
from collections.abc import Callable

Tell = Callable[[str], None]
"""Takes a sentence on how far the work is."""

_OVER = "\r\x1b[K"


def untold(_: str) -> None:
    """Tell nobody."""


def show(sentence: str) -> None:
    """Show a sentence in place of the last one; an empty one clears the line."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{_OVER}{sentence}")
        sys.stderr.flush()
