"""One opening: pair a chain, let its kiosks come back, wait for the last of them, compare the books."""

import asyncio
import resource
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from signal import SIGKILL
from time import monotonic

from kiosk.sync import Trouble
from tests.journeys.opening.kiosk import LightKiosk, backlog
from tests.journeys.opening.shops import Found, audit, opened, pair_all, public_key
from tests.support.hub import Hub
from tests.support.postgres import Postgres
from tests.support.progress import Tell, untold
from tests.support.stand import commands

PATIENCE = 3600.0
"""Seconds after which nobody waits for the last kiosk any more."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many kiosks come back within how many seconds, each with how many answers.

    line is the hub's setting line_seconds, None for what it is by default; 0 is a hub that sets no pace.
    """

    kiosks: int
    answers: int
    seconds: float
    seed: int
    line: float | None = None

    @property
    def command(self) -> Sequence[str]:
        """What runs the hub."""
        setting = () if self.line is None else ("env", f"CERCHIO_HUB_LINE_SECONDS={self.line}")
        return (*setting, sys.executable, "-m", "hub")


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an opening. Times are seconds, memory is bytes.

    syncs are those that got a receipt, waits from showing up to it; the others are numbers for each kiosk.
    """

    found: Found
    given: int
    took: float
    syncs: Sequence[float]
    waits: Sequence[float]
    sent_away: Sequence[int]
    in_error: Sequence[int]
    troubles: Counter[Trouble]
    memory: int
    log: str


def hold(plan: Plan, folder: Path, server: Postgres, tell: Tell = untold) -> Report:
    """Open once, with a hub of its own on a database of its own."""
    hub = Hub(folder / "hub", server.url(server.create()), command=plan.command)
    commands(hub).must("migrate")
    with opened(hub) as engine, _many_files():
        kiosks = _kiosks(plan, pair_all(engine, plan.kiosks, datetime.now(UTC)), public_key(hub))
        hub.start()
        try:
            took = asyncio.run(_open(plan, hub.address, kiosks, tell))
            memory = _peak(hub)
        finally:
            hub.stop(SIGKILL)
        return _report(audit(engine, kiosks), kiosks, took, memory, hub.log)


def _kiosks(plan: Plan, keys: Sequence[str], public_key: bytes) -> list[LightKiosk]:
    now = datetime.now(UTC)
    return [
        LightKiosk(key, public_key, backlog(plan.answers, public_key, plan.seed * 1_000_000 + number, now))
        for number, key in enumerate(keys)
    ]


async def _open(plan: Plan, address: str, kiosks: Sequence[LightKiosk], tell: Tell) -> float:
    """Let them come back, and end it once every one has its receipt; return after how many seconds."""
    dice, over, begun = Random(plan.seed), asyncio.Event(), monotonic()
    async with asyncio.TaskGroup() as group:
        for kiosk in kiosks:
            after = dice.uniform(0, plan.seconds)
            group.create_task(kiosk.live(address, after, Random(dice.random()), over))
        while (away := sum(kiosk.done is None for kiosk in kiosks)) and monotonic() < begun + PATIENCE:
            tell(f"{plan.kiosks - away:,} of {plan.kiosks:,} kiosks have their receipt")
            await asyncio.sleep(0.2)
        over.set()
    return max((kiosk.done or begun + PATIENCE) for kiosk in kiosks) - begun


@contextmanager
def _many_files() -> Iterator[None]:
    """Let this process have a socket for each kiosk; the hub has what a system gives."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _peak(hub: Hub) -> int:
    """Return the most memory that the hub's process ever held."""
    assert hub.process is not None
    status = Path(f"/proc/{hub.process.pid}/status").read_text()
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def _report(found: Found, kiosks: Sequence[LightKiosk], took: float, memory: int, log: str) -> Report:
    return Report(
        found=found,
        given=sum(len(kiosk.backlog.given) for kiosk in kiosks),
        took=took,
        syncs=[seconds for kiosk in kiosks for seconds in kiosk.syncs],
        waits=[kiosk.done - kiosk.showed_up for kiosk in kiosks if kiosk.done and kiosk.showed_up],
        sent_away=[kiosk.sent_away for kiosk in kiosks],
        in_error=[kiosk.worst for kiosk in kiosks],
        troubles=sum((Counter(kiosk.troubles) for kiosk in kiosks), Counter()),
        memory=memory,
        log=log,
    )
