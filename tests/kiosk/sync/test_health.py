"""How the tablet is, as its syncs tell it: battery, lock-down, and what went wrong with the sync before."""

from dataclasses import replace
from pathlib import Path

import pytest

from common.tablet import Battery, Lock, Met, Trouble
from kiosk.storage.last_sync import LastSync
from kiosk.sync import health
from kiosk.sync.once import sync_once
from tests.kiosk.sync.conftest import sync
from tests.support.answers import NOON
from tests.support.kiosk import Kiosk, clock
from tests.support.misbehaving_hub import MisbehavingHub, replies, store_and_say_nothing


@pytest.fixture
def supplies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which the system tells of batteries; there are none yet."""
    monkeypatch.setattr(health, "SUPPLIES", tmp_path)
    return tmp_path


def supply(supplies: Path, name: str, **lines: str) -> None:
    (supplies / name).mkdir()
    for file, line in lines.items():
        (supplies / name / file).write_text(f"{line}\n", "ascii")


@pytest.mark.parametrize(
    ("status", "plugged"),
    [("Charging", True), ("Full", True), ("Not charging", True), ("Discharging", False)],
)
def test_the_battery_is_what_the_system_says(supplies: Path, status: str, plugged: bool) -> None:
    supply(supplies, "AC", type="Mains", online="1")
    supply(supplies, "BAT0", type="Battery", capacity="84", status=status)
    assert health.battery() == Battery(84, plugged)


def test_two_batteries_count_as_one_and_that_of_a_mouse_as_none(supplies: Path) -> None:
    supply(supplies, "hidpp_battery_0", type="Battery", scope="Device", capacity="3", status="Discharging")
    assert health.battery() is None
    supply(supplies, "BAT0", type="Battery", capacity="20", status="Discharging")
    supply(supplies, "BAT1", type="Battery", capacity="103", status="Charging")
    assert health.battery() == Battery(60, True)


@pytest.mark.parametrize("capacity", ["", "-1", "full", "²"])
def test_what_makes_no_sense_is_unknown(supplies: Path, capacity: str) -> None:
    (supplies / "BAT0").mkdir()
    (supplies / "BAT0" / "type").write_text("Battery\n")
    (supplies / "BAT0" / "capacity").write_text(capacity, "utf-8")
    assert health.battery() is None


def test_a_system_without_such_a_folder_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "SUPPLIES", Path("/nowhere"))
    assert health.battery() is None


def test_w20_battery_and_lock_travel_as_far_as_they_are_known(
    paired: Kiosk, hub: MisbehavingHub, supplies: Path
) -> None:
    sync(paired)
    assert (hub.batches[-1].health.battery, hub.batches[-1].health.lock) == (None, None)
    supply(supplies, "BAT0", type="Battery", capacity="84", status="Discharging")
    sync_once(paired.thread, paired.config, clock, lock=Lock.LOCKED)
    assert (hub.batches[-1].health.battery, hub.batches[-1].health.lock) == (Battery(84, False), Lock.LOCKED)


def test_w20_what_went_wrong_is_told_until_a_receipt_has_come(paired: Kiosk, hub: MisbehavingHub) -> None:
    sync(paired)
    assert hub.batches[-1].health.trouble is None
    before = clock()
    hub.weather.append(replies(200))
    assert sync(paired).trouble is Trouble.NOT_THE_HUB
    hub.weather.append(store_and_say_nothing)
    lost = sync(paired).trouble
    told = hub.batches[-1].health.trouble
    assert told
    assert told.code == "not_the_hub"
    assert before <= told.at <= clock()
    sync(paired)
    assert hub.batches[-1].health.trouble
    assert hub.batches[-1].health.trouble.code == lost
    sync(paired)
    assert hub.batches[-1].health.trouble is None


def test_w20_a_full_disk_is_told_although_it_cannot_be_written_down(
    paired: Kiosk, hub: MisbehavingHub
) -> None:
    paired.ask(lambda s: s._db.execute("PRAGMA max_page_count = 1").fetchall())
    for _ in range(2):
        assert sync(paired).trouble is Trouble.DISK_FULL, "the survey has no room"
    assert [batch.health.trouble and batch.health.trouble.code for batch in hub.batches] == [
        None,
        "disk_full",
    ]
    paired.ask(lambda s: s._db.execute("PRAGMA max_page_count = 9999").fetchall())
    assert sync(paired).trouble is None
    assert hub.batches[-1].health.trouble
    sync(paired)
    assert hub.batches[-1].health.trouble is None


def test_a_trouble_that_an_earlier_version_noted_has_no_time_and_is_not_told(
    paired: Kiosk, hub: MisbehavingHub
) -> None:
    paired.ask(
        lambda s: s.settings.put(
            "last_sync", {"contact": None, "trouble": "offline", "offset": None, "batch": None}
        )
    )
    assert paired.ask(lambda s: s.last_sync()) == LastSync(trouble="offline")
    sync(paired)
    assert hub.batches[-1].health.trouble is None
    assert health.met(replace(LastSync(), trouble="offline", troubled_at=NOON)) == Met("offline", NOON)
