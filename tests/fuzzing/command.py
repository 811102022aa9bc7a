"""The command: python -m tests.fuzzing --inputs 1000000 --seed 1."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzzing.run import Report, fuzz
from tests.support.progress import show


def main(arguments: Sequence[str]) -> int:
    """Fuzz a hub and the readers of the wire; return 1 if anything broke, or the hub grew too much."""
    parser = ArgumentParser(prog="dev.py fuzz", description="Requests that no kiosk sends, to a real hub.")
    parser.add_argument("--inputs", type=int, default=100_000, help="how many (100000)")
    parser.add_argument("--seed", type=int, help="chooses them; any if it is left out")
    wanted = parser.parse_args(arguments)
    seed = datetime.now(UTC).microsecond if wanted.seed is None else wanted.seed
    with TemporaryDirectory(prefix="cerchio-fuzz-") as folder:
        report = fuzz(wanted.inputs, seed, Path(folder), tell=show)
    show("")
    sys.stdout.write("\n  ".join([line(seed, report), *report.complaints()]) + "\n")
    return int(bool(report.complaints()))


def line(seed: int, report: Report) -> str:
    """Return the figures of a run on one line."""
    statuses = ", ".join(f"{count:,} × {status}" for status, count in sorted(report.statuses.items()))
    return "; ".join(
        (
            f"seed {seed}: {report.inputs:,} inputs, {report.inputs / report.seconds:,.0f} a second",
            f"{report.statuses[500]:,} answered 500",
            f"{report.generated:,} from schemathesis, {report.read:,} to the readers alone",
            f"the hub's memory {report.before / 2**20:.1f} MiB at the start,"
            f" {report.after / 2**20:.1f} MiB at the end, {report.growth / 2**20:+.1f} MiB",
            f"answers: {statuses}",
        )
    )
