"""A real hub for tests: `cerchio-hub serve` in a process of its own, on a free port."""

import os
import signal
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from select import select
from time import monotonic

from tests.support.tablet import Tablet, ask_key, begin_pairing, over_http

_START_SECONDS = 30
_COMMAND = (sys.executable, "-m", "hub")


@dataclass
class Hub:
    """A hub's data folder and database, and the process that serves them while it runs.

    A hub that is killed or stopped may be started again, on another port. command is the program that
    serves.
    """

    data: Path
    database: str = ""
    address: str = ""
    command: Sequence[str] = _COMMAND
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that its commands need."""
        return os.environ | {"CERCHIO_HUB_DATA": str(self.data), "CERCHIO_HUB_DATABASE": self.database}

    @property
    def log(self) -> str:
        """What its processes have written to stderr."""
        return self._log.read_text()

    @property
    def _log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.log")

    def run(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of cerchio-hub, with a text on its stdin."""
        return subprocess.run(
            [*_COMMAND, *arguments],
            env=self.environment, input=text, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    def must(self, *arguments: str, text: str = "") -> str:
        """Run a command that has to succeed, and return what it printed."""
        done = self.run(*arguments, text=text)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, port: int = 0) -> None:
        """Serve, and return once the hub says where."""
        with open(self._log, "a") as log:
            self.process = subprocess.Popen(
                [*self.command, "serve", "--port", str(port)],
                env=self.environment | {"PYTHONUNBUFFERED": "1"},
                stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True,
            )  # fmt: skip
        line = _first_line(self.process)
        self.address = next((word for word in line.split() if word.startswith("http://")), "")
        assert self.address, f"the hub did not start: {line!r} {self.log}"

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the process and return its exit code; SIGKILL leaves it no time for anything."""
        assert self.process is not None
        self.process.send_signal(how)
        code = self.process.wait(_START_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None
        return code

    def add_store(self, code: str, name: str = "", time_zone: str = "Europe/Rome") -> None:
        """Add a store by the command."""
        self.must("add-store", code, "--name", name or code, "--time-zone", time_zone)

    def pair(self, store: str, touchpoint: str = "checkout") -> Tablet:
        """Pair a tablet over HTTP; the command approves its code."""
        send = over_http(self.address)
        begun = begin_pairing(send)
        self.must("pair", begun["user_code"], "--store", store, "--touchpoint", touchpoint)
        paired = ask_key(send, begun["device_code"]).document
        key = b64decode(paired["public_key"])
        return Tablet(send, paired["device_key"], _utc_now, kiosk=paired["kiosk"], public_key=key)


@contextmanager
def serving(data: Path, database: str = "", port: int = 0) -> Iterator[Hub]:
    """Give a hub that serves; it is stopped afterwards if it still runs."""
    hub = Hub(data, database)
    if database:
        hub.must("migrate")
    hub.start(port)
    try:
        yield hub
    finally:
        if hub.process is not None:
            hub.stop(signal.SIGKILL)


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    deadline = monotonic() + _START_SECONDS
    while monotonic() < deadline and process.poll() is None:
        if select([process.stdout], [], [], 0.1)[0]:
            return process.stdout.readline()
    return process.stdout.read() if process.poll() is not None else ""


def _utc_now() -> datetime:
    return datetime.now(UTC)
