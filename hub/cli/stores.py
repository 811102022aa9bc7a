"""The commands about stores."""

import click

from hub.cli.group import main, ready_engine, told_plainly
from hub.clock import utc_now
from hub.config import Settings
from hub.db import writing
from hub.stores.queries import Store, add_store
from hub.stores.rules import NotAStore, check


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
