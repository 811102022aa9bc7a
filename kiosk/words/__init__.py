"""What the kiosk's manager reads, per language: one TOML file each, all with the same keys.

Customers' sentences are in common.words; {names} in a sentence are filled from keywords.
"""

from common.words import Book

LANGUAGES = ("en", "it", "es", "fr")

_managers = Book(__name__)
section, text = _managers.section, _managers.text
