"""The command that syncs now."""

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from kiosk.cli.group import Setup, as_json, main, now
from kiosk.sync import Trouble

if TYPE_CHECKING:
    from kiosk.sync import SyncReport

SENTENCES = {
    Trouble.NOT_PAIRED: "This kiosk is not paired: run cerchio-kiosk pair --hub ADDRESS.",
    Trouble.OFFLINE: "The hub cannot be reached.",
    Trouble.TIMED_OUT: "The hub did not answer in time.",
    Trouble.CLOCK_WRONG: "The hub's certificate is out of date for this device: check its date and time.",
    Trouble.UNTRUSTED: "The hub's certificate is not trusted.",
    Trouble.NOT_THE_HUB: "Something else answered in the hub's place, perhaps a log-in page of the network.",
    Trouble.UNKNOWN_DEVICE: "The hub does not know this kiosk: pair it once more, with --again.",
    Trouble.REVOKED_DEVICE: "The hub has locked this kiosk out.",
    Trouble.BUSY: "The hub is busy.",
    Trouble.HUB_FAILED: "The hub failed.",
    Trouble.UNSPOKEN_PROTOCOL: "Kiosk and hub are of versions that do not understand each other.",
    Trouble.REFUSED: "The hub did not take some of the answers.",
    Trouble.NO_VERDICT: "The hub passed over some of the answers.",
    Trouble.BROKEN_SURVEY: "The hub's survey cannot be used; the old one stays.",
    Trouble.BROKEN_SETTINGS: "The hub's settings cannot be used; the old ones stay.",
    Trouble.ANOTHER_SYNC: "Another sync of this kiosk is under way.",
    Trouble.DISK_FULL: "The kiosk's disk is full.",
    Trouble.STORAGE: "The kiosk's own storage failed.",
    Trouble.FAILED: "The program made a mistake.",
}


@main.command()
@as_json
@click.pass_obj
def sync(setup: Setup, as_json: bool) -> None:
    """Bring what waits to the hub now; exit code 1 if that did not work out."""
    from kiosk.sync.once import sync_once

    with setup.storage() as storage:
        report = sync_once(storage, setup.config, now)
    if as_json:
        click.echo(json.dumps(asdict(report) | {"ended_at": report.ended_at.isoformat()}))
    else:
        _tell(report)
    sys.exit(1 if report.trouble else 0)


def _tell(report: "SyncReport") -> None:
    if report.trouble is not Trouble.NOT_PAIRED:
        waiting = "" if report.waiting is None else f", {report.waiting} waiting"
        click.echo(
            f"{report.delivered} delivered ({report.duplicates} of them known to the hub already),"
            f" {report.refused} refused{waiting}."
        )
    if report.trouble:
        detail = f" ({report.detail})" if report.detail else ""
        click.echo(f"{SENTENCES[report.trouble]}{detail}", err=True)
