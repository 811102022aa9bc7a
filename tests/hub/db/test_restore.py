"""A backup of either engine comes back into an empty database of either; a hub in use is left alone."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from hub.config import Settings
from hub.db import metadata, migrate, open_engine, reading, writing
from hub.db.audit import record
from hub.db.backup import copy_to
from tests.hub.conftest import Clock
from tests.support.answers import a_response
from tests.support.books import assert_balanced, case_ids
from tests.support.commands import HubCommands
from tests.support.contacts import reachable
from tests.support.postgres import Postgres
from tests.support.tablet import Tablet

NOW = {"now": "2026-03-25T10:00:00.000+00:00"}


def contents(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table."""
    with reading(engine) as connection:
        return {
            table.name: sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=repr)
            for table in metadata.sorted_tables
        }


@pytest.fixture
def full(engine: Engine, settings: Settings, tablet: Tablet) -> Engine:
    """Return a hub that has a bit of everything: answers, a case, a person, an API key and audit entries."""
    tablet.give(
        reachable(1, tablet.public_key, score=3, comment="Città, naïve, 列\n:-)"),
        a_response(2, score=9, flags=("fast",), reasons=("waiting", "staff")),
        *(a_response(number) for number in range(3, 30)),
    )
    hub = HubCommands(settings)
    hub.must("add-person", "anna@example.org", "--name", "Anna", "--head-office", "--make-password")
    return engine


OpenOther = Callable[[str], HubCommands]


@pytest.fixture
def other(postgres: Postgres, settings: Settings, tmp_path: Path) -> OpenOther:
    """Return what sets up another machine: a copy of the secrets, and an empty database of an engine."""

    def other(engine: str) -> HubCommands:
        data = tmp_path / "other"
        data.mkdir()
        shutil.copytree(settings.data / "secrets", data / "secrets")
        return HubCommands(Settings(data, postgres.url(postgres.create()) if engine != "sqlite" else ""))

    return other


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_comes_back_whole_on_either_engine(
    full: Engine, settings: Settings, other: OpenOther, tmp_path: Path, clock: Clock, target: str
) -> None:
    file = tmp_path / "backup.sqlite"
    HubCommands(settings).must("backup", file)
    there = other(target)
    said = there.must("restore", file).stdout
    assert "Restored: answers 29, kiosks 1, last contact: 2026-03-25T10:00:00+00:00.\n" in said
    engine, before = open_engine(there.settings.url), contents(full)
    after = contents(engine)
    assert after["audit"].pop()["action"] == "backup restored"
    assert after == before
    assert len(case_ids(engine)) == 1
    assert_balanced(engine)
    assert there.must("rebuild-tallies").stdout == "All tallies are right.\n"
    with writing(engine) as connection:
        record(connection, clock(), "tests", "goes on", "with a number of its own")
    engine.dispose()


def test_a_hub_in_use_is_not_overwritten(full: Engine, settings: Settings, tmp_path: Path) -> None:
    hub, before = HubCommands(settings), contents(full)
    hub.must("backup", tmp_path / "backup.sqlite")
    done = hub("restore", tmp_path / "backup.sqlite")
    assert done.exit_code == 1
    assert done.stderr == "Error: The database has stores of its own. Nothing was restored.\n"
    assert contents(full) == before


def test_without_its_secrets_a_backup_is_not_restored_by_mistake(
    full: Engine, settings: Settings, other: OpenOther, tmp_path: Path
) -> None:
    file = tmp_path / "backup.sqlite"
    copy_to(full, file)
    there = other("sqlite")
    secrets = there.settings.data / "secrets"
    for key in secrets.iterdir():
        key.unlink()
    assert f"There are no secrets in {secrets}" in there("restore", file).stderr
    assert not list(secrets.iterdir()), "fresh ones would hide that the old ones are lost"
    there.must("migrate")
    refused = there("restore", file)
    assert refused.exit_code == 1
    assert "The contact details of 1 answers are sealed with keys that are not in" in refused.stderr
    done = there.must("restore", file, "--without-secrets")
    assert done.stderr == "Contact details that nothing opens any more: 1.\n"


@pytest.fixture
def empty(tmp_path: Path) -> HubCommands:
    """Return a hub that has its secrets and nothing else."""
    hub = HubCommands(Settings(tmp_path / "empty"))
    hub.must("migrate")
    return hub


def spoil(file: Path) -> None:
    """Write over the middle of a file."""
    with file.open("r+b") as content:
        content.seek(file.stat().st_size // 2)
        content.write(b"spoilt" * 500)


def test_a_file_that_is_no_whole_backup_restores_nothing(empty: HubCommands, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database")
    sqlite3.connect(tmp_path / "other").executescript("CREATE TABLE responses (id)")
    empty.must("backup", tmp_path / "spoilt")
    spoil(tmp_path / "spoilt")
    for name in ("text", "other", "spoilt"):
        refused = empty("restore", tmp_path / name)
        assert refused.exit_code == 1
        assert f"{tmp_path / name} is no backup of a hub, or a damaged one (" in refused.stderr, (
            refused.stderr
        )
    assert not list(empty.settings.data.glob("restore-*"))


def test_a_backup_of_another_version_is_brought_up_to_date_or_refused(
    empty: HubCommands, tmp_path: Path
) -> None:
    for name, version in (("older", "0003"), ("newer", "head")):
        engine = open_engine(f"sqlite:///{tmp_path / name}")
        migrate(engine, version)
        with writing(engine) as connection:
            connection.execute(text("INSERT INTO stores VALUES ('rome', 'Rome', '', 'UTC', 0, :now)"), NOW)
            if name == "newer":
                connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        engine.dispose()
    assert "newer than this hub" in empty("restore", tmp_path / "newer").stderr
    empty.must("restore", tmp_path / "older")
    assert "rome" in empty.must("scores").stdout
