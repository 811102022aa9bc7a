"""Programs started from here, and the promise that none of them outlives its starter.

Each program leads a process group of its own, so that stopping it also stops whatever it started.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Self

from machine import ROOT, Trouble

GRACE = 5.0  # seconds that a program has to stop by itself
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Process = subprocess.Popen[str]


class Failed(Trouble):
    """A program ended with an error; `said` holds the lines that it printed."""

    def __init__(self, command: Sequence[str], code: int, said: Sequence[str]) -> None:
        last = next((line.strip() for line in reversed(said) if line.strip()), "it gave no reason")
        super().__init__(f"{Path(command[0]).name} {' '.join(command[1:2])} ended with {code}: {last}")
        self.said = said


class Children:
    """The programs of one command; leaving the `with` block stops them all."""

    def __init__(self) -> None:
        self._processes: list[Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        with undisturbed():
            for process in self._processes:
                stop(process)

    def start(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        output: int | IO[str] = subprocess.DEVNULL,
    ) -> Process:
        """Start a program in the checkout; `output` takes what it prints, errors included."""
        with endings_held_back():
            process = subprocess.Popen(
                [*dying_with_us(), *command],
                cwd=ROOT,
                env=os.environ | (environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
            self._processes.append(process)
        return process

    def lines(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[str]:
        """Start a program and yield what it prints, line by line; raises Failed if it ends with an error."""
        process = self.start(command, environment, subprocess.PIPE)
        said = []
        for line in process.stdout or ():
            said.append(line.rstrip("\n"))
            yield said[-1]
        while not ended(process):
            time.sleep(0.01)
        stop(process)
        if process.returncode:
            raise Failed(command, process.returncode, said)

    def run(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> list[str]:
        """Run a program to its end and return its lines; raises Failed if it ends with an error."""
        return list(self.lines(command, environment))


def dying_with_us() -> list[str]:
    """Return the words before a command that end it even when its starter is killed outright."""
    return ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


def ended(process: Process) -> bool:
    """Say whether a program has ended, without taking its process number back.

    As long as the number is taken, nothing else can have it, and signals to its group are safe.
    """
    if process.returncode is not None:
        return True
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def stop(process: Process) -> None:
    """Ask a program and all that it started to stop; end what is left of them after the grace."""
    if process.returncode is not None:
        return
    signal_group(process, signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    while not ended(process) and time.monotonic() < deadline:
        time.sleep(0.01)
    signal_group(process, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def signal_group(process: Process, number: signal.Signals) -> None:
    """Send a signal to a program and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


@contextlib.contextmanager
def endings_held_back() -> Iterator[None]:
    """Let a request to end wait until a program that starts is known as one of ours.

    It is not blocked or ignored, which the program would inherit. Other threads hear of no request.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []
    before = {number: signal.signal(number, lambda number, _: asked.append(number)) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if asked:
            signal.raise_signal(asked[0])


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let no second Ctrl-C interrupt the stopping of the programs."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_like_control_c() -> None:
    """Make a closed terminal and a polite kill end this program as Ctrl-C does."""
    for number in ENDINGS:
        signal.signal(number, signal.default_int_handler)
