"""What is no answer, from file, line or stranger: it is named and set apart, and everything else arrives."""

from collections.abc import Callable, Sequence
from csv import DictReader
from gzip import compress
from json import dumps, loads
from pathlib import Path
from typing import Any

import pytest

from common.wire import LARGEST_BATCH
from tests.support.answers import a_response
from tests.support.conservation import Books, books, scored
from tests.support.stand import Stand
from tests.support.weather import clear, opened, rewritten, unpacked

MEGABYTE = 2**20

SPOILED: Sequence[tuple[dict[str, Any], str]] = (
    ({"score": -1}, "bad_score"),
    ({"score": 11}, "bad_score"),
    ({"score": "7"}, "bad_score"),
    ({"score": True}, "bad_score"),
    ({"score": None}, "bad_score"),
    ({"survey": "unheard-of"}, "unknown_survey"),
    ({"version": 7}, "unknown_survey"),
    ({"language": "tlh"}, "unknown_language"),
    ({"comment": "x" * MEGABYTE}, "bad_comment"),
)
"""What becomes of a part of a response on its way, and the hub's word for it."""


def spoil(text: bytes) -> bytes:
    """Spoil every second response of a batch, each in another way."""
    batch = loads(text)
    for (change, _), response in zip(SPOILED, batch["responses"][1::2], strict=False):
        response.update(change)
    return dumps(batch).encode()


@pytest.mark.bad_day("B1")
def test_zero_is_an_answer_all_the_way(stand: Stand) -> None:
    stand.give(0)
    stand.synced()
    assert books(stand) == Books(given=1, received=1)
    said = scored(stand)
    assert (said["received"], said["counted"], said["detractors"], said["nps"]) == (1, 1, 1, -100)
    assert stand.here("results")["score"]["nps"] == -100


@pytest.mark.bad_day("B2", "B5", "B6", "B9")
def test_what_is_no_answer_is_set_apart_and_its_neighbours_arrive(stand: Stand) -> None:
    stand.give(*[9] * (2 * len(SPOILED) + 1))
    stand.line.spell = rewritten(unpacked(spoil))
    assert stand.synced() == "10 delivered (0 of them known to the hub already), 9 refused, 0 waiting.\n"
    stand.line.spell = clear
    stand.synced()
    assert books(stand) == Books(given=19, received=10, quarantined=9)
    assert [row["refusal"] for row in exported(stand)] == [code for _, code in SPOILED]
    assert scored(stand)["received"] == 10


@pytest.mark.bad_day("B13")
def test_a_gzip_bomb_is_refused_without_being_unpacked(any_stand: Stand) -> None:
    stranger = any_stand.stranger()
    assert stranger.give(a_response()).verdicts
    before = peak_memory(any_stand)
    bomb = compress(bytes(1000 * MEGABYTE), 1)
    reply = stranger.post_bytes(bomb)
    assert (reply.status, reply.code) == (413, "too_large")
    assert peak_memory(any_stand) - before < len(bomb) + 6 * LARGEST_BATCH
    any_stand.give(9)
    any_stand.synced()
    assert books(any_stand) == Books(given=1, received=1)


def peak_memory(stand: Stand) -> int:
    """Return the most bytes of memory that the hub's process has had so far."""
    assert stand.hub.process is not None
    status = Path(f"/proc/{stand.hub.process.pid}/status").read_text()
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


@pytest.mark.bad_day("B14")
def test_ten_thousand_at_once_are_refused_and_arrive_in_parts(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = stand.stranger()
    items = hasty.number(*(a_response(number) for number in range(10_000)))
    reply = hasty.post(hasty.document(items))
    assert (reply.status, reply.code) == (413, "too_many_responses")
    assert scored(stand)["received"] == 0
    monkeypatch.setenv("CERCHIO_KIOSK_BATCH", "10000")
    code, said = stand.sync()
    assert code == 2
    assert said.endswith("\n\nError: CERCHIO_KIOSK_BATCH must be from 1 to 1000, not 10000\n")
    monkeypatch.setenv("CERCHIO_KIOSK_BATCH", "1000")
    stand.give(*range(11), *[10] * 9_989)
    assert stand.synced().startswith("10000 delivered")
    assert books(stand) == Books(given=10_000, received=10_000)


def exported(stand: Stand) -> list[dict[str, str]]:
    """Return what the kiosk still has, as its export says."""
    file = stand.data / "left.csv"
    assert stand.run("export", file).returncode == 0
    with file.open(encoding="utf-8", newline="") as lines:
        return list(DictReader(lines))


@pytest.mark.bad_day("B3", "B7")
def test_a_file_with_rows_that_are_no_answer_is_given_without_them(any_stand: Stand) -> None:
    scores = (0, -1, 11, '"7"', True, "", "7.5", 10)
    comments = ("", "", "", "", "", "", "", "x" * MEGABYTE)
    file = any_stand.write((n, *row) for n, row in enumerate(zip(scores, comments, strict=True)))
    done = any_stand.run("replay", file)
    assert done.stdout == "Answers given: 2, given before: 0, rejected: 6, comments cut: 1.\n"
    assert done.stderr.splitlines() == [
        "line 3: '-1' is no score from 0 to 10",
        "line 4: '11' is no score from 0 to 10",
        "line 5: '\"7\"' is no score from 0 to 10",
        "line 6: 'True' is no score from 0 to 10",
        "line 7: no score",
        "line 8: '7.5' is no score from 0 to 10",
        "line 9: given, but its comment is longer than a comment may be and was cut",
    ]
    any_stand.synced()
    assert books(any_stand) == Books(given=2, received=2)


@pytest.mark.bad_day("B8")
def test_a_file_that_is_no_utf8_gives_nothing(any_stand: Stand) -> None:
    any_stand.give(9)
    file = any_stand.write([(2, 10, "è buono")])
    file.write_bytes(file.read_text("utf-8").encode("latin-1"))
    done = any_stand.run("replay", file)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {file}: not UTF-8: byte ")
    any_stand.synced()
    assert books(any_stand) == Books(given=1, received=1)


BODIES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "not gzip": (opened, "not_gzip"),
    "half of the gzip": (lambda body: body[: len(body) // 2], "not_gzip"),
    "not JSON": (unpacked(lambda text: b"<batch>" + text), "not_json"),
    "broken UTF-8": (unpacked(lambda text: text.decode().encode("latin-1")), "not_json"),
    "no batch": (unpacked(lambda text: b"[]"), "bad_batch"),
}


@pytest.mark.bad_day("B10", "B11", "B12")
def test_a_line_that_spoils_every_body_delivers_nothing_until_it_is_mended(any_stand: Stand) -> None:
    any_stand.give(0, 5, 10, comment="caffè")
    for edit, code in BODIES.values():
        any_stand.line.spell = rewritten(edit)
        exit_code, said = any_stand.sync()
        assert exit_code == 1
        assert said.endswith(f"The hub did not take some of the answers. (status 400, {code})\n"), said
        assert books(any_stand) == Books(given=3, received=0, waiting=3)
    any_stand.line.spell = clear
    any_stand.synced()
    assert books(any_stand) == Books(given=3, received=3)


@pytest.mark.bad_day("B12")
def test_a_line_that_spoils_one_answer_does_not_hold_up_the_others(any_stand: Stand) -> None:
    any_stand.give(0, 5)
    any_stand.give(7, comment="caffè")
    any_stand.give(9, 10)
    any_stand.line.spell = rewritten(BODIES["broken UTF-8"][0])
    exit_code, said = any_stand.sync()
    assert exit_code == 1
    assert said.startswith("4 delivered (0 of them known to the hub already), 0 refused, 1 waiting.\n")
    assert books(any_stand) == Books(given=5, received=4, waiting=1)
    any_stand.line.spell = clear
    any_stand.synced()
    assert books(any_stand) == Books(given=5, received=5)
