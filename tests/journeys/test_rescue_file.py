"""A signed rescue file: out of a kiosk without a network, into its hub, any number of times."""

from contextlib import closing
from datetime import UTC, datetime
from json import loads
from pathlib import Path
from typing import Any

import pytest

from kiosk.storage.opening import open_storage
from tests.support.answers import a_response, an_id
from tests.support.conservation import Books, at_the_hub, books, scored
from tests.support.stand import Stand, commands


def written(stand: Stand, name: str = "rescue") -> Path:
    """Let the kiosk write a signed file."""
    file = stand.papers / f"{stand.store}-{name}.cerchio"
    done = stand.run("export", file)
    assert done.returncode == 0, done.stderr
    return file


def taken(stand: Stand, file: Path) -> dict[str, Any]:
    """Let the hub take a file."""
    said: dict[str, Any] = loads(stand.hub_says("rescue", file, "--json"))
    return {name: said[name] for name in ("added", "known", "refused")}


def test_a_file_is_taken_once_however_often_and_a_later_sync_is_known(stand: Stand) -> None:
    stand.give(1, 2)
    stand.synced()
    stand.give(3, 4, 5)
    file = written(stand)
    assert taken(stand, file) == {"added": 3, "known": 0, "refused": {}}
    line = at_the_hub(stand)
    assert (line["given"], line["received"], line["waiting"], line["missing"]) == (5, 5, 0, 0)
    assert taken(stand, file) == {"added": 0, "known": 3, "refused": {}}
    assert scored(stand)["received"] == 5
    assert stand.synced().startswith("3 delivered (3 of them known")
    assert taken(stand, file) == {"added": 0, "known": 3, "refused": {}}
    assert books(stand) == Books(given=5, received=5)


@pytest.mark.bad_day("B39")
def test_a_kiosk_that_is_gone_and_never_synced_is_whole_again(stand: Stand) -> None:
    stand.give(*range(11))
    file = written(stand)
    stand.data.rename(stand.data.with_name(f"{stand.store}-lost"))
    assert taken(stand, file)["added"] == 11
    line = at_the_hub(stand)
    assert (line["given"], line["received"], line["missing"]) == (11, 11, 0)
    assert line["last_contact"] is None


def test_an_old_file_changes_nothing_of_what_the_kiosk_told_later(stand: Stand) -> None:
    stand.give(1)
    file = written(stand)
    stand.give(2, 3)
    stand.synced()
    assert taken(stand, file) == {"added": 0, "known": 1, "refused": {}}
    assert books(stand) == Books(given=3, received=3)


def test_the_managers_words_go_along_and_are_heard_once(any_stand: Stand) -> None:
    doubtful(any_stand, 9101, 9102)
    any_stand.synced()
    doubtful(any_stand, 9103, 9104)
    say(any_stand, an_id(9101), an_id(9103))
    file = written(any_stand)
    said = any_stand.hub_says("rescue", file)
    assert said == (
        "Answers added: 2, known already: 0, refused: 0.\n"
        "Counted after all, or not any more, by the manager's word: 2.\n"
    )
    score = scored(any_stand)
    assert (score["received"], score["counted"]) == (4, 2)

    say(any_stand, an_id(9101), counts=False)
    later = written(any_stand, "later")
    for each, heard in ((file, 0), (later, 1), (file, 0), (later, 0)):
        assert loads(any_stand.hub_says("rescue", each, "--json"))["heard"] == heard
    any_stand.synced()
    assert scored(any_stand)["counted"] == 1
    assert "All tallies are right." in any_stand.hub_says("rebuild-tallies")


def test_a_file_of_words_alone_says_what_is_in_it(stand: Stand) -> None:
    doubtful(stand, 9105)
    stand.synced()
    say(stand, an_id(9105))
    file = stand.papers / f"{stand.store}-words.cerchio"
    assert stand.run("export", file).stdout == (
        f"Answers written to {file}: 0.\nThe manager's words on answers that look wrong: 1.\n"
    )


def doubtful(stand: Stand, *numbers: int) -> None:
    """Give answers that look wrong."""
    now = datetime.now(UTC)
    with closing(open_storage(stand.data / "kiosk.sqlite", now, alone=True)) as storage:
        for number in numbers:
            storage.outbox.save(a_response(number, flags=("burst",), given_at=now))
            storage.outbox.finish(an_id(number))


def say(stand: Stand, *answers: str, counts: bool = True) -> None:
    """Say as the manager at the kiosk whether these answers count."""
    now = datetime.now(UTC)
    with closing(open_storage(stand.data / "kiosk.sqlite", now, alone=True)) as storage:
        for answer in answers:
            assert (storage.doubts.overrule if counts else storage.doubts.take_back)(answer, now)


def test_a_table_brings_the_managers_words_too_and_never_against_head_office(any_stand: Stand) -> None:
    doubtful(any_stand, 9111, 9112)
    say(any_stand, an_id(9111))
    file = any_stand.papers / "words.csv"
    assert any_stand.run("export", file).returncode == 0
    for _ in range(2):
        any_stand.hub_says("import", file)
        score = scored(any_stand)
        assert (score["received"], score["counted"]) == (2, 1)
    any_stand.synced()
    say(any_stand, an_id(9111), counts=False)
    any_stand.synced()
    any_stand.hub_says("import", file)
    assert scored(any_stand)["counted"] == 0, "the last word is that it does not count"
    assert "All tallies are right." in any_stand.hub_says("rebuild-tallies")


def refused(stand: Stand, file: Path) -> str:
    """Let the hub refuse a file, of which nothing is taken."""
    before = at_the_hub(stand)["received"]
    done = commands(stand.hub)("rescue", file)
    assert done.exit_code == 1
    assert at_the_hub(stand)["received"] == before
    return done.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"score":3', b'"score":9'), (b'"sequence":1,', b'"sequence":7,'), (b'"given":1', b'"given":2')],
)
def test_a_file_that_was_changed_is_refused(stand: Stand, old: bytes, new: bytes) -> None:
    stand.give(3)
    file = written(stand)
    content = file.read_bytes()
    assert old in content
    file.write_bytes(content.replace(old, new))
    assert "it was changed after the kiosk had written it" in refused(stand, file)


def test_half_a_file_is_refused(stand: Stand) -> None:
    stand.give(3, 4)
    file = written(stand)
    content = file.read_bytes()
    for half in (content[: len(content) // 2], content[: content.rindex(b"{")], content[:-1]):
        file.write_bytes(half)
        assert "not whole" in refused(stand, file)


def test_a_file_for_another_hub_or_of_a_lost_kiosk_or_none_at_all_is_refused(stand: Stand) -> None:
    stand.give(3)
    file = written(stand)
    other = file.with_name("other.cerchio")
    stranger = b"0195d000-0000-7000-8000-00000000dead"
    other.write_bytes(file.read_bytes().replace(stand.identity.encode(), stranger))
    assert "a kiosk that this hub does not know" in refused(stand, other)
    other.write_bytes(b"response_id,store\n")
    assert "it is no rescue file" in refused(stand, other)
    stand.hub_says("report-lost", stand.identity, "--yes")
    assert "reported lost or stolen" in refused(stand, file)


def test_a_file_of_one_kiosk_cannot_be_passed_off_as_another_ones(stand: Stand) -> None:
    stand.give(3)
    file = written(stand)
    stranger = stand.stranger().kiosk
    file.write_bytes(file.read_bytes().replace(stand.identity.encode(), stranger.encode()))
    assert "it was changed" in refused(stand, file)


def test_only_the_quarantined_are_exported_with_their_reason(stand: Stand) -> None:
    stand.give(1, 2)
    file = stand.papers / f"{stand.store}-aside.jsonl"
    assert stand.run("export", "--quarantined", file).stdout == f"Answers written to {file}: 0.\n"
    assert stand.run("export", "--quarantined", "--all", stand.papers / "x.csv").returncode == 2


def test_a_kiosk_that_is_not_paired_signs_nothing(stand: Stand, tmp_path: Path) -> None:
    stand.data = tmp_path / "unpaired"
    done = stand.run("export", tmp_path / "rescue.cerchio")
    assert done.returncode == 1
    assert "is not paired" in done.stderr
    assert not (tmp_path / "rescue.cerchio").exists()


def test_a_table_is_taken_by_its_own_ids_before_and_after_a_sync(stand: Stand) -> None:
    stand.give(3, 9, comment="=1+1")
    file = stand.papers / f"{stand.store}.csv"
    assert stand.run("export", file).returncode == 0
    assert stand.hub_says("import", file) == "Answers added: 2, known already: 0, rejected: 0.\n"
    assert stand.synced().startswith("2 delivered (2 of them known")
    assert stand.hub_says("import", file) == "Answers added: 0, known already: 2, rejected: 0.\n"
    assert scored(stand)["received"] == 2
    assert books(stand) == Books(given=2, received=2)
