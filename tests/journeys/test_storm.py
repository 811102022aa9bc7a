"""A short storm on each engine, and storms on programs with planted bugs, which have to be found."""

from dataclasses import replace
from pathlib import Path

from tests.journeys.storm.storm import Forecast, blow
from tests.support import postgres

SHORT = Forecast(seed=4, kiosks=6, seconds=14, gust=7, pace=0.25, waiting=400)


def test_a_storm_on_sqlite_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    report = blow(SHORT, tmp_path, None)
    assert report.verdict.complaints == []
    assert report.verdicts["duplicate"] > 0
    assert report.struck.total() > 10


def test_a_storm_on_postgresql_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    with postgres.running(durable=True) as server:
        report = blow(replace(SHORT, workers=2), tmp_path, server)
    assert report.verdict.complaints == []
    assert report.verdicts["duplicate"] > 0
    assert report.struck.total() > 10
