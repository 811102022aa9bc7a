"""A history file on all its ways into a hub, by real processes; run it for the table of a whole file.

    python -m tests.journeys.real_input

One kiosk for each store gives the file's rows as visits and syncs them, and a hub imports the file; each
of that twice, into SQLite and into PostgreSQL. The numbers must be those of an independent count.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from csv import DictReader
from dataclasses import dataclass
from itertools import repeat
from json import loads
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hub.config import Settings
from tests.support import postgres
from tests.support.commands import HubCommands
from tests.support.data import shared
from tests.support.hub import Hub, serving
from tests.support.tablets import KioskCommands

Scores = Mapping[str, Counter[int]]
"""How often each score was given, by store."""

Numbers = tuple[int, int, int, int, float | None]
"""Answers, promoters, passives, detractors and the score, to six decimals."""


@dataclass(frozen=True)
class Source:
    """A file, the options that say how it is written, and what is known about it without our code."""

    file: Path
    time_zone: str
    options: Sequence[str]
    scores: Scores
    without_store: int

    @property
    def expected(self) -> dict[str, Numbers]:
        """What the hub has to say."""
        return {store: counted(scores) for store, scores in self.scores.items()}


@dataclass(frozen=True)
class Outcome:
    """What a hub said after each time, and how many rows without a store were named."""

    said: list[dict[str, Numbers]]
    without_store: int


def counted(scores: Counter[int]) -> Numbers:
    """Count independently of the product."""
    total = sum(scores.values())
    promoters, detractors = scores[9] + scores[10], sum(scores[score] for score in range(7))
    points = 100 * (promoters - detractors) / total
    return total, promoters, total - promoters - detractors, detractors, _six(points)


def sample() -> Source:
    """Return the small invented file, counted by hand."""
    formats = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%z", "%d/%m/%Y", "%m/%d/%Y")
    return Source(
        Path(__file__).parents[1] / "support" / "sample_history.csv",
        "Europe/Rome",
        _options(formats),
        {
            "Roma / Termini  2": Counter({10: 4, 9: 2, 8: 1, 7: 1, 6: 1, 5: 1, 3: 1, 0: 1}),
            "Milano": Counter({10: 3, 9: 1, 8: 1, 7: 1, 4: 1, 2: 1, 1: 1, 0: 2}),
            "Oslo": Counter({10: 1, 9: 2, 8: 1}),
        },
        without_store=3,
    )


def nhs() -> Source | None:
    """Return the public file of two health trusts, counted here, if it is at hand."""
    file = shared("nhs_fft_en.csv")
    if file is None:
        return None
    scores: dict[str, Counter[int]] = {}
    without_store = 0
    with file.open(encoding="utf-8", newline="") as lines:
        for row in DictReader(lines):
            if row["store"]:
                scores.setdefault(row["store"], Counter())[int(row["score"])] += 1
            else:
                without_store += 1
    return Source(file, "Europe/London", _options(("%d/%m/%Y", "%m/%d/%Y")), scores, without_store)


def by_kiosks(source: Source, folder: Path, database: str = "") -> Outcome:
    """Give the file at one kiosk for each store, and sync; then once more."""
    with serving(folder / "hub", database) as hub:
        run = _commands(hub)
        kiosks = _paired(hub.address, run, source, folder)
        said = [_give_and_sync(run, kiosks, source) for _ in range(2)]
        anyone = next(iter(kiosks.values()))
        told = anyone.run("replay", source.file, *source.options, "--where", "store=").stderr
        return Outcome(said, sum(line.endswith(": no store") for line in told.splitlines()))


def by_import(source: Source, folder: Path, database: str = "") -> Outcome:
    """Import the file at a hub; then once more."""
    hub = Hub(folder / "hub", database)
    if database:
        hub.must("migrate")
    said, rejected = [], []
    for _ in range(2):
        stores = ("--create-stores", "--time-zone", source.time_zone)
        report = loads(hub.must("import", str(source.file), *source.options, *stores, "--json"))
        rejected = [row for row in report["rejected"] if row["reason"] == "no store"]
        said.append(_said(_commands(hub)))
    return Outcome(said, len(rejected))


def _commands(hub: Hub) -> HubCommands:
    """Return the hub's own commands, which look on while it serves; they need no processes of their own."""
    return HubCommands(Settings(data=hub.data, database=hub.database))


def _paired(address: str, run: HubCommands, source: Source, folder: Path) -> dict[str, KioskCommands]:
    """Add the stores and pair a kiosk with each; all of them wait for their keys at once."""
    kiosks = {store: KioskCommands(folder / f"kiosk-{i}") for i, store in enumerate(source.scores)}
    for store, kiosk in kiosks.items():
        run.must("add-store", store, "--name", store, "--time-zone", source.time_zone)
        run.must("pair", kiosk.ask_for_pairing(address), "--store", store)
    for kiosk in kiosks.values():
        kiosk.paired()
    return kiosks


def _give_and_sync(
    run: HubCommands, kiosks: Mapping[str, KioskCommands], source: Source
) -> dict[str, Numbers]:
    with ThreadPoolExecutor(2) as two_at_once:
        list(two_at_once.map(_visit, kiosks, kiosks.values(), repeat(source)))
    for kiosk in loads(run.must("fleet", "--json").stdout):
        assert kiosk["missing"] == 0
        assert kiosk["given"] == kiosk["received"] + kiosk["waiting"] + kiosk["quarantined"]
    return _said(run)


def _visit(store: str, kiosk: KioskCommands, source: Source) -> None:
    kiosk.must("replay", source.file, *source.options, "--where", f"store={store}")
    kiosk.must("sync")


def _said(run: HubCommands) -> dict[str, Numbers]:
    """Return what `cerchio-hub scores` says of each store."""
    return {
        line["store"]: (
            line["received"], line["promoters"], line["passives"], line["detractors"], _six(line["nps"])
        )
        for line in loads(run.must("scores", "--json").stdout)
    }  # fmt: skip


def _options(formats: Sequence[str]) -> list[str]:
    return ["--map", "language=lang", *(word for form in formats for word in ("--date-format", form))]


def _six(points: float | None) -> float | None:
    return None if points is None else round(points, 6)


def ways(server: postgres.Postgres) -> Iterator[tuple[str, Any, str]]:
    """Yield each way into a hub: its name, its function and a database of its own."""
    for name, way in (("kiosks", by_kiosks), ("import", by_import)):
        yield f"{name}, SQLite", way, ""
        yield f"{name}, PostgreSQL", way, server.url(server.create())


def main() -> bool:
    """Take the whole file on every way; print the table and say whether all agree."""
    source = nhs() or sample()
    print(f"{source.file.name}: independent count, {source.without_store} rows without a store")  # noqa: T201
    for store, numbers in source.expected.items():
        print(f"{store:32} {numbers}")  # noqa: T201
    agree = True
    with postgres.running() as server:
        for name, way, database in ways(server):
            with TemporaryDirectory() as folder:
                found = way(source, Path(folder), database)
            same = found == Outcome([source.expected] * 2, source.without_store)
            print(f"{'agrees ' if same else 'DIFFERS'} {name}, twice")  # noqa: T201
            agree = agree and same
    return agree


if __name__ == "__main__":
    sys.exit(not main())
