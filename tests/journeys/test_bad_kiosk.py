"""Bad days of a kiosk: its disk full, failing or read-only, its database broken. Nothing is lost."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from signal import SIGKILL
from time import monotonic, sleep

import pytest

from tests.journeys.conftest import OpenStand, StartHub
from tests.support.conservation import Books, at_the_hub, books, scored
from tests.support.disks import can_mount, enlarge, no_large_files, obey_permissions, read_only, small_disk
from tests.support.stand import Stand

LONG = "x" * 4000

if can_mount():  # An ordinary user gets no disk to fill; the failing disk below is tried everywhere.

    @pytest.mark.bad_day("B26")
    def test_a_kiosk_whose_disk_is_full_keeps_what_it_has_and_takes_no_more(
        shared_hub: StartHub, open_at: OpenStand, tmp_path: Path
    ) -> None:
        disk = tmp_path / "disk"
        with small_disk(disk, "2m"):
            stand = open_at(shared_hub("sqlite"), disk)
            stand.give(0, 5, 10)
            file = stand.write((100 + number, number % 11, LONG) for number in range(1000))
            refused = stand.run("replay", file)
            assert refused.returncode == 1
            assert refused.stderr.startswith(f"Error: There is no space left in {stand.data} "), (
                refused.stderr
            )
            kept = books(stand)
            assert kept.given == 3 + 200
            assert "203 delivered" in stand.synced()
            enlarge(disk, "16m")
            assert stand.here("replay", file)["given"] == 800
            stand.synced()
            assert books(stand) == Books(given=1003, received=1003)


@pytest.mark.bad_day("B27")
def test_a_kiosk_whose_disk_fails_keeps_what_it_has_and_takes_no_more(any_stand: Stand) -> None:
    any_stand.give(0, 5, 10)
    file = any_stand.write((100 + number, number % 11, LONG) for number in range(300))
    refused = any_stand.run("replay", file, preexec_fn=no_large_files)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Error: The disk under {any_stand.data} reports errors "), (
        refused.stderr
    )
    any_stand.synced()
    assert books(any_stand) == Books(given=3, received=3)
    assert any_stand.here("replay", file)["given"] == 300
    any_stand.synced()
    assert books(any_stand) == Books(given=303, received=303)


@pytest.mark.bad_day("B28")
def test_a_kiosk_whose_memory_is_read_only_takes_no_answer_until_it_is_not(any_stand: Stand) -> None:
    any_stand.give(0, 5, 10)
    file = any_stand.write([(4, 7, "")])
    with read_only(any_stand.data):
        refused = any_stand.run("replay", file, preexec_fn=obey_permissions)
        idle = any_stand.run("sync", preexec_fn=obey_permissions)
    reason = f"{any_stand.data} or a file in it cannot be written "
    assert (refused.returncode, idle.returncode) == (1, 1)
    assert refused.stderr.startswith(f"Error: {reason}")
    assert idle.stderr.startswith(f"The kiosk's own storage failed. ({reason}")
    assert any_stand.here("replay", file)["given"] == 1
    any_stand.synced()
    assert books(any_stand) == Books(given=4, received=4)


@pytest.mark.bad_day("B29")
def test_a_broken_memory_is_moved_aside_and_what_was_unsent_arrives(any_stand: Stand) -> None:
    any_stand.give(0, 5, 10)
    any_stand.synced()
    any_stand.give(*[9] * 40)
    database = any_stand.data / "kiosk.sqlite"
    spoilt = b"no database any more" * 5 + database.read_bytes()[100:]
    database.write_bytes(spoilt)
    code, said = any_stand.sync()
    (aside,) = any_stand.data.glob("*.broken")
    assert code == 1
    assert f"{any_stand.data} is broken" in said
    assert f"it is kept as {aside.name}, 40 answers were carried over" in said
    assert "This kiosk is not paired: run cerchio-kiosk pair --hub ADDRESS." in said
    assert aside.read_bytes() == spoilt
    assert f"A broken database was moved aside: {aside.name}." in any_stand.run("results").stderr
    before = at_the_hub(any_stand)
    any_stand.pair()
    assert any_stand.synced().startswith("40 delivered")
    assert books(any_stand) == Books(given=40, received=40)
    assert (before["given"], before["received"], scored(any_stand)["received"]) == (3, 3, 43)


@pytest.mark.bad_day("B30")
def test_a_kiosk_killed_between_the_tap_and_thanks_keeps_the_score(any_stand: Stand) -> None:
    window = any_stand.show({"score": 0, "comment": "The queue. " * 30})
    with window:
        until(lambda: "open" in states(any_stand))
        window.kill()
    assert window.returncode == -SIGKILL
    assert states(any_stand) == ["open"]
    assert books(any_stand) == Books(given=1, received=0, waiting=1)
    with any_stand.show({"score": 10}) as window:
        assert window.wait(60) == 0
    any_stand.synced()
    assert books(any_stand) == Books(given=2, received=2)
    assert (scored(any_stand)["detractors"], scored(any_stand)["promoters"]) == (1, 1)


def states(stand: Stand) -> list[str]:
    """Look into a kiosk's database, without the tidying up that its commands begin with."""
    with closing(sqlite3.connect(f"file:{stand.data}/kiosk.sqlite?mode=ro", uri=True)) as database:
        return [state for (state,) in database.execute("SELECT state FROM responses")]


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another program does."""
    give_up = monotonic() + 30
    while not condition():
        assert monotonic() < give_up, "what was waited for did not happen"
        sleep(0.05)
