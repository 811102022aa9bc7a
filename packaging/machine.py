"""What the machine must have: its Python, its Debian packages, room on the disk, certificates."""

import ctypes.util
import errno
import importlib.util
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
MEGABYTE = 1_000_000


class Trouble(Exception):
    """Something on this machine is in the way; its text is the one sentence that the terminal shows."""


@dataclass(frozen=True)
class DebianPackage:
    """A package of Debian, and how to see that the machine has what it brings.

    `command` is a program on the path, `shared_library` a library's short name, `module` a part of this
    Python; one of the three is given.
    """

    name: str
    command: str = ""
    shared_library: str = ""
    module: str = ""

    def missing(self) -> bool:
        """Say whether the machine lacks it, wherever it came from."""
        if self.command:
            return shutil.which(self.command) is None
        if self.shared_library:
            return ctypes.util.find_library(self.shared_library) is None
        return importlib.util.find_spec(self.module) is None


# A window draws through OpenGL; without a graphics card Debian's libraries draw in memory.
OPENGL = (
    DebianPackage("libgl1", shared_library="GL"),
    DebianPackage("libegl1", shared_library="EGL"),
)


def provide(packages: Iterable[DebianPackage]) -> None:
    """Install the Debian packages that are missing.

    Raises Trouble naming them where this user may not install, or where there is no apt-get.
    """
    names = [package.name for package in packages if package.missing()]
    if not names:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Trouble(
            f"This needs the Debian packages {' '.join(names)}: sudo apt-get install {' '.join(names)}"
        )
    apt_install(names)


def apt_install(names: list[str]) -> None:
    """Install Debian packages by name, as root; raises Trouble with apt-get's own last words."""
    say(f"Installing the Debian packages {' '.join(names)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-qq"], ["install", "-qq", "--no-install-recommends", *names]):
        done = subprocess.run(
            ["apt-get", *step],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            last = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
            raise Trouble(f"Debian's packages {' '.join(names)} could not be installed: {last}")


def check_room(folder: Path, megabytes: int) -> None:
    """Raise Trouble unless the disk that holds `folder` has this many megabytes free."""
    free = shutil.disk_usage(folder).free // MEGABYTE
    if free < megabytes:
        raise Trouble(
            f"The disk is too full: {folder} has {free} MB free, and about {megabytes} MB are needed."
        )


def disk_full(problem: OSError) -> bool:
    """Say whether an error of the operating system means that the disk or the quota is full."""
    return problem.errno in (errno.ENOSPC, errno.EDQUOT)


def certificates() -> dict[str, str]:
    """Return the environment that makes uv trust what this machine trusts.

    uv carries its own list; behind a company's proxy only the machine's own list knows the proxy.
    """
    paths = ssl.get_default_verify_paths()
    candidates = [Path(paths.cafile)] if paths.cafile else []
    candidates += [Path(paths.capath) / "ca-certificates.crt"] if paths.capath else []
    found = next((path for path in candidates if path.is_file()), None)
    return {} if found is None or "SSL_CERT_FILE" in os.environ else {"SSL_CERT_FILE": str(found)}


def say(sentence: str) -> None:
    """Print one line of progress at once, also into a pipe."""
    print(sentence, flush=True)
