"""The command: python -m tests.journeys.opening --kiosks 10000 --answers 50 --seconds 60 --seed 1."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGTERM, default_int_handler, signal
from tempfile import TemporaryDirectory

from tests.journeys.opening.opening import Plan, Report, hold
from tests.support import postgres
from tests.support.progress import show
from tests.support.ratios import percentile

MOST_ROUNDS = 3
"""In error, of any kiosk, until its answers are at the hub."""

MOST_MEMORY = 400 * 2**20
"""Bytes of the hub's process."""


def main(arguments: Sequence[str]) -> int:
    """Hold an opening; return 1 if an answer is not there once, or if a promise of the pace was broken."""
    wanted = parser().parse_args(arguments)
    seed = datetime.now(UTC).microsecond if wanted.seed is None else wanted.seed
    line = 0 if wanted.no_pacing else None
    plan = Plan(wanted.kiosks, wanted.answers, wanted.seconds, seed, line)
    signal(SIGTERM, default_int_handler)
    with TemporaryDirectory(prefix="cerchio-opening-") as folder, postgres.running(durable=True) as server:
        show(f"{plan.kiosks:,} kiosks are being paired")
        report = hold(plan, Path(folder), server, tell=show)
    show("")
    sys.stdout.write(f"{told(plan, report)}\n")
    return int(not (report.found.in_order and (wanted.no_pacing or kept(report))))


def kept(report: Report) -> bool:
    """Say whether the hub's pace kept its promises."""
    return max(report.in_error) <= MOST_ROUNDS and report.memory <= MOST_MEMORY


def told(plan: Plan, report: Report) -> str:
    """Return what came of it, a line for each thing."""
    found, failing = report.found, sum(1 for rounds in report.in_error if rounds)
    away = sum(1 for times in report.sent_away if times)
    troubles = ", ".join(f"{number:,} {trouble}" for trouble, number in report.troubles.most_common())
    lines = {
        "opening": f"{plan.kiosks:,} kiosks within {plan.seconds:g} s, {plan.answers} answers each",
        "pacing": f"{'off' if plan.line == 0 else 'on'}, seed {plan.seed}",
        "answers": f"{report.given:,} given, {found.received:,} received, {found.missing:,} missing",
        "books": "in order" if found.in_order else f"NOT IN ORDER: {found}",
        "all there": f"after {report.took:.0f} s, {report.given / report.took:,.0f} answers a second",
        "a sync": f"{_spread(report.syncs)} ({len(report.syncs):,} with a receipt)",
        "a kiosk waits": f"{_spread(report.waits)} from showing up to its receipt",
        "sent away": f"{sum(report.sent_away):,} times, {away:,} kiosks, one at most {max(report.sent_away)}",
        "in error": f"{sum(report.troubles.values()):,} rounds ({troubles or 'none'}), {failing:,} kiosks"
        f" ({failing / plan.kiosks:.1%}), one at most {max(report.in_error)} rounds in a row",
        "hub": f"at most {report.memory / 2**20:.0f} MiB, {report.log.count(' ERROR ')} errors in its log",
    }
    return "\n".join(f"{name:14}{what}" for name, what in lines.items())


def _spread(seconds: Sequence[float]) -> str:
    return (
        f"p50 {percentile(seconds, 50):.2f} s, p99 {percentile(seconds, 99):.2f} s, most {max(seconds):.2f} s"
    )


def parser() -> ArgumentParser:
    """Return the parser of the command line."""
    parser = ArgumentParser(
        prog="dev.py opening", description="Many kiosks come back at once to a hub on PostgreSQL."
    )
    parser.add_argument("--kiosks", type=int, default=10_000, help="how many (10000)")
    parser.add_argument("--answers", type=int, default=50, help="that each has to bring (50)")
    parser.add_argument("--seconds", type=float, default=60, help="within which all of them show up (60)")
    parser.add_argument("--seed", type=int, help="chooses answers and times; any if it is left out")
    parser.add_argument("--no-pacing", action="store_true", help="let every kiosk stand in line")
    return parser
