"""The commands, as a person types them."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk.cli import main
from kiosk.cli.syncing import SENTENCES
from kiosk.config import Config
from kiosk.storage.errors import StorageFull
from kiosk.storage.lock import RUNNING, held
from kiosk.storage.pin import Door, PinOutcome, try_pin
from kiosk.sync import Trouble
from kiosk.words import LANGUAGES, section
from tests.support.answers import NOON, a_response
from tests.support.data import shared
from tests.support.hub import Hub, serving
from tests.support.kiosk import Kiosk, a_pairing
from tests.support.misbehaving_hub import MisbehavingHub, misbehaving_hub, replies

ROWS = """response_id,store,timestamp,score,comment,language
a,Roma,2026-03-28T10:00,10,Brave!,it
b,Roma,2026-03-28T11:00,0,"=1+1",it
c,Roma,2026-03-28T12:00,eleven,,it
d,Bari,2026-03-28T13:00,7,,it
e,,2026-03-28T14:00,7,,it
"""


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Return a file with three answers and two rows that are none."""
    file = tmp_path / "rows.csv"
    file.write_text(ROWS, "utf-8")
    return file


@pytest.fixture
def hub() -> Iterator[MisbehavingHub]:
    """Return a hub that behaves."""
    with misbehaving_hub() as hub:
        yield hub


@pytest.fixture
def paired(config: Config, hub: MisbehavingHub) -> Config:
    """Return the settings of a paired kiosk."""
    kiosk = Kiosk(config)
    kiosk.ask(lambda s: s.pair(a_pairing(hub.address)))
    kiosk.close()
    return config


def command(config: Config, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(config.data), *arguments])


def must(config: Config, *arguments: str) -> str:
    done = command(config, *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_replay_tells_what_became_of_every_row(paired: Config, rows: Path) -> None:
    done = command(paired, "replay", str(rows))
    assert done.exit_code == 0
    assert done.stdout == "Answers given: 3, given before: 0, rejected: 2.\n"
    assert done.stderr.splitlines() == ["line 4: 'eleven' is no score from 0 to 10", "line 6: no store"]
    assert json.loads(must(paired, "replay", str(rows), "--json")) == {
        "given": 0, "known": 3, "rejected": 2, "cut": 0, "ambiguous": 0,
    }  # fmt: skip


def test_replay_takes_the_rows_of_one_store(paired: Config, rows: Path) -> None:
    assert must(paired, "replay", str(rows), "--where", "store=Bari").startswith("Answers given: 1,")
    nothing = must(paired, "replay", str(rows), "--where", "store=Roma", "--where", "language=en")
    assert nothing.startswith("Answers given: 0,")


def test_replay_of_rows_that_are_no_answers_fails(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("response_id,store,timestamp,score\n1,Roma,2026-03-28,eleven\n", "utf-8")
    done = command(config, "replay", str(file))
    assert (done.exit_code, done.stdout) == (1, "Answers given: 0, given before: 0, rejected: 1.\n")
    assert done.stderr.endswith(f"Error: {file}: none of its rows is an answer.\n")


def test_replay_tells_what_is_open_after_it(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("response_id,store,timestamp,score\n1,Roma,02/03/2026,9\n", "utf-8")
    formats = ("--date-format", "%d/%m/%Y", "--date-format", "%m/%d/%Y")
    done = command(config, "replay", str(file), *formats)
    assert (done.exit_code, done.stdout) == (0, "Answers given: 1, given before: 0, rejected: 0.\n")
    assert done.stderr.splitlines() == [
        "The time of 1 row fits more than one --date-format; the first that fits was taken.",
        "This kiosk is not paired: the answers wait on it until it is.",
    ]


def test_a_paired_kiosk_is_paired_with_its_hub_only_on_purpose(paired: Config, hub: MisbehavingHub) -> None:
    done = command(paired, "pair", "--hub", hub.address)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "With --again it becomes another kiosk" in done.stderr


def test_replay_reads_other_peoples_columns_and_dates(paired: Config, tmp_path: Path) -> None:
    file = tmp_path / "theirs.csv"
    file.write_text("Nr,Filiale,Datum,Note,Text\n1,Bozen,24.12.2025,8,gut\n", "utf-8")
    names = ("response_id=Nr", "store=Filiale", "timestamp=Datum", "score=Note", "comment=Text")
    options = [part for name in names for part in ("--map", name)]
    assert must(paired, "replay", str(file), *options, "--date-format", "%d.%m.%Y").startswith(
        "Answers given: 1,"
    )


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


def test_a_file_that_is_no_text_is_refused_whole(paired: Config, tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes(ROWS.replace("Brave", "Perché").encode("latin-1"))
    done = command(paired, "replay", str(file))
    assert done.exit_code == 1
    assert "not UTF-8: byte " in done.stderr
    assert json.loads(must(paired, "results", "--json"))["given"] == 0


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


@pytest.fixture(scope="module")
def real_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Return a real hub in a process of its own, with two stores."""
    with serving(tmp_path_factory.mktemp("hub")) as hub:
        hub.add_store("roma", "Roma Centro")
        hub.add_store("bari", "Bari Porto")
        yield hub


def pair_for_real(config: Config, hub: Hub, store: str, *options: str) -> str:
    """Pair by the command, as a person does: read the code, type it at the hub."""
    arguments = ["--data", str(config.data), "pair", "--hub", hub.address, *options]
    process = subprocess.Popen([sys.executable, "-m", "kiosk", *arguments], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout
        code = re.search(r"[B-Z]{4}-[B-Z]{4}", process.stdout.readline())
        assert code
        hub.must("pair", code[0], "--store", store)
        told = process.stdout.read()
    assert process.returncode == 0
    return told


def test_a_kiosk_pairs_with_a_real_hub_and_delivers_a_file_once(
    config: Config, real_hub: Hub, rows: Path
) -> None:
    told = pair_for_real(config, real_hub, "roma")
    pin = re.search(r"The manager's PIN is ([0-9]{6})\.", told)
    assert pin
    assert "Roma Centro" in told
    for _ in range(2):
        must(config, "replay", str(rows))
        must(config, "sync")
    scores = {score["store"]: score for score in json.loads(real_hub.must("scores", "--json"))}
    assert (scores["roma"]["received"], scores["roma"]["nps"]) == (3, 0.0)
    (fleet,) = json.loads(real_hub.must("fleet", "--json"))
    assert (fleet["given"], fleet["received"], fleet["missing"]) == (3, 3, 0)
    kiosk = Kiosk(config)
    assert kiosk.ask(lambda s: try_pin(s.settings, pin[1], NOON)).outcome is PinOutcome.OPEN
    kiosk.close()
    again = pair_for_real(config, real_hub, "bari", "--again", "--json").splitlines()
    assert json.loads(again[-1])["pin"] is None, "the PIN stays as it was"
    assert json.loads(must(config, "results", "--json"))["given"] == 0, "a new device begins at 1"
    must(config, "replay", str(rows))
    assert json.loads(real_hub.must("fleet", "--json"))[-1]["missing"] == 0


@pytest.mark.parametrize("services", [file for file in [shared("nhs_fft_en.csv")] if file] or [None])
def test_a_larger_file_arrives_whole(
    paired: Config, hub: MisbehavingHub, tmp_path: Path, services: Path | None
) -> None:
    """Uses 7,468 real answers where there are some, else as many made ones; 45 have no store."""
    file = services or _made(tmp_path / "made.csv")
    formats = ["--date-format", "%d/%m/%Y", "--date-format", "%m/%d/%Y"]
    options = ["--map", "language=lang", *formats, "--json"]
    first = json.loads(must(paired, "replay", str(file), *options))
    ambiguous = first.pop("ambiguous")
    assert first == {"given": 7423, "known": 0, "rejected": 45, "cut": 0}
    must(paired, "sync")
    assert len(hub.stored) == 7423
    assert json.loads(must(paired, "replay", str(file), *options))["known"] == 7423
    with file.open(encoding="utf-8", newline="") as rows:
        answers = [row for row in csv.DictReader(rows) if row["store"].strip()]
    given = [int(row["score"]) for row in answers]
    parts = [row["timestamp"].split("/") for row in answers]
    two_ways = [part for part in parts if max(map(int, part[:2])) <= 12 and part[0] != part[1]]
    assert ambiguous == len(two_ways)
    score = json.loads(must(paired, "results", "--json"))["score"]
    assert score["promoters"] == sum(score >= 9 for score in given)
    assert score["detractors"] == sum(score <= 6 for score in given)


def _made(file: Path) -> Path:
    header = "response_id,store,timestamp,score,comment,lang\n"
    rows = (
        f"r {n}/é,{'' if n % 166 == 0 else 'Roma'},{n % 12 + 1:02}/{n % 12 + 1:02}/2021,{n % 11},«{n}»,en\n"
        for n in range(7468)
    )
    file.write_text(header + "".join(rows), "utf-8")
    return file
