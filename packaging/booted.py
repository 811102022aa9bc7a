"""Boots the clean Debian with the package in it, and sees that its service brings the kiosk back."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bundle import PROGRAM
from children import Failed, Process, ended, stop
from clean_root import INSIDE, CleanRoot
from environment import LOG
from machine import DebianPackage, Trouble, provide, say

TOOLS = (DebianPackage("systemd-container", command="systemd-nspawn"),)
CONSOLES = [Path("/dev/tty0"), Path("/dev/tty1")]
WITHOUT_A_SCREEN = """[Service]
Environment=WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1 WLR_RENDERER=pixman
"""
POWER_OFF = signal.SIGRTMIN + 4  # what systemd takes for the wish to be shut down
PATIENCE = 60.0  # seconds within which it must be up, or back
SHOWN = ("MainPID", "ActiveState")
KIOSK = f'"$(cat /run/{PROGRAM}/program)"'
FALLS = {  # what befalls the service, and how
    "killed": ["sh", "-c", f"kill -KILL {KIOSK}"],
    "killed with all that it started": ["systemctl", "kill", "--signal=KILL", PROGRAM],
    "hanging": ["sh", "-c", f"kill -STOP {KIOSK}"],
    "asked to start again": ["systemctl", "restart", PROGRAM],
}


@dataclass(frozen=True)
class Booted:
    """A Debian that runs: its first process, as this machine numbers it."""

    root: CleanRoot
    leader: int

    def must(self, *command: str) -> list[str]:
        """Run a program in it and return its lines; raises Failed."""
        settings = [f"{name}={value}" for name, value in INSIDE.items()]
        inside = ["nsenter", f"--target={self.leader}", "--all", "env", "--ignore-environment", *settings]
        return self.root.children.run([*inside, *command])

    def state(self) -> dict[str, str]:
        """Return what systemd says of the service."""
        lines = self.must("systemctl", "show", PROGRAM, *(f"--property={one}" for one in SHOWN))
        return dict(line.split("=", 1) for line in lines)

    def active(self) -> bool:
        """Say whether the kiosk has drawn its first frame and not ended."""
        return self.state()["ActiveState"] == "active"

    def is_back(self, before: str) -> bool:
        """Say whether it is active with another main process than before."""
        state = self.state()
        return state["ActiveState"] == "active" and state["MainPID"] != before

    def up(self) -> bool:
        """Say whether everything has been started."""
        try:
            return self.must("systemctl", "is-system-running") == ["running"]
        except Failed:
            return False


def try_service(root: CleanRoot, given: Callable[[], int]) -> None:
    """Let the service fall in every way and see it come back with all answers; raises Trouble."""
    answers = given()
    with booted(root) as debian:
        debian.must("systemctl", "enable", "--now", PROGRAM)
        wait(debian.active, "the service does not start")
        for name, fall in FALLS.items():
            before, begun = debian.state()["MainPID"], time.monotonic()
            debian.must(*fall)
            wait(partial(debian.is_back, before), f"{name}, it stays away")
            say(f"  {name}: back after {time.monotonic() - begun:.0f} s")
        debian.must("sh", "-c", f"kill -TERM {KIOSK}")  # as by the service's page
        wait(lambda: debian.state()["ActiveState"] == "inactive", "left by the service, it comes back")
    if given() != answers:
        raise Trouble(f"The package does not work: of {answers} answers {given()} are left.")


@contextmanager
def booted(root: CleanRoot) -> Iterator[Booted]:
    """Boot a clean Debian, and shut it down afterwards."""
    provide(TOOLS)
    extra = root.folder / f"etc/systemd/system/{PROGRAM}.service.d"
    extra.mkdir(parents=True)
    (extra / "without-a-screen.conf").write_text(WITHOUT_A_SCREEN)
    options = ["--boot", "--register=no", "--keep-unit", "--resolv-conf=off", "--console=pipe"]
    consoles = [f"--bind={path}" for path in CONSOLES if path.exists()]
    with LOG.open("a") as log:
        command = ["systemd-nspawn", f"--directory={root.folder}", *options, *consoles]
        machine = root.children.start(command, output=log)
    try:
        debian = Booted(root, first_process(machine))
        wait(debian.up, "the clean Debian does not boot")
        yield debian
        os.kill(debian.leader, POWER_OFF)
        wait(lambda: ended(machine), "the clean Debian does not shut down")
    finally:
        stop(machine)


def first_process(machine: Process) -> int:
    """Return the number of the process that the machine's starter has started."""
    children = Path(f"/proc/{machine.pid}/task/{machine.pid}/children")
    wait(lambda: ended(machine) or bool(children.read_text()), "systemd-nspawn starts nothing")
    if ended(machine):
        raise Trouble(f"systemd-nspawn cannot boot here (see {LOG}).")
    return int(children.read_text().split()[0])


def wait(until: Callable[[], bool], otherwise: str) -> None:
    """Wait until something is so; raise Trouble with what is wrong if it does not come."""
    deadline = time.monotonic() + PATIENCE
    while not until():
        if time.monotonic() > deadline:
            raise Trouble(f"The package does not work: {otherwise} (see {LOG}).")
        time.sleep(0.1)
