"""The language of a page: which one the reader wants, and its translations out of .po files.

English is written in the code and the templates. The other languages are read from translations/ into
memory when they are first wanted, so that there is nothing to compile and nothing to forget.
"""

from functools import cache
from importlib.resources import files
from io import BytesIO, StringIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, request
from flask_babel import Babel, Domain, get_locale

from common.words import NAMES

LANGUAGES = ("en", "it", "es", "fr")
"""Those of the pages; customers are asked in more."""

COOKIE = "language"
_YEAR = 365 * 24 * 3600


def speak(app: Flask) -> None:
    """Make an application speak its readers' languages."""
    # British English, because its dates and its clock are those of the other languages' countries.
    babel = Babel(app, default_locale="en_GB", locale_selector=_locale)
    babel.domain_instance = _Domain()
    app.jinja_env.globals.update(language=language, languages=names(), spoken=NAMES)


def language() -> str:
    """Return the code of the reader's language; English outside a request."""
    locale = get_locale()
    return str(locale.language) if locale else "en"


def names() -> dict[str, str]:
    """Return every language's own name by its code."""
    return {code: NAMES[code] for code in LANGUAGES}


def remember(response: Response, code: str, secure: bool) -> None:
    """Keep the reader's choice in the browser for a year."""
    response.set_cookie(COOKIE, code, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax")


def _locale() -> str:
    """Choose by the cookie, then by what the browser accepts.

    The signed-in person's choice is not asked here but put into the cookie at sign-in: an error page must
    speak the reader's language also while the database does not answer.
    """
    chosen = request.cookies.get(COOKIE)
    if chosen not in LANGUAGES:
        chosen = request.accept_languages.best_match(LANGUAGES)
    return "en_GB" if chosen in (None, "en") else str(chosen)


class _Domain(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """The messages of the hub, read from .po files."""

    def get_translations(self) -> NullTranslations:
        return translations(language())


@cache
def translations(code: str) -> NullTranslations:
    """Return a language's messages; English has none, because the code holds them."""
    file = files(__package__) / "translations" / f"{code}.po"
    if not file.is_file():
        return NullTranslations()
    catalogue = read_po(StringIO(file.read_text("utf-8")), locale=code, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
