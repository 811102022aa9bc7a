"""The command about the follow-up."""

from dataclasses import asdict
from datetime import datetime
from json import dumps
from typing import Any

import click

from hub.cli.group import main, ready_engine, told_plainly
from hub.clock import utc_now
from hub.config import Settings
from hub.db import reading
from hub.followup.queries import Case, waiting_cases
from hub.followup.rules import overdue
from hub.stores.rules import zone

_ANSWERED = ("answered_at", "answered_by", "note")


@main.command("cases")
@click.option("--store", "stores", multiple=True, help="Only this store; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, for programs.")
@click.pass_obj
def cases_command(settings: Settings, stores: tuple[str, ...], as_json: bool) -> None:
    """Print who waits for an answer, the most urgent first. Contact details are shown on the page only."""
    now = utc_now()
    with told_plainly(), reading(ready_engine(settings)) as connection:
        found = waiting_cases(connection, stores or None)
    if as_json:
        click.echo(dumps([_document(case, now) for case in found], ensure_ascii=False, indent=2))
        return
    for case in found:
        due = case.due_at.astimezone(zone(case.time_zone)).isoformat(" ", "minutes")
        late = "  overdue" if overdue(case.due_at, now) else ""
        click.echo(f"{case.store}  score {case.score}  answer by {due}{late}  {case.response}")
    if not found:
        click.echo("Nobody is waiting for an answer.")


def _document(case: Case, now: datetime) -> dict[str, Any]:
    """Return a case as a program reads it; times are ISO 8601 in UTC."""
    values = {name: value for name, value in asdict(case).items() if name not in _ANSWERED}
    times = {
        name: value.isoformat(timespec="seconds") for name, value in values.items() if name.endswith("_at")
    }
    return values | times | {"overdue": overdue(case.due_at, now)}
