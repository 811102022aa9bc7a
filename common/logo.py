"""Whether a logo can be drawn: a PNG read to its last pixel, without any library for pictures."""

from collections.abc import Iterator
from functools import lru_cache
from re import fullmatch
from struct import unpack
from zlib import crc32, decompressobj, error

from common.settings import PNG, BrokenSettings

LARGEST_SIDE = 2048
"""Pixels; a small file can hold a picture that fills the memory."""

WIDEST, TALLEST = 8, 2
"""How many times as wide as tall, or as tall as wide, a logo may be: beyond that it would be a hairline."""

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Of an interlaced picture: where each pass begins, across and down, and its steps."""

_LETTERS = {b"IHDR": "H", b"PLTE": "P", b"tRNS": "T", b"IDAT": "D", b"IEND": "E"}
_CLEAR = {0: 2, 2: 6}
"""Bytes that name the one transparent colour, by kind of picture; a palette has one for each colour."""

_BROKEN = "the logo is broken: "


def measure(logo: bytes) -> tuple[int, int]:
    """Return a PNG's width and height in pixels; raise BrokenSettings if no kiosk shows such a picture."""
    if not logo.startswith(PNG) or logo[12:16] != b"IHDR" or len(logo) < 33:
        raise BrokenSettings(f"{_BROKEN}it does not begin as a PNG does")
    if _crc(logo[12:29]) != logo[29:33]:
        raise BrokenSettings(f"{_BROKEN}its header is damaged")
    width, height = unpack(">II", logo[16:24])
    told = f"the logo has {width} by {height} pixels"
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        raise BrokenSettings(f"{told}; it takes up to {LARGEST_SIDE} each way")
    if width > WIDEST * height or height > TALLEST * width:
        raise BrokenSettings(
            f"{told}; it may be {WIDEST} times as wide as tall, or {TALLEST} times as tall as wide"
        )
    return width, height


# Kept settings are looked at before each visit; their logo is the same one again and again.
@lru_cache(maxsize=4)
def check_logo(logo: bytes) -> None:
    """Read a PNG as far as a kiosk has to; raise BrokenSettings if it cannot be shown. None is well."""
    if not logo:
        return
    size = measure(logo)
    depth, colour, *methods = logo[24:29]
    if depth not in _DEPTHS.get(colour, ()) or methods not in ([0, 0, 0], [0, 0, 1]):
        raise BrokenSettings(f"{_BROKEN}its header makes no sense")
    chunks = list(_chunks(logo))
    _check_order(colour, chunks)
    packed = b"".join(body for name, body in chunks if name == b"IDAT")
    _check_pixels(packed, list(_rows(size, _CHANNELS[colour] * depth, interlaced=methods[2] == 1)))


def _chunks(logo: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the names and contents of all chunks up to the last one."""
    at = len(PNG)
    while at + 12 <= len(logo):
        end = at + 8 + int.from_bytes(logo[at : at + 4], "big")
        if _crc(logo[at + 4 : end]) != logo[end : end + 4]:
            raise BrokenSettings(f"{_BROKEN}a part of it is damaged")
        yield logo[at + 4 : at + 8], logo[at + 8 : end]
        if logo[at + 4 : at + 8] == b"IEND":
            return
        at = end + 4
    raise BrokenSettings(f"{_BROKEN}its end is missing")


def _check_order(colour: int, chunks: list[tuple[bytes, bytes]]) -> None:
    # What a reader may pass over has a small first letter and stands anywhere but between the pixels.
    order = "".join(_LETTERS.get(name, "-" if name[:1].islower() else "?") for name, _ in chunks)
    if not fullmatch("H-*(P-*)?(T-*)?D+-*E", order):
        raise BrokenSettings(f"{_BROKEN}its parts make no sense")
    sizes = {name: len(body) for name, body in chunks}
    colours, clear = sizes.get(b"PLTE", 0), sizes.get(b"tRNS", 0)
    if colours % 3 or colours > 768 or (colour == 3 and not colours):
        raise BrokenSettings(f"{_BROKEN}its colours make no sense")
    if clear and not (clear <= colours // 3 if colour == 3 else clear == _CLEAR.get(colour)):
        raise BrokenSettings(f"{_BROKEN}what is transparent in it makes no sense")


def _crc(content: bytes) -> bytes:
    return crc32(content).to_bytes(4, "big")


def _rows(size: tuple[int, int], bits: int, *, interlaced: bool) -> Iterator[int]:
    """Yield how many bytes each row of pixels takes, with the one before it that says how it is packed."""
    for left, top, across, down in _PASSES if interlaced else ((0, 0, 1, 1),):
        width, height = -(-(size[0] - left) // across), -(-(size[1] - top) // down)
        if width > 0:
            yield from [1 + -(-width * bits // 8)] * height


def _check_pixels(packed: bytes, rows: list[int]) -> None:
    unpacker, wanted = decompressobj(), sum(rows)
    try:
        # One byte more than there should be tells a picture that has too many.
        pixels = unpacker.decompress(packed, wanted + 1)
    except error as reason:
        raise BrokenSettings(f"{_BROKEN}its pixels cannot be unpacked") from reason
    if len(pixels) != wanted or not unpacker.eof:
        raise BrokenSettings(f"{_BROKEN}it has not the pixels that its header tells of")
    at = 0
    for length in rows:
        if pixels[at] > 4:
            raise BrokenSettings(f"{_BROKEN}a row of its pixels makes no sense")
        at += length
