"""Migrations: the same steps for SQLite and PostgreSQL, each named after what it does."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from hub.db.dialect import be_alone
from hub.db.engine import reading, writing


class WrongSchema(Exception):
    """The database is of another version of the hub; the message says what to do."""


def migrate(engine: Engine, version: str = "head") -> None:
    """Bring a database to the schema of this version, all steps in one transaction.

    version is one to stop at, for tests. Raise WrongSchema for a database that a newer version has migrated.
    """
    if is_current(engine):
        return
    with writing(engine) as connection:
        be_alone(connection)
        command.upgrade(_config(connection), version)


def require_current(engine: Engine) -> None:
    """Raise WrongSchema unless the database has exactly the schema of this version."""
    if not is_current(engine):
        raise WrongSchema("The database is older than this hub: run `cerchio-hub migrate` first.")


def is_current(engine: Engine) -> bool:
    """Say whether a database has the schema of this version; raise WrongSchema if it is a newer one's."""
    script = ScriptDirectory.from_config(_config())
    with reading(engine) as connection:
        version = MigrationContext.configure(connection).get_current_revision()
    if version is not None and version not in {step.revision for step in script.walk_revisions()}:
        raise WrongSchema("The database is newer than this hub: start the version that migrated it.")
    return version == script.get_current_head()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
