"""The command add-person."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli import main
from hub.db import open_engine, reading
from hub.people.queries import Person, person_by_email
from hub.people.rules import Role


@pytest.fixture
def data(tmp_path: Path) -> Path:
    added = CliRunner().invoke(
        main, ["--data", str(tmp_path), "add-store", "ROMA", "--name", "Roma", "--time-zone", "Europe/Rome"]
    )
    assert added.exit_code == 0, added.output
    return tmp_path


def run(data: Path, *arguments: str, stdin: str = "three blind mice\n") -> Result:
    return CliRunner().invoke(main, ["--data", str(data), "add-person", *arguments], input=stdin)


def person(data: Path, email: str) -> Person | None:
    engine = open_engine(f"sqlite:///{data / 'hub.sqlite'}")
    with reading(engine) as connection:
        found = person_by_email(connection, email)
    engine.dispose()
    return found


def test_head_office_is_added(data: Path) -> None:
    result = run(data, "Paola@Example.com", "--name", "Paola Conti", "--head-office")
    assert result.output == "paola@example.com may sign in.\n"
    found = person(data, "paola@example.com")
    assert found
    assert (found.role, found.name, found.stores) == (Role.HEAD_OFFICE, "Paola Conti", frozenset())


def test_a_store_manager_is_added_with_their_stores(data: Path) -> None:
    assert run(data, "marco@example.com", "--store", "ROMA").exit_code == 0
    found = person(data, "marco@example.com")
    assert found
    assert (found.role, found.stores) == (Role.STORE_MANAGER, frozenset(["ROMA"]))


def test_a_password_can_be_made(data: Path) -> None:
    result = run(data, "marco@example.com", "--store", "ROMA", "--make-password", stdin="")
    assert result.exit_code == 0
    assert len(result.output.split("Password: ")[1].strip()) == 16


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "sentence"),
    [
        (["marco@example.com"], "", 2, "--head-office, or --store"),
        (["marco@example.com", "--head-office", "--store", "ROMA"], "", 2, "--head-office, or --store"),
        (["marco", "--head-office"], "three blind mice\n", 2, "no e-mail address"),
        (["marco@example.com", "--head-office"], "short\n", 2, "10 to 200 characters"),
        (["marco@example.com", "--store", "NOWHERE"], "three blind mice\n", 1, "no store NOWHERE"),
        (["marco@example.com", "--head-office", "--replace"], "three blind mice\n", 1, "Nobody has"),
    ],
)
def test_what_cannot_be_done_is_said(
    data: Path, arguments: list[str], stdin: str, code: int, sentence: str
) -> None:
    result = run(data, *arguments, stdin=stdin)
    assert result.exit_code == code
    assert sentence in result.stderr
    assert person(data, "marco@example.com") is None


def test_nobody_is_replaced_by_accident(data: Path) -> None:
    run(data, "marco@example.com", "--store", "ROMA")
    first = person(data, "marco@example.com")
    again = run(data, "marco@example.com", "--head-office")
    assert again.exit_code == 1
    assert "see --replace" in again.stderr
    assert person(data, "marco@example.com") == first
    assert run(data, "marco@example.com", "--head-office", "--replace").exit_code == 0
    replaced = person(data, "marco@example.com")
    assert replaced
    assert first
    assert (replaced.role, replaced.stores) == (Role.HEAD_OFFICE, frozenset())
    assert replaced.session != first.session
