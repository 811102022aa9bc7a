"""What customers read, per language: one TOML file each, all with the same keys.

A sentence is asked for as words.text("it", "kiosk.next"); {names} in it are filled from keywords.
"""

from functools import cache
from importlib.resources import files
from tomllib import loads
from typing import Any

LANGUAGES = ("en", "it", "es", "fr")


@cache
def _document(language: str) -> dict[str, Any]:
    return loads((files(__name__) / f"{language}.toml").read_text("utf-8"))


def section(language: str, name: str) -> dict[str, Any]:
    """Return one table of a language; raise FileNotFoundError or KeyError where there is none."""
    table: dict[str, Any] = _document(language)[name]
    return table


def text(language: str, key: str, **names: object) -> str:
    """Return the sentence "section.key" in a language, with its {names} filled in."""
    where, _, name = key.partition(".")
    sentence: str = section(language, where)[name]
    return sentence.format(**names) if names else sentence
