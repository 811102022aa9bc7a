"""Locks between programs."""

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.storage.lock import AlreadyHeld, held

HOLD = """
import sys
from pathlib import Path
from kiosk.storage.lock import held
with held(Path(sys.argv[1]), patience=0):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lock_keeps_another_program_out_until_it_ends_however_it_ends(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    command = [sys.executable, "-c", HOLD, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(AlreadyHeld), held(lock, patience=0.1):
            pass
        other.kill()
        with held(lock, patience=10):
            assert lock.exists()


def test_a_lock_can_be_taken_again(tmp_path: Path) -> None:
    for _ in range(2):
        lock = tmp_path / "a.lock"
        with held(lock, patience=0), pytest.raises(AlreadyHeld), held(lock, patience=0):
            pass
