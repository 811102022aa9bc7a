"""Charts: what they draw, what they leave out, and that every browser can read them."""

from itertools import pairwise
from math import isclose
from xml.etree import ElementTree

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as some

from common.nps import Segment, Tally, score
from hub.web import charts
from hub.web.language import speak
from hub.web.svg import Words, nice_ticks

SVG = "{http://www.w3.org/2000/svg}"
WORDS = Words("Score & trend", "From <low> to high")
NAMES = {Segment.DETRACTOR: "Detractors", Segment.PASSIVE: "Passives", Segment.PROMOTER: "Promoters"}
app = Flask("hub")
speak(app)

tallies = some.lists(some.integers(0, 10**5), min_size=11, max_size=11).map(lambda c: Tally(tuple(c)))


def drawn(markup: str) -> ElementTree.Element:
    """Read a drawing as XML, which is stricter than HTML."""
    return ElementTree.fromstring(markup)


def points(*tallies: Tally) -> list[charts.Point]:
    return [
        charts.Point(f"{day} Mar", f"{day} March", score(tally)) for day, tally in enumerate(tallies, start=1)
    ]


def some_answers(n: int, value: int = 10) -> Tally:
    return Tally.of([value] * n)


def trend(*tallies: Tally, width: int = charts.WIDE) -> ElementTree.Element:
    with app.test_request_context():
        return drawn(charts.trend(points(*tallies), WORDS, width, "wide", period=2))


def test_a_chart_is_named_and_described() -> None:
    chart = trend(some_answers(50), some_answers(60))
    assert chart.get("role") == "img"
    names = {element.get("id"): element.text for element in chart if element.get("id")}
    assert names[chart.get("aria-labelledby")] == "Score & trend"
    assert names[chart.get("aria-describedby")] == "From <low> to high"


def test_too_few_answers_are_a_gap_and_few_are_hollow() -> None:
    chart = trend(*map(some_answers, (50, 50, 9, 0, 29, 40)))
    kinds = [circle.get("class") for circle in chart.iter("circle")]
    assert kinds == ["point full", "point full", "point hollow", "point full"]
    assert len(list(chart.iter("polyline"))) == 2


def test_a_lonely_point_has_its_interval_as_a_bar() -> None:
    chart = trend(some_answers(3), some_answers(50, 8), some_answers(3))
    assert [line.get("class") for line in chart.iter("line")].count("interval") == 1
    assert not list(chart.iter("polygon"))


def test_the_newest_score_is_written_beside_its_point() -> None:
    chart = trend(some_answers(50, 0), some_answers(50, 10), some_answers(2))
    values = [text.text for text in chart.iter("text") if text.get("class") == "value"]
    assert values == ["100"]


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
@given(steps=some.lists(tallies, max_size=40))
def test_nothing_is_drawn_outside(width: int, steps: list[Tally]) -> None:
    chart = trend(*steps, width=width)
    height = float(chart.get("viewBox", "").split()[3])
    for element in chart.iter():
        for name in ("x", "x1", "x2", "cx"):
            assert -0.1 <= float(element.get(name, 0)) <= width + 0.1
        for name in ("y", "y1", "y2", "cy"):
            assert -0.1 <= float(element.get(name, 0)) <= height + 0.1


@given(steps=some.lists(tallies, min_size=2, max_size=60))
def test_dates_on_the_axis_keep_apart(steps: list[Tally]) -> None:
    chart = trend(*steps, width=charts.NARROW)
    places = sorted(
        float(text.get("x", 0)) for text in chart.iter("text") if (text.text or "").endswith("Mar")
    )
    assert len(places) >= 1
    assert all(right - left >= 40 for left, right in pairwise(places))


@given(tallies)
def test_a_distribution_shows_all_counts_in_one_colour(tally: Tally) -> None:
    with app.test_request_context():
        chart = drawn(charts.distribution(tally, WORDS, NAMES, charts.WIDE, "wide"))
    bars = [rect for rect in chart.iter("rect") if rect.get("class") == "bar"]
    counts = [text.text for text in chart.iter("text") if text.get("class") == "value little middle"]
    assert [int((text or "").replace(",", "")) for text in counts] == list(tally.counts)
    most = max(tally.counts)
    tallest = max(float(bar.get("height", 0)) for bar in bars)
    for bar, count in zip(bars, tally.counts, strict=True):
        assert isclose(float(bar.get("height", 0)), tallest * count / max(1, most), abs_tol=0.2)


def test_a_distribution_names_the_segments_with_their_shares() -> None:
    with app.test_request_context():
        chart = drawn(charts.distribution(Tally.of([0, 6, 7, 10]), WORDS, NAMES, charts.WIDE, "wide"))
    texts = [text.text for text in chart.iter("text")]
    assert [texts[texts.index(name) - 1] for name in NAMES.values()] == ["50%", "25%", "25%"]


@given(tallies.filter(lambda tally: tally.total > 0))
def test_a_bar_of_parts_has_their_proportions(tally: Tally) -> None:
    bar = drawn(charts.parts(tally))
    starts = {rect.get("class"): float(rect.get("x", 0)) for rect in bar.iter("rect")}
    if tally.promoters:
        share = (tally.detractors + tally.passives) / tally.total
        assert isclose(starts["promoter"], 200 * share, abs_tol=0.06)
    assert set(starts) == {
        name for name in ("detractor", "passive", "promoter") if getattr(tally, f"{name}s")
    }


@given(some.lists(tallies.filter(lambda tally: tally.total > 0), min_size=1))
def test_a_whisker_lies_on_the_common_scale(stores: list[Tally]) -> None:
    found = [result for result in map(score, stores) if result]
    ticks = charts.ticks_around(found, with_zero=True)
    assert ticks[0] <= 0 <= ticks[-1]
    for result in found:
        circle = next(drawn(charts.whisker(result, ticks[0], ticks[-1])).iter("circle"))
        assert 6 <= float(circle.get("cx", 0)) <= 174


@given(some.floats(-100, 100), some.floats(0.01, 200))
def test_ticks_are_round_equal_steps_around_the_values(low: float, length: float) -> None:
    ticks = nice_ticks(low, low + length)
    steps = [after - before for before, after in pairwise(ticks)]
    assert ticks[0] <= low + 1e-6
    assert ticks[-1] >= low + length - 1e-6
    assert all(isclose(step, steps[0], rel_tol=1e-6) for step in steps)
    assert 2 <= len(ticks) <= 8


def test_words_cannot_leave_their_element() -> None:
    with app.test_request_context():
        mean = [charts.Point("<script>", "x", score(some_answers(50)))]
        chart = charts.trend(mean, Words("</svg><script>", '"'), charts.WIDE, "wide")
    assert "<script>" not in chart
