"""The commands of cerchio-hub. Errors go to stderr; exit code 2 is bad use, 1 is failure."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_urlsafe

import click
from sqlalchemy import Engine

from common.surveys import standard_survey
from hub.app import create_app, utc_now
from hub.config import BadSetting, Settings, open_secrets
from hub.db import DatabaseUnreachable, WrongSchema, migrate, open_engine, require_current, writing
from hub.people.pages import hash_password, new_session
from hub.people.queries import Person, add_person, replace_person
from hub.people.rules import NotAPerson, Role, check_password
from hub.people.rules import check as check_person
from hub.stores.queries import Store, add_store, all_stores
from hub.stores.rules import NotAStore, check
from hub.surveys.queries import publish


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
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
    except OSError as reason:
        raise click.ClickException(f"{reason.filename or 'The data folder'}: {reason.strerror}.") from reason


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
    with writing(engine) as connection:
        publish(connection, standard_survey(), utc_now())


@main.command("migrate")
@click.pass_obj
def migrate_command(settings: Settings) -> None:
    """Bring the database to this version's schema."""
    with told_plainly():
        open_secrets(settings.data)
        bring_up(open_engine(settings.url))
    click.echo("The database is up to date.")


@main.command("add-store")
@click.argument("code")
@click.option("--name", required=True, help="What customers read in the question.")
@click.option("--time-zone", required=True, help="For example Europe/Rome.")
@click.option("--region", default="", help="A group of stores.")
@click.option("--closing-hour", default=0, help="The local hour, 0 to 11, at which the business day ends.")
@click.pass_obj
def add_store_command(
    settings: Settings, code: str, name: str, time_zone: str, region: str, closing_hour: int
) -> None:
    """Add the store CODE."""
    try:
        check(code, name, time_zone, closing_hour)
    except NotAStore as reason:
        raise click.UsageError(str(reason)) from reason
    store = Store(code, name.strip(), region.strip(), time_zone, closing_hour)
    with told_plainly(), writing(ready_engine(settings)) as connection:
        added = add_store(connection, store, utc_now())
    if not added:
        raise click.ClickException(f"There is a store {code} already.")
    click.echo(f"Store {code} added.")


@main.command("add-person")
@click.argument("email")
@click.option("--name", help="How the person is called; the e-mail address if not given.")
@click.option("--store", "stores", multiple=True, help="A store that the person looks after; once for each.")
@click.option("--head-office", is_flag=True, help="The person sees every store.")
@click.option("--make-password", is_flag=True, help="Print a fresh password instead of asking for one.")
@click.option("--replace", is_flag=True, help="Change the person who has this address, and sign them out.")
@click.pass_obj
def add_person_command(
    settings: Settings,
    email: str,
    name: str | None,
    stores: tuple[str, ...],
    head_office: bool,
    make_password: bool,
    replace: bool,
) -> None:
    """Let the person with the address EMAIL sign in. Without a terminal the password is read from stdin."""
    if head_office == bool(stores):
        raise click.UsageError("Give --head-office, or --store for each store of a store manager.")
    role = Role.HEAD_OFFICE if head_office else Role.STORE_MANAGER
    try:
        check_person(email, name or email, role, stores)
        password = token_urlsafe(12) if make_password else _asked_password()
        check_password(password)
    except NotAPerson as reason:
        raise click.UsageError(str(reason)) from reason
    with told_plainly():
        ready_engine(settings).dispose()
        app = create_app(settings)
    person = Person(
        email=email.lower(),
        name=(name or email).strip(),
        role=role,
        password=hash_password(app, password),
        session=new_session(),
        stores=frozenset(stores),
    )
    _keep_person(app.extensions["cerchio"].engine, person, replace)
    click.echo(f"{person.email} may sign in." + (f" Password: {password}" if make_password else ""))


def _keep_person(engine: Engine, person: Person, replace: bool) -> None:
    with told_plainly(), writing(engine) as connection:
        unknown = sorted(person.stores - {store.code for store in all_stores(connection)})
        if unknown:
            raise click.ClickException(f"There is no store {unknown[0]}.")
        if replace and not replace_person(connection, person):
            raise click.ClickException(f"Nobody has the address {person.email}.")
        if not replace and not add_person(connection, person, utc_now()):
            raise click.ClickException(f"{person.email} may sign in already; see --replace.")


def _asked_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
