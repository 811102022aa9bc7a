"""A small opening: kiosks come back together to a hub that has little patience, and all of it arrives."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.journeys.opening.command import kept, told
from tests.journeys.opening.opening import Plan, hold
from tests.support.postgres import Postgres


def test_w13_kiosks_that_come_back_at_once_have_their_turns_and_bring_everything(
    tmp_path: Path, postgres: Postgres
) -> None:
    plan = Plan(kiosks=60, answers=10, seconds=0.2, seed=5, line=0.01)
    # In a thread of its own: the browser's tests leave the loop of theirs running.
    with ThreadPoolExecutor(1) as thread:
        report = thread.submit(hold, plan, tmp_path, postgres).result()
    assert report.found.in_order, told(plan, report)
    assert report.found.received == report.given == 600
    assert sum(report.sent_away) > 0, "they did not come at once"
    assert report.troubles.total() == 0, told(plan, report)
    assert kept(report), told(plan, report)
    assert report.log.count(" ERROR ") == 0
