"""The commands of cerchio-kiosk. Errors go to stderr; exit code 2 is bad use, 1 is failure."""

from kiosk.cli import answers, pairing, settings, syncing, window  # noqa: F401 - their commands join main
from kiosk.cli.group import main

__all__ = ["main"]
