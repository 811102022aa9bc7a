"""The commands about the database: bring it up to date, copy it."""

import click

from hub.cli.group import bring_up, main, told_plainly
from hub.config import Settings, open_secrets
from hub.db import open_engine


@main.command("migrate")
@click.pass_obj
def migrate_command(settings: Settings) -> None:
    """Bring the database to this version's schema."""
    with told_plainly():
        open_secrets(settings.data)
        bring_up(open_engine(settings.url))
    click.echo("The database is up to date.")
