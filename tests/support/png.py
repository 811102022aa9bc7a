"""Makes small PNG files for tests, without any library for pictures."""

from struct import pack
from zlib import compress, crc32

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(width: int, height: int, colour: tuple[int, int, int] = (196, 30, 58)) -> bytes:
    """Return a picture of one colour."""
    row = b"\0" + bytes(colour) * width
    header = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", compress(row * height)) + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return pack(">I", len(body)) + name + body + pack(">I", crc32(name + body))
