"""The commands about API keys, by which programs of head office read."""

from dataclasses import asdict
from datetime import datetime
from json import dumps
from typing import Any

import click

from common.responses import is_name
from hub.cli.group import main, ready_engine, told_plainly
from hub.clock import utc_now
from hub.config import Settings
from hub.db import reading, writing
from hub.programs import queries
from hub.programs.rules import Listed, new_key
from hub.stores.queries import find_store


@main.group("api-keys")
def api_keys() -> None:
    """Let programs of head office read the API, each by a key of its own."""


@api_keys.command("add")
@click.argument("name")
@click.option("--store", "stores", multiple=True, help="Only what belongs to this store; repeatable.")
@click.pass_obj
def add_command(settings: Settings, name: str, stores: tuple[str, ...]) -> None:
    """Make a key for the program NAME, and print it: once, because only its hash is kept."""
    if not is_name(name):
        raise click.UsageError(f"{name!r} is no name: letters, digits, spaces, - _ . only.")
    key = new_key()
    with told_plainly(), writing(ready_engine(settings)) as connection:
        for code in stores:
            if find_store(connection, code) is None:
                raise click.ClickException(f"There is no store {code}.")
        if not queries.add_key(connection, name, key, stores, "command line", utc_now()):
            raise click.ClickException(f"{name} has a key already; remove it first.")
    click.echo(key)
    click.echo(f"{name} may read {_whom(stores)} by this key. It is not shown again.", err=True)


@api_keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, for programs.")
@click.pass_obj
def list_command(settings: Settings, as_json: bool) -> None:
    """List the keys by their beginnings: whose they are, and when each was used last."""
    with told_plainly(), reading(ready_engine(settings)) as connection:
        keys = queries.all_keys(connection)
    if as_json:
        click.echo(dumps([asdict(each) for each in keys], indent=2, default=_plain))
        return
    for each in keys:
        click.echo(_line(each))
    if not keys:
        click.echo("No program has an API key.")


@api_keys.command("remove")
@click.argument("name")
@click.pass_obj
def remove_command(settings: Settings, name: str) -> None:
    """Take the key of the program NAME away; it opens nothing from now on."""
    with told_plainly(), writing(ready_engine(settings)) as connection:
        if not queries.remove_key(connection, name, "command line", utc_now()):
            raise click.ClickException(f"No program {name} has a key.")
    click.echo(f"The key of {name} opens nothing any more.")


def _line(key: Listed) -> str:
    used = f"used {key.last_used_at.isoformat(' ', 'minutes')}" if key.last_used_at else "never used"
    return f"{key.name:<20} {key.prefix}…  {_whom(key.stores or ())}, {used}"


def _whom(stores: Any) -> str:
    return ", ".join(sorted(stores)) or "all stores"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else sorted(value)
