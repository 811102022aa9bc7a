"""Bad days of the tablet's memory: killed programs, full disks, files that cannot be written or are held."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.config import Config
from kiosk.storage.database import PATIENCE
from kiosk.storage.errors import StorageBusy, StorageClosed, StorageFull, StorageReadOnly
from kiosk.storage.lock import RUNNING, held
from kiosk.storage.outbox import State
from kiosk.storage.store import Storage
from tests.support.answers import a_response
from tests.support.kiosk import Kiosk, unprivileged

KILLED = """
import sys
from pathlib import Path
from kiosk.backstage import Backstage
from kiosk.config import Config
from tests.support.answers import a_response
backstage = Backstage(Config(data=Path(sys.argv[1])), alone=True)
backstage.save(a_response(score=0, comment="half")).result()
print("tapped", flush=True)
sys.stdin.read()
"""


def killed_after_the_tap(folder: Path) -> None:
    """Run a real kiosk process that is killed between the tap and thanks."""
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == "tapped\n"
        process.kill()


def test_a_kill_between_the_tap_and_thanks_loses_nothing(config: Config) -> None:
    killed_after_the_tap(config.data)
    kiosk = Kiosk(config)
    assert [(kept.state, kept.response.score) for kept in kiosk.kept()] == [(State.WAITING, 0)]
    assert kiosk.totals().waiting == 1
    kiosk.close()


def test_a_command_beside_a_window_leaves_the_open_visit_alone(config: Config) -> None:
    window = Kiosk(config)
    config.data.mkdir()
    with held(config.data / RUNNING, patience=0):
        window.save(a_response()).result()
        command = Kiosk(config, alone=False)
        assert [kept.state for kept in command.kept()] == [State.OPEN]
        command.close()
    command = Kiosk(config, alone=False)
    assert [kept.state for kept in command.kept()] == [State.WAITING], "nobody holds the folder any more"
    command.close()
    window.close()


def test_opening_again_does_not_end_the_visit_under_way(kiosk: Kiosk) -> None:
    kiosk.save(a_response()).result()
    kiosk.thread.call(lambda s: (_ for _ in ()).throw(StorageReadOnly("for a moment"))).exception()
    kiosk.save(a_response(comment="still here")).result()
    assert [(kept.state, kept.response.comment) for kept in kiosk.kept()] == [(State.OPEN, "still here")]


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Put a real file system of 512 KiB under a folder; only root can."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def _can_mount() -> bool:
    folder = Path(tempfile.mkdtemp())
    try:
        with small_disk(folder / "disk"):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False
    finally:
        shutil.rmtree(folder)


@contextmanager
def quota(kiosk: Kiosk) -> Iterator[None]:
    """Let the database grow no further, as on a full disk; works for everybody."""
    kiosk.ask(lambda s: s._db.execute("PRAGMA max_page_count = 1").fetchall())
    yield
    kiosk.ask(lambda s: s._db.execute("PRAGMA max_page_count = 1000000").fetchall())


def _fill(kiosk: Kiosk, number: int) -> int:
    """Give answers until there is no space, and return the number of the first that was not taken."""
    while True:
        with suppress_full() as full:
            kiosk.give(a_response(number, comment="x" * 4000))
        if full:
            return number
        number += 1


@contextmanager
def suppress_full() -> Iterator[list[StorageFull]]:
    caught: list[StorageFull] = []
    try:
        yield caught
    except StorageFull as reason:
        caught.append(reason)


def test_a_full_database_takes_no_answer_until_there_is_space(kiosk: Kiosk) -> None:
    kiosk.give_many(3)
    with quota(kiosk):
        refused = _fill(kiosk, 4)
        before = kiosk.totals()
        with pytest.raises(StorageFull, match="no space left"):
            kiosk.give(a_response(refused, comment="x" * 4000))
        assert kiosk.totals() == before
    kiosk.give(a_response(refused, comment="x" * 4000))
    assert [kept.sequence for kept in kiosk.kept()] == list(range(1, refused + 1))


# An ordinary user cannot make a disk to fill; the quota above is tried everywhere.
if _can_mount():

    def test_a_full_disk_takes_no_answer_until_there_is_space(config: Config) -> None:
        with small_disk(config.data):
            kiosk = Kiosk(config)
            ballast = config.data / "ballast"
            kiosk.give_many(3)
            ballast.write_bytes(bytes(shutil.disk_usage(config.data).free - 64 * 1024))
            refused = _fill(kiosk, 4)
            before = kiosk.totals()
            assert refused > 4
            ballast.unlink()
            kiosk.give(a_response(refused, comment="x" * 4000))
            assert kiosk.totals().given == before.given + 1
            kiosk.close()

    def test_a_disk_that_is_full_from_the_start_is_tried_again(config: Config) -> None:
        with small_disk(config.data):
            ballast = config.data / "ballast"
            ballast.write_bytes(bytes(shutil.disk_usage(config.data).free))
            kiosk = Kiosk(config)
            with pytest.raises(StorageFull):
                kiosk.give(a_response())
            ballast.unlink()
            kiosk.give(a_response())
            assert kiosk.totals().given == 1
            kiosk.close()


@pytest.fixture
def foreign() -> Iterator[Config]:
    """Return settings with a folder that belongs to the ordinary user."""
    folder = Path(tempfile.mkdtemp())
    if os.geteuid() == 0:
        os.chown(folder, 65534, 65534)
    yield Config(data=folder)
    folder.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize("part", ["file", "folder"])
def test_what_cannot_be_written_takes_no_answer_until_it_can(foreign: Config, part: str) -> None:
    with unprivileged():
        kiosk = Kiosk(foreign)
        kiosk.give_many(3)
        kiosk.close()
        target = foreign.database if part == "file" else foreign.data
        target.chmod(0o500)
        kiosk = Kiosk(foreign)
        with pytest.raises(StorageReadOnly, match="cannot be written"):
            kiosk.give(a_response(4))
        # SQLite gives its log the permissions of the database, so somebody mends all of the folder.
        for path in (foreign.data, *foreign.data.iterdir()):
            path.chmod(0o700)
        kiosk.give(a_response(4))
        assert kiosk.totals().given == 4
        kiosk.close()


def test_two_processes_share_a_new_folder(config: Config) -> None:
    kiosks = [Kiosk(config, alone=False) for _ in range(4)]
    futures = [kiosk.save(a_response(number)) for number, kiosk in enumerate(kiosks, 1)]
    for future in futures:
        future.result(30)
    assert sorted(kept.sequence for kept in kiosks[0].kept()) == [1, 2, 3, 4]
    for kiosk in kiosks:
        kiosk.close()


def test_a_program_that_holds_the_database_too_long_is_said_so(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.totals()
    assert PATIENCE >= 5
    kiosk.ask(lambda s: s._db.execute("PRAGMA busy_timeout = 50").fetchall())
    with sqlite3.connect(kiosk.config.database) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy):
            kiosk.give(a_response())
    other.close()
    kiosk.give(a_response())
    assert kiosk.totals().given == 1


def test_nobody_writes_between_what_a_step_reads_and_what_it_writes(kiosk: Kiosk) -> None:
    kiosk.totals()
    path = kiosk.config.database
    with sqlite3.connect(path, timeout=0) as other:
        kiosk.ask(lambda s: _read_then_write(s, path))
        assert other.execute("SELECT count(*) FROM settings").fetchone() == (1,)
    other.close()


def _read_then_write(storage: Storage, path: Path) -> None:
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    with storage.together():
        assert storage.settings.get("pin") is None
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO settings VALUES ('pin', '1')")
        storage.settings.put("pin", 2)
    other.close()


def test_a_closed_storage_says_so(kiosk: Kiosk) -> None:
    kiosk.close()
    with pytest.raises(StorageClosed):
        kiosk.totals()
