"""The checks and the tests, the benchmarks, and the contributors' git hook."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

from children import ENDINGS
from environment import PYTHON, prepare, program
from machine import OPENGL, ROOT, DebianPackage, provide, say

TEST_PACKAGES = (
    *OPENGL,
    DebianPackage("chromium", command="chromium"),  # the hub's pages
    DebianPackage("libatomic1", shared_library="atomic"),  # what drives Chromium
    DebianPackage("xvfb", command="Xvfb"),  # the kiosk's window on a screen
    DebianPackage("xdotool", command="xdotool"),  # touches on that screen
    DebianPackage("openbox", command="openbox"),  # a window manager that closes windows by Alt+F4
    DebianPackage("x11-xserver-utils", command="xset"),  # that screen's saver
    DebianPackage("libxss1", shared_library="Xss"),  # what the saver does
    DebianPackage("libxfixes3", shared_library="Xfixes"),  # what the mouse's arrow looks like
)
CHECKS = {
    "ruff check": [program("ruff"), "check", "--quiet", "."],
    "ruff format": [program("ruff"), "format", "--check", "--quiet", "."],
    "mypy": [program("mypy")],
    "import contracts": [program("lint-imports"), "--no-logo"],
}


def test(arguments: Sequence[str]) -> int:
    """Run every check and then pytest with `arguments`; pytest's last line is the last line.

    Returns pytest's exit code, or 1 where pytest passed and a check did not.
    """
    prepare("test")
    provide(TEST_PACKAGES)
    with ThreadPoolExecutor() as pool:
        outcomes = dict(zip(CHECKS, pool.map(checked, CHECKS.values()), strict=True))
    failed = [name for name, outcome in outcomes.items() if not passes(name, outcome)]
    if failed:
        say(f"Failed: {', '.join(failed)}. The tests run all the same; this run counts as failed.")
    # A file's tests stay together, because they share what is costly to set up. There are two processes more
    # than cores, because tests wait a third of their time: for a server, a browser, a time-out.
    # Later arguments win: `-n 0` gives one process, which a debugger needs.
    processes = str((os.cpu_count() or 1) + 2)
    spread = ["-n", processes, "--dist", "loadfile", "--no-loadscope-reorder"]
    code = in_the_foreground([str(PYTHON), "-m", "pytest", *spread, *arguments])
    return code or int(bool(failed))


def checked(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    """Run one check, and keep what it says."""
    return subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


def passes(name: str, done: "subprocess.CompletedProcess[str]") -> bool:
    """Tell how a check ended, and what it said only where it failed."""
    say(f"{name}: {'passed' if done.returncode == 0 else 'FAILED'}")
    if done.returncode:
        say(done.stdout.rstrip())
    return done.returncode == 0


def bench(names: Sequence[str]) -> int:
    """Run the benchmarks named (`ingest` or `bench_ingest`), or all; returns 1 if one is out of bounds."""
    prepare("test")
    provide(OPENGL)
    there = sorted(path.stem for path in (ROOT / "tests" / "benchmarks").glob("bench_*.py"))
    wanted = [f"bench_{name.removeprefix('bench_')}" for name in names] or there
    unknown = sorted(set(wanted) - set(there))
    if unknown:
        print(f"No such benchmark: {', '.join(unknown)}; there are {', '.join(there)}.", file=sys.stderr)
        return 2
    over = [name for name in wanted if measure(name)]
    say(f"Out of bounds: {', '.join(over)}" if over else f"{len(wanted)} benchmarks within their bounds")
    return int(bool(over))


def measure(name: str) -> int:
    """Run one benchmark and return its exit code."""
    say(f"{name}")
    return in_the_foreground([str(PYTHON), "-m", f"tests.benchmarks.{name}"])


def storm(arguments: Sequence[str]) -> int:
    """Let a storm blow, with its own options; returns 1 if an answer was lost, doubled or made up."""
    prepare("test")
    return in_the_foreground([str(PYTHON), "-m", "tests.journeys.storm", *arguments])


def opening(arguments: Sequence[str]) -> int:
    """Let many kiosks come back to a hub at once; returns 1 if that lost an answer or kept one waiting."""
    prepare("test")
    return in_the_foreground([str(PYTHON), "-m", "tests.journeys.opening", *arguments])


def silence(arguments: Sequence[str]) -> int:
    """Try the silence alarm on simulated shops; returns 1 if it is wrong more often than promised."""
    prepare("test")
    return in_the_foreground([str(PYTHON), "-m", "tests.benchmarks.silence", *arguments])


def fuzz(arguments: Sequence[str]) -> int:
    """Send a hub what no kiosk sends; returns 1 if it broke at something, or grew."""
    prepare("test")
    return in_the_foreground([str(PYTHON), "-m", "tests.fuzzing", *arguments])


def in_the_foreground(command: Sequence[str]) -> int:
    """Run a program that keeps the terminal, so that a debugger works, and return its exit code.

    The terminal gives a Ctrl-C to every program in it. Any other request to end is passed on as one, so
    that the program can take down what it has set up.
    """
    process: subprocess.Popen[bytes] | None = None
    asked = False

    def pass_on(number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if number == signal.SIGINT and sys.stdin.isatty():
            return
        if process is None:
            asked = True
        else:
            process.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, pass_on) for number in ENDINGS}
    try:
        process = subprocess.Popen(command, cwd=ROOT)
        if asked:
            process.send_signal(signal.SIGINT)
        return process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def docs() -> int:
    """Write the pages of docs/ that are made from the programs."""
    prepare("run")
    return in_the_foreground([str(PYTHON), "packaging/reference.py"])


def hooks() -> int:
    """Let git run the quick checks of .githooks before each commit in this clone."""
    subprocess.run(["git", "config", "core.hooksPath", ".githooks"], cwd=ROOT, check=True)
    say("Each commit now checks its Python files with ruff first.")
    return 0
