"""What is to be played is checked before a window opens, and a slip in it is told by its place."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kiosk.cli import main
from kiosk.cli.group import WindowOptions
from kiosk.config import Config
from kiosk.storage.pin import set_pin
from kiosk.ui.plan import Planned, read_plan
from tests.support.kiosk import Kiosk

LANGUAGES = ("de", "it")


def run(config: Config, *options: object) -> tuple[Result, list[WindowOptions]]:
    """Run the window's command up to where its window opens; return what that would show."""
    shown: list[WindowOptions] = []
    arguments = ["--data", str(config.data), "run", *map(str, options)]
    return CliRunner().invoke(main, arguments, obj=lambda _, options: shown.append(options)), shown


@pytest.fixture
def two_languages(config: Config) -> Config:
    """Return a kiosk whose customers choose between two languages."""
    config.data.mkdir(parents=True, exist_ok=True)
    config.local_settings.write_text(json.dumps({"languages": LANGUAGES}), "utf-8")
    return config


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return tmp_path / "plan.json"


def test_a_visit_needs_no_more_than_its_score(two_languages: Config, plan: Path) -> None:
    whole = {
        "score": 3,
        "language": "it",
        "reasons": [0, 2],
        "comment": "Lenti",
        "email": "a@b.it",
        "phone": "",
    }
    plan.write_text(json.dumps([{"score": 9}, whole]), "utf-8")
    done, (shown,) = run(two_languages, "--play", plan)
    assert done.exit_code == 0, done.output
    assert shown.play == [Planned(9, "de"), Planned(3, "it", (0, 2), "Lenti", "a@b.it")]


def test_the_usual_mixture_is_in_languages_that_customers_can_choose(two_languages: Config) -> None:
    _, (shown,) = run(two_languages, "--play", 12)
    assert {visit.language for visit in shown.play} == {"it"}
    assert {visit.language for visit in read_plan("3", ["pt"])} == {"pt"}
    assert {visit.language for visit in read_plan("12", ["en", "pt", "it"])} == {"en", "it"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ([{"score": 99}], "visit 1 of {plan}: score must be from 0 to 10, not 99."),
        ([{"score": 9}, {"score": True}], "visit 2 of {plan}: score must be from 0 to 10, not true."),
        ([{"score": 9, "language": "xx"}], 'language must be one of de, it, not "xx".'),
        ([{"score": 9, "language": ["it"]}], 'language must be one of de, it, not ["it"].'),
        ([{"score": 9, "reasons": 3}], "reasons must be a list of places from 0 up, not 3."),
        ([{"score": 9, "reasons": ["staff"]}], 'reasons must be a list of places from 0 up, not ["staff"].'),
        ([{"score": 9, "comment": None}], "comment must be a text, not null."),
        ([{"score": 9, "commend": ""}], "there is no 'commend'; there are score, language,"),
        ([{"language": "it"}], 'visit 1 of {plan} is none like {{"score": 9}}.'),
        ([7], "visit 1 of {plan} is none like"),
        ([], "{plan} holds no list of visits."),
        ({"score": 9}, "{plan} holds no list of visits."),
    ],
)
def test_a_slip_in_a_plan_is_told_by_its_place(
    two_languages: Config, plan: Path, content: Any, sentence: str
) -> None:
    plan.write_text(json.dumps(content), "utf-8")
    done, shown = run(two_languages, "--play", plan)
    assert (done.exit_code, shown) == (2, [])
    assert sentence.format(plan=plan) in done.stderr


def test_what_is_no_plan_is_refused(two_languages: Config, plan: Path, tmp_path: Path) -> None:
    plan.write_bytes(b"\xff{")
    for play, sentence in ((plan, "nor a JSON file"), (tmp_path, "Is a directory"), ("0", "No such file")):
        done, shown = run(two_languages, "--play", play)
        assert (done.exit_code, shown) == (2, [])
        assert sentence in done.stderr


def test_a_pin_that_opens_nothing_is_told_before_the_window_opens(
    kiosk: Kiosk, config: Config, tmp_path: Path
) -> None:
    options = ("--play", 1, "--pictures", tmp_path / "pictures", "--pin")
    done, shown = run(config, *options, "4711")
    assert (done.exit_code, shown) == (2, [])
    assert "there is none on this kiosk yet: set it by cerchio-kiosk pin." in done.stderr
    kiosk.ask(lambda s: set_pin(s.settings, "4711"))
    done, shown = run(config, *options, "1234")
    assert (done.exit_code, shown, "it is not the manager's." in done.stderr) == (2, [], True)
    done, (opened,) = run(config, *options, "4711")
    assert (done.exit_code, opened.pin) == (0, "4711")


@pytest.mark.parametrize("options", [("--pictures", "shots"), ("--play", "1", "--pin", "4711")])
def test_options_that_need_another_one_say_so(config: Config, options: tuple[str, ...]) -> None:
    done, shown = run(config, *options)
    assert (done.exit_code, shown, ", too." in done.stderr) == (2, [], True)
