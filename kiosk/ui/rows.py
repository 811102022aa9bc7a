"""How the eleven scores stand: in one row, or 0-5 above 6-10 where fingers need more room.

No Kivy in here. Lengths are units of the window, of which the pixels' size in millimetres says how long
they are.
"""

from dataclasses import dataclass

FINGER = 12.0
"""Millimetres that a fingertip needs each way; 44 CSS pixels (WCAG 2.2, 2.5.5) are 11.6."""

MARGIN = 5.0
"""Units left and right of the scores."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A way to place the scores: number is that of the rows, height of them all with the ends' names.

    name is the height of such a name, gap what lies between two buttons.
    """

    number: int
    height: float
    name: float
    gap: float

    @property
    def most(self) -> int:
        """How many buttons the longest row has."""
        return 11 if self.number == 1 else 6

    def shorter_side(self, width: float) -> float:
        """Return the shorter side of a button where the window is so many units wide."""
        across = (width - 2 * MARGIN - self.gap * (self.most - 1)) / self.most
        # In one row both ends have their names below it; of two, each has one.
        down = (self.height - self.gap * (self.number - 1)) / self.number - self.name
        return min(across, down)


ONE = Rows(number=1, height=20, name=4.6, gap=1.3)
TWO = Rows(number=2, height=31, name=4, gap=1.1)
UPRIGHT = Rows(number=2, height=46, name=6, gap=1.1)


def rows_for(width: float, unit: float, *, upright: bool) -> Rows:
    """Return the rows for a window of so many units, each unit millimetres long."""
    if upright:
        return UPRIGHT
    return ONE if ONE.shorter_side(width) * unit >= FINGER else TWO


def too_narrow(rows: Rows, width: float, unit: float) -> float:
    """Return the millimetres of a button's shorter side where a finger needs more; 0 where it does not."""
    side = rows.shorter_side(width) * unit
    return 0.0 if side >= FINGER else side
