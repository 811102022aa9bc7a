"""Settings, and the screen that is there before anything else."""

import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from common.settings import Brand, KioskSettings, Times
from common.words import LANGUAGES
from kiosk.config import (
    BadSetting,
    Config,
    Theme,
    chosen_theme,
    default_folder,
    keep_theme,
    load_config,
    load_snapshot,
    unpaired_snapshot,
    write_snapshot,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


def test_every_setting_has_a_sentence() -> None:
    assert all(setting.metadata["sentence"].endswith(".") for setting in fields(Config))


def test_the_option_wins_over_the_environment_and_that_over_the_default(tmp_path: Path) -> None:
    environ = {
        "CERCHIO_KIOSK_DATA": "/elsewhere",
        "CERCHIO_KIOSK_SYNC_EVERY": "2.5",
        "CERCHIO_KIOSK_BATCH": "",
    }
    assert load_config(environ) == Config(data=Path("/elsewhere"), sync_every=2.5)
    assert load_config(environ, tmp_path).data == tmp_path
    assert load_config({}) == Config()


@pytest.mark.parametrize(
    ("name", "value"),
    [("BATCH", "0"), ("BATCH", "1001"), ("BATCH", "many"), ("SYNC_EVERY", "nan"), ("READ_TIMEOUT", "-1")],
)
def test_a_setting_that_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"CERCHIO_KIOSK_{name}"):
        load_config({f"CERCHIO_KIOSK_{name}": value})


def test_each_platform_has_its_folder() -> None:
    home = {"HOME": "/home/anna"}
    assert default_folder("linux", home) == Path("/home/anna/.local/share/cerchio/kiosk")
    assert default_folder("linux", home | {"XDG_DATA_HOME": "/data"}) == Path("/data/cerchio/kiosk")
    assert default_folder("darwin", home).parts[-4:] == ("Library", "Application Support", "Cerchio", "kiosk")
    assert default_folder("win32", {"LOCALAPPDATA": "/local"}) == Path("/local/Cerchio/kiosk")
    assert default_folder("linux", {"ANDROID_PRIVATE": "/private"}) == Path("/private/cerchio")


def test_a_screen_comes_back_as_it_was_written(tmp_path: Path) -> None:
    snapshot = replace(
        unpaired_snapshot(),
        store_name="Bär «Süd»",
        public_key=bytes(32),
        paired=True,
        time_zone="Europe/Rome",
        settings=KioskSettings(
            3, ("de", "it"), Times(idle=20), brand=Brand("#112233", "", PNG), fixes=({"de": "Ja"},)
        ),
    )
    write_snapshot(tmp_path, snapshot)
    assert load_snapshot(tmp_path) == snapshot
    assert [file.name for file in tmp_path.iterdir()] == ["screen.json"]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"store_name": 1}', b"null"])
def test_a_screen_that_is_none_shows_the_standard_survey(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "screen.json").write_bytes(content)
    assert load_snapshot(tmp_path) == unpaired_snapshot()


@pytest.mark.parametrize("part", [None, {}, [], {"version": 1, "times": {"idle": 1}}, "absent"])
def test_settings_that_are_none_spoil_nothing_else_on_the_screen(tmp_path: Path, part: Any) -> None:
    write_snapshot(tmp_path, replace(unpaired_snapshot(), store_name="Roma", settings=KioskSettings(7)))
    document = json.loads((tmp_path / "screen.json").read_text("utf-8")) | {"settings": part}
    if part == "absent":
        del document["settings"]
    (tmp_path / "screen.json").write_text(json.dumps(document), "utf-8")
    assert load_snapshot(tmp_path) == replace(unpaired_snapshot(), store_name="Roma")


def test_a_store_without_a_name_has_one_in_every_language() -> None:
    names = {unpaired_snapshot().name_in(language) for language in LANGUAGES}
    assert names == {
        "this store", "questo negozio", "esta tienda", "ce magasin", "dieses Geschäft", "esta loja",
    }  # fmt: skip
    assert replace(unpaired_snapshot(), store_name="Roma").name_in("fr") == "Roma"


@pytest.mark.parametrize("zone", ["", "Europe/Atlantis", "../etc/passwd", "\0"])
def test_a_zone_that_nobody_knows_is_the_devices_own(zone: str) -> None:
    assert replace(unpaired_snapshot(), time_zone=zone).zone is None


def test_the_first_screen_needs_no_library() -> None:
    code = (
        "import sys, kiosk.__main__\n"
        "heavy = {'sqlite_utils', 'sqlite3', 'requests', 'apscheduler', 'kivy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_colours_chosen_on_the_tablet_come_before_those_of_the_settings(tmp_path: Path) -> None:
    config = Config(data=tmp_path)
    assert chosen_theme(config) is Theme.LIGHT
    keep_theme(tmp_path, Theme.DARK)
    assert chosen_theme(config) is Theme.DARK
    (tmp_path / "theme").write_bytes(b"\xff purple")
    assert chosen_theme(config) is Theme.LIGHT
