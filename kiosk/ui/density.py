"""How long a pixel is: what the shop says, or else what the screen says of itself.

Kivy and SDL tell 96 pixels an inch of every screen under Linux and the user's magnification under
Windows, neither of which was measured, so they are not asked there.
"""

from collections.abc import Iterable
from math import hypot, inf
from pathlib import Path

DISPLAYS = Path("/sys/class/drm")
"""Where Linux keeps what each display says of itself (EDID)."""


def pitch(pixels: tuple[int, int], diagonal: float, said: Iterable[float]) -> float:
    """Return the millimetres of one pixel; inf where nobody knows, which is large enough for everything.

    diagonal is the shop's word in millimetres, 0 for none; said is what displays tell of theirs.
    """
    length = diagonal or next(iter(said), inf)
    return length / hypot(*pixels)


def told_diagonals(displays: Path = DISPLAYS) -> Iterable[float]:
    """Return the diagonals in millimetres that connected displays tell, as far as they do."""
    for folder in sorted(displays.glob("card*-*")):
        try:
            connected = (folder / "status").read_text("ascii").strip() == "connected"
            diagonal = edid_diagonal((folder / "edid").read_bytes()) if connected else 0
        except (OSError, ValueError):
            continue
        if diagonal:
            yield diagonal


def edid_diagonal(edid: bytes) -> float:
    """Return the millimetres in an EDID's first detailed timing (VESA E-EDID 1.4, 3.10.2), 0 for none."""
    if len(edid) < 128:
        return 0
    wide = edid[66] | (edid[68] >> 4) << 8
    high = edid[67] | (edid[68] & 15) << 8
    return hypot(wide, high)
