"""A tablet's memory that was copied: restored from an old image, cloned, or a file that was copied back."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from tests.support.conservation import at_the_hub, books, scored
from tests.support.stand import Stand


def image(stand: Stand, name: str) -> Path:
    """Copy all that a tablet remembers, as an image of its disk does."""
    copied = stand.data.with_name(f"{stand.data.name}-{name}")
    copytree(stand.data, copied)
    return copied


def restore(stand: Stand, copied: Path) -> None:
    """Put a copy in the place of what the tablet remembers."""
    rmtree(stand.data)
    copytree(copied, stand.data)


def give_and_sync(stand: Stand, *scores: int) -> str:
    stand.give(*scores)
    return stand.synced()


@pytest.mark.bad_day("B37")
def test_w16_a_tablet_restored_from_an_old_image_loses_and_doubles_nothing(stand: Stand) -> None:
    give_and_sync(stand, 1, 2)
    stand.give(3)
    old = image(stand, "old")
    give_and_sync(stand, 4)
    give_and_sync(stand, 5, 6)
    restore(stand, old)
    give_and_sync(stand, 7, 8)
    give_and_sync(stand, 9)
    assert scored(stand)["received"] == 9
    line = at_the_hub(stand)
    assert line["restored_at"]
    assert not line["shared_at"]
    assert line["missing"] == 0
    assert line["waiting"] == 0
    assert "restored" in line["worries"]
    assert stand.here("results")["copy"] == "restored"
    assert "old copy" in stand.run("results").stderr


@pytest.mark.bad_day("B38")
def test_w16_two_tablets_with_one_key_bring_each_answer_once(stand: Stand) -> None:
    give_and_sync(stand, 1)
    give_and_sync(stand, 2)
    twin = replace(stand, data=image(stand, "twin"), rows=100)
    for score in (3, 4, 5):
        give_and_sync(stand, score)
        give_and_sync(twin, score)
    assert scored(stand)["received"] == 8
    line = at_the_hub(stand)
    assert line["shared_at"]
    assert line["missing"] == 0
    assert "shared" in line["worries"]
    for tablet in (stand, twin):
        assert tablet.here("results")["copy"] == "shared"
    twin.pair()
    give_and_sync(twin, 6)
    books(twin)
    assert twin.here("results")["copy"] is None
    assert scored(stand)["received"] == 9


@pytest.mark.bad_day("B37")
def test_w16_an_ordinary_tablet_is_no_copy(stand: Stand) -> None:
    for score in (1, 2, 3):
        give_and_sync(stand, score)
    books(stand)
    line = at_the_hub(stand)
    assert (line["restored_at"], line["shared_at"]) == (None, None)
    assert stand.here("results")["copy"] is None
