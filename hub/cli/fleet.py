"""The commands about kiosks."""

from datetime import timedelta
from json import dumps
from typing import Any

import click

from hub.app import FLEET
from hub.cli.group import main, ready_engine, told_plainly
from hub.cli.settings import broken_settings
from hub.cli.surveys import broken_surveys
from hub.clock import utc_now
from hub.config import Settings
from hub.db import reading
from hub.fleet.kiosks import Kiosk, document
from hub.web.formats import span


@main.command("fleet")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, for programs.")
@click.pass_obj
def fleet_command(settings: Settings, as_json: bool) -> None:
    """List the kiosks: what each was given, what has arrived, what is missing, when it last called."""
    now = utc_now()
    with told_plainly(), reading(ready_engine(settings)) as connection:
        kiosks = FLEET.fleet(connection, now)
        broken = broken_surveys(connection) + broken_settings(connection)
        alarms = {kiosk.id: FLEET.said(connection, kiosk.id, now) for kiosk in kiosks if kiosk.alarm}
    if as_json:
        click.echo(dumps([document(kiosk, now) for kiosk in kiosks], indent=2, default=_text))
        return
    for sentence in broken:
        click.echo(sentence, err=True)
    click.echo(_LINE.format(*_TITLES))
    for kiosk in kiosks:
        last = kiosk.last_contact.isoformat(" ", "minutes") if kiosk.last_contact else "never"
        counts = (kiosk.given, kiosk.received, kiosk.missing, kiosk.waiting, kiosk.quarantined)
        click.echo(_LINE.format(kiosk.name, kiosk.touchpoint, *counts, kiosk.state, last))
    for kiosk in kiosks:
        if kiosk.id in alarms:
            click.echo(f"{kiosk.name}: {alarms[kiosk.id]}", err=True)
        if kiosk.clock_offset:
            click.echo(_on_clock(kiosk.name, round(kiosk.clock_offset / 60_000)), err=True)
        for sentence in (*_copied(kiosk), *_unusable(kiosk)):
            click.echo(sentence, err=True)


_TITLES = (
    "kiosk", "touchpoint", "given", "received", "missing", "waiting", "quarantined", "state", "last contact",
)  # fmt: skip
_LINE = "{:<16} {:<16} {:>8} {:>8} {:>8} {:>8} {:>11}  {:<7}  {}"


def _on_clock(name: str, minutes: int) -> str:
    side = "behind" if minutes > 0 else "ahead of"
    return f"{name}: its clock is {span(timedelta(minutes=minutes))} {side} the hub's."


def _copied(kiosk: Kiosk) -> list[str]:
    """Say that a tablet went on from an old memory, or that there are two with one key."""
    told = []
    if kiosk.shared_at:
        when = kiosk.shared_at.isoformat(" ", "minutes")
        told.append(f"{kiosk.name}: two tablets use this key (last seen {when}): pair one of them anew.")
    if kiosk.restored_at:
        when = kiosk.restored_at.isoformat(" ", "minutes")
        told.append(f"{kiosk.name}: restored from an old copy on {when}.")
    if kiosk.doubled:
        told.append(f"{kiosk.name}: a copy of its tablet brought {kiosk.doubled} of the answers received.")
    return told


def _unusable(kiosk: Kiosk) -> list[str]:
    """Say what a kiosk does not use although it should, and what it uses instead."""
    told = []
    if why := kiosk.survey_trouble:
        told.append(f"{kiosk.name}: it cannot use the survey ({why}) and stays with version {kiosk.survey}.")
    if why := kiosk.settings_trouble:
        old = f"stays with version {kiosk.settings}" if kiosk.settings else "goes on without"
        told.append(f"{kiosk.name}: it cannot use the new settings ({why}) and {old}.")
    return told


def _text(value: Any) -> str:
    return str(value.isoformat())
