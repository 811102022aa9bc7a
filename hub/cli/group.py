"""The command itself: its options, and what every subcommand needs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from sqlite3 import SQLITE_BUSY
from sqlite3 import OperationalError as SqliteError

import click
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from hub.clock import utc_now
from hub.config import BadSetting, Settings
from hub.db import (
    DatabaseUnreachable,
    WrongSchema,
    migrate,
    open_engine,
    reading,
    require_current,
    writing,
)
from hub.db.engine import BUSY_SECONDS
from hub.surveys.queries import lacks_standard, publish_standard
from hub.vault import open_secrets

MODULES = {
    "alerts": ("alerts", "closed-day", "closed-days"),
    "audit": ("audit",),
    "database": ("backup", "migrate", "restore"),
    "fleet": ("fleet",),
    "followup": ("cases",),
    "history": ("import",),
    "keys": ("contact-keys", "renew-contact-key", "retire-contact-key"),
    "kiosks": (
        "keep-kiosk", "move-kiosk", "pair", "rename-kiosk", "renew-key", "report-lost", "resume-kiosk",
        "stop-kiosk",
    ),
    "people": ("add-person",),
    "privacy": ("delete-due", "forget"),
    "programs": ("api-keys",),
    "rescue": ("rescue",),
    "scores": ("rebuild-tallies", "scores"),
    "server": ("serve",),
    "settings": ("kiosk-settings",),
    "stores": ("add-store",),
    "surveys": ("survey",),
}  # fmt: skip
"""The commands in each module of hub.cli."""

_HOME = {name: module for module, names in MODULES.items() for name in names}


class Commands(click.Group):
    """Commands whose modules are loaded when they are asked for: most of them need no Flask and no pages."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(_HOME)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return the command with a name, None if there is none."""
        if name in _HOME:
            import_module(f"hub.cli.{_HOME[name]}")
        return super().get_command(context, name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=click.Path(path_type=Path), help="The data folder (or CERCHIO_HUB_DATA).")
@click.option("--database", help="The database's URL (or CERCHIO_HUB_DATABASE).")
@click.pass_context
def main(context: click.Context, data: Path | None, database: str | None) -> None:
    """Run the hub of Cerchio and look after its database."""
    try:
        context.obj = Settings.read(os.environ, data=data, database=database)
    except BadSetting as reason:
        raise click.UsageError(str(reason)) from reason


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what goes wrong around a command into one sentence and exit code 1."""
    try:
        yield
    except (DatabaseUnreachable, WrongSchema) as reason:
        raise click.ClickException(str(reason)) from reason
    except (OperationalError, SqliteError) as reason:
        cause = getattr(reason, "orig", reason)
        why = str(cause).splitlines()[0]
        # SQLite's finer codes have the coarse one in their last byte.
        if getattr(cause, "sqlite_errorcode", 0) & 0xFF == SQLITE_BUSY:
            why = f"another program has been writing to it for {BUSY_SECONDS} seconds; try again"
        raise click.ClickException(f"The database did not do it: {why}.") from reason
    except OSError as reason:
        sentence = f"{reason.filename or 'The data folder'} cannot be used: {reason.strerror}."
        raise click.ClickException(sentence) from reason


def ready_engine(settings: Settings) -> Engine:
    """Open the database for a command: the embedded one is migrated, another must be current already."""
    open_secrets(settings.data)
    engine = open_engine(settings.url)
    if settings.embedded:
        bring_up(engine)
    else:
        require_current(engine)
    return engine


def bring_up(engine: Engine) -> None:
    """Migrate the database and publish the survey that every hub starts with."""
    migrate(engine)
    with reading(engine) as connection:
        # Looked up first, so that a command which only reads waits for nobody who writes.
        lacking = lacks_standard(connection)
    if lacking:
        with writing(engine) as connection:
            publish_standard(connection, utc_now())
