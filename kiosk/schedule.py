"""When the kiosk syncs: at the pace that the hub sets, later after trouble, at once when somebody asks."""

import math
import random
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from kiosk.sync import SyncReport, Trouble

_JOB = "sync"

SHORTEST, LONGEST = 1.0, 24 * 3600.0
"""Seconds between two syncs, whatever a hub asks for."""

BACK_OFF_FROM, BACK_OFF_TO = 5.0, 300.0
"""Seconds. The most that is waited after the first failure, and after any number of them."""

_HARMLESS = (Trouble.NOT_PAIRED, Trouble.BROKEN_SURVEY, Trouble.BROKEN_SETTINGS)
"""Troubles that say nothing against the line or the hub. Waiting longer would only delay answers."""

CHECK_EVERY = 5.0
"""Seconds between two looks at whether a sync is overdue."""

LAST_PATIENCE = 3.0
"""Seconds that stop() gives the sync under way. One that is cut off loses nothing: it is sent again."""


def next_pause(
    report: SyncReport, failures: int, pace: float, uniform: Callable[[float, float], float]
) -> float:
    """Return the seconds until the next sync; failures counts those in a row, this one included.

    After trouble the back-off is exponential with full jitter, so that a thousand kiosks do not come
    back together when the network does; a hub that named a time gets it, and its kiosks spread after it.
    """
    if report.retry_after is not None:
        return _bounded(report.retry_after + uniform(0.0, max(SHORTEST, report.retry_after / 4)))
    if failures and _failed(report):
        most = min(BACK_OFF_TO, BACK_OFF_FROM * 2.0 ** min(failures - 1, 30))
        return _bounded(uniform(0.0, most))
    wanted = report.next_sync
    usual = wanted if wanted is not None and math.isfinite(wanted) else pace
    return _bounded(usual * uniform(1.0, 1.2))


def _failed(report: SyncReport) -> bool:
    return report.trouble is not None and report.trouble not in _HARMLESS


def _bounded(seconds: float) -> float:
    return min(max(seconds, SHORTEST), LONGEST)


class Schedule:
    """Runs syncs one after the other on a thread of its own.

    APScheduler plans by the wall clock: when that is set back an hour, or the machine slept, nothing
    runs for an hour. So the time of the next sync is kept on the monotonic clock too, and looked at
    every few seconds.
    """

    def __init__(
        self,
        sync: Callable[[], SyncReport],
        pace: float,
        *,
        clock: Callable[[], float] = monotonic,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._sync, self._pace, self._clock, self._uniform = sync, pace, clock, uniform
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._asked: SimpleQueue[Future[SyncReport] | None] = SimpleQueue()
        # Daemons, because a sync that hangs at a dead line must not keep the program from ending.
        self._worker = Thread(target=self._work, name="sync", daemon=True)
        self._watch = Thread(target=self._watch_the_clock, name="overdue", daemon=True)
        self._lock = Lock()
        self._waiting: Future[SyncReport] | None = None
        self._due = clock()
        self._failures = 0
        self._stopped = Event()

    def start(self) -> None:
        """Sync soon, and from then on regularly."""
        # One job that is moved from time to time; APScheduler stumbles over one that it removes itself
        # while it is shut down.
        self._scheduler.add_job(
            self.sync_now, "interval", seconds=LONGEST, id=_JOB, next_run_time=datetime.now(UTC),
            coalesce=True, max_instances=1, misfire_grace_time=None,
        )  # fmt: skip
        self._scheduler.start()
        self._worker.start()
        self._watch.start()

    def sync_now(self) -> Future[SyncReport]:
        """Sync as soon as the one under way has ended; who asks meanwhile shares the same next one."""
        with self._lock:
            if self._waiting is None:
                self._waiting = Future()
                self._asked.put(self._waiting)
            return self._waiting

    def stop(self) -> None:
        """Plan nothing more and give the sync under way a moment to end."""
        self._stopped.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
            self._asked.put(None)
            self._worker.join(LAST_PATIENCE)

    def run_if_overdue(self) -> bool:
        """Sync if the monotonic clock says that the time has come but nothing has run."""
        overdue = self._clock() > self._due + CHECK_EVERY
        if overdue:
            self.sync_now()
        return overdue

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            with self._lock:
                self._waiting = None
            self._due = math.inf
            report = self._sync()
            self._failures = self._failures + 1 if _failed(report) else 0
            self._plan(next_pause(report, self._failures, self._pace, self._uniform))
            asked.set_result(report)

    def _plan(self, seconds: float) -> None:
        if self._stopped.is_set():
            return
        self._due = self._clock() + seconds
        with suppress(JobLookupError):  # the program is ending
            self._scheduler.modify_job(_JOB, next_run_time=datetime.now(UTC) + timedelta(seconds=seconds))

    def _watch_the_clock(self) -> None:
        while not self._stopped.wait(CHECK_EVERY):
            self.run_if_overdue()
