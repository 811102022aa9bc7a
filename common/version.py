"""Which version of the program runs here."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def program_version() -> str:
    """Return the version that both sides tell each other; "unpackaged" where nobody installed it."""
    try:
        return version("cerchio")
    except PackageNotFoundError:
        return "unpackaged"
