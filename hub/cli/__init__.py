"""The commands of cerchio-hub. Errors go to stderr; exit code 2 is bad use, 1 is failure."""

from hub.cli.group import bring_up, main

__all__ = ["bring_up", "main"]
