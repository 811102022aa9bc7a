"""The command that takes what was carried away from a kiosk by hand."""

from json import dumps
from pathlib import Path

import click

from common.rescue import NoRescue
from hub.cli.group import main, ready_engine, told_plainly
from hub.clock import utc_now
from hub.config import Settings
from hub.ingest.rescue import Rescued, take_file
from hub.vault import Vault
from hub.web.context import Hub


@main.command("rescue")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one object, for programs.")
@click.pass_obj
def rescue_command(settings: Settings, file: Path, as_json: bool) -> None:
    """Take the answers of a kiosk's rescue FILE, .cerchio; doing it again changes nothing.

    They come in as by a sync of the kiosk that wrote it, with contact details and with the manager's word on
    answers that look wrong. A file that was
    changed, or that comes from a kiosk that is unknown or was reported lost, is refused as a whole.
    """
    with told_plainly():
        hub = Hub(ready_engine(settings), settings, Vault(settings.data), utc_now)
        try:
            with file.open("rb") as content:
                rescued = take_file(hub, content)
        except NoRescue as reason:
            raise click.ClickException(f"{file}: {reason}. Nothing was taken.") from reason
    _tell(rescued, as_json=as_json)


def _tell(rescued: Rescued, *, as_json: bool) -> None:
    if as_json:
        counts = {"added": rescued.added, "known": rescued.known, "refused": rescued.refused}
        click.echo(dumps({"kiosk": rescued.kiosk, "heard": rescued.heard} | counts))
        return
    why = ", ".join(f"{code} {count}" for code, count in rescued.refused.items())
    refused = f"{rescued.refused.total()}{f' ({why})' if why else ''}"
    click.echo(f"Answers added: {rescued.added}, known already: {rescued.known}, refused: {refused}.")
    if rescued.heard:
        click.echo(f"Counted after all, or not any more, by the manager's word: {rescued.heard}.")
