"""A broken database: moved aside whole, what is readable carried over, and the kiosk goes on."""

import logging
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from common.wire import Code, Outcome, Verdict
from kiosk.config import Config, load_snapshot
from kiosk.storage.errors import StorageBroken
from kiosk.storage.lock import RUNNING, held
from kiosk.storage.outbox import State
from kiosk.storage.pin import PinOutcome, set_pin, try_pin
from tests.kiosk.storage.test_outbox import a_receipt, accepted
from tests.support.answers import NOON, a_response, an_id
from tests.support.kiosk import Kiosk, a_pairing


def _break_header(file: Path) -> None:
    with file.open("r+b") as content:
        content.write(b"not a database any more" * 10)


def _break_middle(file: Path) -> None:
    pages = file.stat().st_size // 4096
    with file.open("r+b") as content:
        for page in range(pages // 3, pages // 2):
            content.seek(page * 4096)
            content.write(b"\xff" * 4096)


def _cut_off(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2 + 100)


@pytest.fixture
def used(config: Config) -> Config:
    """Return settings whose folder holds 300 answers, 100 of them delivered and one quarantined."""
    kiosk = Kiosk(config)
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.ask(lambda s: set_pin(s.settings, "2468"))
    kiosk.give_many(300)
    delivered = (accepted(number) for number in range(1, 101))
    receipt = a_receipt(*delivered, Verdict(an_id(101), Outcome.REFUSED, Code.BAD_SCORE))
    kiosk.ask(lambda s: s.outbox.apply(receipt, s.outbox.batch(101)))
    kiosk.close()
    return config


@pytest.mark.parametrize(("spoil", "least"), [(_break_header, 200), (_break_middle, 50), (_cut_off, 5)])
def test_a_broken_file_is_moved_aside_whole_and_the_kiosk_goes_on(
    used: Config, spoil: Callable[[Path], None], least: int, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(used.database)
    broken = used.database.read_bytes()
    kiosk = Kiosk(used)
    with caplog.at_level(logging.WARNING):
        kiosk.give(a_response(1000, score=0))
    (aside,) = used.data.glob("*.broken")
    assert aside.read_bytes() == broken
    assert kiosk.ask(lambda s: s.broken_files()) == (aside.name,)
    assert aside.name in caplog.text
    kept = kiosk.kept()
    assert kept[-1].response == a_response(1000, score=0)
    assert least < len(kept) <= 201
    assert {k.state for k in kept} <= {State.WAITING, State.QUARANTINED}, "what the hub has stays out"
    assert [k.sequence for k in kept] == list(range(1, len(kept) + 1))
    assert kiosk.ask(lambda s: s.pairing()) is None
    assert load_snapshot(used.data).paired is False
    kiosk.close()


def test_no_broken_file_takes_the_place_of_another(used: Config) -> None:
    contents = set()
    for text in (b"first " * 99, b"second " * 99, b"third " * 99):
        used.database.write_bytes(text)
        contents.add(text)
        kiosk = Kiosk(used)
        kiosk.totals()
        kiosk.close()
    assert {file.read_bytes() for file in used.data.glob("*.broken")} == contents


def test_what_is_readable_of_a_broken_file_is_carried_over(used: Config) -> None:
    _break_middle(used.database)
    kiosk = Kiosk(used)
    carried = [kept.response for kept in kiosk.kept()]
    assert 50 < len(carried) <= 200
    assert all(one == a_response(n, score=n % 11) for one in carried for n in [_number(one.id)])
    kiosk.close()


def _number(identity: str) -> int:
    return next(number for number in range(1, 301) if an_id(number) == identity)


def test_a_file_whose_answers_are_all_readable_goes_on_as_if_nothing_was(used: Config) -> None:
    with sqlite3.connect(used.database) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        # An index that does not fit its table: every row is there, and the file is broken all the same.
        root = "(SELECT rootpage FROM sqlite_schema WHERE name = 'responses_by_time')"
        connection.execute(f"UPDATE sqlite_schema SET rootpage = {root} WHERE name = 'responses_by_state'")
    connection.close()
    kiosk = Kiosk(used)
    totals = kiosk.totals()
    assert (totals.given, totals.delivered, totals.waiting, totals.quarantined) == (300, 100, 199, 1)
    assert kiosk.ask(lambda s: s.pairing()) == a_pairing()
    assert kiosk.ask(lambda s: try_pin(s.settings, "2468", NOON)).outcome is PinOutcome.OPEN
    assert len(kiosk.ask(lambda s: s.broken_files())) == 1
    kiosk.close()


def test_a_file_that_breaks_while_it_is_open_stops_nobody(used: Config) -> None:
    kiosk = Kiosk(used)
    kiosk.save(a_response(1000)).result()
    kiosk.ask(lambda s: s.traces.empty_log())
    with used.database.open("r+b") as content:
        content.seek(4096)
        content.write(b"\xff" * (used.database.stat().st_size - 4096))
    kiosk.ask(lambda s: s._db.execute("PRAGMA shrink_memory").fetchall())
    kiosk.kept()
    assert len(list(used.data.glob("*.broken"))) == 1
    kiosk.save(a_response(1000, score=0)).result()
    assert a_response(1000, score=0) in [kept.response for kept in kiosk.kept()]
    kiosk.close()


def test_settings_that_make_no_sense_count_as_broken(used: Config) -> None:
    with sqlite3.connect(used.database) as connection:
        connection.execute("UPDATE settings SET value = '{\"hub\": 1}' WHERE name = 'pairing'")
    connection.close()
    kiosk = Kiosk(used)
    assert kiosk.totals().given == 200, "the answers that the hub does not have"
    assert kiosk.ask(lambda s: s.pairing()) is None
    kiosk.close()


def test_a_broken_file_beside_a_running_window_is_left_to_the_window(used: Config) -> None:
    _break_header(used.database)
    with held(used.data / RUNNING, patience=0):
        command = Kiosk(used, alone=False)
        with pytest.raises(StorageBroken):
            command.totals()
        command.close()
    assert list(used.data.glob("*.broken")) == []


def test_any_damage_leaves_a_kiosk_that_takes_answers(used: Config) -> None:
    whole, dice = used.database.read_bytes(), Random(7)
    for _ in range(25):
        damaged = bytearray(whole)
        for _ in range(dice.choice([1, 5, 200])):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        used.database.write_bytes(damaged)
        kiosk = Kiosk(used)
        kiosk.give(a_response(1000, score=0))
        assert a_response(1000, score=0) in [kept.response for kept in kiosk.kept()]
        kiosk.totals()
        kiosk.close()
