"""The command that says which settings hold."""

import json
from typing import TYPE_CHECKING, Any

import click

from common.settings_document import to_document
from kiosk.cli.group import Setup, as_json, main

if TYPE_CHECKING:
    from common.wire import Unusable
    from kiosk.storage.preferences import InForce
    from kiosk.storage.store import Storage


@main.command()
@as_json
@click.pass_obj
def settings(setup: Setup, as_json: bool) -> None:
    """Show the settings that hold from the next visit on, and where each part of them comes from.

    A part comes from the file settings.json in the data folder if that has it, else from head office, else
    it is Cerchio's default.
    """
    with setup.storage() as storage:
        held, unusable = storage.call(_look).result()
    parts = _parts(held)
    if as_json:
        click.echo(json.dumps(_document(setup, held, unusable, parts), indent=2, ensure_ascii=False))
        return
    for name, value in parts.items():
        click.echo(f"{name:<10} {held.origins[name]:<14} {json.dumps(value, ensure_ascii=False)}")
    if held.settings.version:
        click.echo(f"Head office's settings are of version {held.settings.version}.")
    for name, why in (("survey", unusable.survey), ("settings", unusable.settings)):
        if why:
            click.echo(f"Head office's {name} cannot be used: {why}. What was there before holds.", err=True)


def _look(storage: "Storage") -> "tuple[InForce, Unusable]":
    storage.next_snapshot()
    return storage.preferences.in_force(), storage.preferences.unusable


def _parts(held: "InForce") -> dict[str, Any]:
    """Return each part as it is written, but of the logo only how large it is."""
    parts = to_document(held.settings)
    del parts["version"]
    parts["brand"]["logo"] = f"{len(held.settings.brand.logo):,} bytes" if held.settings.brand.logo else ""
    return parts


def _document(setup: Setup, held: "InForce", unusable: "Unusable", parts: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": held.settings.version,
        "parts": {name: {"from": held.origins[name], "value": value} for name, value in parts.items()},
        "file": str(setup.config.local_settings),
        "file_trouble": held.trouble,
        "unusable": {"survey": unusable.survey, "settings": unusable.settings},
    }
