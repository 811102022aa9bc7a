"""Scores come out of the tallies, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from common.responses import Channel, Kind
from hub.db import reading
from hub.scores.queries import board, daily, trend
from hub.scores.rules import Answers, Bucket, Choice
from tests.support.answers import a_response
from tests.support.tallies import add_stores, keep

DAY = date(2026, 3, 25)
ALL = Choice()


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """Return a hub with two stores: scores over three days, kinds and channels mixed, one flagged."""
    add_stores(engine, ["Milano", "Roma / Termini  2"])
    keep(engine, "Milano", DAY, a_response(1, score=0), a_response(2, score=10))
    keep(engine, "Milano", DAY, a_response(3, score=8, flags=("burst",)))
    keep(engine, "Milano", DAY + timedelta(days=2), a_response(4, score=9, channel=Channel.EMAIL))
    keep(engine, "Milano", DAY + timedelta(days=2), a_response(5, score=7, kind=Kind.PHASE))
    keep(engine, "Roma / Termini  2", DAY, a_response(6, score=10))
    return engine


def counted(answers: Answers) -> dict[int, int]:
    """Return scores and how often each counted."""
    return {score: times for score, times in enumerate(answers.counted.counts) if times}


def test_the_board_has_every_store_and_its_answers(filled: Engine) -> None:
    stores = ["Milano", "Roma / Termini  2", "Nowhere"]
    with reading(filled) as connection:
        found = board(connection, stores, ALL)
    assert list(found) == stores
    assert counted(found["Milano"]) == {0: 1, 7: 1, 9: 1, 10: 1}
    assert (found["Milano"].received.total, found["Milano"].received.counts[8]) == (5, 1)
    assert found["Milano"].pooled
    assert counted(found["Roma / Termini  2"]) == {10: 1}
    assert found["Nowhere"] == Answers()


def test_only_the_stores_asked_for(filled: Engine) -> None:
    with reading(filled) as connection:
        assert list(board(connection, ["Milano"], ALL)) == ["Milano"]
        assert board(connection, [], ALL) == {}
        assert daily(connection, [], ALL) == {}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(first_day=DAY, last_day=DAY), {0: 1, 10: 1}),
        (Choice(first_day=DAY + timedelta(days=1)), {7: 1, 9: 1}),
        (Choice(last_day=DAY - timedelta(days=1)), {}),
        (Choice(kinds=[Kind.RELATIONAL]), {0: 1, 9: 1, 10: 1}),
        (Choice(kinds=[Kind.PHASE, Kind.RELATIONAL], channels=[Channel.KIOSK]), {0: 1, 7: 1, 10: 1}),
        (Choice(channels=[Channel.EMAIL]), {9: 1}),
        (Choice(channels=[Channel.WEB]), {}),
    ],
)
def test_a_choice_takes_what_it_names(filled: Engine, choice: Choice, expected: dict[int, int]) -> None:
    with reading(filled) as connection:
        assert counted(board(connection, ["Milano"], choice)["Milano"]) == expected


def test_days_add_up_all_stores(filled: Engine) -> None:
    with reading(filled) as connection:
        found = daily(connection, ["Milano", "Roma / Termini  2"], ALL)
    assert {day: counted(answers) for day, answers in found.items()} == {
        DAY: {0: 1, 10: 2},
        DAY + timedelta(days=2): {7: 1, 9: 1},
    }


def test_a_trend_by_week(filled: Engine) -> None:
    with reading(filled) as connection:
        found = trend(connection, ["Milano"], ALL, DAY, DAY + timedelta(days=6), Bucket.WEEK)
    assert [(step.first_day, counted(step.answers)) for step in found] == [
        (DAY, {0: 1, 7: 1, 9: 1, 10: 1}),
        (date(2026, 3, 30), {}),
    ]
