"""Disks that have little room or fail, and folders that nobody may write to."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CDLL
from functools import cache
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, getrlimit, setrlimit
from tempfile import mkdtemp


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """Put a real file system of a size such as "2m" under a folder. Where that is allowed: see can_mount."""
    folder.mkdir(exist_ok=True)
    _mount(folder, size)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def enlarge(folder: Path, size: str) -> None:
    """Give a small disk more room."""
    _mount(folder, f"{size},remount")


@cache
def can_mount() -> bool:
    """Say whether this machine lets us have small disks; mostly it lets root."""
    folder = Path(mkdtemp())
    try:
        with small_disk(folder / "disk", "64k"):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False
    finally:
        shutil.rmtree(folder)


@contextmanager
def stick_of_its_own(folder: Path, image: Path) -> Iterator[None]:
    """Mount a file system of four megabytes that frozen() can stop. Where that is allowed: see can_freeze."""
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(4 << 20)
    subprocess.run(["mkfs.ext4", "-q", image], check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["mount", "-o", "loop", image, folder], check=True, stderr=subprocess.DEVNULL)
    (folder / "lost+found").rmdir()
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def frozen(folder: Path) -> Iterator[None]:
    """Let whoever writes to a file system of its own hang in the system until the end."""
    subprocess.run(["fsfreeze", "-f", folder], check=True, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        subprocess.run(["fsfreeze", "-u", folder], check=True)


@cache
def can_freeze() -> bool:
    """Say whether this machine lets us have a stick that hangs; root, and mostly in no container."""
    folder = Path(mkdtemp())
    try:
        with stick_of_its_own(folder / "stick", folder / "image"), frozen(folder / "stick"):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False
    finally:
        shutil.rmtree(folder)


def obey_permissions() -> None:
    """Let a child process of root, as its preexec_fn, be held back by permissions as everybody else is."""
    for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
        _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


def no_large_files() -> None:
    """Let a child process, as its preexec_fn, write no file beyond 64 KiB, as if the disk were bad there."""
    setrlimit(RLIMIT_FSIZE, (64 * 1024, RLIM_INFINITY))


@contextmanager
def failing_disk() -> Iterator[None]:
    """Let this process write to no file, as if the disk were bad."""
    before = getrlimit(RLIMIT_FSIZE)
    setrlimit(RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        setrlimit(RLIMIT_FSIZE, before)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Take the right to write a folder and its files away, and give it back."""
    for path in (*folder.iterdir(), folder):
        path.chmod(0o500)
    yield
    for path in (folder, *folder.iterdir()):
        path.chmod(0o700)


_LIBC = CDLL(None)
_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 24, 1, 2
"""Of Linux, from its prctl.h and capability.h."""


def _mount(folder: Path, options: str) -> None:
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={options}", "tmpfs", folder], check=True, capture_output=True
    )
