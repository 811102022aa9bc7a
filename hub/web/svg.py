"""The pencil that charts draw with: SVG elements, a plot's measures, round ticks, a named picture."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Words:
    """What a chart is called and what it shows, for those who do not see it."""

    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing's measures in pixels, and where a step and a value low…high lie in it."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    low: float
    high: float
    steps: int

    @property
    def end(self) -> int:
        """Where the plot ends on the right."""
        return self.width - self.right

    @property
    def floor(self) -> int:
        """Where the plot ends at the bottom."""
        return self.height - self.bottom

    def x(self, step: float) -> float:
        """Return where a step's point lies: the first at the left edge, the last at the right one."""
        return self.left + (self.end - self.left) * (step / (self.steps - 1) if self.steps > 1 else 0.5)

    def y(self, value: float) -> float:
        """Return how high a value lies."""
        return scale(self.low, self.high, self.floor, self.top)(value)


def scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Return the function that lays low…high on start…end."""
    return lambda value: start + (end - start) * (value - low) / (high - low)


def nice_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers in equal steps of 1, 2 or 5 · 10ⁿ that embrace low…high, about most of them."""
    rough = max(high - low, 1e-9) / max(1, most - 1)
    power = 10.0 ** floor(log10(rough))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [index * step for index in range(first, last + 1)]


def picture(width: int, height: int, words: Words, mark: str, *shapes: Markup) -> Markup:
    """Return a whole drawing with its name and description."""
    return tag(
        "svg",
        tag("title", words.title, id=f"{mark}-title"),
        tag("desc", words.description, id=f"{mark}-desc"),
        *shapes,
        class_="chart",
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=f"{mark}-title",
        aria_describedby=f"{mark}-desc",
        focusable="false",
    )


def places(corners: Iterable[tuple[float, float]]) -> str:
    """Return corners as SVG writes them."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)


def tag(name: str, *content: str, **attributes: str | float) -> Markup:
    """Return an element; class_ means class, other underscores are hyphens, lengths have one decimal."""
    written = Markup("").join(
        Markup(' {}="{}"').format(_attribute(key), f"{value:.1f}" if isinstance(value, float) else value)
        for key, value in attributes.items()
    )
    return Markup("<{}{}>{}</{}>").format(name, written, Markup("").join(content), name)


def _attribute(key: str) -> str:
    return "class" if key == "class_" else key.replace("_", "-")
