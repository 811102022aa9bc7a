"""A checkout of one's own, so that set-ups and demonstrations of tests leave this one alone."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SYSTEM_PYTHON = os.path.realpath(sys.executable)
"""The Python that made the environment, without what the environment added to it."""


@dataclass
class Checkout:
    """A copy of what a set-up reads, with a home of its own: no cache, no settings of this machine."""

    root: Path
    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a program with the system's Python, in a group of its own."""
        return subprocess.Popen(
            [SYSTEM_PYTHON, *arguments],
            cwd=self.root,
            env={"HOME": str(self.home), "PATH": os.environ["PATH"], **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a program to its end."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=180)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def pretend_set_up(self) -> None:
        """Leave what a completed set-up leaves, with the programs of the environment that runs this test."""
        (self.root / ".venv").mkdir()
        # All three: without its pyvenv.cfg a Python does not know that it belongs to an environment.
        for part in ("bin", "lib", "pyvenv.cfg"):
            (self.root / ".venv" / part).symlink_to(Path(sys.prefix) / part)
        noted = self.run(
            "-c", "import sys; sys.path[0] = 'packaging'; import environment as e; e.note(['run', 'test'])"
        )
        assert noted.returncode == 0, noted.stderr

    def prepare(self) -> "subprocess.CompletedProcess[str]":
        """Set the environment up as `run` does."""
        return self.run("packaging/dev.py", "docs")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Return a copy of the checkout that has no environment yet."""
    root = tmp_path / "checkout"
    for name in ("packaging", "common", "hub", "kiosk"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, root / name)
    home = tmp_path / "home"
    home.mkdir()
    return Checkout(root, home)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Return a port of this machine that nobody listens on and nobody else can take."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def offline(checkout: Checkout, closed_port: int) -> Checkout:
    """Return a checkout on a machine whose way to the package registry is cut."""
    proxy = f"http://127.0.0.1:{closed_port}"
    checkout.environment |= {
        "HTTPS_PROXY": proxy,
        "HTTP_PROXY": proxy,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "0",
    }
    return checkout


@pytest.fixture
def ready(checkout: Checkout) -> Checkout:
    """Return a checkout whose environment is set up."""
    checkout.pretend_set_up()
    return checkout


@pytest.fixture
def port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
