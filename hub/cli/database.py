"""The commands about the database: bring it up to date, copy it, bring a copy back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import Engine

import hub.app  # noqa: F401 - a backup has every table, and that imports them all
from hub.cli.group import bring_up, main, ready_engine, told_plainly
from hub.clock import utc_now
from hub.config import Settings
from hub.db import open_engine, reading, writing
from hub.db.audit import record
from hub.db.backup import copy_to
from hub.db.restore import BadBackup, HubInUse, opened_backup, restore
from hub.fleet.queries import fleet
from hub.responses.queries import how_many, sealed_with
from hub.vault import has_secrets, open_secrets

PERSON = "command line"


@main.command("migrate")
@click.pass_obj
def migrate_command(settings: Settings) -> None:
    """Bring the database to this version's schema."""
    with told_plainly():
        open_secrets(settings.data)
        bring_up(open_engine(settings.url))
    click.echo("The database is up to date.")


@main.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup_command(settings: Settings, file: Path) -> None:
    """Copy the database to FILE, while the hub runs. Secrets are not copied.

    FILE is an SQLite database, whichever engine the hub uses, and `cerchio-hub restore` takes it to either.
    """
    with told_plainly():
        try:
            copy_to(ready_engine(settings), file)
        except FileExistsError as reason:
            raise click.ClickException(f"{file} exists already; nothing was copied.") from reason
    click.echo(f"The database is copied to {file}.")
    click.echo(
        f"Secrets are not in it: contact details open only with {settings.data / 'secrets'},"
        " so keep a copy of that folder, in another place."
    )


@main.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--without-secrets", is_flag=True, help="Go on although secrets that it needs are lost.")
@click.pass_obj
def restore_command(settings: Settings, file: Path, without_secrets: bool) -> None:
    """Put the backup FILE into an empty database, on this machine or another, of either engine.

    Bring the folder with the secrets to its place first. A database that has stores, people, kiosks or
    answers of its own is left as it is. Kiosks bring by themselves what they gave after the backup.
    """
    with told_plainly():
        if not without_secrets:
            _require_secrets(settings)
        keys = open_secrets(settings.data).contact_keys
        engine = open_engine(settings.url)
        try:
            with opened_backup(file, settings.data) as backup:
                found = _found(backup, keys.keys())
                if found.unopenable and not without_secrets:
                    raise click.ClickException(_lacking(found.unopenable, settings))
                bring_up(engine)
                restore(backup, engine)
        except (BadBackup, HubInUse) as reason:
            raise click.ClickException(f"{reason} Nothing was restored.") from reason
        with writing(engine) as connection:
            record(connection, utc_now(), PERSON, "backup restored", _when(found))
    _tell(found)


@dataclass(frozen=True, slots=True)
class _Found:
    """What is in a backup; last is when a kiosk last called, unopenable counts answers by their lost key."""

    answers: int
    kiosks: int
    last: datetime | None
    unopenable: int


def _found(backup: Engine, keys: Collection[str]) -> _Found:
    with reading(backup) as connection:
        kiosks = fleet(connection, utc_now())
        sealed = sealed_with(connection)
        return _Found(
            how_many(connection),
            len(kiosks),
            max((kiosk.last_contact for kiosk in kiosks if kiosk.last_contact), default=None),
            sum(number for key, number in sealed.items() if key not in keys),
        )


def _require_secrets(settings: Settings) -> None:
    if not has_secrets(settings.data):
        raise click.ClickException(
            f"There are no secrets in {settings.data / 'secrets'}: bring their copy there first, or contact"
            " details cannot be opened and nobody can sign in. Without a copy: --without-secrets."
        )


def _lacking(unopenable: int, settings: Settings) -> str:
    return (
        f"The contact details of {unopenable} answers are sealed with keys that are not in"
        f" {settings.data / 'secrets'}: bring the latest copy there, or go on --without-secrets."
        " Nothing was restored."
    )


def _when(found: _Found) -> str:
    return found.last.isoformat(timespec="seconds") if found.last else "never"


def _tell(found: _Found) -> None:
    click.echo(f"Restored: answers {found.answers}, kiosks {found.kiosks}, last contact: {_when(found)}.")
    if found.unopenable:
        click.echo(f"Contact details that nothing opens any more: {found.unopenable}.", err=True)
    click.echo("Start the hub: what kiosks gave later they bring by themselves, without contact details.")
    click.echo("Now do again what was done since: requests to delete, kiosks moved or paired, people.")
