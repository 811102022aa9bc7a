"""The coding of short bodies: what goes in comes out, nothing else does, and WIRE.md has its dictionary."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

import common
from common.wire.packing import WORDS, Unpackable, pack, unpack

MOST = 100_000


@given(some.binary(max_size=2000), some.integers(1, 9))
def test_what_is_packed_is_unpacked(body: bytes, level: int) -> None:
    assert unpack(pack(body, level), MOST) == body


@given(some.binary(max_size=200))
def test_other_bytes_are_told_apart(body: bytes) -> None:
    with pytest.raises(Unpackable):
        unpack(b"\x1f\x8b" + body, MOST)


def test_half_a_body_more_than_a_body_and_a_bomb_are_none() -> None:
    whole = pack(b"a body")
    for body in (b"", whole[:-1], whole + b"x", pack(bytes(MOST + 1))):
        with pytest.raises(Unpackable):
            unpack(body, MOST)


def test_the_dictionary_stands_in_wire_md() -> None:
    page = Path(common.__file__).with_name("WIRE.md").read_text("utf-8")
    part = page.partition("## Short bodies")[2].partition("\n## ")[0]
    lines = [line.strip() for line in part.splitlines() if line.startswith("    ")]
    assert "".join(lines).encode() == WORDS
