"""The command: python -m tests.journeys.storm --kiosks 50 --minutes 10 --seed 1 --engines sqlite."""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGTERM, default_int_handler, signal
from tempfile import TemporaryDirectory

from tests.journeys.storm.storm import Forecast, Report, blow
from tests.support import postgres
from tests.support.progress import show

ENGINES = ("sqlite", "postgresql")
TOLD = (
    "Many kiosks and a real hub in every weather, with every accident; tablets are restored and cloned, too."
)
MOST_COMPLAINTS = 20
WORKERS = {"sqlite": 1, "postgresql": 2}


def main(arguments: Sequence[str]) -> int:
    """Blow on each engine in turn; return 1 if anything was lost, doubled or made up."""
    wanted = parser().parse_args(arguments)
    seed = datetime.now(UTC).microsecond if wanted.seed is None else wanted.seed
    forecast = Forecast(seed, wanted.kiosks, wanted.minutes * 60, wanted.gust, wanted.pace, wanted.waiting)
    signal(SIGTERM, default_int_handler)
    return max([_blow(engine, forecast) for engine in wanted.engines])


def _blow(engine: str, forecast: Forecast) -> int:
    forecast = replace(forecast, workers=WORKERS[engine])
    server = postgres.running(durable=True) if engine == "postgresql" else nullcontext()
    with TemporaryDirectory(prefix="cerchio-storm-") as folder, server as running:
        report = blow(forecast, Path(folder), running, tell=lambda so_far: show(f"{engine}: {so_far}"))
    show("")
    sys.stdout.write(f"{line(engine, forecast, report)}\n")
    sys.stdout.flush()
    return int(bool(report.verdict.complaints))


def line(engine: str, forecast: Forecast, report: Report) -> str:
    """Return the figures of a storm on one line, and what was found on further ones."""
    found = report.verdict
    figures = (
        f"{engine}, seed {forecast.seed}, {forecast.kiosks} kiosks",
        "NOT IN ORDER" if found.complaints else "nothing lost, nothing twice",
        f"{found.given:,} given = {found.received:,} received + {found.quarantined:,} quarantined"
        f" + {found.erased:,} erased + {found.gone:,} gone with a memory that was put back",
        f"{found.unacknowledged:,} of them unacknowledged, {found.cases:,} cases",
        f"{report.seconds:.0f} s, {report.quiet} quiet times",
        f"verdicts: {_counts(report.verdicts)}",
        f"events: {_counts(report.struck)}",
        f"in vain: {_counts(report.in_vain) or 'none'}",
        f"line: {_counts(report.met)}",
    )
    shown = found.complaints[:MOST_COMPLAINTS]
    more = [f"and {len(found.complaints) - len(shown)} more"] if len(shown) < len(found.complaints) else []
    return "\n  ".join(["; ".join(figures), *shown, *more])


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counter.most_common())


def parser() -> ArgumentParser:
    """Return the parser of the command line."""
    parser = ArgumentParser(prog="dev.py storm", description=TOLD)
    parser.add_argument("--kiosks", type=int, default=50, help="how many (50)")
    parser.add_argument("--minutes", type=float, default=10, help="how long on each engine (10)")
    parser.add_argument("--seed", type=int, help="chooses what happens; any if it is left out")
    parser.add_argument("--engines", nargs="+", default=ENGINES, choices=ENGINES, help="the hub's databases")
    parser.add_argument("--gust", type=float, default=60, help="seconds until a quiet time (60)")
    parser.add_argument("--pace", type=float, default=0.5, help="mean seconds between two events (0.5)")
    parser.add_argument("--waiting", type=int, default=1000, help="answers that wait on a tablet (1000)")
    return parser
