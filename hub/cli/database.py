"""The commands about the database: bring it up to date, copy it."""

from pathlib import Path

import click

from hub.cli.group import bring_up, main, ready_engine, told_plainly
from hub.config import Settings, open_secrets
from hub.db import open_engine
from hub.db.backup import copy_to


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
    """Copy the embedded database to FILE, while the hub runs. Secrets are not copied."""
    if not settings.url.startswith("sqlite:"):
        raise click.UsageError("This command copies an SQLite database; for PostgreSQL use pg_dump.")
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
