"""`cerchio-hub serve` as a process: where it listens, what stops it, and what keeps it from starting."""

from pathlib import Path
from signal import SIGINT, SIGTERM, Signals

import pytest
import requests

from hub.db import open_engine, writing
from tests.support.answers import a_response, an_id
from tests.support.books import stored_rows
from tests.support.hub import Hub, serving
from tests.support.postgres import Postgres


@pytest.mark.parametrize("signal", [SIGINT, SIGTERM])
def test_it_serves_until_a_signal_and_keeps_what_it_took(tmp_path: Path, signal: Signals) -> None:
    with serving(tmp_path) as hub:
        hub.add_store("rome")
        tablet = hub.pair("rome")
        tablet.give(a_response(1))
        assert hub.stop(signal) == 0
    engine = open_engine(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    assert set(stored_rows(engine)) == {an_id(1)}
    engine.dispose()
    assert not (tmp_path / "hub.sqlite-wal").exists(), "a clean stop leaves one file"


def test_a_port_that_is_taken_is_told_in_one_sentence(tmp_path: Path) -> None:
    with serving(tmp_path / "one") as hub:
        port = hub.address.rpartition(":")[2]
        second = Hub(tmp_path / "two").run("serve", "--port", port)
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == (
        f"Error: The hub cannot listen at 127.0.0.1 port {port}: another program does already;"
        " choose another with --port.\n"
    )


def test_an_address_that_is_not_this_machines_is_told(tmp_path: Path) -> None:
    done = Hub(tmp_path).run("serve", "--host", "192.0.2.1", "--port", "0")
    assert done.returncode == 1
    assert "this machine has no such address" in done.stderr


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    done = Hub(tmp_path, "postgresql://me:hunter2@127.0.0.1:1/cerchio").run("serve")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The database postgresql://127.0.0.1:1/cerchio cannot be used:")
    assert done.stderr.count("\n") == 1
    assert "me:" not in done.stderr
    assert "hunter2" not in done.stderr


def test_postgresql_is_migrated_by_command_only(postgres: Postgres, tmp_path: Path) -> None:
    hub = Hub(tmp_path, postgres.url(postgres.create()))
    done = hub.run("serve", "--port", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: The database is older than this hub: run `cerchio-hub migrate` first.\n"
    hub.must("migrate")
    hub.start()
    assert requests.get(hub.address, timeout=10).status_code == 200
    assert hub.stop() == 0


def test_a_database_of_a_newer_hub_is_left_alone(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    hub.must("migrate")
    engine = open_engine(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    done = hub.run("serve", "--port", "0")
    assert done.returncode == 1
    assert done.stderr == "Error: The database is newer than this hub: start the version that migrated it.\n"


def test_its_log_holds_no_key_and_no_comment(tmp_path: Path) -> None:
    with serving(tmp_path) as hub:
        hub.add_store("rome")
        tablet = hub.pair("rome")
        tablet.give(a_response(1, comment="call me at 555 1234"))
        tablet.give(a_response(1, comment="something else entirely"))
        requests.get(hub.address + "/api/v1/survey", headers={"Authorization": "Bearer guess-me"}, timeout=10)
        hub.stop()
        log = hub.log
    assert an_id(1) in log
    for word in (tablet.key, "555 1234", "something else", "guess-me"):
        assert word not in log
