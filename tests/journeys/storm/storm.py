"""One storm: it blows, falls quiet, is judged, and blows again."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from sys import executable
from time import monotonic, sleep

from tests.journeys.storm.crew import ROOM, Member
from tests.journeys.storm.events import CLOCKS, CLONED, COPIED, EVENTS, TROUBLES, World
from tests.journeys.storm.house import STORES, House, Worker
from tests.journeys.storm.line import Line
from tests.journeys.storm.quiet import quiet, tell_all
from tests.journeys.storm.tablet import GIVE, Part
from tests.journeys.storm.verdict import Verdict
from tests.support.disks import can_mount, small_disk
from tests.support.hub import Hub
from tests.support.postgres import Postgres
from tests.support.progress import Tell, untold

FAST = ("env", "CERCHIO_HUB_SYNC_SECONDS=1", executable, "-m")
"""Runs a hub, as a module, that wants its kiosks back each second."""

TRIES = 5
"""For an event that stumbles over another one, such as a move while the database is away."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a storm is to be. seconds is its length, gust how long it blows until a quiet time.

    pace is the mean of the seconds between two events; waiting is the most answers that wait on a tablet
    before it takes no more. hub is the command of the hub's workers; prepare is called by each tablet's
    process.
    """

    seed: int
    kiosks: int
    seconds: float
    gust: float = 60.0
    pace: float = 0.5
    waiting: int = 1000
    workers: int = 1
    hub: tuple[str, ...] = (*FAST, "hub")
    prepare: Callable[[], None] | None = None


@dataclass
class Report:
    """What came of a storm."""

    verdict: Verdict = field(default_factory=Verdict)
    quiet: int = 0
    seconds: float = 0.0
    struck: Counter[str] = field(default_factory=Counter)
    in_vain: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)


def blow(forecast: Forecast, folder: Path, postgres: Postgres | None, tell: Tell = untold) -> Report:
    """Let a storm blow on a new hub, on PostgreSQL if there is a server, and on new tablets in a folder."""
    report, random = Report(), Random(forecast.seed)
    with _world(forecast, folder, postgres) as world:
        ends = monotonic() + forecast.seconds
        tell(_progress(report, forecast))
        while not report.verdict.complaints and (left := ends - monotonic()) > 0:
            tell_all(world, GIVE)
            _gust(world, random, forecast.pace, min(forecast.gust, left))
            report.verdict = quiet(world)
            report.quiet += 1
            report.seconds = monotonic() - ends + forecast.seconds
            tell(_progress(report, forecast))
        report.struck, report.in_vain = world.struck, world.in_vain
        report.met, report.verdicts = world.line.met, world.line.verdicts
    return report


def _progress(report: Report, forecast: Forecast) -> str:
    so_far = f"{report.seconds / 60:.1f} of {forecast.seconds / 60:g} minutes"
    return f"{so_far}, {report.quiet} quiet times in order, {report.verdict.given:,} answers given"


@contextmanager
def _world(forecast: Forecast, folder: Path, postgres: Postgres | None) -> Iterator[World]:
    with ExitStack() as stack:
        database = postgres.url(postgres.create()) if postgres else ""
        hubs = [Hub(folder / "hub", database, command=forecast.hub) for _ in range(forecast.workers)]
        house = House([Worker(hub) for hub in hubs], postgres)
        stack.callback(house.close)
        house.open()
        line = Line(str(forecast.seed), house.address)
        line.begin()
        stack.callback(line.end)
        crew = [_member(forecast, number, folder, line, stack) for number in range(forecast.kiosks)]
        stack.callback(_kill_all, crew)
        for number, member in enumerate(crew):
            member.pair(house, STORES[number % len(STORES)])
            member.start()
        yield World(house, line, crew, folder)


def _kill_all(crew: Sequence[Member]) -> None:
    for member in crew:
        member.kill()


def _member(forecast: Forecast, number: int, folder: Path, line: Line, stack: ExitStack) -> Member:
    """Make a tablet, whose clock is wrong; every third one's disk is small, where this machine has such."""
    name = f"kiosk-{number}"
    papers, disk = folder / name / "papers", folder / name / "disk"
    papers.mkdir(parents=True)
    small = number % 3 == 0 and can_mount()
    if small:
        stack.enter_context(small_disk(disk, ROOM))
    part = Part(
        disk / "data", papers, f"{forecast.seed} {name}", most=forecast.waiting, prepare=forecast.prepare
    )
    member = Member(name, part, line.path(name), small)
    member.set_clock(CLOCKS[number % len(CLOCKS)])
    return member


def _gust(world: World, random: Random, pace: float, seconds: float) -> None:
    """Let events strike, several at once, for as long as a gust lasts."""
    ends = monotonic() + seconds
    world.calm.clear()
    world.line.rough = True
    names, weights = list(EVENTS), [weight for weight, _ in EVENTS.values()]
    striking: list[Future[None]] = []
    with ThreadPoolExecutor(8) as pool:
        striking += [pool.submit(_strike, world, name, Random(random.random())) for name in (COPIED, CLONED)]
        while (left := ends - monotonic()) > 0:
            sleep(min(left, random.expovariate(1 / pace)))
            name, own = random.choices(names, weights)[0], Random(random.random())
            striking.append(pool.submit(_strike, world, name, own))
        world.calm.set()
    for event in striking:
        event.result()


def _strike(world: World, name: str, random: Random) -> None:
    for _ in range(TRIES):
        try:
            if EVENTS[name][1](world, random):
                world.struck[name] += 1
            return
        except TROUBLES:
            world.wait(random.uniform(0.2, 1))
    world.in_vain[name] += 1
