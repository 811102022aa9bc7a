"""The command that shows who did what."""

from dataclasses import asdict
from json import dumps

import click

from hub.cli.group import main, ready_engine, told_plainly
from hub.config import Settings
from hub.db import reading
from hub.db.audit import latest


@main.command("audit")
@click.argument("about", default="")
@click.option("--last", default=50, show_default=True, type=click.IntRange(1, 10_000), help="How many.")
@click.option("--skip", default=0, type=click.IntRange(0), help="Leave out so many of the latest.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, for programs.")
@click.pass_obj
def audit_command(settings: Settings, about: str, last: int, skip: int, as_json: bool) -> None:
    """Print who did what, the latest first; only what has ABOUT in it: a person, an action, an id."""
    with told_plainly(), reading(ready_engine(settings)) as connection:
        found = latest(connection, about, last, skip)
    if as_json:
        acts = [asdict(act) | {"at": act.at.isoformat(timespec="seconds")} for act in found]
        click.echo(dumps(acts, ensure_ascii=False, indent=2))
        return
    for act in found:
        click.echo(f"{act.at.isoformat(' ', 'seconds')}  {act.person}  {act.action}: {act.subject}")
    if not found:
        click.echo("Nothing like that was written down.")
