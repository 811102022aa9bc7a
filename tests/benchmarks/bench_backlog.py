"""A kiosk that was offline for long: how fast its answers reach a hub, and what the tablet feels of it.

The kiosk's own storage, schedule and sync, in a process of their own, send 50,000 answers over HTTP to a
real hub. The baseline is a raw insert of the same rows into the same engine, half of them before and half
after, so that both meet the same machine. A second one is what the hub takes in where nobody has to look the
answers up, write them and mark them as delivered.

Then visits are played in a window while its kiosk drains, and its frames are compared with those before the
sync began.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import make_url

from common.responses import Response
from hub.config import Settings
from tests.benchmarks.bench_ingest import (
    Insert,
    bodies_of,
    poster,
    raw_postgres,
    raw_sqlite,
    start_of,
    stored_rows,
)
from tests.support import postgres
from tests.support.backlog import answers, chunks
from tests.support.hub import Hub, serving
from tests.support.kiosk import Kiosk, a_pairing, clock
from tests.support.ratios import percentile, ratio

if TYPE_CHECKING:
    from kiosk.storage.store import Storage
    from kiosk.sync import SyncReport

BACKLOG = 50_000
BATCH = 500
LEAST = 0.3
"""Of the rate of the raw insert."""

LEAST_OF_INGEST = 0.6
"""Of the rate at which the hub takes the same answers from somebody who has them ready."""

GROWTH = 8.0
"""MiB by which the kiosk may grow after the first twentieth of its backlog has gone."""

LOOK_EVERY = 0.02
"""Seconds between two looks at the kiosk's memory."""

SIZE = (1280, 800)
LONGEST_GAP = 33.0
"""Milliseconds between two frames that a customer does not notice."""

PLAYED = 3
"""Windows that are played on; the one in the middle tells the kiosk's gaps from the machine's hiccups."""

WARM, BEFORE, VISITS = 1, 3, 30
"""Visits before frames count, before the sync begins, and the most that are played while it drains."""


def main(backlog: int = BACKLOG) -> bool:
    """Print the ratios and say whether all keep their bounds."""
    with TemporaryDirectory() as folder, postgres.running(durable=True) as server:
        home = Path(folder)
        with raw_sqlite(home) as insert:
            lite = drains(home / "sqlite", "", insert, backlog)
        with raw_postgres(server) as insert:
            grown = drains(home / "postgresql", server.url(server.create()), insert, backlog)
        smooth = keeps_its_frames(home / "window", backlog)
    return lite and grown and smooth


def drains(folder: Path, database: str, insert: Insert, backlog: int) -> bool:
    """Let one kiosk drain to a hub on one engine."""
    name, dialect = folder.name, make_url(Settings(folder, database).url).get_dialect()()
    kiosk = folder.with_name(f"{name}-kiosk")
    with serving(folder, database) as hub:
        rows = [stored_rows(batch, dialect) for batch in chunks(fill(kiosk, hub, backlog), BATCH)]
        half = len(rows) // 2
        raw = timed(insert, rows[:half])
        found = measured("drain", kiosk)
        raw += timed(insert, rows[half:])
        taken = ready(hub, name, backlog)
    ours, grown, label = (
        found["delivered"] / found["seconds"],
        found["grown"],
        f"{name}, a backlog of {backlog}",
    )
    return all(
        (
            ratio(f"{label}, drained", ours, backlog / raw, unit="rows/s", at_least=LEAST),
            ratio(f"{label}, against ingest", ours, backlog / taken, unit="rows/s", at_least=LEAST_OF_INGEST),
            ratio(f"{label}, memory, against 8 MiB", grown, GROWTH, unit="MiB", at_most=1),
        )
    )


def keeps_its_frames(folder: Path, backlog: int) -> bool:
    """Compare the frames of a window while its kiosk drains with those before."""
    runs = []
    with serving(folder) as hub:
        for number in range(PLAYED):
            fill(folder.with_name(f"window-{number}"), hub, backlog)
            runs.append(measured("window", folder.with_name(f"window-{number}")))
    longest = median(max(run["draining"]) for run in runs)
    draining, before = (median(percentile(run[what], 99) for run in runs) for what in ("draining", "before"))
    name = "frame gap while a backlog drains"
    return all(
        (
            ratio(f"longest {name}, against 33 ms", longest, LONGEST_GAP, unit="ms", at_most=1),
            ratio(f"p99 {name}, against before", draining, before, unit="ms", at_most=1.5),
        )
    )


def ready(hub: Hub, store: str, backlog: int) -> float:
    """Return the seconds in which the hub takes as many answers whose batches are made already."""
    hub.add_store(f"{store}-ready")
    tablet = hub.pair(f"{store}-ready")
    bodies = bodies_of(tablet, list(answers(backlog, start_of(backlog), tablet.public_key, seed=2)))
    return timed(poster(tablet, hub.address), bodies)


def timed(insert: Callable[[Any], object], batches: Sequence[Any]) -> float:
    """Return the seconds that inserting takes."""
    begun = perf_counter()
    for batch in batches:
        insert(batch)
    return perf_counter() - begun


def fill(folder: Path, hub: Hub, backlog: int) -> list[Response]:
    """Make a kiosk of a hub on which many answers wait; return them."""
    store = folder.name
    hub.add_store(store)
    tablet = hub.pair(store)
    given = list(answers(backlog, datetime.now(UTC) - timedelta(minutes=2.1 * backlog), tablet.public_key))
    pairing = a_pairing(
        hub.address, kiosk=tablet.kiosk, device_key=tablet.key, store=store, public_key=tablet.public_key
    )
    folder.mkdir()
    kiosk = Kiosk(config(folder))
    kiosk.ask(lambda storage: storage.pair(pairing))
    for part in chunks(given, 1000):
        kiosk.ask(partial(keep, part))
    kiosk.close()
    return given


def keep(part: Sequence[Response], storage: "Storage") -> None:
    """Keep many visits in one step."""
    with storage.together():
        for response in part:
            storage.outbox.save(response)
            storage.outbox.finish(response.id)


def config(folder: Path) -> Any:
    """Return the settings of the kiosk in a folder."""
    from kiosk.config import Config

    return Config(data=folder)


def measured(what: str, folder: Path) -> Any:
    """Run one measurement in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_backlog", what, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def drain(folder: Path) -> None:
    """Be the kiosk behind its window until the hub has everything; tell how long that took."""
    from kiosk.schedule import Schedule
    from kiosk.storage.opening import open_storage
    from kiosk.storage.thread import StorageThread
    from kiosk.sync.once import sync_once

    own = config(folder)
    storage = StorageThread(folder, lambda: open_storage(own.database, clock(), alone=True))
    storage.call(lambda s: s.settle()).result()
    drained: Future[tuple[float, int]] = Future()

    def sync() -> "SyncReport":
        begun = clock()
        report = sync_once(storage, own, clock)
        if not drained.done():
            drained.set_result(((report.ended_at - begun).total_seconds(), report.delivered))
        return report

    schedule = Schedule(sync, own.sync_every)
    sizes: list[float] = []
    ended = Event()
    watch = Thread(target=look, args=(sizes, ended))
    watch.start()
    schedule.start()
    seconds, delivered = drained.result()
    ended.set()
    watch.join()
    schedule.stop()
    storage.close()
    tell(seconds=seconds, delivered=delivered, grown=max(sizes) - sizes[len(sizes) // 20])


def look(sizes: list[float], ended: Event) -> None:
    """Note the memory of this process until something has ended."""
    while not ended.wait(LOOK_EVERY):
        sizes.append(resident())


def window(folder: Path) -> None:
    """Play visits, let the kiosk sync after some of them; tell the milliseconds between frames."""
    from common.words import LANGUAGES
    from kiosk.backstage import Backstage
    from kiosk.config import load_snapshot
    from kiosk.ui.plan import read_plan
    from kiosk.ui.window import prepare_kivy, run_window

    class Late(Backstage):
        """A backstage that has loaded everything, and begins to sync when it is told to."""

        told = Event()

        def _begin(self) -> None:
            import kiosk.schedule
            import kiosk.sync.once  # noqa: F401

            self.told.wait()
            super()._begin()

    prepare_kivy(SIZE)
    from kivy.app import App
    from kivy.clock import Clock

    backstage = Late(config(folder), alone=True)
    ticks: dict[str, list[float]] = {"before": [], "draining": []}
    played: list[Any] = []

    def tick(_: float) -> None:
        if len(played) >= WARM:
            ticks["draining" if backstage.told.is_set() else "before"].append(perf_counter())

    def tell_of(visit: Any) -> None:
        played.append(visit)
        if len(played) == BEFORE:
            backstage.told.set()
            backstage.sync_now().add_done_callback(lambda _: Clock.schedule_once(end))

    def end(_: float) -> None:
        App.get_running_app().stop()

    Clock.schedule_interval(tick, 0)
    plan = read_plan(str(VISITS), LANGUAGES)
    run_window(load_snapshot(folder), backstage, size=SIZE, play=plan, tell=tell_of)
    backstage.stop()
    tell(**{what: gaps(moments) for what, moments in ticks.items()})


def gaps(moments: Sequence[float]) -> list[float]:
    """Return the milliseconds between moments."""
    return [1000 * (after - before) for before, after in pairwise(moments)]


def tell(**found: Any) -> None:
    """Print what was found."""
    print(json.dumps(found))


def resident() -> float:
    """Return the memory of this process in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


MEASUREMENTS: dict[str, Callable[[Path], None]] = {"drain": drain, "window": window}

if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(0 if main() else 1)
    os.environ.update(SDL_VIDEODRIVER="offscreen", KIVY_HOME=f"{sys.argv[2]}-kivy")
    MEASUREMENTS[sys.argv[1]](Path(sys.argv[2]))
