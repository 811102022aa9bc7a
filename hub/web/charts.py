"""Charts as SVG, written on the server: no script, nothing that a strict policy forbids, vectors in print.

A chart takes values and words and draws shapes with classes; app.css gives the classes their colours,
light, dark and on paper. Text in a drawing shrinks with it, so the larger charts are drawn for a given
width, and a page holds a wide and a narrow drawing of the same values (see both()).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from markupsafe import Markup

from common.nps import Score, Segment, Tally, Weight, segment, weight
from hub.web import formats
from hub.web.svg import Plot, Words, nice_ticks, picture, places, scale, tag

WIDE, NARROW = 600, 350
"""Widths in pixels for which the larger charts are drawn."""

_LETTER = 6.6
"""The width of an average letter of the charts' 12 pixel text, for keeping labels apart."""


@dataclass(frozen=True, slots=True)
class Point:
    """One place on the trend: its label on the axis, its whole name, and the score, if anybody answered."""

    label: str
    name: str
    score: Score | None

    @property
    def drawn(self) -> Score | None:
        """The score, where there are enough answers to draw it."""
        return self.score if self.score and weight(self.score.answers) is not Weight.TOO_FEW else None


def both(draw: Callable[[int, str], Markup]) -> Markup:
    """Return a chart drawn for wide and for narrow places; the style sheet shows the one that fits.

    draw takes the width and a mark that keeps the ids of the two apart.
    """
    return Markup(
        '<div class="chart-box"><div class="chart-wide">{}</div><div class="chart-narrow">{}</div></div>'
    ).format(draw(WIDE, "wide"), draw(NARROW, "narrow"))


def trend(points: Sequence[Point], words: Words, width: int, mark: str, period: float = 0) -> Markup:
    """Draw scores over time with their intervals as a band; where there are too few answers is a gap.

    Scores of few answers are hollow. period shades the last so many steps. Without any score to show the
    drawing holds the axis alone.
    """
    ticks = ticks_around([point.drawn for point in points if point.drawn])
    height = 285 if width == WIDE else 240
    plot = Plot(width, height, 40, 44, top=14, bottom=30, low=ticks[0], high=ticks[-1], steps=len(points))
    return picture(
        plot.width,
        plot.height,
        words,
        f"trend-{mark}",
        _period(plot, period),
        _grid(plot, ticks),
        _dates(plot, [point.label for point in points]),
        *(_stretch(plot, stretch) for stretch in _stretches(points)),
        _last(plot, points),
    )


def distribution(tally: Tally, words: Words, names: dict[Segment, str], width: int, mark: str) -> Markup:
    """Draw how often each score 0…10 was given, in one neutral colour, with the segments bracketed below."""
    most = max(1, *tally.counts)
    plot = Plot(width, 250, left=4, right=4, top=22, bottom=64, low=0, high=most, steps=len(tally.counts))
    return picture(
        plot.width,
        plot.height,
        words,
        f"distribution-{mark}",
        *(_column(plot, score, count) for score, count in enumerate(tally.counts)),
        tag("line", class_="axis", x1=plot.left, x2=plot.end, y1=plot.floor, y2=plot.floor),
        *_brackets(plot, tally, names),
    )


def whisker(score: Score, low: float, high: float) -> Markup:
    """Draw one score and its interval on a scale low…high that includes 0, as small as a table's line.

    It says nothing that the table does not say in figures, so it is hidden from screen readers.
    """
    across = scale(low, high, 6, 174)
    kind = "full" if weight(score.answers) is Weight.NORMAL else "hollow"
    return _small(
        "whisker",
        180,
        tag("line", class_="track", x1=6, x2=174, y1=10, y2=10),
        tag("line", class_="zero", x1=across(0), x2=across(0), y1=3, y2=17),
        tag("line", class_="interval", x1=across(score.low), x2=across(score.high), y1=10, y2=10),
        tag("circle", class_=f"point {kind}", cx=across(score.points), cy=10, r=4.5),
    )


def whisker_scale(low: float, high: float) -> Markup:
    """Write the ends of the whiskers' scale, and 0, as a table's heading."""
    across = scale(low, high, 6, 174)
    marks = [
        (low, "start"),
        (high, "end"),
        *([(0.0, "middle")] if min(-low, high) > (high - low) / 8 else []),
    ]
    texts = (
        tag(
            "text",
            formats.points(value),
            class_=end,
            x={"start": 0, "end": 180}.get(end, across(value)),
            y=15,
        )
        for value, end in marks
    )
    return _small("whisker", 180, *texts)


def parts(tally: Tally) -> Markup:
    """Draw the shares of detractors, passives and promoters as one bar; the page says them in figures too."""
    shares = (("detractor", tally.detractors), ("passive", tally.passives), ("promoter", tally.promoters))
    pieces, start = [], 0.0
    for name, count in shares:
        length = 200 * count / max(1, tally.total)
        if count:
            pieces.append(tag("rect", class_=name, x=start, y=0, width=max(length - 1.5, 0.5), height=10))
        start += length
    return _small("parts", 200, *pieces, height=10, preserveAspectRatio="none")


def _small(kind: str, width: int, *shapes: Markup, height: int = 20, **attributes: str) -> Markup:
    """Return a drawing for a line of a table, which says the same in figures."""
    size = f"0 0 {width} {height}"
    return tag("svg", *shapes, class_=kind, viewBox=size, aria_hidden="true", focusable="false", **attributes)


def ticks_around(scores: Sequence[Score], *, with_zero: bool = False) -> list[float]:
    """Return round numbers around the intervals of scores, reaching over 40 points at least."""
    low = min([score.low for score in scores] + [0.0] * with_zero, default=0.0)
    high = max([score.high for score in scores] + [0.0] * with_zero, default=100.0)
    spare = max(0.0, 40 - (high - low)) / 2
    return nice_ticks(max(-100.0, low - spare), min(100.0, high + spare))


def _stretches(points: Sequence[Point]) -> Iterable[list[tuple[int, Score]]]:
    """Yield the runs of neighbouring points that are drawn, each with its step."""
    for shown, run in groupby(enumerate(points), key=lambda entry: entry[1].drawn is not None):
        if shown:
            yield [(step, point.drawn) for step, point in run if point.drawn]


def _stretch(plot: Plot, run: Sequence[tuple[int, Score]]) -> Markup:
    upper = [(plot.x(step), plot.y(score.high)) for step, score in run]
    lower = [(plot.x(step), plot.y(score.low)) for step, score in run]
    if len(run) == 1:
        (x, top), (_, bottom) = upper[0], lower[0]
        band = tag("line", class_="interval", x1=x, x2=x, y1=top, y2=bottom)
    else:
        band = tag("polygon", class_="band", points=places([*upper, *reversed(lower)]))
    line = [(plot.x(step), plot.y(score.points)) for step, score in run]
    return Markup("").join(
        [band, tag("polyline", class_="line", points=places(line)), *(_dot(plot, *entry) for entry in run)]
    )


def _dot(plot: Plot, step: int, score: Score) -> Markup:
    kind = "full" if weight(score.answers) is Weight.NORMAL else "hollow"
    return tag("circle", class_=f"point {kind}", cx=plot.x(step), cy=plot.y(score.points), r=3.5)


def _last(plot: Plot, points: Sequence[Point]) -> Markup:
    """Write the newest drawn score beside its point."""
    drawn = [(step, point.drawn) for step, point in enumerate(points) if point.drawn]
    if not drawn:
        return Markup("")
    step, score = drawn[-1]
    place = {"x": plot.x(step) + 9, "y": plot.y(score.points) + 5}
    return tag("text", formats.points(score.points), class_="value", **place)


def _period(plot: Plot, steps: float) -> Markup:
    if not steps:
        return Markup("")
    start = plot.x(max(0, plot.steps - 1 - steps))
    return tag(
        "rect", class_="period", x=start, y=plot.top, width=plot.end - start, height=plot.floor - plot.top
    )


def _grid(plot: Plot, ticks: Sequence[float]) -> Markup:
    lines = []
    for value in ticks:
        y, kind = plot.y(value), "axis" if value == 0 else "grid"
        lines.append(tag("line", class_=kind, x1=plot.left, x2=plot.end, y1=y, y2=y))
        lines.append(tag("text", formats.points(value), class_="tick end", x=plot.left - 8, y=y + 4))
    return Markup("").join(lines)


def _dates(plot: Plot, labels: Sequence[str]) -> Markup:
    """Write as many dates as fit, counted back from the newest, which is always there."""
    room = max(map(len, labels), default=1) * _LETTER + 18
    every = max(1, ceil(room * max(1, len(labels) - 1) / (plot.end - plot.left)))
    kept = range(len(labels) - 1, -1, -every)
    return Markup("").join(
        tag("text", labels[step], class_="tick middle", x=plot.x(step), y=plot.height - 8) for step in kept
    )


def _column(plot: Plot, score: int, count: int) -> Markup:
    left, width = _slot(plot, score)
    top = plot.y(count)
    return Markup("").join(
        [
            tag("rect", class_="bar", x=left, y=top, width=width, height=plot.floor - top, rx=2),
            tag("text", formats.count(count), class_="value little middle", x=left + width / 2, y=top - 6),
            tag("text", str(score), class_="tick middle strong", x=left + width / 2, y=plot.floor + 17),
        ]
    )


def _slot(plot: Plot, score: int) -> tuple[float, float]:
    """Return where a score's column begins and how wide it is."""
    step = (plot.end - plot.left) / plot.steps
    return plot.left + score * step + step * 0.1, step * 0.8


def _brackets(plot: Plot, tally: Tally, names: dict[Segment, str]) -> Iterable[Markup]:
    """Yield under each segment's columns a coloured rule, the segment's name and its share."""
    order = (Segment.DETRACTOR, Segment.PASSIVE, Segment.PROMOTER)
    shares = formats.percents([tally.detractors, tally.passives, tally.promoters])
    for part, share in zip(order, shares, strict=True):
        scores = [score for score in range(plot.steps) if segment(score) is part]
        start = _slot(plot, scores[0])[0]
        end = sum(_slot(plot, scores[-1]))
        y = plot.floor + 26
        yield tag("line", class_=f"bracket {part}", x1=start, x2=end, y1=y, y2=y)
        yield tag("text", share, class_="value middle", x=(start + end) / 2, y=y + 17)
        yield tag("text", names[part], class_="tick middle", x=(start + end) / 2, y=y + 32)
