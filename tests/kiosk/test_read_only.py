"""Answers on a disk that nobody can write any more: they are counted and carried away all the same."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path

import pytest

from kiosk.config import Config
from kiosk.storage import opening
from kiosk.storage.errors import StorageBusy
from tests.support.answers import a_response
from tests.support.disks import can_mount, obey_permissions, read_only, small_disk
from tests.support.kiosk import Kiosk, a_pairing


@pytest.fixture
def temp(tmp_path: Path) -> Path:
    """Return the folder for temporary files."""
    folder = tmp_path / "temp"
    folder.mkdir()
    return folder


@pytest.fixture
def disk(config: Config, tmp_path: Path) -> Path:
    """Return a folder as a power cut left it: the last answer is in the log only."""
    kiosk = Kiosk(config)
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.give_many(200)
    kiosk.ask(lambda s: s.traces.empty_log())
    kiosk.give(a_response(201, score=0))
    shutil.copytree(config.data, tmp_path / "disk")
    kiosk.close()
    return tmp_path / "disk"


def run(data: Path, temp: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody whom permissions hold back."""
    command = [sys.executable, "-m", "kiosk", "--data", str(data), *arguments]
    return subprocess.run(
        command,
        env=os.environ | {"TMPDIR": str(temp)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=obey_permissions,
    )


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


Protect = Callable[[Path], AbstractContextManager[None]]
PROTECTED: list[Protect] = [read_only]

if can_mount():  # Only root can make a disk; permissions are tried by everybody.

    @contextmanager
    def disk_for_reading(folder: Path) -> Iterator[None]:
        """Put what is in a folder on a file system of its own that is mounted for reading only."""
        kept = shutil.copytree(folder, folder.with_name("kept"))
        with small_disk(folder, "4m"):
            shutil.copytree(kept, folder, dirs_exist_ok=True)
            subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
            yield

    PROTECTED.append(disk_for_reading)

    def test_answers_on_a_full_disk_are_carried_away_to_another(
        disk: Path, temp: Path, tmp_path: Path
    ) -> None:
        kept = shutil.copytree(disk, disk.with_name("kept"))
        with small_disk(disk, "1m"):
            shutil.copytree(kept, disk, dirs_exist_ok=True)
            (disk / "kiosk.sqlite-shm").unlink()
            (disk / "ballast").write_bytes(bytes(shutil.disk_usage(disk).free))
            carried = run(disk, temp, "export", str(tmp_path / "rescue.csv"))
        assert carried.stdout == f"Answers written to {tmp_path / 'rescue.csv'}: 201.\n", carried.stderr


@pytest.mark.parametrize("protected", PROTECTED)
def test_answers_are_counted_and_carried_away(
    disk: Path, temp: Path, tmp_path: Path, protected: Protect
) -> None:
    with protected(disk):
        before = content(disk)
        told = run(disk, temp, "results", "--json")
        carried = run(disk, temp, "export", str(tmp_path / "rescue.jsonl"))
        refused = run(disk, temp, "pin", "2468")
        assert content(disk) == before, "the disk is as it was"
    assert (told.returncode, json.loads(told.stdout)["waiting"]) == (0, 201), told.stderr
    assert carried.stdout == f"Answers written to {tmp_path / 'rescue.jsonl'}: 201.\n"
    lines = [json.loads(line) for line in (tmp_path / "rescue.jsonl").read_text("utf-8").splitlines()]
    assert [line["sequence"] for line in lines] == [*range(1, 202)]
    assert (refused.returncode, "cannot be written" in refused.stderr) == (1, True)
    assert [*temp.iterdir()] == [], "no copy stays behind"


@pytest.mark.parametrize("protected", PROTECTED)
def test_what_is_readable_of_a_broken_file_is_carried_away(
    disk: Path, temp: Path, tmp_path: Path, protected: Protect
) -> None:
    with (disk / "kiosk.sqlite").open("r+b") as file:
        file.write(b"no database any more")
    with protected(disk):
        carried = run(disk, temp, "export", str(tmp_path / "rescue.csv"))
    assert carried.stdout == f"Answers written to {tmp_path / 'rescue.csv'}: 201.\n", carried.stderr


def test_a_file_that_may_not_even_be_read_is_said_so(disk: Path, temp: Path) -> None:
    with read_only(disk):
        for file in disk.iterdir():
            file.chmod(0)
        done = run(disk, temp, "results")
    assert (done.returncode, done.stderr.count("\n"), "cannot be written" in done.stderr) == (1, 1, True)


@pytest.mark.parametrize("times", [1, 100])
def test_a_copy_into_which_somebody_writes_is_made_again(
    disk: Path, temp: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    writer = Kiosk(Config(data=disk))
    numbers = iter(range(300, 300 + times))

    def copy_and_write(source: str, target: str) -> None:
        shutil.copyfile(source, target)
        for number in islice(numbers, 1):
            writer.give(a_response(number))

    monkeypatch.setattr(opening, "copyfile", copy_and_write)
    copied = Config(data=temp)
    if times > opening.TRIES:
        with pytest.raises(StorageBusy):
            opening._copy_whole(disk / "kiosk.sqlite", copied.database)
    else:
        opening._copy_whole(disk / "kiosk.sqlite", copied.database)
        reader = Kiosk(copied)
        assert reader.totals().given == writer.totals().given == 202
        reader.close()
    writer.close()
