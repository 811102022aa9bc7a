"""The command cases."""

from json import loads

from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Engine

from hub.cli import main
from hub.config import Settings
from hub.db import writing
from hub.followup.queries import answer
from tests.hub.conftest import Clock
from tests.support.answers import an_id
from tests.support.chain import SHOPS, furnish


def run(settings: Settings, *arguments: str) -> Result:
    options = ["--data", str(settings.data), "--database", settings.database]
    return CliRunner().invoke(main, [*options, "cases", *arguments])


def test_nobody_waits(app: Flask, settings: Settings) -> None:
    assert run(settings).output == "Nobody is waiting for an answer.\n"
    assert loads(run(settings, "--json").output) == []


def test_open_cases_are_printed_without_contact_details(
    app: Flask, settings: Settings, engine: Engine, clock: Clock
) -> None:
    furnish(app, days=12, shops=SHOPS[:4])
    found = loads(run(settings, "--json").output)
    assert len(found) > 5
    assert [case["due_at"] for case in found] == sorted(case["due_at"] for case in found)
    assert {case["score"] for case in found} <= set(range(7))
    assert all(case["overdue"] for case in found), "the clock of the test is in the past"
    assert set(found[0]) == {
        "response", "store", "store_name", "time_zone", "score", "reasons", "comment", "language",
        "happened_at", "opened_at", "due_at", "overdue", "reachable",
    }  # fmt: skip
    assert "customer" not in run(settings, "--json").output
    with writing(engine) as connection:
        assert answer(connection, found[0]["response"], clock(), "me@example.com", "")
        assert not answer(connection, an_id(999), clock(), "me@example.com", "")
    assert loads(run(settings, "--json").output) == found[1:]


def test_cases_of_one_store(app: Flask, settings: Settings) -> None:
    furnish(app, days=12, shops=SHOPS[:4])
    found = loads(run(settings, "--json", "--store", "MILANO").output)
    assert found
    assert {case["store"] for case in found} == {"MILANO"}
    lines = run(settings, "--store", "MILANO").output.splitlines()
    assert len(lines) == len(found)
    assert lines[0].startswith("MILANO  score ")
    assert lines[0].endswith(f"overdue  {found[0]['response']}")
