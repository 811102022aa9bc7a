"""Answers on a stick: real file systems, full, read-only and pulled out."""

import csv
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.responses import Consent, SealedContact
from kiosk.rescue import Carried, Rescue, carry_away, sticks
from kiosk.storage.outbox import State
from tests.support.answers import NOON, a_response
from tests.support.disks import can_mount, small_disk
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
    return kiosk.ask(lambda s: carry_away(s, [media.parent], NOON))


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
        [file] = stick.iterdir()
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
