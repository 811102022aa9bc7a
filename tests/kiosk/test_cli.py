"""The commands, as a person types them."""

import csv
import json
from errno import EPERM
from pathlib import Path

import pytest
from click import ClickException

from common.wire import PAIRING_PATH
from kiosk.cli.answers import whole
from kiosk.cli.syncing import SENTENCES
from kiosk.config import Config
from kiosk.storage.errors import StorageFull
from kiosk.storage.lock import RUNNING, held
from kiosk.storage.pin import Door, PinOutcome, try_pin
from kiosk.sync import Trouble
from kiosk.words import LANGUAGES, section
from tests.support.answers import NOON, a_response, an_id
from tests.support.disks import can_mount, small_disk
from tests.support.kiosk import Kiosk
from tests.support.kiosk_commands import command, must
from tests.support.misbehaving_hub import MisbehavingHub, problem, replies


def test_a_paired_kiosk_is_paired_with_its_hub_only_on_purpose(paired: Config, hub: MisbehavingHub) -> None:
    done = command(paired, "pair", "--hub", hub.address)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "With --again it becomes another kiosk" in done.stderr


def test_a_hub_that_pairs_too_many_says_when_to_come_back(hub: MisbehavingHub, tmp_path: Path) -> None:
    hub.answers[PAIRING_PATH] = problem(429, "too_many_pairings", **{"Retry-After": "600"})
    done = command(Config(data=tmp_path / "new"), "pair", "--hub", hub.address)
    said = "Error: Too many kiosks are being paired at the moment; try again in 10 minutes.\n"
    assert (done.exit_code, done.stderr) == (1, said)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["replay", "no-such-file.csv"], 2),
        (["replay", "{rows}", "--map", "score"], 2),
        (["replay", "{rows}", "--map", "colour=red"], 2),
        (["replay", "{rows}", "--where", "colour=red"], 2),
        (["replay", "{rows}", "--date-format", "%d/%m"], 2),
        (["replay", "{rows}", "--map", "score=points"], 1),
        (["export", "answers.txt"], 2),
        (["pair"], 2),
        (["pair", "--hub", "hub.example.com"], 2),
        (["pair", "--hub", "http://hub.example.com"], 2),
        (["pair", "--hub", "https://hub.example.com", "--pin", "12"], 2),
        (["pair", "--hub", "http://localhost:9"], 1),
        (["pin", "secret"], 2),
        (["run", "--windowed", "big"], 2),
        (["run", "--windowed", "10x10"], 2),
        (["run", "--play", "0"], 2),
        (["run", "--play", "{rows}"], 2),
        (["run", "--play", "no-such-file.json"], 2),
        (["run"], 1),
        (["sing"], 2),
    ],
)
def test_bad_use_and_failure_have_their_exit_codes_and_a_sentence(
    config: Config, rows: Path, arguments: list[str], code: int
) -> None:
    done = command(config, *(argument.format(rows=rows) for argument in arguments))
    assert done.exit_code == code
    assert done.stderr.strip().endswith((".", "'.", "sing'.", ")")) or code == 2
    assert "Traceback" not in done.stderr
    assert done.stderr
    assert not done.stdout


def test_a_setting_that_cannot_be_is_bad_use(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERCHIO_KIOSK_BATCH", "many")
    assert command(config, "results").exit_code == 2


def test_sync_brings_answers_to_the_hub_and_tells(paired: Config, hub: MisbehavingHub, rows: Path) -> None:
    must(paired, "replay", str(rows))
    told = "3 delivered (0 of them known to the hub already), 0 refused, 0 waiting.\n"
    assert must(paired, "sync") == told
    report = json.loads(must(paired, "sync", "--json"))
    assert (report["delivered"], report["waiting"], report["trouble"]) == (0, 0, None)
    document = json.loads(must(paired, "results", "--json"))
    assert [document[name] for name in ("given", "delivered", "waiting", "quarantined")] == [3, 3, 0, 0]
    assert document["score"]["nps"] == 0.0
    assert len(hub.stored) == 3


def test_a_failed_sync_says_why_and_exits_1(paired: Config, hub: MisbehavingHub) -> None:
    hub.always = replies(200)
    done = command(paired, "sync")
    assert done.exit_code == 1
    assert done.stderr.startswith(SENTENCES[Trouble.NOT_THE_HUB])
    assert json.loads(command(paired, "sync", "--json").stdout)["trouble"] == "not_the_hub"


def test_every_trouble_has_a_sentence() -> None:
    assert SENTENCES.keys() == set(Trouble)
    for language in LANGUAGES:
        assert {trouble.value for trouble in Trouble} <= section(language, "trouble").keys()


def test_results_for_people(paired: Config, rows: Path) -> None:
    assert "no answers yet" in must(paired, "results")
    must(paired, "replay", str(rows))
    told = must(paired, "results")
    assert told.startswith("3 given: 0 delivered, 3 waiting, 0 quarantined.")
    assert "ever: score 0.0" in told


def test_export_writes_what_the_hub_does_not_have(paired: Config, rows: Path, tmp_path: Path) -> None:
    must(paired, "replay", str(rows), "--where", "store=Bari")
    must(paired, "sync")
    must(paired, "replay", str(rows))
    table, lines, everything = tmp_path / "a.csv", tmp_path / "a.jsonl", tmp_path / "all.jsonl"
    assert must(paired, "export", str(table)) == f"Answers written to {table}: 2.\n"
    must(paired, "export", str(lines))
    must(paired, "export", str(everything), "--all")
    with table.open(encoding="utf-8", newline="") as file:
        assert [row["comment"] for row in csv.DictReader(file)] == ["Brave!", "'=1+1"]
    assert [len(file.read_text("utf-8").splitlines()) for file in (lines, everything)] == [2, 3]


def test_export_never_writes_over_a_file(paired: Config, tmp_path: Path) -> None:
    file = tmp_path / "rescue.csv"
    file.write_text("precious")
    done = command(paired, "export", str(file))
    assert done.exit_code == 1
    assert done.stderr == f"Error: {file} exists already; nothing was written.\n"
    assert file.read_text() == "precious"
    assert command(paired, "export", str(tmp_path / "nowhere" / "a.csv")).exit_code == 1


def test_export_touches_no_other_file(paired: Config, tmp_path: Path) -> None:
    """Neither one whose name looks like that of an unfinished file nor one that comes meanwhile."""
    others = tmp_path / "there"
    others.mkdir()
    for name in ("a.csv.part", "a.part"):
        (others / name).write_text("precious")
    must(paired, "export", str(others / "a.csv"))
    assert {each.name for each in others.iterdir()} == {"a.csv", "a.csv.part", "a.part"}
    assert (others / "a.csv.part").read_text() == "precious"


@pytest.mark.parametrize("links", [True, False], ids=["a disk with links", "one without, as FAT"])
def test_a_file_that_comes_meanwhile_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    file = tmp_path / "a.csv"
    if not links:
        monkeypatch.setattr("os.link", no_links)
    with pytest.raises(ClickException, match="File exists; nothing was written"):
        write_while_another_comes(file)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a.csv", "theirs")]
    file.unlink()
    with whole(file) as out:
        out.write("ours")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a.csv", "ours")]


def write_while_another_comes(file: Path) -> None:
    with whole(file) as out:
        out.write("ours")
        file.write_text("theirs")


def no_links(*_: object) -> None:
    raise PermissionError(EPERM, "Operation not permitted")


def test_results_tell_of_decisions_that_the_hub_has_not_heard(paired: Config) -> None:
    kiosk = Kiosk(paired)
    kiosk.give(a_response(1, flags=("burst",)))
    kiosk.ask(lambda s: s.doubts.overrule(an_id(1), NOON))
    kiosk.close()
    assert "Decisions that the hub hears with the next sync: 1.\n" in must(paired, "results")
    assert json.loads(must(paired, "results", "--json"))["untold_decisions"] == 1


if can_mount():

    @pytest.mark.parametrize("name", ["rescue.csv", "rescue.jsonl", "rescue.cerchio"])
    def test_what_a_full_stick_does_not_take_is_not_there_and_goes_to_another_one(
        paired: Config, tmp_path: Path, name: str
    ) -> None:
        file = tmp_path / "stick" / name
        kiosk = Kiosk(paired, alone=False)
        kiosk.give_many(200)
        kiosk.close()
        with small_disk(file.parent, "8k"):
            done = command(paired, "export", str(file))
            assert (done.exit_code, done.stdout) == (1, "")
            assert done.stderr == f"Error: {file}: No space left on device; nothing was written.\n"
            assert list(file.parent.iterdir()) == []
        assert must(paired, "export", str(file)) == f"Answers written to {file}: 200.\n"
        assert [each.name for each in file.parent.iterdir()] == [name]


def test_the_pin_is_set(paired: Config) -> None:
    must(paired, "pin", "2468")
    kiosk = Kiosk(paired)
    assert kiosk.ask(lambda s: try_pin(s.settings, "2468", NOON)).outcome is PinOutcome.OPEN
    kiosk.close()


def test_the_service_pin_is_set_by_command_and_is_another_one(paired: Config) -> None:
    assert must(paired, "pin", "2468") == "The manager's PIN is set.\n"
    refused = command(paired, "pin", "--service", "2468")
    assert (refused.exit_code, "must not be the same" in refused.output) == (1, True)
    assert must(paired, "pin", "--service", "8642") == "The service PIN is set.\n"
    kiosk = Kiosk(paired)
    assert kiosk.ask(lambda s: try_pin(s.settings, "8642", NOON, Door.SERVICE)).outcome is PinOutcome.OPEN
    kiosk.close()


def test_pairing_with_another_hub_is_refused_while_answers_wait(paired: Config, rows: Path) -> None:
    must(paired, "replay", str(rows))
    done = command(paired, "pair", "--hub", "https://other.example.com")
    assert done.exit_code == 1
    assert "3 answers are waiting for http://localhost" in done.stderr


def test_commands_work_beside_a_running_window(paired: Config, hub: MisbehavingHub, rows: Path) -> None:
    with held(paired.data / RUNNING, patience=0):
        window = Kiosk(paired)
        window.save(a_response(score=3)).result(10)
        must(paired, "replay", str(rows))
        must(paired, "sync")
        assert json.loads(must(paired, "results", "--json"))["waiting"] == 1, "the visit under way"
        window.give(a_response(score=3))
        must(paired, "sync")
        assert window.totals().delivered == 4
        window.close()


def test_a_storage_that_fails_is_one_sentence(paired: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    paired.database.unlink()
    paired.database.mkdir()
    for arguments in (["results"], ["pin", "2468"], ["export", "a.csv"]):
        done = command(paired, *arguments)
        assert done.exit_code == 1
        assert done.stderr.count("\n") == 1
        assert str(paired.data) in done.stderr
    assert issubclass(StorageFull, Exception)


def test_a_data_folder_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for folder in (file, file / "below"):
        done = command(Config(data=folder), "results")
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == f"Error: {folder} is no folder, and none can be made there.\n"
