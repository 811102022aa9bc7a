"""How long a pixel is, as the shop or the screen says."""

from math import hypot, inf
from pathlib import Path

import pytest

from kiosk.ui.density import edid_diagonal, pitch, told_diagonals


def edid(wide: int, high: int) -> bytes:
    """Return an EDID whose first detailed timing says so many millimetres."""
    body = bytearray(128)
    body[66], body[67], body[68] = wide & 255, high & 255, wide >> 8 << 4 | high >> 8
    return bytes(body)


def display(folder: Path, name: str, status: str, said: bytes) -> None:
    (folder / name).mkdir()
    (folder / name / "status").write_text(f"{status}\n")
    (folder / name / "edid").write_bytes(said)


@pytest.mark.parametrize(("wide", "high"), [(217, 136), (256, 255), (527, 296), (0, 0)])
def test_an_edid_says_its_millimetres(wide: int, high: int) -> None:
    assert edid_diagonal(edid(wide, high)) == hypot(wide, high)


def test_an_edid_that_is_cut_short_says_nothing() -> None:
    assert edid_diagonal(edid(217, 136)[:127]) == 0


def test_only_displays_that_are_connected_and_know_are_believed(tmp_path: Path) -> None:
    display(tmp_path, "card0-DP-1", "disconnected", edid(527, 296))
    display(tmp_path, "card0-DSI-1", "connected", b"")
    display(tmp_path, "card0-HDMI-A-1", "connected", edid(0, 0))
    display(tmp_path, "card1-eDP-1", "connected", edid(217, 136))
    (tmp_path / "card1-broken").mkdir()
    assert list(told_diagonals(tmp_path)) == [hypot(217, 136)]


def test_a_machine_without_such_a_folder_says_nothing(tmp_path: Path) -> None:
    assert list(told_diagonals(tmp_path / "none")) == []


def test_the_shops_word_goes_before_the_screens_and_nobodys_is_large_enough() -> None:
    size = (1280, 800)
    assert pitch(size, 256.5, [178.0]) == pytest.approx(256.5 / hypot(1280, 800))
    assert pitch(size, 0, [178.0]) == pytest.approx(178 / hypot(1280, 800))
    assert pitch(size, 0, []) == inf
