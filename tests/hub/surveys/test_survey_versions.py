"""The commands that list and show what customers were asked earlier."""

from json import dumps, loads
from pathlib import Path

from common.surveys import to_document
from hub.config import Settings
from hub.surveys.rules import FIRST_OWN, standard_surveys
from tests.support.commands import HubCommands


def test_every_version_can_be_shown_again(settings: Settings, tmp_path: Path) -> None:
    commands, paper = HubCommands(settings), tmp_path / "ours.json"
    standard = standard_surveys()
    for survey in standard:
        shown = commands.must("survey", "show", "--version", survey.version).stdout
        assert loads(shown) == to_document(survey)

    paper.write_text(dumps(to_document(standard[-1]) | {"id": "ours"}), "utf-8")
    commands.must("survey", "publish", paper, "--all")
    commands.must("survey", "remove", "--all", "--yes")
    assert loads(commands.must("survey", "show", "--version", FIRST_OWN).stdout)["id"] == "ours"
    assert f"ours {FIRST_OWN} " in " ".join(commands.must("survey", "list").stdout.split())
    assert "There is no version 9999" in commands("survey", "show", "--version", 9999).stderr
    assert commands("survey", "show", "--version", 1, "--store", "rome").exit_code == 2
