"""Logos: what cannot be drawn to its last pixel is refused, with a sentence that says what is wrong."""

from base64 import b64encode
from random import Random
from zlib import compress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.logo import LARGEST_SIDE, check_logo
from common.settings import PNG, BrokenSettings
from common.strict import usable
from tests.support.png import chunk, every_kind, header, made, png

END = chunk(b"IEND", b"")
ROWS = (b"\0" + bytes(6)) * 2


@pytest.mark.parametrize(
    ("logo", "sentence"),
    [
        (PNG + Random(1).randbytes(500), "^the logo is broken: it does not begin as a PNG does$"),
        (PNG, "does not begin"),
        (png(6000, 600), "^the logo has 6000 by 600 pixels; it takes up to 2048 each way$"),
        (
            png(2000, 20),
            "^the logo has 2000 by 20 pixels; it may be 8 times as wide",
        ),
        (png(10, 21), "10 by 21 pixels; it may be"),
        (made(header(width=0), ROWS), "0 by 2 pixels"),
        (made(header(), ROWS).replace(b"IHDR\0\0\0\2", b"IHDR\0\0\0\3"), "its header is damaged"),
        (made(header(depth=3), ROWS), "its header makes no sense"),
        (made(header(colour=5), ROWS), "its header makes no sense"),
        (made(header(interlaced=2), ROWS), "its header makes no sense"),
        (made(header(colour=3), ROWS), "its colours make no sense"),
        (made(header(), ROWS, chunk(b"PLTE", bytes(4))), "its colours make no sense"),
        (made(header(), ROWS, chunk(b"WHAT", b"")), "its parts make no sense"),
        (made(header(), ROWS, chunk(b"IHDR", header())), "its parts make no sense"),
        (made(header(), ROWS)[:-20], "a part of it is damaged"),
        (made(header(), ROWS)[:-12], "its end is missing"),
        (made(header(), ROWS[:-1]), "has not the pixels"),
        (made(header(), ROWS + b"\0"), "has not the pixels"),
        (made(header(), b"\5" + ROWS[1:]), "a row of its pixels makes no sense"),
        (b"".join([PNG, chunk(b"IHDR", header()), chunk(b"IDAT", b"none"), END]), "cannot be unpacked"),
        (b"".join([PNG, chunk(b"IHDR", header()), chunk(b"IDAT", compress(ROWS)[:-2]), END]), "has not the"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_logo_that_cannot_be_drawn_is_refused(logo: bytes, sentence: str) -> None:
    with pytest.raises(BrokenSettings, match=sentence):
        usable({"version": 1, "brand": {"logo": b64encode(logo).decode()}})


@pytest.mark.parametrize("size", [(300, 100), (8, 1), (1, 2), (LARGEST_SIDE, LARGEST_SIDE)])
def test_a_logo_within_its_bounds_is_taken(size: tuple[int, int]) -> None:
    check_logo(png(*size))


def test_a_logo_of_any_kind_is_taken() -> None:
    for logo in every_kind():
        check_logo(logo)


@given(some.data())
def test_damage_anywhere_is_noticed(data: some.DataObject) -> None:
    whole = png(5, 4)
    at = data.draw(some.integers(1, len(whole) - 1))
    damaged = bytearray(whole)
    damaged[at] ^= data.draw(some.integers(1, 255))
    for broken in (bytes(damaged), whole[:at]):
        with pytest.raises(BrokenSettings, match="logo"):
            usable({"version": 1, "brand": {"logo": b64encode(broken).decode()}})
