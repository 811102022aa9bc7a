"""The score, its interval and the difference of two scores: worked values and laws."""

from collections.abc import Iterator
from csv import DictReader
from json import loads
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.nps import (
    SCORES,
    Segment,
    Tally,
    Weight,
    answers_wanted,
    difference,
    score,
    segment,
    weight,
)
from tests.support.data import shared

Z = {0.95: 1.959963984540054, 0.99: 2.5758293035489004}

tallies = some.lists(some.sampled_from(SCORES)).map(Tally.of)
answered = some.lists(some.sampled_from(SCORES), min_size=1).map(Tally.of)


def tally(detractors: int, passives: int, promoters: int) -> Tally:
    return Tally((detractors, 0, 0, 0, 0, 0, 0, passives, 0, 0, promoters))


WORKED: list[dict[str, Any]] = [
    # By hand: 70 - 20; all of one kind; one answer of each.
    {"id": "hand-1", "input": {"detractors": 20, "passives": 10, "promoters": 70}, "nps": 50},
    {"id": "hand-2", "input": {"detractors": 0, "passives": 0, "promoters": 1}, "nps": 100},
    {"id": "hand-3", "input": {"detractors": 1, "passives": 1, "promoters": 1}, "nps": 0},
    {"id": "hand-4", "input": {"scores": [0, 7, 7, 9, 9, 9]}, "nps": 100 / 3},
    # Ten passives: mean 0, (0.75 + 0.75) / 13 / 13 under the root.
    {"id": "hand-5", "input": {"scores": [7] * 10}, "interval": [-18.465, 18.465]},
    # One detractor: mean -1/4, variance (2.5/4 - 1/16) / 4; wide, as it has to be.
    {"id": "hand-6", "input": {"scores": [0]}, "interval": [-98.4986, 48.4986]},
]  # fmt: skip


def reference_cases(*areas: str) -> Iterator[dict[str, Any]]:
    file = shared("nps_reference_cases.json")
    for case in loads(file.read_text("utf-8"))["cases"] if file else []:
        if case["area"] in areas:
            yield case


def points() -> Iterator[Any]:
    for case in WORKED:
        if "nps" in case:
            yield pytest.param(case["input"], case["nps"], 1e-9, id=case["id"])
    for case in reference_cases("point", "point+real data"):
        tolerance = case["tolerance"]
        tolerance = tolerance["nps"] if isinstance(tolerance, dict) else tolerance
        yield pytest.param(case["input"], case["expected"]["nps"], tolerance, id=case["id"])
    for case in reference_cases("missing"):
        # Conventions differ; ours leaves out whom nobody asked, as R's NPS and django-nps do.
        asked = {"scores": [value for value in case["input"]["scores"] if value is not None]}
        expected = case["expected"]["nps_convention_R_and_django"]
        yield pytest.param(asked, expected, case["tolerance"], id=case["id"])
    for case in reference_cases("rounding pitfall"):
        for name, counts in case["input"].items():
            yield pytest.param(counts, case["expected"][name], case["tolerance"], id=f"{case['id']}-{name}")


def intervals() -> Iterator[Any]:
    for case in WORKED:
        if "interval" in case:
            yield pytest.param(case["input"], 0.95, case["interval"], 1e-3, id=case["id"])
    for case in reference_cases("interval"):
        counts = dict(case["input"])
        level = counts.pop("confidence")
        yield pytest.param(counts, level, case["expected"]["adjusted_wald_3"], 1e-5, id=case["id"])
    for case in reference_cases("wald"):
        yield pytest.param(case["input"], 0.95, case["expected"]["ci_adjusted_wald_R"], 1e-6, id=case["id"])


def differences() -> Iterator[Any]:
    # By hand: twice the same answers differ by nothing, and chance explains that entirely.
    same = {"detractors": 3, "passives": 5, "promoters": 12}
    yield pytest.param(same, same, 0.0, None, 1.0, 1e-9, id="hand-same")
    # By hand: (8.75 - 0.75) / 13 against 0 / 13 on ±1.
    nobody_unhappy = {"detractors": 0, "passives": 2, "promoters": 8}
    half = {"detractors": 5, "passives": 0, "promoters": 5}
    yield pytest.param(nobody_unhappy, half, 800 / 13, None, None, 1e-9, id="hand-apart")
    for case in reference_cases("difference"):
        if wanted := case["expected"].get("adjusted_wald_3"):
            a, b = case["input"]["a"], case["input"]["b"]
            yield pytest.param(a, b, wanted["diff"], wanted["ci"], wanted["p"], 1e-6, id=case["id"])
    for case in reference_cases("real data"):
        a, b, wanted = case["input"]["a"], case["input"]["b"], case["expected"]
        yield pytest.param(a, b, wanted["diff"], wanted["ci"], wanted["p"], 1e-6, id=case["id"])


def as_tally(source: dict[str, Any]) -> Tally:
    if "scores" in source:
        return Tally.of(source["scores"])
    return tally(source["detractors"], source["passives"], source["promoters"])


@pytest.mark.parametrize(("source", "expected", "tolerance"), list(points()))
def test_points(source: dict[str, Any], expected: float, tolerance: float) -> None:
    result = score(as_tally(source))
    assert result is not None
    assert result.points == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize(("source", "level", "expected", "tolerance"), list(intervals()))
def test_interval(source: dict[str, int], level: float, expected: list[float], tolerance: float) -> None:
    result = score(as_tally(source), z=Z[level])
    assert result is not None
    low, high = max(-100, expected[0]), min(100, expected[1])
    assert [result.low, result.high] == pytest.approx([low, high], abs=tolerance)


@pytest.mark.parametrize(("a", "b", "points", "interval", "p", "tolerance"), list(differences()))
def test_difference(
    a: dict[str, int],
    b: dict[str, int],
    points: float,
    interval: list[float] | None,
    p: float | None,
    tolerance: float,
) -> None:
    result = difference(as_tally(a), as_tally(b))
    assert result is not None
    assert result.points == pytest.approx(points, abs=tolerance)
    if interval:
        assert [result.low, result.high] == pytest.approx(interval, abs=tolerance)
    if p is not None:
        assert result.p == pytest.approx(p, abs=tolerance)


def test_published_score_of_real_answers() -> None:
    scores = [6] * 22 + [8] * 9 + [10] * 8
    if file := shared("sudzilla_en.csv"):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            scores = [int(row["score"]) for row in DictReader(lines)]
    result = score(Tally.of(scores))
    assert result is not None
    assert (result.answers, round(result.points, 1)) == (39, -35.9)


@pytest.mark.parametrize(
    ("answers", "low", "high"), [(10, -19, 65), (30, 1, 54), (100, 14, 44), (400, 22, 37)]
)
def test_interval_of_half_promoters_and_a_fifth_detractors(answers: int, low: int, high: int) -> None:
    result = score(tally(answers // 5, answers * 3 // 10, answers // 2))
    assert result is not None
    assert (round(result.low), round(result.high)) == (low, high)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [(range(7), Segment.DETRACTOR), (range(7, 9), Segment.PASSIVE), (range(9, 11), Segment.PROMOTER)],
)
def test_segments(scores: range, expected: Segment) -> None:
    assert {segment(value) for value in scores} == {expected}


@pytest.mark.parametrize("value", [-1, 11, True, "7", 7.0, None])
def test_anything_else_is_no_score(value: Any) -> None:
    with pytest.raises(ValueError, match="a score is a whole number from 0 to 10"):
        segment(value)
    with pytest.raises(ValueError, match="a score is a whole number from 0 to 10"):
        Tally.of([5, value])


def test_zero_is_an_answer() -> None:
    nothing = Tally.of([0])
    assert (nothing.counts[0], nothing.total, nothing.detractors) == (1, 1, 1)
    assert (result := score(nothing))
    assert result.points == -100


def test_no_answers_is_no_score() -> None:
    assert score(Tally()) is None
    assert difference(Tally(), Tally.of([9])) is None
    assert difference(Tally.of([9]), Tally()) is None


@pytest.mark.parametrize("counts", [(1,) * 10, (1,) * 12, (0,) * 10 + (-1,), ()])
def test_a_tally_has_eleven_counts(counts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="11 counts"):
        Tally(counts)


@pytest.mark.parametrize(
    ("answers", "expected", "wanted"),
    [
        (0, Weight.NONE, 10),
        (1, Weight.TOO_FEW, 9),
        (9, Weight.TOO_FEW, 1),
        (10, Weight.INDICATIVE, 0),
        (29, Weight.INDICATIVE, 0),
        (30, Weight.NORMAL, 0),
    ],
)
def test_weight(answers: int, expected: Weight, wanted: int) -> None:
    assert (weight(answers), answers_wanted(answers)) == (expected, wanted)


@given(some.data(), some.lists(some.sampled_from(SCORES)))
def test_any_order_gives_the_same_tally(data: some.DataObject, scores: list[int]) -> None:
    assert Tally.of(data.draw(some.permutations(scores))) == Tally.of(scores)


@given(some.lists(some.lists(some.sampled_from(SCORES))))
def test_any_grouping_gives_the_same_tally(groups: list[list[int]]) -> None:
    assert sum(map(Tally.of, groups), Tally()) == Tally.of(value for group in groups for value in group)


@given(tallies)
def test_segments_add_up(answers: Tally) -> None:
    assert answers.detractors + answers.passives + answers.promoters == answers.total


@given(answered)
def test_score_and_interval_stay_on_the_scale(answers: Tally) -> None:
    result = score(answers)
    assert result is not None
    assert -100 <= result.points <= 100
    assert -100 <= result.low < result.high <= 100
    assert result.answers == answers.total


@given(answered, some.integers(2, 50))
def test_the_same_answers_many_times_narrow_the_interval(answers: Tally, times: int) -> None:
    once, often = score(answers), score(Tally(tuple(count * times for count in answers.counts)))
    assert once is not None
    assert often is not None
    assert often.points == pytest.approx(once.points)
    assert often.high - often.low < once.high - once.low


@given(answered, answered)
def test_difference_is_antisymmetric(a: Tally, b: Tally) -> None:
    one, other = difference(a, b), difference(b, a)
    assert one is not None
    assert other is not None
    assert (one.points, one.low, one.high, one.p) == (-other.points, -other.high, -other.low, other.p)
    assert 0 <= one.p <= 1
    assert -200 <= one.low < one.high <= 200
