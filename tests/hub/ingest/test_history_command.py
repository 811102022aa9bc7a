"""The command import, with a small file as untidy as real ones."""

from collections import Counter
from json import loads
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from hub.config import Settings
from tests.support.commands import HubCommands

SAMPLE = Path(__file__).parents[2] / "support" / "sample_history.csv"
FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%z", "%d/%m/%Y", "%m/%d/%Y")
AS_WRITTEN = ("--map", "language=lang", *(word for form in FORMATS for word in ("--date-format", form)))
NEW_STORES = ("--create-stores", "--time-zone", "Europe/Rome")


@pytest.fixture
def run(settings: Settings) -> HubCommands:
    return HubCommands(settings)


def bring(run: HubCommands, *options: str) -> Result:
    return run.must("import", SAMPLE, *AS_WRITTEN, *options)


def received(run: HubCommands) -> dict[str, int]:
    return {found["store"]: found["received"] for found in loads(run.must("scores", "--json").stdout)}


REASONS = {
    30: "no response_id",
    31: "no store",
    32: "no store",
    33: "no store",
    34: "'11' is no score from 0 to 10",
    35: "no score",
    36: "'7.5' is no score from 0 to 10",
    37: "'sette' is no score from 0 to 10",
    38: "'31/31/2026' is no time (" + " or ".join(FORMATS) + ")",
    39: "no timestamp",
    40: "9 values for 8 columns",
    41: "broken CSV from line 41 on: ',' expected after '\"'",
}
"""By line of the sample."""


def test_good_rows_go_in_and_every_other_one_is_named(run: HubCommands) -> None:
    result = bring(run, *NEW_STORES)
    *named, ambiguous = result.stderr.splitlines()
    assert named == [f"line {line}: {reason}" for line, reason in REASONS.items()]
    assert ambiguous.startswith("The time of 1 row fits more than one --date-format;")
    assert result.stdout == (
        "Answers added: 27, known already: 1, rejected: 12. Stores made: Roma / Termini  2, Milano, Oslo.\n"
    )
    assert received(run) == {"Roma / Termini  2": 12, "Milano": 11, "Oslo": 4}


def test_importing_again_changes_nothing(run: HubCommands) -> None:
    bring(run, *NEW_STORES)
    before = run.must("scores", "--json").stdout
    assert bring(run).stdout == "Answers added: 0, known already: 28, rejected: 12.\n"
    assert run.must("scores", "--json").stdout == before


def test_one_object_for_programs(run: HubCommands) -> None:
    found: dict[str, Any] = loads(bring(run, *NEW_STORES, "--json").stdout)
    assert {rejected["line"]: rejected["reason"] for rejected in found.pop("rejected")} == REASONS
    assert found == {
        "cut": [],
        "added": 27,
        "known": 1,
        "ambiguous": 1,
        "stores": ["Roma / Termini  2", "Milano", "Oslo"],
        "dry_run": False,
    }


def test_a_dry_run(run: HubCommands) -> None:
    result = bring(run, *NEW_STORES, "--dry-run")
    assert result.stdout.startswith("This would happen: Answers added: 27, known already: 1, rejected: 12.")
    assert received(run) == {}


def test_without_create_stores_rows_of_unknown_stores_are_rejected(run: HubCommands) -> None:
    run.must("add-store", "Oslo", "--name", "Oslo", "--time-zone", "Europe/Oslo")
    found = loads(bring(run, "--json").stdout)
    reasons = Counter(rejected["reason"] for rejected in found["rejected"])
    assert (reasons["there is no store 'Milano'"], reasons["there is no store 'Roma / Termini  2'"]) == (
        12,
        12,
    )
    assert (found["added"], found["stores"], received(run)) == (4, [], {"Oslo": 4})


@pytest.mark.parametrize("options", [(), ("--json",), ("--dry-run",)])
def test_a_file_without_an_answer_fails(run: HubCommands, tmp_path: Path, options: tuple[str, ...]) -> None:
    file = tmp_path / "history.csv"
    file.write_text("response_id,store,timestamp,score\n1,Roma,2026-01-01,5\n")
    done = run("import", file, *options)
    assert done.exit_code == 1
    assert done.stderr.endswith(f"Error: {file}: none of its rows is an answer.\n")
    assert "rejected" in done.stdout


def test_a_cut_comment_is_told(run: HubCommands, tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    file.write_text("response_id,store,timestamp,score,comment\n1,M,2026-01-01,5," + "x" * 5000 + "\n")
    result = run.must("import", file, *NEW_STORES)
    assert result.stderr == "line 2: added, but the comment is cut to 4,000 characters\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no column 'response_id'; the file has: nothing"),
        (b"id,score\n", "no column 'response_id'; the file has: id, score"),
        ("store\nCaffè".encode("latin-1"), "not UTF-8: byte 11 is 0xe8."),
        ("store".encode("utf-16"), "not UTF-8: byte 1 is 0xff."),
    ],
)
def test_what_is_no_history_is_said_in_a_sentence(
    run: HubCommands, tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "history.csv"
    file.write_bytes(content)
    result = run("import", file)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: {file}: {sentence}")


def test_a_byte_order_mark_is_read_over(run: HubCommands, tmp_path: Path) -> None:
    file = tmp_path / "marked.csv"
    file.write_bytes(b"\xef\xbb\xbf" + SAMPLE.read_bytes())
    result = run.must("import", file, *AS_WRITTEN, *NEW_STORES)
    assert result.stdout.startswith("Answers added: 27,")


@pytest.mark.parametrize(
    "options",
    [
        ("nowhere.csv",),
        (),
        (SAMPLE, "--map", "language"),
        (SAMPLE, "--map", "colour=lang"),
        (SAMPLE, "--map", "language="),
        (SAMPLE, "--create-stores"),
        (SAMPLE, "--date-format", "%Q"),
        (SAMPLE, "--time-zone", "Europe/Rome"),
        (SAMPLE, "--create-stores", "--time-zone", "Europe/Atlantis"),
        (SAMPLE, "--language", "italiano però"),
        (SAMPLE, "--kind", "yearly"),
    ],
)
def test_bad_use(run: HubCommands, options: tuple[Any, ...]) -> None:
    result = run("import", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error" in result.stderr
