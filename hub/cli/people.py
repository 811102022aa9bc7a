"""The commands about people."""

import sys
from secrets import token_urlsafe

import click
from sqlalchemy import Engine

from hub.app import create_app
from hub.cli.group import main, ready_engine, told_plainly
from hub.clock import utc_now
from hub.config import Settings
from hub.db import writing
from hub.people.pages import hash_password, new_session
from hub.people.queries import Person, add_person, replace_person
from hub.people.rules import NotAPerson, Role, check_password
from hub.people.rules import check as check_person
from hub.stores.queries import all_stores


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
