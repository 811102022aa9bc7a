"""A file played through a kiosk, as a person does it by commands."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.config import Config
from kiosk.storage.pin import PinOutcome, try_pin
from tests.support.answers import NOON
from tests.support.data import shared
from tests.support.hub import Hub, serving
from tests.support.kiosk import Kiosk
from tests.support.kiosk_commands import command, must
from tests.support.misbehaving_hub import MisbehavingHub


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


def test_replay_reads_other_peoples_columns_and_dates(paired: Config, tmp_path: Path) -> None:
    file = tmp_path / "theirs.csv"
    file.write_text("Nr,Filiale,Datum,Note,Text\n1,Bozen,24.12.2025,8,gut\n", "utf-8")
    names = ("response_id=Nr", "store=Filiale", "timestamp=Datum", "score=Note", "comment=Text")
    options = [part for name in names for part in ("--map", name)]
    assert must(paired, "replay", str(file), *options, "--date-format", "%d.%m.%Y").startswith(
        "Answers given: 1,"
    )


def test_a_file_that_is_no_text_is_refused_whole(paired: Config, rows: Path, tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes(rows.read_text("utf-8").replace("Brave", "Perché").encode("latin-1"))
    done = command(paired, "replay", str(file))
    assert done.exit_code == 1
    assert "not UTF-8: byte " in done.stderr
    assert json.loads(must(paired, "results", "--json"))["given"] == 0


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
