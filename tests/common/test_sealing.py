"""A box opens for its own response with its own key, and for nothing else."""

from json import dumps
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from nacl.public import PublicKey, SealedBox

from common.responses import Contact
from common.sealing import Unsealable, key_id, new_private_key, public_key, seal, unseal
from tests.support.answers import an_id

PRIVATE = new_private_key()
PUBLIC = public_key(PRIVATE)
ANNA = Contact(email="anna@example.com", phone="+39 06 1234 5678")

texts = some.text(some.characters(exclude_categories=["Cs", "Cc"]), max_size=300)


@given(some.builds(Contact, email=texts, phone=texts))
def test_what_was_sealed_opens(contact: Contact) -> None:
    assert unseal(seal(contact, an_id(), PUBLIC), an_id(), PRIVATE) == contact


def test_a_box_shows_nothing() -> None:
    assert b"anna" not in seal(ANNA, an_id(), PUBLIC)
    assert seal(ANNA, an_id(), PUBLIC) != seal(ANNA, an_id(), PUBLIC)


def test_a_box_moved_to_another_response_stays_shut() -> None:
    with pytest.raises(Unsealable, match="another response"):
        unseal(seal(ANNA, an_id(1), PUBLIC), an_id(2), PRIVATE)


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(Unsealable, match="does not open"):
        unseal(seal(ANNA, an_id(), PUBLIC), an_id(), new_private_key())


@pytest.mark.parametrize("key", [b"", b"short", bytes(33)])
def test_a_broken_key_opens_nothing(key: bytes) -> None:
    with pytest.raises(Unsealable):
        unseal(seal(ANNA, an_id(), PUBLIC), an_id(), key)


@given(some.binary(max_size=200))
def test_bytes_are_no_box(box: bytes) -> None:
    with pytest.raises(Unsealable):
        unseal(box, an_id(), PRIVATE)


@given(some.integers(0, 120))
def test_a_damaged_box_stays_shut(place: int) -> None:
    box = bytearray(seal(ANNA, an_id(), PUBLIC))
    box[place] ^= 1
    with pytest.raises(Unsealable):
        unseal(bytes(box), an_id(), PRIVATE)


CONTENTS: list[Any] = [
    None,
    [],
    {},
    {"id": an_id(), "email": 5},
    {"id": an_id(), "email": None, "phone": ""},
    {"id": an_id(), "email": ["a@b.it"]},
    {"id": an_id(), "fax": "06 1234567"},
    {"id": an_id(), "email": "a\0@b.it"},
    {"id": an_id(), "email": "\ud800@b.it"},
]


@pytest.mark.parametrize("content", [*map(dumps, CONTENTS), "[" * 1900, "NaN", '{"id"', "\x00"])
def test_a_box_that_holds_no_contact(content: str) -> None:
    box = SealedBox(PublicKey(PUBLIC)).encrypt(content.encode())
    with pytest.raises(Unsealable):
        unseal(box, an_id(), PRIVATE)


def test_a_key_is_named_by_its_public_half() -> None:
    assert key_id(PUBLIC) == key_id(public_key(PRIVATE))
    assert key_id(PUBLIC) != key_id(public_key(new_private_key()))
    assert len(key_id(PUBLIC)) == 16
