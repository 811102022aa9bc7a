"""Answers on a stick: real file systems, full, read-only and pulled out."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Event
from threading import enumerate as enumerate_threads

import pytest

from common.rescue import batches, check, key_hash
from common.responses import Consent, SealedContact
from kiosk.rescue import Carried, Patience, Rescue, carry_away, sticks
from kiosk.rescue import rescue as carry
from kiosk.storage.errors import StorageReadOnly
from kiosk.storage.opening import open_storage
from kiosk.storage.outbox import State
from kiosk.storage.store import Storage
from tests.support.answers import NOON, a_response, an_id
from tests.support.disks import can_freeze, can_mount, frozen, small_disk, stick_of_its_own
from tests.support.kiosk import Kiosk, a_pairing

CONTACT = SealedContact("key", bytes(range(60)), Consent("standard-1", "it", NOON))
NAME = "cerchio-roma-20260329-120000.csv"


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """Return a folder in which sticks appear, in a folder for each person."""
    folder = tmp_path / "media" / "anna"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def stick(media: Path) -> Iterator[Path]:
    """Return a stick of four megabytes."""
    with small_disk(media / "KINGSTON", "4m"):
        yield media / "KINGSTON"


def rescue(kiosk: Kiosk, media: Path) -> Rescue:
    return kiosk.ask(lambda s: carry_away(s, [media.parent], NOON, Patience()))


def give(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.give(a_response(1, score=0, comment="=1+1", contact=CONTACT), a_response(2, score=10))


def test_without_a_stick_nothing_is_written(kiosk: Kiosk, media: Path) -> None:
    give(kiosk)
    (media / "left over from a stick").mkdir()
    assert rescue(kiosk, media) == Rescue(Carried.NO_STICK)
    assert [*media.rglob("*.csv")] == []


if can_mount():  # An ordinary user gets no stick to plug in.

    def test_answers_are_on_the_stick_sealed_and_still_wait(kiosk: Kiosk, media: Path, stick: Path) -> None:
        give(kiosk)
        assert rescue(kiosk, media) == Rescue(Carried.WRITTEN, "KINGSTON", NAME, 2)
        file, signed = stick / NAME, (stick / NAME).with_suffix(".cerchio")
        assert {*stick.iterdir()} == {file, signed}
        with signed.open("rb") as lines:
            check(lines, [key_hash("key")])
        with file.open(encoding="utf-8", newline="") as content:
            first, second = csv.DictReader(content)
        assert (first["score"], first["comment"], first["contact_box"]) == (
            "0",
            "'=1+1",
            bytes(range(60)).hex(),
        )
        assert (second["score"], second["store"]) == ("10", "roma")
        assert [kept.state for kept in kiosk.kept()] == [State.WAITING] * 2

    def test_what_head_office_has_needs_no_rescue(kiosk: Kiosk, media: Path, stick: Path) -> None:
        assert rescue(kiosk, media) == Rescue(Carried.NOTHING)
        assert [*stick.iterdir()] == []

    def test_the_managers_words_are_carried_where_no_answer_waits(
        kiosk: Kiosk, media: Path, stick: Path
    ) -> None:
        kiosk.ask(lambda s: s.pair(a_pairing()))
        kiosk.give(*(a_response(n, flags=("burst",)) for n in (1, 2)))
        kiosk.deliver(1, 2)
        assert rescue(kiosk, media) == Rescue(Carried.NOTHING)
        kiosk.ask(lambda s: s.doubts.overrule(an_id(2), NOON))
        signed = (stick / NAME).with_suffix(".cerchio")
        assert rescue(kiosk, media) == Rescue(Carried.WRITTEN, "KINGSTON", signed.name, words=1)
        assert [*stick.iterdir()] == [signed]
        with signed.open("rb") as lines:
            check(lines, [key_hash("key")])
            lines.seek(0)
            [batch] = batches(lines)
        assert [word["id"] for word in batch["overruled"]] == [an_id(2)]
        assert kiosk.ask(lambda s: s.leaving.unsent()).holds is False

    def test_words_that_no_stick_takes_are_told_as_such(kiosk: Kiosk, media: Path, stick: Path) -> None:
        kiosk.ask(lambda s: s.pair(a_pairing()))
        kiosk.give(a_response(1, flags=("burst",)))
        kiosk.deliver(1)
        kiosk.ask(lambda s: s.doubts.overrule(an_id(1), NOON))
        subprocess.run(["mount", "-o", "remount,ro", stick], check=True)
        assert rescue(kiosk, media) == Rescue(Carried.READ_ONLY, "KINGSTON")

    def test_a_full_stick_is_left_as_it_was(kiosk: Kiosk, media: Path) -> None:
        give(kiosk)
        kiosk.give(*(a_response(n, comment="long " * 700) for n in range(3, 40)))
        with small_disk(media / "SMALL", "16k"):
            assert rescue(kiosk, media) == Rescue(Carried.FULL, "SMALL")
            assert [*(media / "SMALL").iterdir()] == []

    def test_the_next_stick_is_tried(kiosk: Kiosk, media: Path, stick: Path) -> None:
        give(kiosk)
        with small_disk(media / "A", "64k"):
            subprocess.run(["mount", "-o", "remount,ro", media / "A"], check=True)
            assert rescue(kiosk, media).stick == "KINGSTON"

    def test_a_stick_that_may_only_be_read_is_said_to_be_one(kiosk: Kiosk, media: Path, stick: Path) -> None:
        give(kiosk)
        subprocess.run(["mount", "-o", "remount,ro", stick], check=True)
        assert rescue(kiosk, media) == Rescue(Carried.READ_ONLY, "KINGSTON")

    def test_a_stick_that_is_pulled_out_while_writing(
        kiosk: Kiosk, media: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        give(kiosk)

        def pull(_: int) -> None:
            for file in stick.iterdir():
                file.unlink()

        monkeypatch.setattr("os.fsync", pull)
        assert rescue(kiosk, media) == Rescue(Carried.GONE, "KINGSTON")

    def test_what_comes_back_otherwise_is_no_rescue(
        kiosk: Kiosk, media: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        give(kiosk)

        def spoil(_: int) -> None:
            for file in stick.iterdir():
                file.write_text(file.read_text("utf-8").replace("checkout", "checkers"), "utf-8")

        monkeypatch.setattr("os.fsync", spoil)
        assert rescue(kiosk, media) == Rescue(Carried.DIFFERENT, "KINGSTON")
        assert [*stick.iterdir()] == []

    def test_the_disk_of_the_answers_themselves_is_no_stick(media: Path, stick: Path) -> None:
        (stick / "data").mkdir()
        assert sticks([media], stick / "data") == []
        assert sticks([media, media / "nowhere"], media) == [stick]


def beside(kiosk: Kiosk) -> Storage:
    """Open the storage once more, as the window's errand does."""
    return open_storage(kiosk.config.database, NOON, alone=False)


def begin(kiosk: Kiosk, media: Path, seconds: float = 0.5) -> Future[Rescue]:
    """Carry answers away on threads of their own, with little patience."""
    return carry(lambda: beside(kiosk), [media.parent], NOON, kiosk.config.data, Patience(seconds))


def test_what_comes_of_it_is_told_by_a_thread_of_its_own(kiosk: Kiosk, media: Path) -> None:
    give(kiosk)
    assert begin(kiosk, media).result(10) == Rescue(Carried.NO_STICK)


def test_a_memory_that_fails_is_told_as_such(kiosk: Kiosk, media: Path) -> None:
    kiosk.config.data.write_text("no folder")
    with pytest.raises(StorageReadOnly):
        begin(kiosk, media).result(10)


if can_freeze():  # Only root can make a file system hang.

    @pytest.fixture
    def slow(media: Path, tmp_path: Path) -> Iterator[Path]:
        """Return a stick that can be made to hang."""
        with stick_of_its_own(media / "SLOW", tmp_path / "slow.img"):
            yield media / "SLOW"

    def test_a_stick_that_hangs_is_given_up_and_holds_up_nobody(
        kiosk: Kiosk, media: Path, slow: Path
    ) -> None:
        give(kiosk)
        with frozen(slow):
            assert begin(kiosk, media).result(10) == Rescue(Carried.SILENT)
            kiosk.give(a_response(3))
            assert kiosk.totals().waiting == 3
        left_alone(slow)

    def test_a_stick_that_hangs_at_the_end_has_nothing_that_looks_like_a_rescue_file(
        kiosk: Kiosk, media: Path, slow: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        give(kiosk)
        written, sync = Event(), os.fsync

        def written_and_held_up(file: int) -> None:
            sync(file)
            written.set()
            thawed.wait(10)

        thawed = Event()
        monkeypatch.setattr("os.fsync", written_and_held_up)
        carried = begin(kiosk, media)
        assert written.wait(10)
        with frozen(slow):
            assert carried.result(10) == Rescue(Carried.SILENT)
            assert [*slow.glob("*.csv")] == []
        thawed.set()
        left_alone(slow)

    def test_the_program_ends_although_a_stick_hangs(kiosk: Kiosk, media: Path, slow: Path) -> None:
        give(kiosk)
        with frozen(slow):
            command = [sys.executable, "-c", ENDS, str(kiosk.config.data), str(media.parent)]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            assert process.stdout
            assert process.stdout.readline() == "the program ends\n"
        assert process.wait(10) == 0


ENDS = """
import sys
from pathlib import Path
from time import sleep
from kiosk.backstage import Backstage
from kiosk.config import Config
backstage = Backstage(Config(data=Path(sys.argv[1])), alone=False, sticks=[Path(sys.argv[2])])
backstage.rescue()
sleep(1)
backstage.stop()
print("the program ends", flush=True)
"""


def left_alone(stick: Path) -> None:
    """Wait until nobody writes to a stick any more, and see that it is as it was."""
    for thread in enumerate_threads():
        if thread.name == "rescue":
            thread.join(10)
    assert [*stick.iterdir()] == []
