"""Every language says everything, with the same names to fill in."""

import re
from importlib.resources import files
from string import Formatter
from tomllib import loads
from typing import Any

import pytest

from common import words


def flat(table: dict[str, Any], at: str = "") -> dict[str, str]:
    """Return a language's sentences by their dotted keys."""
    found: dict[str, str] = {}
    for name, value in table.items():
        found |= flat(value, f"{at}{name}.") if isinstance(value, dict) else {f"{at}{name}": value}
    return found


def sentences(language: str) -> dict[str, str]:
    return flat(loads((files(words) / f"{language}.toml").read_text("utf-8")))


def names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


ENGLISH = sentences("en")
OTHERS = [language for language in words.LANGUAGES if language != "en"]


def test_every_file_is_a_language() -> None:
    assert {file.name for file in files(words).iterdir() if file.name.endswith(".toml")} == {
        f"{language}.toml" for language in words.LANGUAGES
    }


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_sentences(language: str) -> None:
    assert list(sentences(language)) == list(ENGLISH)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_has_the_same_names_to_fill_in(language: str) -> None:
    assert {key: names(text) for key, text in sentences(language).items()} == {
        key: names(text) for key, text in ENGLISH.items()
    }


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_sentence_is_empty_or_loosely_ended(language: str) -> None:
    assert [key for key, text in sentences(language).items() if not text or text != text.strip()] == []


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_question_names_the_store(language: str) -> None:
    assert words.section(language, "survey")["question"].count("‹store›") == 1


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_nobody_is_told_what_a_score_means(language: str) -> None:
    said = " ".join(text.lower() for text in sentences(language).values())
    assert not [word for word in ("detractor", "promoter", "detrattor", "promotor") if word in said]


@pytest.mark.parametrize("language", OTHERS)
def test_long_sentences_are_translated(language: str) -> None:
    same = [key for key, text in sentences(language).items() if len(text) > 20 and text == ENGLISH[key]]
    assert same == []


def test_french_signs_stay_on_the_line_of_their_word() -> None:
    loose = [key for key, text in sentences("fr").items() if re.search(r" [:;?!»]|« ", text)]
    assert loose == []


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_zero_is_filled_in(language: str) -> None:
    assert "0" in words.text(language, "kiosk.characters_left", count=0)


def test_what_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        words.text("xx", "kiosk.next")
    with pytest.raises(KeyError):
        words.text("en", "kiosk.nowhere")
    with pytest.raises(KeyError):
        words.text("en", "kiosk.still_there_more", minutes=1)
