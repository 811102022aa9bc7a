"""The commands about alarms."""

from dataclasses import asdict
from datetime import date, datetime
from json import dumps
from typing import Any

import click
from sqlalchemy import Connection

from hub.alerts import words
from hub.alerts.queries import board, watching
from hub.alerts.queries.board import Alarm
from hub.cli.group import main, ready_engine, told_plainly
from hub.clock import utc_now
from hub.config import Settings
from hub.db import reading, writing
from hub.db.audit import record
from hub.stores.queries import find_store


@main.command("alerts")
@click.option("--store", "stores", multiple=True, help="Only this store; repeatable.")
@click.option("--ended", is_flag=True, help="The alarms that have ended, the latest one first.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, for programs.")
@click.pass_obj
def alerts_command(settings: Settings, stores: tuple[str, ...], ended: bool, as_json: bool) -> None:
    """Print which kiosks are silent for longer than the hours of their shop explain."""
    now = utc_now()
    ask = board.ended_alarms if ended else board.open_alarms
    with told_plainly(), reading(ready_engine(settings)) as connection:
        for store in stores:
            _must_exist(connection, store)
        found = ask(connection, stores or None, now, None)
        watched, learning = board.counts(connection, stores or None)
    if as_json:
        click.echo(dumps([_document(alarm, now) for alarm in found], ensure_ascii=False, indent=2))
        return
    for alarm in found:
        click.echo(_line(alarm, now))
    if not found:
        click.echo("No alarm has ended yet." if ended else "No kiosk is silent.")
    click.echo(f"{watched} watched, {learning} of them with too little history to expect anything.", err=True)


@main.command("closed-day")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--store", "stores", multiple=True, help="Only this store; repeatable. Else all are closed.")
@click.option("--open", "is_open", is_flag=True, help="Take it back: the day is an ordinary one.")
@click.pass_obj
def closed_day_command(settings: Settings, day: datetime, stores: tuple[str, ...], is_open: bool) -> None:
    """Tell that no answers are to be expected on DAY, such as 2026-12-25."""
    change = watching.reopen_day if is_open else watching.close_day
    state = "an ordinary day" if is_open else "closed"
    with told_plainly(), writing(ready_engine(settings)) as connection:
        for store in stores or ("",):
            _must_exist(connection, store)
            changed = change(connection, day.date(), store)
            if changed:
                what = f"{day:%Y-%m-%d} {store or 'whole chain'}"
                record(connection, utc_now(), "command line", f"day {'open' if is_open else 'closed'}", what)
            known = "" if changed else " (as before)"
            click.echo(f"{day:%Y-%m-%d} is {state} for {store or 'the whole chain'}{known}.")


@main.command("closed-days")
@click.pass_obj
def closed_days_command(settings: Settings) -> None:
    """Print the closed days from today on."""
    with told_plainly(), reading(ready_engine(settings)) as connection:
        found = watching.next_closed_days(connection, date.fromisoformat(f"{utc_now():%Y-%m-%d}"))
    for day, store in found:
        click.echo(f"{day}  {store or 'the whole chain'}")
    if not found:
        click.echo("No closed days are set.")


def _must_exist(connection: Connection, store: str) -> None:
    if store and find_store(connection, store) is None:
        raise click.ClickException(f"There is no store {store}.")


def _line(alarm: Alarm, now: datetime) -> str:
    parts = [f"{alarm.store}  {alarm.touchpoint}  {alarm.name}  {alarm.kind}: {words.sentence(alarm, now)}"]
    if alarm.ended_at:
        parts.append(words.ended(alarm, now))
    if alarm.seen_by:
        parts.append(f"{alarm.seen_by} knows of it.")
    if alarm.muted_until:
        parts.append(f"Muted until {alarm.muted_until.isoformat(' ', 'minutes')}.")
    return " ".join(parts)


def _document(alarm: Alarm, now: datetime) -> dict[str, Any]:
    """Return an alarm as a program reads it; times are ISO 8601 in UTC."""
    values = {
        name: value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
        for name, value in asdict(alarm).items()
    }
    return values | {"sentence": words.sentence(alarm, now)}
