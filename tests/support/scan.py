"""Looks for something in every byte of every file in a folder, however it is written there."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

PIECE = 16
"""Bytes of a sealed box that would be a trace of it."""


def files_with_text(folder: Path, *texts: str) -> list[str]:
    """Return the names of the files that hold any of these texts, in any spelling that programs use."""
    return _files_with(folder, [each for text in texts for each in _spellings(text)])


def files_with_piece(folder: Path, box: bytes) -> list[str]:
    """Return the names of the files that hold a piece of a sealed box, as it is, hexadecimal or in base64."""
    pieces = [box[start : start + PIECE] for start in range(0, len(box) - PIECE + 1, PIECE // 2)]
    return _files_with(folder, [each for piece in pieces for each in _writings(piece)])


def _files_with(folder: Path, wanted: list[bytes]) -> list[str]:
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    assert files
    return [file.name for file in files if _holds(file.read_bytes(), wanted)]


def _holds(content: bytes, wanted: list[bytes]) -> bool:
    return any(each in content for each in wanted)


def _spellings(text: str) -> Iterator[bytes]:
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        yield from _writings(text.encode(encoding))


def _writings(content: bytes) -> Iterator[bytes]:
    yield content
    yield content.hex().encode()
    yield content.hex().upper().encode()
    for shift in range(3):
        # Three bytes become four letters, and what stands around it shares the first and the last ones.
        yield b64encode(bytes(shift) + content)[4 if shift else 0 : -4]
