"""What customers read, per language: one TOML file each, all with the same keys.

A sentence is asked for as words.text("it", "kiosk.next"); {names} in it are filled from keywords.
"""

from functools import cache
from importlib.resources import files
from tomllib import loads
from typing import Any

NAMES = {
    "en": "English", "it": "Italiano", "es": "Español", "fr": "Français", "de": "Deutsch", "pt": "Português",
}  # fmt: skip
"""What every language calls itself. It stands here so that the first screen opens one file and not six."""

LANGUAGES = tuple(NAMES)


class Book:
    """The TOML files of a package, one per language."""

    def __init__(self, package: str) -> None:
        self._read = cache(lambda language: loads((files(package) / f"{language}.toml").read_text("utf-8")))

    def section(self, language: str, name: str) -> dict[str, Any]:
        """Return one table of a language; raise FileNotFoundError or KeyError where there is none."""
        table: dict[str, Any] = self._read(language)[name]
        return table

    def text(self, language: str, key: str, **names: object) -> str:
        """Return the sentence "section.key" in a language, with its {names} filled in."""
        where, _, name = key.partition(".")
        sentence: str = self.section(language, where)[name]
        return sentence.format(**names) if names else sentence


_customers = Book(__name__)
section, text = _customers.section, _customers.text
