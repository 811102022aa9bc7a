"""The command that says which settings hold, as a person types it."""

import json

import pytest
from click.testing import CliRunner, Result

from common.settings import PARTS
from common.wire import Unusable
from kiosk.cli import main
from kiosk.config import Config
from tests.support.kiosk import Kiosk


def settings(config: Config, *options: str) -> Result:
    done = CliRunner().invoke(main, ["--data", str(config.data), "settings", *options])
    assert done.exit_code == 0, done.output
    return done


def test_each_part_is_told_with_where_it_comes_from(kiosk: Kiosk, config: Config) -> None:
    kiosk.ask(lambda s: s.preferences.take({"version": 3, "languages": ["it"], "address": ""}))
    (config.data / "settings.json").write_text('{"times": {"idle": 60}}')
    told = settings(config)
    lines = told.stdout.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == list(PARTS)
    assert 'languages  head office    ["it"]' in lines
    assert any(line.startswith("times      settings.json") and '"idle": 60' in line for line in lines)
    assert "hours      default        {}" in lines
    assert lines[-1] == "Head office's settings are of version 3."
    assert told.stderr == ""


def test_what_cannot_be_used_is_told(kiosk: Kiosk, config: Config, caplog: pytest.LogCaptureFixture) -> None:
    kiosk.ask(lambda s: s.preferences.note_unusable(Unusable("it has no wording", "")))
    (config.data / "settings.json").write_text('{"langages": []}')
    told = settings(config).stderr
    assert told == "Head office's survey cannot be used: it has no wording. What was there before holds.\n"
    file = config.data / "settings.json"
    assert f"{file} cannot be used: there is no part called 'langages'" in caplog.text
    document = json.loads(settings(config, "--json").stdout)
    assert document["file"] == str(file)
    assert "langages" in document["file_trouble"]
    assert document["unusable"] == {"survey": "it has no wording", "settings": ""}
    assert (document["version"], set(document["parts"])) == (0, set(PARTS))
    assert document["parts"]["languages"] == {"from": "default", "value": []}
