"""What belongs together in a score, and how days become steps."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.nps import SCORES, Tally
from common.responses import Channel, Kind
from hub.scores.rules import Answers, Bucket, steps, summary, total

DAY = date(2026, 3, 25)
"""A Wednesday."""

KIOSK = (Kind.RELATIONAL, Channel.KIOSK)
EMAIL = (Kind.RELATIONAL, Channel.EMAIL)


def answers(*scores: int, of: tuple[Kind, Channel] = KIOSK) -> Answers:
    return Answers(Tally.of(scores), Tally.of(scores), frozenset([of]))


def test_weeks_are_monday_to_sunday_and_the_outer_ones_cut_short() -> None:
    found = steps({}, DAY, DAY + timedelta(days=12), Bucket.WEEK)
    assert [(step.first_day.isoformat(), step.last_day.isoformat()) for step in found] == [
        ("2026-03-25", "2026-03-29"),
        ("2026-03-30", "2026-04-05"),
        ("2026-04-06", "2026-04-06"),
    ]


def test_a_day_without_answers_is_a_step_without_a_score() -> None:
    one = timedelta(days=1)
    first, second, third = steps({DAY: answers(0)}, DAY - one, DAY + one, Bucket.DAY)
    assert (first.answers.score, third.answers.score) == (None, None)
    assert second.answers.score
    assert second.answers.score.points == -100


days = some.dictionaries(
    some.integers(-20, 40).map(lambda number: DAY + timedelta(days=number)),
    some.lists(some.sampled_from(SCORES), min_size=1).map(lambda scores: answers(*scores)),
)


@given(days, some.integers(0, 30), some.sampled_from(Bucket))
def test_steps_cover_the_period_once_and_nothing_else(
    daily: dict[date, Answers], length: int, bucket: Bucket
) -> None:
    last = DAY + timedelta(days=length)
    inside = {day: found for day, found in daily.items() if DAY <= day <= last}
    found = steps(inside, DAY, last, bucket)
    assert found[0].first_day == DAY
    assert found[-1].last_day == last
    for one, following in pairwise(found):
        assert following.first_day == one.last_day + timedelta(days=1)
    assert total(step.answers for step in found) == total(inside.values())


def test_one_kind_and_channel_is_not_pooled() -> None:
    assert not total([answers(9), answers(3)]).pooled
    assert not Answers().pooled


@pytest.mark.parametrize("other", [EMAIL, (Kind.TRANSACTIONAL, Channel.KIOSK)])
def test_several_kinds_or_channels_are_pooled_and_say_so(other: tuple[Kind, Channel]) -> None:
    both = total([answers(9, of=other), answers(3)])
    assert both.pooled
    assert (both.kinds, both.channels) == (
        [Kind.RELATIONAL, *([other[0]] if other[0] is not Kind.RELATIONAL else [])],
        [Channel.KIOSK, *([other[1]] if other[1] is not Channel.KIOSK else [])],
    )


def test_a_summary_is_unrounded() -> None:
    assert summary(answers(0, 7, 7, 9, 9, 9)) == {
        "received": 6,
        "counted": 6,
        "promoters": 3,
        "passives": 2,
        "detractors": 1,
        "nps": pytest.approx(100 / 3, abs=1e-12),
        "low": pytest.approx(-26.7433, abs=1e-4),
        "high": pytest.approx(71.1877, abs=1e-4),
        "kinds": ["relational"],
        "channels": ["kiosk"],
    }


def test_a_summary_without_answers_has_no_numbers_for_the_score() -> None:
    flagged = Answers(received=Tally.of([0]), mix=frozenset([KIOSK]))
    found = summary(flagged)
    assert (found["received"], found["counted"]) == (1, 0)
    assert (found["nps"], found["low"], found["high"]) == (None, None, None)
