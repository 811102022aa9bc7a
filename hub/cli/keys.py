"""The commands about the keys that customers' contact details are sealed with."""

from collections.abc import Mapping, Sequence
from json import dumps

import click

from hub.cli.group import main, ready_engine, told_plainly
from hub.clock import utc_now
from hub.config import Settings
from hub.db import reading, writing
from hub.db.audit import record
from hub.fleet.queries import Sealer, sealers
from hub.responses.queries import sealed_with
from hub.vault import add_contact_key, drop_contact_key, open_secrets

PERSON = "command line"
MOST_NAMED = 10
"""Kiosks that a refusal names."""


@main.command("contact-keys")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, for programs.")
@click.pass_obj
def contact_keys_command(settings: Settings, as_json: bool) -> None:
    """List the keys for contact details: how many answers are sealed with each, and how many kiosks use it.

    A key that is lost is not among the secrets any more: nothing opens what is sealed with it.
    """
    with told_plainly(), reading(ready_engine(settings)) as connection:
        stored, kiosks = sealed_with(connection), sealers(connection)
        secrets = open_secrets(settings.data)
    keys = [*secrets.contact_keys, *sorted(stored.keys() - secrets.contact_keys.keys())]
    using = {key: [kiosk.name for kiosk in kiosks if key in (kiosk.keys or ())] for key in keys}
    states = {key: "old" if key in secrets.contact_keys else "lost" for key in keys}
    states[secrets.contact_key] = "current"
    if as_json:
        rows = [
            {"key": key, "state": states[key], "answers": stored.get(key, 0), "kiosks": using[key]}
            for key in keys
        ]
        click.echo(dumps(rows, indent=2))
        return
    click.echo(_LINE.format("key", "state", "answers", "kiosks"))
    for key in keys:
        click.echo(_LINE.format(key, states[key], stored.get(key, 0), len(using[key])))
    if silent := [kiosk.name for kiosk in kiosks if kiosk.keys is None]:
        click.echo(f"Not known yet which key they use: {_named(silent)}.", err=True)


_LINE = "{:<18} {:<9} {:>9} {:>7}"


@main.command("renew-contact-key")
@click.pass_obj
def renew_command(settings: Settings) -> None:
    """Make a new key for contact details. Kiosks take it at their next syncs; the old ones go on opening.

    A server that runs notices by itself. Copy the folder with the secrets to its safe place again.
    """
    with told_plainly():
        engine = ready_engine(settings)
        key = add_contact_key(settings.data)
        with writing(engine) as connection:
            record(connection, utc_now(), PERSON, "contact key made", key)
    click.echo(f"Contact details are sealed with {key} from each kiosk's next sync on.")
    click.echo(f"Copy {settings.data / 'secrets'} to its safe place again.")


@main.command("retire-contact-key")
@click.argument("key")
@click.confirmation_option(prompt="What is sealed with it can never be opened again, in backups too. Go on?")
@click.pass_obj
def retire_command(settings: Settings, key: str) -> None:
    """Delete the old KEY for contact details, once nothing that is stored needs it and no kiosk uses it."""
    with told_plainly(), writing(ready_engine(settings)) as connection:
        secrets = open_secrets(settings.data)
        if key not in secrets.contact_keys:
            raise click.ClickException(f"There is no key {key}; see cerchio-hub contact-keys.")
        if key == secrets.contact_key:
            raise click.ClickException("Kiosks seal to this key now; cerchio-hub renew-contact-key first.")
        if why := _needs(key, sealed_with(connection), sealers(connection)):
            raise click.ClickException(why)
        drop_contact_key(settings.data, key)
        record(connection, utc_now(), PERSON, "contact key retired", key)
    click.echo(f"The key {key} is gone.")


def _needs(key: str, stored: Mapping[str, int], kiosks: Sequence[Sealer]) -> str:
    """Say who needs a key still, in sentences; nothing if nobody does."""
    using = [kiosk.name for kiosk in kiosks if kiosk.keys and key in kiosk.keys]
    silent = [kiosk.name for kiosk in kiosks if kiosk.keys is None]
    said = []
    if count := stored.get(key):
        said.append(f"Answers whose contact details are sealed with it, until they are deleted: {count}.")
    if using:
        said.append(f"These kiosks use it, or have answers with it: {_named(using)}.")
    if silent:
        said.append(f"These kiosks have not said which key they use: {_named(silent)}.")
    if using or silent:
        said.append("Let them sync. One that will not come back: cerchio-hub report-lost KIOSK.")
    return " ".join(said)


def _named(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
