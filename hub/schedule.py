"""What a serving hub does by itself: it looks at every kiosk, and sends the mails that are due."""

import logging
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from hub.alerts.delivery import deliver
from hub.alerts.jobs import watch
from hub.privacy.jobs import delete_due
from hub.web.context import Hub

log = logging.getLogger(__name__)

LOOK_EVERY, SEND_EVERY, DELETE_EVERY = 60, 20, 3600
"""Seconds. How often a process asks whether it is its turn to look, whether a mail is due, and whether
contact details have been kept for long enough."""


class Schedule:
    """The jobs of one process. Others may run beside it: the database says whose turn it is."""

    def __init__(self, app: Flask) -> None:
        self._scheduler = BackgroundScheduler(timezone="UTC")
        hub: Hub = app.extensions["cerchio"]
        jobs: dict[Callable[[], object], int] = {
            lambda: watch(hub, app.extensions["cerchio.alerts"]): LOOK_EVERY,
            lambda: deliver(app): SEND_EVERY,
            lambda: delete_due(hub): DELETE_EVERY,
        }
        for job, seconds in jobs.items():
            self._scheduler.add_job(
                _guarded(job), "interval", seconds=seconds, coalesce=True, max_instances=1
            )

    def start(self) -> None:
        """Begin; the first look is a minute away, when the kiosks have been heard of."""
        self._scheduler.start()

    def stop(self) -> None:
        """End. What is under way is done by somebody else later: each step is one transaction."""
        self._scheduler.shutdown(wait=False)


def _guarded(job: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        try:
            job()
        except Exception:  # the next round does it; a database that is away must not end the rounds
            log.exception("What the hub does by itself did not work; it is tried again.")

    return run
