"""Makes `.venv`: every package of a lock, checked against its hash, and the working tree itself.

A note inside `.venv` names what is installed. It is written last and removed first, so an environment
whose set-up was interrupted has none and is made again.
"""

import contextlib
import fcntl
import hashlib
import json
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from children import Children, Failed
from machine import BUILD, ROOT, DebianPackage, Trouble, certificates, check_room, provide, say

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NOTE = VENV / "installed.json"
LOCKS = ROOT / "packaging" / "locks"
LOG = BUILD / "set-up.log"
MEGABYTES = {"run": 400, "test": 900}  # what a set-up writes, with room to spare
PROGRESS = ("Resolved", "Downloading", "Prepared", "Installed")  # uv's lines worth showing

# What pip and uv say when the registry cannot be reached, in their several wordings.
UNREACHABLE = (
    "temporary failure in name resolution",
    "failed to establish a new connection",
    "cannot connect to proxy",
    "network is unreachable",
    "connection refused",
    "connection reset",
    "timed out",
    "timeout",
    "dns error",
    "error sending request",
    "failed to fetch",
)


def prepare(purpose: str) -> None:
    """Make sure `.venv` holds the lock of `purpose` ("run" or "test"); does nothing where it already does.

    Raises Trouble when the network, the disk or a Debian package is missing.
    """
    if up_to_date(purpose):
        return
    BUILD.mkdir(exist_ok=True)
    with alone(BUILD / "set-up.lock"):
        if not up_to_date(purpose):
            install(purpose)


def up_to_date(purpose: str) -> bool:
    """Say whether `.venv` holds what `purpose` needs, as the locks stand now."""
    return PYTHON.exists() and installed().get(purpose) == digest(purpose)


def installed() -> dict[str, str]:
    """Return the digest of each lock that was installed completely, by its purpose."""
    try:
        note = json.loads(NOTE.read_text())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def digest(purpose: str) -> str:
    """Return the fingerprint of all that decides what is installed: two locks and the project's metadata."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    facts = json.dumps([project["project"], project["build-system"]], sort_keys=True).encode()
    parts = [(LOCKS / "uv.txt").read_bytes(), (LOCKS / f"{purpose}.txt").read_bytes(), facts]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def install(purpose: str) -> None:
    """Bring `.venv` to the lock of `purpose`, from nothing unless the last set-up was completed."""
    begun = time.monotonic()
    check_room(ROOT, MEGABYTES[purpose])
    whole = bool(installed()) and PYTHON.exists()
    NOTE.unlink(missing_ok=True)
    LOG.write_text("")
    if not whole:
        say("Making .venv")
        make_venv()
    lock = LOCKS / f"{purpose}.txt"
    say(f"Installing the packages of {lock.relative_to(ROOT)}")
    run_pip("--require-hashes", "-r", str(LOCKS / "uv.txt"))
    run_uv("sync", "--require-hashes", str(lock))
    run_uv("install", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    # The lock of the tests holds everything that running needs.
    note(["run", "test"] if purpose == "test" else ["run"])
    say(f"The environment is ready after {time.monotonic() - begun:.0f} s")


def make_venv() -> None:
    """Make an empty `.venv` with pip in it."""
    # Debian keeps this part of Python in a package of its own.
    provide([DebianPackage("python3-venv", module="ensurepip")])
    step([sys.executable, "-m", "venv", "--clear", str(VENV)])


def run_pip(*arguments: str) -> None:
    """Install with pip, which is only good for fetching uv: it takes several times as long."""
    options = ["--quiet", "--disable-pip-version-check", "--retries", "2"]
    step([str(PYTHON), "-m", "pip", "install", *options, *arguments])


def run_uv(command: str, *arguments: str) -> None:
    """Run one of uv's pip commands on `.venv`."""
    uv = str(VENV / "bin" / "uv")
    step([uv, "pip", command, "--python", str(PYTHON), *arguments])


def step(command: list[str]) -> None:
    """Run one step of the set-up and show its progress; the log keeps every line.

    Raises Trouble with one sentence about why it failed.
    """
    with Children() as children, LOG.open("a") as log:
        try:
            for line in children.lines(command, certificates()):
                log.write(f"{line}\n")
                if line.startswith(PROGRESS):
                    say(f"  {line}")
        except Failed as failure:
            raise Trouble(reason(failure.said)) from failure


def reason(lines: Sequence[str]) -> str:
    """Turn the last words of a failed step into one sentence."""
    text = "\n".join(lines).lower()
    if "no space left on device" in text or "disk quota exceeded" in text:
        return f"The disk became full while .venv was being made; make room and start again (see {LOG})."
    if any(words in text for words in UNREACHABLE):
        return f"The packages could not be fetched: the package registry does not answer (see {LOG})."
    last = next((line.strip() for line in reversed(lines) if line.strip()), "it gave no reason")
    return f"The set-up stopped: {last} (see {LOG})."


def note(purposes: Sequence[str]) -> None:
    """Write down, in one stroke, that the locks of these purposes are installed."""
    fresh = NOTE.with_suffix(".new")
    fresh.write_text(json.dumps({purpose: digest(purpose) for purpose in purposes}))
    fresh.replace(NOTE)


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a lock file, so that two set-ups of one checkout wait for each other."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def program(name: str) -> str:
    """Return the path of a program that the environment installed."""
    return str(VENV / "bin" / name)
