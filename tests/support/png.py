"""Makes small PNG files for tests, without any library for pictures."""

from collections.abc import Iterator
from itertools import product
from math import ceil
from struct import pack
from zlib import compress, crc32

SIGNATURE = b"\x89PNG\r\n\x1a\n"
ADAM = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Where each pass of an interlaced picture begins, across and down, and its steps."""


def png(width: int, height: int, colour: tuple[int, int, int] = (196, 30, 58), size: int = 0) -> bytes:
    """Return a picture of one colour; a size in bytes is filled up by a part that nobody shows."""
    rows = (b"\0" + bytes(colour) * width) * height
    bare = made(header(width, height), rows)
    return made(header(width, height), rows, chunk(b"noTe", bytes(size - len(bare) - 12))) if size else bare


def made(head: bytes, pixels: bytes, *more: bytes) -> bytes:
    """Return a PNG of a header and of rows of pixels, each with the byte before it."""
    return b"".join(
        [SIGNATURE, chunk(b"IHDR", head), *more, chunk(b"IDAT", compress(pixels)), chunk(b"IEND", b"")]
    )


def header(width: int = 2, height: int = 2, depth: int = 8, colour: int = 2, interlaced: int = 0) -> bytes:
    """Return a PNG's header."""
    return pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)


def every_kind(width: int = 13, height: int = 9) -> Iterator[bytes]:
    """Yield a picture of each kind that PNG has: every depth, every kind of colour, interlaced or not."""
    kinds = [(0, 1), (2, 3), (3, 1), (4, 2), (6, 4)]
    depths = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
    for interlaced, (colour, channels) in product((0, 1), kinds):
        for depth in depths[colour]:
            pixels = b""
            for left, top, across, down in ADAM if interlaced else [(0, 0, 1, 1)]:
                wide, high = len(range(left, width, across)), len(range(top, height, down))
                pixels += bytes(1 + ceil(wide * channels * depth / 8)) * high if wide else b""
            colours = chunk(b"PLTE", bytes(range(6))) if colour == 3 else b""
            yield made(header(width, height, depth, colour, interlaced), pixels, colours)


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a part of a PNG with its length and its checksum."""
    return pack(">I", len(body)) + name + body + pack(">I", crc32(name + body))


def split(picture: bytes) -> list[tuple[bytes, bytes]]:
    """Return the names and contents of a PNG's parts."""
    parts, at = [], len(SIGNATURE)
    while at < len(picture):
        size = int.from_bytes(picture[at : at + 4], "big")
        parts.append((picture[at + 4 : at + 8], picture[at + 8 : at + 8 + size]))
        at += 12 + size
    return parts
