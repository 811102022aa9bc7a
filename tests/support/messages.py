"""Every sentence of the hub's pages, found in its code and templates, and the files that translate them.

`python -m tests.support.messages` adds new sentences to the .po files, empty, and takes out old ones.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

import hub

HUB = Path(hub.__file__).parent
TRANSLATIONS = HUB / "web" / "translations"
LANGUAGES = ("it", "es", "fr")
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
_KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None}


@cache
def sentences() -> Catalog:
    """Return all messages of the hub with the places where they stand."""
    found = Catalog(project="Cerchio")
    options = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
    for name, line, message, comments, context in extract_from_dir(
        HUB, method_map=_METHODS, options_map=options, keywords=_KEYWORDS, comment_tags=()
    ):
        found.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return found


def translation(language: str) -> Catalog:
    """Return what a language's file holds."""
    with open(TRANSLATIONS / f"{language}.po", "rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def write(language: str, catalogue: Catalog) -> None:
    """Write a language's file, without the dates and addresses that only make two versions differ."""
    catalogue.header_comment, catalogue.fuzzy = f"# The hub's pages in {language}.", False
    text = BytesIO()
    write_po(text, catalogue, width=110, no_location=True, ignore_obsolete=True)
    kept = [line for line in text.getvalue().splitlines(True) if not line.startswith(_NOISE)]
    (TRANSLATIONS / f"{language}.po").write_bytes(b"".join(kept))


_NOISE = (b'"Project', b'"Report', b'"POT', b'"PO-', b'"Last', b'"Language-Team', b'"MIME', b'"Generated')


def main() -> None:
    """Bring the .po files up to date with the code."""
    for language in LANGUAGES:
        catalogue = translation(language)
        catalogue.update(sentences(), no_fuzzy_matching=True)
        write(language, catalogue)


if __name__ == "__main__":
    main()
