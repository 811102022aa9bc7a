"""What the keyboard offers: rows of keys per language, their accents, symbols, e-mail and phone.

Every character here can be drawn by the window's font; a test looks at each of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What a key does."""

    TYPE = "type"
    SHIFT = "shift"
    ERASE = "erase"
    BREAK = "break"
    SWITCH = "switch"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Key:
    """A key: the text it types or names, how wide it is (a row is 10), what holding it offers.

    face stands on it where that is not its text.
    """

    text: str
    act: Act = Act.TYPE
    width: float = 1.0
    more: tuple[str, ...] = ()
    face: str = ""


Row = tuple[Key, ...]

_LETTERS = {
    "en": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "it": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "es": ("qwertyuiop", "asdfghjklñ", "zxcvbnm"),
    "fr": ("azertyuiop", "qsdfghjklm", "wxcvbn’"),
    "de": ("qwertzuiopü", "asdfghjklöä", "yxcvbnmß"),
    "pt": ("qwertyuiop", "asdfghjklç", "zxcvbnm"),
}
_EMAIL_LETTERS = {
    "es": _LETTERS["en"],
    "fr": ("azertyuiop", "qsdfghjklm", "wxcvbn"),
    "de": ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    "pt": _LETTERS["en"],
}
_SYMBOLS = ("1234567890", "@#€&%+-/()", '!?"’:;*=')
_MORE = {
    "a": "àáâäãåæ", "c": "ç", "e": "éèêë", "i": "ìíîï", "n": "ñ", "o": "òóôöõœø", "s": "ß",
    "u": "ùúûü", "y": "ýÿ", ".": "!?…:", ",": ";-’", "?": "¿", "!": "¡", "-": "–_", "€": "£$",
    '"': "«»“”„", "’": "'‘‚",
}  # fmt: skip
_USUAL = {"it": "àèìòù", "es": "áéíóúñ", "fr": "éàçêœùî", "de": "äöü„“", "pt": "ãáâàéêíõóôúç"}
_PROVIDERS = ("@hotmail.com", "@outlook.com", "@yahoo.com", "@icloud.com")
_ENDINGS = {"en": ".co.uk", "it": ".it", "es": ".es", "fr": ".fr", "de": ".de", "pt": ".pt"}

_DONE = Key("OK", Act.DONE, 1.4)
_PHONE: tuple[Row, ...] = (
    (Key("1"), Key("2"), Key("3"), Key("⌫", Act.ERASE)),
    (Key("4"), Key("5"), Key("6"), Key("-")),
    (Key("7"), Key("8"), Key("9"), Key(".")),
    (Key("+"), Key("0"), Key(" ", face="␣"), Key("OK", Act.DONE)),
)


def more(language: str, text: str) -> tuple[str, ...]:
    """Return what holding a key offers, the most usual in the language first."""
    usual = _USUAL.get(language, "")
    place = {each: at for at, each in enumerate(usual)}
    return tuple(sorted(_MORE.get(text, ""), key=lambda each: place.get(each, len(usual))))


def rows(layout: str, language: str, symbols: bool, space: str) -> tuple[Row, ...]:
    """Return the keys of a field's layout: "words", "email" or "phone".

    The language is one of the words; space is what stands on the space bar.
    """
    if layout == "phone":
        return _PHONE
    if symbols:
        top = tuple(_symbol_rows(language))
    elif layout == "email":
        top = tuple(_letter_rows(_EMAIL_LETTERS.get(language, _LETTERS[language]), ""))
    else:
        top = tuple(_letter_rows(_LETTERS[language], language))
    switch = Key("ABC" if symbols else "?123", Act.SWITCH, 1.5)
    return (*top, _email_row(language, switch) if layout == "email" else _word_row(language, switch, space))


def _keys(texts: str, language: str, width: float = 1.0) -> Row:
    return tuple(Key(text, width=width, more=more(language, text) if language else ()) for text in texts)


def _letter_rows(letters: tuple[str, ...], language: str) -> Iterator[Row]:
    # German has eleven letters in a row: its keys are as much narrower as that takes.
    width = min(1.0, 10 / len(letters[0]))
    yield _keys(letters[0], language, width)
    yield _keys(letters[1], language, width)
    shift, erase = Key("⇧", Act.SHIFT, 1.5 * width), Key("⌫", Act.ERASE, 1.5 * width)
    yield (shift, *_keys(letters[2], language, width), erase)


def _symbol_rows(language: str) -> Iterator[Row]:
    yield _keys(_SYMBOLS[0], language)
    yield _keys(_SYMBOLS[1], language)
    yield (*_keys(_SYMBOLS[2], language), Key("⌫", Act.ERASE, 2))


def _word_row(language: str, switch: Key, space: str) -> Row:
    comma, stop = _keys(",.", language)
    return (switch, comma, Key(" ", width=5, face=space), stop, Key("⏎", Act.BREAK, 1.5))


def _email_row(language: str, switch: Key) -> Row:
    gmail = Key("@gmail.com", width=2.0, more=_PROVIDERS)
    com = Key(".com", width=1.1, more=(_ENDINGS[language], ".net", ".org", ".eu"))
    return (switch, *_keys("@.-_", ""), gmail, com, _DONE)
