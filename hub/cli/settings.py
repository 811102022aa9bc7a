"""The command that sets what kiosks use: languages, times, brand, hours, lines for the idle screen."""

from base64 import b64encode
from collections.abc import Collection, Mapping
from json import dumps, loads
from pathlib import Path
from typing import Any, BinaryIO

import click
from sqlalchemy import Connection

from common.settings import BrokenSettings
from common.strict import from_person, usable
from hub.cli.group import main, ready_engine, told_plainly
from hub.clock import utc_now
from hub.config import Settings
from hub.db import reading, writing
from hub.stores.queries import find_store
from hub.surveys import queries
from hub.surveys.queries import Held, current, find_settings, set_settings, settings_for

LARGEST_FILE = 2**20
"""Bytes; settings with the largest logo take a tenth of it."""


@main.command("kiosk-settings")
@click.argument("file", type=click.File("rb"), required=False)
@click.option("--store", help="For the kiosks of this store only; its parts hold before the chain's.")
@click.option("--logo", type=click.Path(path_type=Path), help="A PNG to put into FILE's brand.")
@click.option("--show", is_flag=True, help="Print what holds, as a FILE could have it.")
@click.option("--remove", is_flag=True, help="Take away what was set here.")
@click.option("--yes", is_flag=True, help="Remove without asking.")
@click.pass_obj
def kiosk_settings_command(
    settings: Settings,
    file: BinaryIO | None,
    store: str | None,
    logo: Path | None,
    show: bool,
    remove: bool,
    yes: bool,
) -> None:
    """Set what the kiosks of the whole chain, or of one store, use from their next visit on.

    FILE is a JSON object with any of the parts languages, times, doubts, brand, hours, brightness, address
    and fixes (- reads it from the terminal). It takes the place of what was set before, part by part only
    between store and chain: a part that the store has is taken from there whole.
    """
    if [file is not None, show, remove].count(True) != 1:
        raise click.UsageError("Give a FILE, or --show, or --remove.")
    if logo and file is None:
        raise click.UsageError("--logo goes into a FILE.")
    if file is not None:
        _set(settings, store, _checked(file, logo, _languages(settings, store)))
    elif show:
        _show(settings, store)
    else:
        _remove(settings, store, yes)


def _languages(settings: Settings, store: str | None) -> Collection[str]:
    """Return those that kiosks ask in."""
    with told_plainly(), reading(ready_engine(settings)) as connection:
        return current(connection, store).languages


def _checked(file: BinaryIO, logo: Path | None, languages: Collection[str]) -> Mapping[str, Any]:
    """Return what the file says, with the logo in it; end the command if a kiosk would refuse it."""
    try:
        document = loads(file.read(LARGEST_FILE))
        if logo:
            document = _with_logo(document, logo.read_bytes())
        from_person(document, languages)
    except (ValueError, RecursionError) as reason:
        kind = "" if isinstance(reason, BrokenSettings) else "no JSON: "
        raise click.ClickException(f"{file.name}: {kind}{reason}. Nothing was set.") from reason
    except OSError as reason:
        raise click.ClickException(f"{logo} cannot be read: {reason.strerror}.") from reason
    if not document.keys() - {"version"}:
        raise click.ClickException(f"{file.name} sets nothing; --remove takes away what was set before.")
    return dict(document)


def _with_logo(document: Any, logo: bytes) -> Any:
    if not isinstance(document, dict) or not isinstance(document.get("brand", {}), dict):
        return document
    return document | {"brand": document.get("brand", {}) | {"logo": b64encode(logo).decode()}}


def _set(settings: Settings, store: str | None, document: Mapping[str, Any]) -> None:
    with told_plainly(), writing(ready_engine(settings)) as connection:
        _must_exist(connection, store)
        before = find_settings(connection, store)
        version = set_settings(connection, store, document, "command line", utc_now())
        whole = settings_for(connection, store) if store else None
    click.echo(
        f"Settings {version} for {_whom(store)}: {_named(document)}. Kiosks take them at their next sync."
    )
    if gone := before and {part: None for part in before.parts if part not in document}:
        click.echo(f"No longer set for {_whom(store)}: {_named(gone)}.", err=True)
    _warn(whole)


def _show(settings: Settings, store: str | None) -> None:
    with told_plainly(), reading(ready_engine(settings)) as connection:
        _must_exist(connection, store)
        held = find_settings(connection, None)
        chain = {"version": held.version, **held.parts} if held else None
        document = settings_for(connection, store) if store else chain
        broken = broken_settings(connection)
    for sentence in broken:
        click.echo(sentence, err=True)
    if document is None:
        click.echo(f"Nothing is set for {_whom(store)}: its kiosks use Cerchio's defaults.", err=True)
    click.echo(dumps(document or {}, indent=2, ensure_ascii=False))
    _warn(document)


def _warn(document: Mapping[str, Any] | None) -> None:
    """Say why kiosks refuse a whole document, because an earlier version of this hub took a part of it."""
    try:
        usable(document or {"version": 0})
    except BrokenSettings as reason:
        click.echo(f"Kiosks refuse the whole of it: {reason}. Set that part anew.", err=True)


def _remove(settings: Settings, store: str | None, yes: bool) -> None:
    with told_plainly(), reading(engine := ready_engine(settings)) as connection:
        _must_exist(connection, store)
        held = find_settings(connection, store)
    if held is None or not (held.parts or held.why_broken):
        raise click.ClickException(f"Nothing is set for {_whom(store)}.")
    if not yes:
        what = "what cannot be read" if held.why_broken else _named(held.parts)
        click.confirm(f"Remove {what} of {_whom(store)}?", abort=True, err=True)
    with told_plainly(), writing(engine) as connection:
        version = set_settings(connection, store, {}, "command line", utc_now())
    click.echo(f"Removed for {_whom(store)}, as version {version}. Kiosks follow at their next sync.")


def broken_settings(connection: Connection) -> list[str]:
    """Say of settings that cannot be read whose they are, why, and what their kiosks use instead."""
    return [_broken(held) for held in queries.broken_settings(connection)]


def _broken(held: Held) -> str:
    instead = "those of the whole chain or Cerchio's defaults" if held.store else "Cerchio's defaults"
    command = f"cerchio-hub kiosk-settings FILE{f' --store {held.store}' if held.store else ''}"
    return (
        f"The settings {held.version} for {_whom(held.store)} cannot be read ({held.why_broken});"
        f" its kiosks use those set before, else {instead}. Set them anew: {command}"
    )


def _must_exist(connection: Connection, store: str | None) -> None:
    if store is not None and find_store(connection, store) is None:
        raise click.ClickException(f"There is no store {store}.")


def _whom(store: str | None) -> str:
    return f"the store {store}" if store else "the whole chain"


def _named(parts: Mapping[str, Any]) -> str:
    return ", ".join(name for name in parts if name != "version") or "nothing"
