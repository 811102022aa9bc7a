"""Which characters a font can draw, read from the font itself; what it cannot would be drawn as a box."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from struct import unpack_from
from unicodedata import normalize


def drawable(text: str, font: Path) -> tuple[str, bool]:
    """Return a text as far as a TrueType font can draw it, and whether that is all of it.

    Line breaks stay and tabulators become blanks. Letters that came apart from their accents are put
    together first, as they are drawn in one piece.
    """
    whole = normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    if whole.isascii() and whole.isprintable():
        return whole, True
    known = characters(font)
    shown = "".join(c for c in whole if c == "\n" or (c.isprintable() and ord(c) in known))
    return shown, shown == whole


@cache
def characters(font: Path) -> frozenset[int]:
    """Return the code points that a TrueType font has glyphs for, as its table "cmap" says."""
    data = font.read_bytes()
    number = unpack_from(">H", data, 4)[0]
    tables = (unpack_from(">4sLLL", data, 12 + 16 * table) for table in range(number))
    cmap: int = next(start for name, _, start, _ in tables if name == b"cmap")
    found: set[int] = set()
    for table in range(unpack_from(">H", data, cmap + 2)[0]):
        start = cmap + unpack_from(">L", data, cmap + 8 + 8 * table)[0]
        reads = _FORMATS.get(unpack_from(">H", data, start)[0])
        found.update(reads(data, start) if reads else ())
    return frozenset(found)


def _segments(data: bytes, start: int) -> Iterator[int]:
    """Read format 4: segments of 16-bit code points. Glyph 0 is the box that stands for what is missing."""
    size = unpack_from(">H", data, start + 6)[0]
    ends = start + 14
    for at in range(0, size, 2):
        (end,), (first,), (delta,), (offset,) = (
            unpack_from(">H", data, ends + at + part * size + (2 if part else 0)) for part in range(4)
        )
        for code in range(first, min(end, 0xFFFE) + 1):
            glyph = code
            if offset:
                glyph = unpack_from(">H", data, ends + 2 + 3 * size + at + offset + 2 * (code - first))[0]
            if glyph and (glyph + delta) & 0xFFFF:
                yield code


def _groups(data: bytes, start: int) -> Iterator[int]:
    """Read format 12: groups of 32-bit code points."""
    for group in range(unpack_from(">L", data, start + 12)[0]):
        first, end, glyph = unpack_from(">LLL", data, start + 16 + 12 * group)
        yield from range(first if glyph else first + 1, end + 1)


_FORMATS = {4: _segments, 12: _groups}
