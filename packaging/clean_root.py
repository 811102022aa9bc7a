"""A clean Debian in a folder: this machine's own release and mirrors, and nothing else of this machine.

Programs in it see only their own processes, and everything that they started and mounted ends with them.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from children import Children, Failed, Process
from environment import LOG, UNREACHABLE
from machine import DebianPackage, Trouble, certificates, check_room, provide, say

MEGABYTES = 2000  # what it takes with cage and the kiosk in it, with room to spare
NOT_ROOT = "A clean Debian can only be made by root: sudo python3 packaging/dev.py package --check"
TOOLS = (
    DebianPackage("debootstrap", command="debootstrap"),
    DebianPackage("util-linux", command="unshare"),
    DebianPackage("apt", command="apt-get"),
)
INSIDE = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
RELEASE = Path("/etc/os-release")
QUIET = ("-qq", "-o", "Dpkg::Use-Pty=0", "--no-install-recommends")
Targets = list[tuple[str, str, str]]
"""Site, release and component of each place that apt reads on this machine."""


@dataclass(frozen=True)
class CleanRoot:
    """A Debian in a folder, and the programs of one command."""

    folder: Path
    children: Children

    def start(self, command: list[str], environment: Mapping[str, str] | None = None) -> Process:
        """Start a program in it as root; what it prints goes to the log."""
        with LOG.open("a") as log:
            return self.children.start(self._inside(command, environment or {}), output=log)

    def run(self, *command: str) -> list[str]:
        """Run a program in it as root to its end and return its lines; raises Failed."""
        return self.children.run(self._inside(list(command), {}))

    def must(self, *command: str) -> list[str]:
        """Run a program in it that has to succeed; raises Trouble with what it said."""
        try:
            return self.run(*command)
        except Failed as failure:
            note(failure.said)
            raise Trouble(
                explain(f"In the clean Debian, {shlex.join(command[:3])}", failure.said)
            ) from failure

    def install(self, *packages: str) -> list[str]:
        """Install packages, by name or as files in it."""
        return self.must("apt-get", "install", "--yes", *QUIET, *packages)

    def _inside(self, command: list[str], environment: Mapping[str, str]) -> list[str]:
        settings = [f"{name}={value}" for name, value in (INSIDE | dict(environment)).items()]
        alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--root={self.folder}"]
        return [*alone, "--wd=/", "--mount-proc", "env", "--ignore-environment", *settings, *command]


@contextmanager
def clean_root(folder: Path) -> Iterator[CleanRoot]:
    """Make a clean Debian in a folder and take it away afterwards; raises Trouble."""
    if os.geteuid() != 0:
        raise Trouble(NOT_ROOT)
    provide(TOOLS)
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    check_room(folder.parent, MEGABYTES)
    try:
        with Children() as children:
            bootstrap(folder, children)
            root = CleanRoot(folder, children)
            root.must("apt-get", "update", "-qq")
            yield root
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def bootstrap(folder: Path, children: Children) -> None:
    """Fill a folder with the smallest Debian of this machine's release, and let it find its mirrors."""
    release, targets = own_release(), own_targets()
    mirror = next((site for site, of, part in targets if of == release and part == "main"), None)
    if mirror is None:
        raise Trouble(f"No mirror of {release} is known here: this machine's own apt sources name none.")
    say(f"Making a clean Debian {release}")
    try:
        # What it mounts is gone when it ends, however it ends.
        alone = ["unshare", "--mount", "debootstrap", "--variant=minbase"]
        for line in children.lines([*alone, release, str(folder), mirror]):
            note([line])
    except Failed as failure:
        raise Trouble(explain("debootstrap", failure.said)) from failure
    furnish(folder, targets, release)


def furnish(folder: Path, targets: Targets, release: str) -> None:
    """Give the clean Debian its way to the network: mirrors, proxies, names, certificates."""
    lines = (f"deb {site} {of} {part}\n" for site, of, part in targets if of.startswith(release))
    (folder / "etc/apt/sources.list").write_text("".join(dict.fromkeys(lines)))
    ways = [line for line in told("apt-config", "dump") if line.startswith("Acquire::")]
    (folder / "etc/apt/apt.conf.d/00ways").write_text("\n".join(ways) + "\n")
    (folder / "etc/hosts").write_text("127.0.0.1 localhost\n")
    shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")
    if trusted := os.environ.get("SSL_CERT_FILE") or certificates().get("SSL_CERT_FILE"):
        (folder / "etc/ssl/certs").mkdir(parents=True, exist_ok=True)
        shutil.copy(trusted, folder / "etc/ssl/certs/ca-certificates.crt")
    (folder / "dev/shm").chmod(0o1777)  # where windows and their compositor share what is drawn
    # Nothing that is installed may start a service: they would run beside those of this machine.
    policy = folder / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)


def own_release() -> str:
    """Return the name of this machine's release, such as bookworm."""
    lines = RELEASE.read_text().splitlines()
    facts = dict(line.split("=", 1) for line in lines if "=" in line)
    if "VERSION_CODENAME" not in facts:
        raise Trouble("This is no Debian with a named release, so no clean one can be made after it.")
    return facts["VERSION_CODENAME"].strip('"')


def own_targets() -> Targets:
    """Return the places that apt reads on this machine, which are nowhere else to be found."""
    what = ("--format", "$(SITE) $(RELEASE) $(COMPONENT)", "Created-By: Packages")
    parts = (line.split() for line in told("apt-get", "indextargets", *what))
    return [(line[0], line[1], line[2]) for line in parts if len(line) == 3]


def told(*command: str) -> list[str]:
    """Return what one of this machine's programs prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def note(lines: Sequence[str]) -> None:
    """Keep lines in the log."""
    with LOG.open("a") as log:
        log.writelines(f"{line}\n" for line in lines)


def explain(what: str, lines: Sequence[str]) -> str:
    """Turn the last words of a program into one sentence."""
    text = "\n".join(lines).lower()
    if "no space left on device" in text:
        return f"The disk became full while the clean Debian was being made (see {LOG})."
    if any(
        words in text for words in (*UNREACHABLE, "unable to fetch", "couldn't download", "failed getting")
    ):
        return f"Debian's packages could not be fetched: the mirror does not answer (see {LOG})."
    last = next((line.strip() for line in reversed(lines) if line.strip()), "it gave no reason")
    return f"{what} failed: {last} (see {LOG})."
