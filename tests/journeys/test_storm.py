"""A short storm on each engine, and storms on programs with planted bugs, each of which has to be found."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.journeys.storm import bugs
from tests.journeys.storm.bugs import Bug
from tests.journeys.storm.events import CLONED, COPIED
from tests.journeys.storm.storm import FAST, Forecast, Report, blow
from tests.support import postgres
from tests.support.postgres import Postgres

SHORT = Forecast(seed=4, kiosks=6, seconds=14, gust=7, pace=0.25, waiting=400)
CALMER = replace(SHORT, kiosks=4, seconds=30, gust=2, pace=2)
"""All the weather, and few accidents. It ends at the first quiet time in which something is found."""


@pytest.fixture
def server() -> Iterator[Postgres]:
    """Return a PostgreSQL that may be killed and keeps what it has committed."""
    with postgres.running(durable=True) as server:
        yield server


def check(report: Report) -> None:
    assert report.verdict.complaints == []
    assert report.verdicts["duplicate"] > 0
    assert report.verdict.erased > 0
    assert report.struck.total() > 10
    assert report.struck[COPIED] > 0
    assert report.struck[CLONED] > 0


def test_a_storm_on_sqlite_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    check(blow(SHORT, tmp_path, None))


def test_a_storm_on_postgresql_loses_nothing_and_doubles_nothing(tmp_path: Path, server: Postgres) -> None:
    check(blow(replace(SHORT, workers=2), tmp_path, server))


def found(report: Report, complaint: str) -> bool:
    return any(complaint in each for each in report.verdict.complaints)


@pytest.mark.parametrize(
    ("bug", "complaint"),
    [
        (bugs.delivered_before_the_receipt, "is delivered and not at the hub"),
        (bugs.refusals_are_ignored, "is 'done' on the tablet"),
    ],
)
def test_a_kiosk_with_a_bug_is_found(bug: Bug, complaint: str, tmp_path: Path) -> None:
    assert found(blow(replace(CALMER, prepare=bug), tmp_path, None), complaint)


@pytest.mark.parametrize(
    ("bug", "complaint"),
    [
        (bugs.acknowledged_without_a_commit, "the hub has accepted"),
        (bugs.offsets_have_the_wrong_sign, "a clock whose errors were"),
        (bugs.every_mark_is_the_last, "the hub does not say that 2 tablets are"),
    ],
)
def test_a_hub_with_a_bug_is_found(bug: Bug, complaint: str, tmp_path: Path) -> None:
    assert found(blow(replace(CALMER, hub=(*FAST, *bugs.program(bug))), tmp_path, None), complaint)


def test_a_hub_without_a_unique_key_is_found(tmp_path: Path, server: Postgres) -> None:
    hub = (*FAST, *bugs.program(bugs.no_unique_key))
    assert found(blow(replace(CALMER, workers=2, hub=hub), tmp_path, server), "is at the hub twice")
