"""A start looks at the file's answers without looking through all of it; nothing is written before that."""

import os
import sqlite3

import pytest

from kiosk.backstage import Backstage
from kiosk.config import Config
from kiosk.results import overview
from kiosk.storage.outbox import State
from kiosk.storage.store import Storage
from kiosk.sync import Trouble
from tests.support.answers import NOON, a_response
from tests.support.kiosk import Kiosk, a_pairing
from tests.support.misbehaving_hub import misbehaving_hub


@pytest.fixture
def used(config: Config) -> Config:
    """Return settings whose folder holds 300 answers of a paired kiosk."""
    kiosk = Kiosk(config)
    kiosk.ask(lambda s: s.pair(a_pairing()))
    kiosk.give_many(300)
    kiosk.close()
    return config


def spoil(config: Config) -> bytes:
    """Damage a page that a look at the numbers does not come by, and return the file as it is then."""
    with sqlite3.connect(config.database) as connection:
        sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_responses_1'"
        (page,) = connection.execute(sql).fetchone()
    connection.close()
    with config.database.open("r+b") as content:
        content.seek((page - 1) * 4096)
        content.write(os.urandom(4096))
    return config.database.read_bytes()


def aside(config: Config) -> list[bytes]:
    """Return the databases that were moved aside."""
    return [file.read_bytes() for file in config.data.glob("*.broken")]


def is_checked(storage: Storage) -> bool:
    return storage._db.checked


def test_a_look_waits_for_no_check_and_a_write_does(used: Config) -> None:
    kiosk = Kiosk(used)
    assert kiosk.totals().given == 300
    assert kiosk.ask(lambda s: overview(s, NOON)).totals.given == 300
    assert not kiosk.ask(is_checked)
    kiosk.save(a_response(301)).result(10)
    assert kiosk.ask(is_checked)
    kiosk.close()


def test_a_program_that_opens_again_and_a_command_check_at_once(used: Config) -> None:
    for kiosk in (Kiosk(used, alone=False), Kiosk(used)):
        kiosk.first = False
        assert kiosk.ask(is_checked)
        kiosk.close()


def test_a_broken_file_is_looked_at_and_never_written_on(used: Config) -> None:
    broken = spoil(used)
    kiosk = Kiosk(used)
    assert kiosk.totals().given == 300
    assert used.database.read_bytes() == broken, "a look changes nothing"
    kiosk.save(a_response(301, score=0)).result(10)
    assert aside(used) == [broken], "the file as it was, before the answer that came"
    assert [kept.response for kept in kiosk.kept()][-1] == a_response(301, score=0)
    assert kiosk.totals().given == 301
    kiosk.close()


def test_the_visit_of_a_killed_program_is_ended_in_a_sound_file_only(used: Config) -> None:
    kiosk = Kiosk(used)
    kiosk.save(a_response(301)).result(10)
    kiosk.close()
    broken = spoil(used)
    kiosk = Kiosk(used)
    assert kiosk.totals().given == 301
    assert aside(used) == [broken]
    assert {kept.state for kept in kiosk.kept()} == {State.WAITING}
    kiosk.close()


def test_the_hub_hears_nothing_of_a_broken_file(config: Config) -> None:
    with misbehaving_hub() as hub:
        kiosk = Kiosk(config)
        kiosk.ask(lambda s: s.pair(a_pairing(hub.address)))
        kiosk.give_many(300)
        # One row that makes no sense: what is saved of the file is not all, and has to be numbered anew.
        kiosk.ask(lambda s: s._db.execute("UPDATE responses SET kind = 'x' WHERE sequence = 7"))
        kiosk.close()
        broken = spoil(config)
        backstage = Backstage(config, alone=True)
        backstage.start()
        report = backstage.sync_now().result(30)
        backstage.stop()
        assert (report.trouble, hub.stored, aside(config)) == (Trouble.NOT_PAIRED, {}, [broken])


def _without(config: Config, column: str) -> None:
    """Damage one letter of a column's name, which SQLite's own check does not mind."""
    content, damaged = config.database.read_bytes(), column.encode()
    assert content.count(damaged) == 1
    config.database.write_bytes(content.replace(damaged, b"X" + damaged[1:]))


@pytest.mark.parametrize("column", ["contact_key TEXT", "standing (", "hours (", "responses_said ON"])
def test_a_schema_that_is_not_what_it_was_is_broken_and_loses_nothing(used: Config, column: str) -> None:
    _without(used, column)
    kiosk = Kiosk(used)
    assert kiosk.totals().given == 300
    assert len(aside(used)) == 1
    kiosk.close()


def test_a_file_of_another_format_is_broken_and_loses_nothing(used: Config) -> None:
    with used.database.open("r+b") as content:
        content.seek(44)
        content.write(b"\0\0\0\7")
    kiosk = Kiosk(used)
    assert kiosk.totals().given == 300
    assert len(aside(used)) == 1
    kiosk.close()


def test_a_list_of_steps_that_is_damaged_keeps_nobody_out(used: Config) -> None:
    with sqlite3.connect(used.database) as connection:
        connection.execute("UPDATE _sqlite_migrations SET name = 'X' WHERE name LIKE 'answers_that%'")
    connection.close()
    kiosk = Kiosk(used)
    assert kiosk.totals().given == 300
    assert len(aside(used)) == 1
    kiosk.close()


def test_an_older_program_takes_the_file_of_a_newer_one(used: Config) -> None:
    with sqlite3.connect(used.database) as connection:
        connection.execute("ALTER TABLE responses ADD COLUMN mood TEXT")
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('kiosk', 'moods', '')"
        )
    connection.close()
    kiosk = Kiosk(used)
    kiosk.give(a_response(301))
    assert (kiosk.totals().given, aside(used)) == (301, [])
    kiosk.close()
