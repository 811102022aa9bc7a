"""Where tests find data that is not part of the product, for those who have it."""

from os import environ
from pathlib import Path


def shared(name: str) -> Path | None:
    """Return a file of the folder that CERCHIO_TEST_DATA names, or None where either is missing."""
    folder = environ.get("CERCHIO_TEST_DATA")
    file = Path(folder, name) if folder else None
    return file if file and file.is_file() else None
