"""The commands about stores, kiosks and the database: what they say, and with which exit code."""

import sys
from importlib import import_module
from json import loads
from pathlib import Path
from subprocess import run

import pytest
from click import Context
from flask import Flask

from hub.app import create_app
from hub.cli import group, main
from hub.clock import utc_now
from hub.config import Settings
from hub.web.context import Hub
from tests.support.answers import a_response
from tests.support.commands import HubCommands
from tests.support.disks import failing_disk
from tests.support.tablet import Tablet, ask_key, begin_pairing, through


@pytest.fixture
def hub(settings: Settings) -> HubCommands:
    return HubCommands(settings)


def test_every_command_is_found_in_its_module() -> None:
    for path in Path(group.__file__).parent.glob("*.py"):
        import_module(f"hub.cli.{path.stem}")
    assert sorted(main.commands) == main.list_commands(Context(main))


def test_a_command_that_shows_no_page_loads_no_flask() -> None:
    asked = "import sys, hub.cli; hub.cli.main(['add-store', '--help'], standalone_mode=False)"
    program = [sys.executable, "-c", f"{asked}; print('flask' in sys.modules)"]
    told = run(program, check=True, capture_output=True)
    assert told.stdout.split()[-1] == b"False"


def test_a_store_is_added_once(hub: HubCommands) -> None:
    added = hub("add-store", "rome", "--name", "Da Vinci", "--time-zone", "Europe/Rome")
    assert (added.exit_code, added.stdout) == (0, "Store rome added.\n")
    again = hub("add-store", "rome", "--name", "Da Vinci", "--time-zone", "Europe/Rome")
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == "Error: There is a store rome already.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add-store", "rome", "--name", "x", "--time-zone", "Rome"), "'Rome' is no time zone"),
        (("add-store", "rome", "--time-zone", "Europe/Rome"), "Missing option '--name'"),
        (("add-store", "rome", "--name", "x", "--time-zone", "UTC", "--closing-hour", "12"), "from 0 to 11"),
        (("pair", "BCDF-GHJK", "--store", "rome", "--touchpoint", "/"), "is no touchpoint"),
        (("nonsense",), "No such command"),
    ],
)
def test_bad_use_is_told_on_stderr_with_exit_code_2(
    hub: HubCommands, arguments: tuple[str, ...], sentence: str
) -> None:
    result = hub(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_a_kiosk_is_paired_by_its_code(hub: HubCommands, settings: Settings) -> None:
    hub.must("add-store", "rome", "--name", "Da Vinci", "--time-zone", "Europe/Rome")
    app = create_app(settings, now=utc_now)
    send = through(app.test_client())
    begun = begin_pairing(send)
    unknown = hub("pair", begun["user_code"], "--store", "nowhere")
    assert (unknown.exit_code, unknown.stderr) == (1, "Error: There is no store nowhere.\n")
    wrong = hub("pair", "BBBB-BBBB", "--store", "rome")
    assert wrong.exit_code == 1
    assert "No kiosk shows the code BBBB-BBBB" in wrong.stderr
    hub.must("pair", begun["user_code"], "--store", "rome", "--touchpoint", "exit")
    paired = ask_key(send, begun["device_code"]).document
    assert (paired["store"], paired["touchpoint"]) == ("rome", "exit")
    dispose(app)


def dispose(app: Flask) -> None:
    hub: Hub = app.extensions["cerchio"]
    hub.engine.dispose()


def test_the_fleet_for_programs_and_for_people(hub: HubCommands, tablet: Tablet) -> None:
    tablet.give(a_response(1), a_response(2, language="xx"))
    tablet.number(a_response(3))
    tablet.sync([])
    [kiosk] = loads(hub.must("fleet", "--json").stdout)
    assert kiosk["kiosk"] == tablet.kiosk
    counts = {name: kiosk[name] for name in ("given", "received", "missing", "waiting", "quarantined")}
    assert counts == {"given": 3, "received": 1, "missing": 0, "waiting": 1, "quarantined": 1}
    assert kiosk["last_contact"] == "2026-03-25T10:00:00+00:00"
    assert (kiosk["store"], kiosk["touchpoint"]) == ("rome", "checkout")
    line = hub.must("fleet").stdout.splitlines()[1]
    assert line.split() == [
        "rome-1",
        "checkout",
        "3",
        "1",
        "0",
        "1",
        "1",
        "active",
        "2026-03-25",
        "10:00+00:00",
    ]


def test_who_did_what_is_printed_the_latest_first(hub: HubCommands, tablet: Tablet) -> None:
    assert hub.must("audit", "stopped").stdout == "Nothing like that was written down.\n"
    hub.must("stop-kiosk", tablet.kiosk)
    hub.must("resume-kiosk", tablet.kiosk)
    acts = loads(hub.must("audit", "rome-1", "--json").stdout)
    assert [(act["person"], act["action"]) for act in acts] == [
        ("command line", "kiosk active"), ("command line", "kiosk stopped"),
    ]  # fmt: skip
    [line] = hub.must("audit", "rome-1", "--last", "1", "--skip", "1").stdout.splitlines()
    assert "command line  kiosk stopped" in line
    assert "  stopped  " in (hub.must("stop-kiosk", tablet.kiosk), hub.must("fleet"))[1].stdout


def test_an_empty_fleet(hub: HubCommands) -> None:
    assert loads(hub.must("fleet", "--json").stdout) == []


def test_a_backup_says_what_is_not_in_it(hub: HubCommands, tmp_path: Path) -> None:
    assert str(tmp_path / "secrets") in hub.must("backup", tmp_path / "copy.sqlite").stdout
    nowhere = tmp_path / "nowhere" / "copy.sqlite"
    assert hub("backup", nowhere).stderr == f"Error: {nowhere} cannot be used: No such file or directory.\n"
    again = hub("backup", tmp_path / "copy.sqlite")
    assert again.exit_code == 1
    assert again.stderr == f"Error: {tmp_path / 'copy.sqlite'} exists already; nothing was copied.\n"


def test_a_data_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = HubCommands(Settings(data=tmp_path / "file"))("fleet")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: {tmp_path / 'file'} cannot be used: File exists.\n"


@pytest.mark.parametrize(
    "arguments", [("add-store", "milan", "--name", "x", "--time-zone", "UTC"), ("backup",)]
)
def test_a_disk_that_fails_under_a_command_is_told(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    hub = HubCommands(Settings(data=tmp_path / "hub"))
    hub.must("add-store", "rome", "--name", "x", "--time-zone", "UTC")
    copy = tmp_path / "copy.sqlite"
    with failing_disk():
        result = hub(*arguments, *([copy] if arguments == ("backup",) else []))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: The database ")
    assert result.stderr.endswith(": disk I/O error.\n")
    assert hub.must("scores").stdout.count("\n") == 2
    assert not list(tmp_path.glob("copy*"))


def test_a_setting_that_cannot_be_is_bad_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERCHIO_HUB_PORT", "many")
    result = HubCommands(Settings(data=tmp_path))("fleet")
    assert result.exit_code == 2
    assert "port is a number, not 'many'." in result.stderr
