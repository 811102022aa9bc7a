"""Makes the Debian package and tries it in a clean Debian: installed, shown, booted, removed, purged."""

import json
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from booted import try_service
from bundle import FOLDER, PROGRAM
from children import ended, stop
from clean_root import NOT_ROOT, CleanRoot, clean_root
from debian import package
from machine import Trouble, say
from programs import shown

DATA = f"/var/lib/{PROGRAM}"
UNIT = f"/usr/lib/systemd/system/{PROGRAM}.service"
SCREEN = f"/usr/libexec/{PROGRAM}/screen"
PATIENCE = 60.0  # seconds within which the first frame must be drawn
SESSION = "/run/kiosk-session"
OFFSCREEN = {"SDL_VIDEODRIVER": "offscreen"}
COMPOSED = {  # cage without a screen, drawing in memory
    "WLR_BACKENDS": "headless",
    "WLR_LIBINPUT_NO_DEVICES": "1",
    "WLR_RENDERER": "pixman",
    "XDG_RUNTIME_DIR": SESSION,
}
PNG = b"\x89PNG\r\n"


@dataclass(frozen=True)
class Way:
    """A way to show the kiosk: what starts it, what stands before a command of its own, the environment."""

    start: list[str]
    before: list[str]
    environment: dict[str, str]


WAYS = {
    "without a screen": Way([PROGRAM, "run"], [], OFFSCREEN),
    "in cage": Way([SCREEN], ["cage", "--"], COMPOSED),
}


def make(*, tried: bool, booted: bool) -> int:
    """Build the package and, if wanted, try it; returns 0, or raises Trouble with what is wrong.

    booted says whether the Debian that it is tried in is booted, too: not every machine can do that.
    """
    tried = tried or booted
    if tried and os.geteuid() != 0:
        raise Trouble(NOT_ROOT)
    file = package()
    if tried:
        try_out(file, booted=booted)
    return 0


def try_out(file: Path, *, booted: bool) -> None:
    """Try the package in a clean Debian."""
    with clean_root(FOLDER / "root") as root:
        say("Installing the package in it")
        shutil.copy(file, root.folder / "tmp" / file.name)
        root.install(f"/tmp/{file.name}")  # noqa: S108 - the clean Debian's own
        installed(root)
        for name, way in WAYS.items():
            show(root, name, way)
        if booted:
            try_service(root, lambda: given(root))
        leave(root, f"/tmp/{file.name}")  # noqa: S108
    say("The package works in a clean Debian.")


def installed(root: CleanRoot) -> None:
    """See that everything is where it belongs, and belongs to whom it should."""
    owner = root.must("stat", "--format", "%a %U %G", DATA)
    expect(owner == [f"700 {PROGRAM} {PROGRAM}"], f"{DATA} is {owner}")
    expect(root.must("id", "--user", PROGRAM) != ["0"], "the kiosk's user is root")
    expect(not root.must("dpkg", "--verify", PROGRAM), "files differ from the package's own")
    expect("Usage: cerchio-kiosk" in root.must(PROGRAM, "--help")[0], f"there is no command {PROGRAM}")
    complaints = [line for line in root.must("systemd-analyze", "verify", UNIT) if PROGRAM in line]
    expect(not complaints, f"systemd says {complaints}")
    size = root.must("du", "--summarize", "--block-size=MB", f"/usr/lib/{PROGRAM}")[0].split()[0]
    say(f"  Installed: {size}, run by the user {PROGRAM}, answers in {DATA}")


def show(root: CleanRoot, name: str, way: Way) -> None:
    """Show the kiosk in one way until its first frame, and then let a customer answer."""
    session = root.folder / SESSION[1:]
    session.mkdir(exist_ok=True)
    shutil.chown(session, *owner_of(root))
    session.chmod(0o700)
    seconds = first_frame(root, way)
    say(f"  {name}: first frame after {seconds:.1f} s")
    score = answer(root, way)
    picture = FOLDER / f"first-frame-{name.replace(' ', '-')}.png"
    taken = sorted((root.folder / DATA[1:] / "pictures").glob("*question.png"))[0]
    shutil.copy(taken, picture)
    expect(picture.read_bytes().startswith(PNG) and picture.stat().st_size > 10_000, f"{picture} is empty")
    say(f"  {name}: a {score} was tapped and kept; the question is in {shown(picture)}")


def first_frame(root: CleanRoot, way: Way) -> float:
    """Start the kiosk as its service does and return the seconds until it says that it is ready."""
    with listening(root) as (address, ears):
        begun = time.monotonic()
        process = root.start(as_kiosk(way.start, way.environment | {"NOTIFY_SOCKET": address}))
        while time.monotonic() < begun + PATIENCE and not ended(process):
            try:
                said = ears.recv(200)
            except TimeoutError:
                continue
            expect(said.startswith(b"READY=1"), f"the kiosk said {said!r} first")
            seconds = time.monotonic() - begun
            stop(process)
            return seconds
    raise Trouble(f"{' '.join(way.start)} draws no frame in the clean Debian.")


def answer(root: CleanRoot, way: Way) -> int:
    """Play one visit and return its score, which must be on the disk afterwards."""
    earlier = given(root)
    played = ["run", "--play", "1", "--pictures", f"{DATA}/pictures"]
    said = root.must(*as_kiosk([*way.before, PROGRAM, *played], way.environment))
    visits = [json.loads(line) for line in said if line.startswith("{")]
    expect(len(visits) == 1 and given(root) == earlier + 1, f"one visit was played; the kiosk said {said}")
    return int(visits[0]["score"])


def given(root: CleanRoot) -> int:
    """Return how many answers the kiosk has, asked by root through the command of the package."""
    return int(json.loads(root.must(PROGRAM, "results", "--json")[0])["given"])


def leave(root: CleanRoot, file: str) -> None:
    """Remove the package, install it again, purge it; answers go only with the last."""
    answers, database = given(root), root.folder / DATA[1:] / "kiosk.sqlite"
    root.must("apt-get", "remove", "--yes", "-qq", PROGRAM)
    expect(database.exists(), "removing the package took the answers along")
    root.install(file)
    expect(given(root) == answers, "the answers of before are not there any more")
    said = root.must("apt-get", "purge", "--yes", "-qq", PROGRAM)
    expect(any(f"Deleting {DATA}" in line for line in said), "purging does not say what it deletes")
    expect(not (root.folder / DATA[1:]).exists(), "purging left the answers")
    left = [path for path in ("etc", f"usr/lib/{PROGRAM}") if (root.folder / path / PROGRAM).exists()]
    expect(not left, f"purging left {left}")
    say("  Removed with the answers kept, installed again with them, purged without a trace")


def as_kiosk(command: list[str], environment: dict[str, str]) -> list[str]:
    """Return a command as the kiosk's own user runs it."""
    settings = [f"{name}={value}" for name, value in environment.items()]
    return ["runuser", "-u", PROGRAM, "--", "env", *settings, *command]


def owner_of(root: CleanRoot) -> tuple[int, int]:
    """Return the numbers of the kiosk's user and group, which this machine has no names for."""
    return int(root.must("id", "-u", PROGRAM)[0]), int(root.must("id", "-g", PROGRAM)[0])


@contextmanager
def listening(root: CleanRoot) -> Iterator[tuple[str, socket.socket]]:
    """Listen as a service manager does; yield the address as the clean Debian knows it, and the socket."""
    path = Path("/tmp/notify")  # noqa: S108 - the clean Debian's own
    outside = root.folder / str(path)[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears:
        ears.bind(str(outside))
        outside.chmod(0o777)
        ears.settimeout(0.2)
        yield str(path), ears
    outside.unlink()


def expect(so: bool, otherwise: str) -> None:
    """Raise Trouble with what is found unless it is as it should be."""
    if not so:
        raise Trouble(f"The package does not work: {otherwise}.")
