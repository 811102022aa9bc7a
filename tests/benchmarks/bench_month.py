"""A month without a network: with 50,000 answers waiting the kiosk is as quick as with 50, and small.

Every measurement is a process of its own, and the two that are compared take turns: a start until storage
has told the numbers of the manager's page, and that page opened once more, as a manager does.
"""

import json
import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tests.support.ratios import ratio

if TYPE_CHECKING:
    from kiosk.storage.store import Storage

FEW, MANY = 50, 50_000
MONTH = timedelta(days=30)
AT_ONCE = 1000

ROUNDS = 11
TIMES = 31
"""Starts of each, and looks at the page in one start; the medians are compared."""

SLACK = 1.2

ROOM = 40.0
"""MB of a million bytes that the database of a month may take."""

COMMENTS = ("", "", "", "The queue was too long, and only one of the four tills was open at noon.")
"""One answer in four says what people say, in 70 letters."""


def main() -> bool:
    """Print the ratios and say whether all keep their bounds."""
    with TemporaryDirectory() as folder:
        small, large = Path(folder, "few"), Path(folder, "many")
        measured("fill", small, FEW)
        measured("fill", large, MANY)
        size = sum(file.stat().st_size for file in large.glob("kiosk.sqlite*")) / 1e6
        few, many = [], []
        for _ in range(ROUNDS):
            few.append(measured("start", small))
            many.append(measured("start", large))
        return all(
            (
                slower("start-up to the first numbers", many, few, "start"),
                slower("the manager's page", many, few, "page"),
                ratio(f"database of {MANY:,} answers, against 40 MB", size, ROOM, unit="MB", at_most=1),
            )
        )


def slower(name: str, many: list[Any], few: list[Any], what: str) -> bool:
    """Compare the medians of starts with many answers and with few."""
    times = (median(each[what] for each in group) for group in (many, few))
    return ratio(f"{name} with {MANY:,} answers, against {FEW}", *times, unit="ms", at_most=SLACK)


def measured(what: str, *options: object) -> Any:
    """Run one step in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_month", what, *map(str, options)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def fill(folder: Path, count: int) -> dict[str, float]:
    """Give so many answers over the last month, through the storage that the screen uses."""
    from kiosk.config import Config
    from tests.support.kiosk import Kiosk, a_pairing

    kiosk = Kiosk(Config(data=folder))
    kiosk.ask(lambda s: s.pair(a_pairing(hub="http://127.0.0.1:9")))
    for first in range(0, count, AT_ONCE):
        kiosk.ask(partial(_give, range(first, min(first + AT_ONCE, count)), count))
    kiosk.close()
    return {}


def _give(numbers: range, count: int, storage: "Storage") -> None:
    from tests.support.answers import a_response
    from tests.support.kiosk import clock

    begun = clock() - MONTH
    with storage.together():
        for number in numbers:
            given_at = begun + MONTH * number / count
            comment, reasons = COMMENTS[number % len(COMMENTS)], ("staff", "price")[: number % 3]
            response = a_response(
                number, score=number % 11, given_at=given_at, comment=comment, reasons=reasons
            )
            storage.outbox.save(response)
            storage.outbox.finish(response.id)


def start(folder: Path) -> dict[str, float]:
    """Tell how long the program's start and a look at the manager's page take, in milliseconds."""
    begun = perf_counter()
    from kiosk.backstage import Backstage
    from kiosk.config import Config, load_snapshot

    load_snapshot(folder)
    backstage = Backstage(Config(data=folder), alone=True)
    backstage.overview().result(60)
    started = perf_counter()
    looks = []
    for _ in range(TIMES):
        before = perf_counter()
        backstage.overview().result(60)
        looks.append(perf_counter() - before)
    backstage.stop()
    return {"start": 1000 * (started - begun), "page": 1000 * median(looks)}


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            sys.exit(0 if main() else 1)
        case ["fill", folder, count]:
            print(json.dumps(fill(Path(folder), int(count))))
        case [_, folder]:
            print(json.dumps(start(Path(folder))))
