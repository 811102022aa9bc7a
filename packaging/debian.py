"""Makes the Debian package of the kiosk: its program, its service, its user and its settings."""

import gzip
import hashlib
import platform
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bundle import FOLDER, PROGRAM, build, megabytes
from environment import step
from machine import ROOT, DebianPackage, provide, say

SOURCES = ROOT / "packaging" / "kiosk" / "debian"
SCRIPTS = ("postinst", "prerm", "postrm")
LIBRARY = f"usr/lib/{PROGRAM}"
PLACES = {  # where the files of SOURCES go, and who may do what with them
    "command": (f"usr/bin/{PROGRAM}", 0o755),
    "screen": (f"usr/libexec/{PROGRAM}/screen", 0o755),
    "settings": (f"etc/{PROGRAM}/settings", 0o644),
    "sticks.rules": (f"usr/lib/udev/rules.d/90-{PROGRAM}.rules", 0o644),
    f"{PROGRAM}.service": (f"usr/lib/systemd/system/{PROGRAM}.service", 0o644),
}
DOCUMENTS = f"usr/share/doc/{PROGRAM}"


@dataclass(frozen=True)
class Facts:
    """What only the building machine and the checkout know."""

    version: str
    architecture: str
    libc: str
    kilobytes: int


def package() -> Path:
    """Build the Debian package and return its file; raises Trouble."""
    provide([DebianPackage("dpkg", command="dpkg-deb")])
    program = build()
    say("Making the Debian package")
    tree = FOLDER / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    fill(tree, program)
    facts = gather(tree)
    describe(tree / "DEBIAN", tree, facts)
    file = FOLDER / f"{PROGRAM}_{facts.version}_{facts.architecture}.deb"
    step(["dpkg-deb", "--root-owner-group", "--build", "-Zxz", str(tree), str(file)])
    say(f"{file.relative_to(ROOT)}: {megabytes(file):.0f} MB, {megabytes(tree):.0f} MB once installed")
    return file


def fill(tree: Path, program: Path) -> None:
    """Lay out everything that the package installs."""
    shutil.copytree(program, tree / LIBRARY, symlinks=True)
    for name, (place, mode) in PLACES.items():
        put(tree / place, (SOURCES / name).read_bytes(), mode)
    put(tree / DOCUMENTS / "copyright", licences().encode())
    changes = gzip.compress((ROOT / "CHANGELOG.md").read_bytes(), 9, mtime=0)
    put(tree / DOCUMENTS / "CHANGELOG.md.gz", changes)
    close(tree)


def licences() -> str:
    """Return the package's copyright file: Debian's fields, and the checkout's own licence in them."""
    lines = (ROOT / "LICENSE").read_text().splitlines()
    return (
        (SOURCES / "copyright").read_text().rstrip() + "\n" + "".join(f" {line or '.'}\n" for line in lines)
    )


def put(file: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file and the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    file.chmod(mode)


def close(tree: Path) -> None:
    """Let everybody read and nobody but root write, whatever the building machine's habits are."""
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or (path.stat().st_mode & 0o100 and ".so" not in path.name)
            path.chmod(0o755 if runs else 0o644)


def gather(tree: Path) -> Facts:
    """Return the facts that the package is described with."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    done = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    return Facts(version, done.stdout.strip(), platform.libc_ver()[1], round(megabytes(tree) * 1e6 / 1024))


def describe(control: Path, tree: Path, facts: Facts) -> None:
    """Write what dpkg has to know about the files in a tree."""
    text = (SOURCES / "control").read_text().format(**asdict(facts))
    sums = "".join(f"{digest}  {name}\n" for name, digest in digests(tree))
    put(control / "control", text.encode())
    put(control / "conffiles", (SOURCES / "conffiles").read_bytes())
    put(control / "md5sums", sums.encode())
    for name in SCRIPTS:
        put(control / name, (SOURCES / name).read_bytes(), 0o755)


def digests(tree: Path) -> Iterator[tuple[str, str]]:
    """Yield each file below a tree with the checksum that dpkg compares; settings may be changed."""
    for file in sorted(path for path in tree.rglob("*") if path.is_file() and not path.is_symlink()):
        name = str(file.relative_to(tree))
        if not name.startswith(("etc/", "DEBIAN/")):
            yield name, hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
