"""Every sentence of the pages is there in every language, whole."""

import re

import pytest
from babel.messages.catalog import Message

from hub.web.language import LANGUAGES as SPOKEN
from tests.support.messages import LANGUAGES, TRANSLATIONS, sentences, translation

PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z]|%%")


def texts(message: Message) -> list[str]:
    """Return a message's translation, or both of them where it counts something."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_the_pages_have_a_file_for_every_language_they_speak() -> None:
    assert {"en", *LANGUAGES} == set(SPOKEN)
    assert sorted(file.stem for file in TRANSLATIONS.iterdir()) == sorted(LANGUAGES)


def test_sentences_are_found_in_code_and_templates() -> None:
    found = {key(message) for message in sentences() if message.id}
    assert {"Scores", "Follow-up", "Detractors", "The hub is busy", "Sign in"} <= found
    assert len(found) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_each_sentence_and_no_other(language: str) -> None:
    wanted = {(key(message), message.context) for message in sentences() if message.id}
    there = {(key(message), message.context) for message in translation(language) if message.id}
    assert there == wanted, "python -m tests.support.messages brings the files up to date"
    assert not translation(language).obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_empty_or_doubtful(language: str) -> None:
    catalogue = translation(language)
    bad = [key(message) for message in catalogue if message.id and not all(map(str.strip, texts(message)))]
    assert bad == []
    assert [key(message) for message in catalogue if message.id and message.fuzzy] == []
    assert all(len(texts(m)) == catalogue.num_plurals for m in catalogue if m.id and m.pluralizable)


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_placeholders(language: str) -> None:
    for message in translation(language):
        wanted = sorted(PLACEHOLDER.findall(key(message)))
        for text in texts(message) if message.id else ():
            assert sorted(PLACEHOLDER.findall(text)) == wanted, key(message)


def test_no_sentence_is_another_languages() -> None:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for text in {text for message in translation(language) if message.id for text in texts(message)}:
            if len(PLACEHOLDER.sub("", text).split()) > 2:
                assert text not in found, f"{text!r} is in {found[text]} and in {language}"
                found[text] = language
