"""The demonstration."""

from pathlib import Path

from environment import prepare


def run(port: int, visits: int, pictures: Path | None, *, once: bool) -> int:
    """Run."""
    prepare("run")
    return 0
