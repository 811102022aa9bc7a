"""API keys: what opens the fleet's address for programs, what does not, and the commands."""

from datetime import UTC, datetime
from json import loads
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from hub.cli import main
from hub.db import reading, writing
from hub.db.audit import audit
from hub.fleet.reports import FLEET_PATH
from hub.programs import queries
from hub.programs.rules import MOST_REQUESTS, MOST_WRONG, new_key, prefix, request_limits
from hub.programs.tables import api_keys
from hub.stores.queries import Store
from tests.hub.conftest import Clock
from tests.support.reader import Reader
from tests.support.tablet import Tablet


@pytest.fixture
def key(engine: Engine, clock: Clock) -> str:
    """Return the key of a program that reads all stores."""
    key = new_key()
    with writing(engine) as connection:
        assert queries.add_key(connection, "reports", key, (), "tests", clock())
    return key


def ask(
    client: FlaskClient, key: str | None, address: str = FLEET_PATH, scheme: str = "Bearer"
) -> TestResponse:
    return client.get(address, headers={"Authorization": f"{scheme} {key}"} if key else {})


def test_a_key_opens_it_and_is_noted_but_not_kept(
    client: FlaskClient, key: str, engine: Engine, clock: Clock
) -> None:
    assert ask(client, key).status_code == 200
    assert ask(client, key, scheme="bearer").status_code == 200
    with reading(engine) as connection:
        [row] = connection.execute(select(api_keys)).all()
        [listed] = queries.all_keys(connection)
    assert key.encode() not in bytes(row.key_hash)
    assert key.startswith(f"{row.prefix}_")
    assert len(key) - len(row.prefix) > 40
    assert (listed.last_used_at, listed.stores) == (clock(), None)


def test_nothing_else_opens_it(client: FlaskClient, key: str, reader: Reader, tablet: Tablet) -> None:
    assert reader.get("/fleet").status == 200, "a person is signed in, with a cookie"
    for wrong in (None, "", key[:-1], key + "x", tablet.key, "é", "x" * 5000):
        answer = ask(reader.client, wrong)
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert (answer.json or {})["code"] == "unknown_api_key"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert ask(client, key, scheme="Basic").status_code == 401
    assert client.get(f"{FLEET_PATH}?key={key}").status_code == 401
    assert reader.client.post(FLEET_PATH, headers={"Authorization": f"Bearer {key}"}).status_code == 405


def test_a_key_is_no_device_key(client: FlaskClient, key: str) -> None:
    answer = ask(client, key, "/api/v1/survey")
    assert (answer.status_code, (answer.json or {})["code"]) == (401, "unknown_device")


def test_a_key_that_was_removed_opens_nothing(
    client: FlaskClient, key: str, engine: Engine, clock: Clock
) -> None:
    with writing(engine) as connection:
        assert queries.remove_key(connection, "reports", "tests", clock())
        assert not queries.remove_key(connection, "reports", "tests", clock())
        actions = connection.execute(select(audit.c.action, audit.c.subject).order_by(audit.c.id)).all()
    assert ask(client, key).status_code == 401
    assert actions[-2:] == [
        ("api key added", f"reports {prefix(key)}, whole chain"),
        ("api key removed", "reports"),
    ]


def test_too_many_requests_are_told_when_to_come_back(
    client: FlaskClient, key: str, engine: Engine, clock: Clock
) -> None:
    with writing(engine) as connection:
        for _ in range(MOST_REQUESTS - 1):
            queries.REQUESTS.count(connection, request_limits("reports"), clock())
    assert ask(client, key).status_code == 200
    clock.forward(seconds=20)
    answer = ask(client, key)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "40")
    assert (answer.json or {})["code"] == "too_many_requests"
    clock.forward(seconds=40)
    assert ask(client, key).status_code == 200
    clock.forward(hours=-5)
    assert ask(client, key).status_code == 200, "a clock that is set back holds up nobody"


def test_wrong_keys_are_held_up_and_right_ones_from_the_same_place_are_not(
    client: FlaskClient, key: str
) -> None:
    codes = [ask(client, "wrong").status_code for _ in range(MOST_WRONG + 2)]
    assert codes == [401] * MOST_WRONG + [429] * 2
    assert ask(client, key).status_code == 200


@pytest.fixture
def data(migrated_sqlite: Path, tmp_path: Path) -> Path:
    (tmp_path / "hub.sqlite").write_bytes(migrated_sqlite.read_bytes())
    return tmp_path


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), "api-keys", *arguments])


def test_the_commands_add_list_and_remove(data: Path) -> None:
    CliRunner().invoke(
        main, ["--data", str(data), "add-store", "rome", "--name", "Roma", "--time-zone", "Europe/Rome"]
    )
    assert run(data, "list").stdout == "No program has an API key.\n"
    added = run(data, "add", "reports", "--store", "rome")
    key = added.stdout.strip()
    assert "reports may read rome by this key. It is not shown again." in added.stderr
    listed = run(data, "list").stdout
    assert f"{'_'.join(key.split('_')[:2])}…  rome, never used" in listed
    assert key not in listed
    [told] = loads(run(data, "list", "--json").stdout)
    assert (told["name"], told["stores"], told["last_used_at"]) == ("reports", ["rome"], None)
    assert run(data, "remove", "reports").stdout == "The key of reports opens nothing any more.\n"
    assert run(data, "list").stdout == "No program has an API key.\n"


def test_the_commands_refuse_what_makes_no_sense(data: Path) -> None:
    assert run(data, "add", "a/b").exit_code == 2
    assert "There is no store nowhere." in run(data, "add", "reports", "--store", "nowhere").stderr
    assert run(data, "list").stdout == "No program has an API key.\n"
    assert run(data, "add", "reports").exit_code == 0
    assert "reports has a key already" in run(data, "add", "reports").stderr
    assert "No program other has a key." in run(data, "remove", "other").stderr


def test_a_key_may_be_limited_to_stores(engine: Engine, rome: Store) -> None:
    key = new_key()
    with writing(engine) as connection:
        queries.add_key(connection, "rome only", key, ["rome"], "tests", datetime(2026, 3, 25, tzinfo=UTC))
        program = queries.find_program(connection, key)
    assert program
    assert (program.may_see("rome"), program.may_see("milan")) == (True, False)
