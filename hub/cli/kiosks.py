"""The commands that do something with one kiosk: pair, move, stop, report lost, resume, rename, renew key."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from sqlalchemy import Connection

from common.responses import is_name
from hub.cli.group import main, ready_engine, told_plainly
from hub.clock import utc_now
from hub.config import Settings
from hub.db import writing
from hub.fleet import queries
from hub.fleet.queries import Named
from hub.fleet.rules import (
    DEFAULT_TOUCHPOINT,
    Hindrance,
    Move,
    NoSuchTime,
    State,
    moment_of,
    place_at,
    typed_code,
)
from hub.stores.queries import find_store
from hub.stores.rules import zone

PERSON = "command line"

_HINDRANCES = {
    Hindrance.SAME_PLACE: "It stands there already.",
    Hindrance.BEFORE_LAST_MOVE: "It came to where it is only after that moment.",
    Hindrance.ANSWERS_SINCE: "Answers given since that moment are stored, and stay where they are.",
    Hindrance.TOO_FAR_AHEAD: "That is more than a year ahead.",
}


@main.command("pair")
@click.argument("code")
@click.option("--store", required=True, help="The code of the store where the kiosk stands.")
@click.option("--touchpoint", default=DEFAULT_TOUCHPOINT, show_default=True, help="Where in the store.")
@click.pass_obj
def pair_command(settings: Settings, code: str, store: str, touchpoint: str) -> None:
    """Let the kiosk that shows CODE belong to a store."""
    if not is_name(touchpoint):
        raise click.UsageError(f"{touchpoint!r} is no touchpoint: A to Z, digits, spaces, - _ . only.")
    with told_plainly(), writing(ready_engine(settings)) as connection:
        if find_store(connection, store) is None:
            raise click.ClickException(f"There is no store {store}.")
        approved = queries.approve(connection, typed_code(code), store, touchpoint, PERSON, utc_now())
        closed = not approved and queries.is_closed(connection, typed_code(code), utc_now())
    if closed:
        raise click.ClickException("Wrong codes were typed too often. Let the kiosk show a new one.")
    if not approved:
        raise click.ClickException(f"No kiosk shows the code {code}, or it has expired.")
    click.echo(f"The kiosk that shows {code} belongs to {store}, {touchpoint}.")


@main.command("move-kiosk")
@click.argument("kiosk")
@click.option("--store", help="The code of the store; the one where it stands, if not given.")
@click.option("--touchpoint", help="Where in the store; the same as now, if not given.")
@click.option("--at", help='When it moves, by the new store\'s clock: "2026-11-23 12:00". Now, if not given.')
@click.pass_obj
def move_command(
    settings: Settings, kiosk: str, store: str | None, touchpoint: str | None, at: str | None
) -> None:
    """Let KIOSK, a name or an id, stand in another place from a moment on. What was given before stays."""
    if touchpoint is not None and not is_name(touchpoint):
        raise click.UsageError(f"{touchpoint!r} is no touchpoint: A to Z, digits, spaces, - _ . only.")
    now = utc_now()
    with _one(settings, kiosk) as (connection, found):
        here = place_at(found.places, now)
        place = find_store(connection, store or here.store)
        if place is None:
            raise click.ClickException(f"There is no store {store}.")
        to = Move(_moment(at, place.time_zone, now), place.code, touchpoint or here.touchpoint)
        if hindered := queries.move(connection, found, to, PERSON, now):
            raise click.ClickException(_HINDRANCES[hindered])
    for planned in (each for each in found.places if each.from_at > now):
        there = f"{planned.store}, {planned.touchpoint}, from {_shown(planned.from_at, planned.time_zone)} on"
        click.echo(f"Its move that was planned before is called off: {there}.")
    here_on = _shown(to.from_at, place.time_zone)
    click.echo(f"{found.name} stands in {to.store}, {to.touchpoint}, from {here_on} on.")


@main.command("keep-kiosk")
@click.argument("kiosk")
@click.pass_obj
def keep_command(settings: Settings, kiosk: str) -> None:
    """Let KIOSK stay where it is: a move that lies ahead is called off."""
    with _one(settings, kiosk) as (connection, found):
        if not queries.call_off(connection, found, PERSON, utc_now()):
            raise click.ClickException(f"No move of {found.name} lies ahead.")
    click.echo(f"{found.name} stays where it is.")


@main.command("stop-kiosk")
@click.argument("kiosk")
@click.pass_obj
def stop_command(settings: Settings, kiosk: str) -> None:
    """Let KIOSK ask nobody any more and bring what it has. "resume-kiosk" undoes it."""
    found = _declare(settings, kiosk, State.STOPPED)
    click.echo(f"{found.name} asks nobody any more once it has synced, and brings what it has.")


@main.command("report-lost")
@click.argument("kiosk")
@click.confirmation_option(
    prompt="Nothing will be accepted from this kiosk any more, what it has not brought yet included. Go on?"
)
@click.pass_obj
def lost_command(settings: Settings, kiosk: str) -> None:
    """Accept nothing from KIOSK any more: it is lost or stolen. "resume-kiosk" undoes it."""
    found = _declare(settings, kiosk, State.LOST)
    click.echo(f"{found.name} is reported lost. If it is found: cerchio-hub resume-kiosk {found.id}")


@main.command("resume-kiosk")
@click.argument("kiosk")
@click.pass_obj
def resume_command(settings: Settings, kiosk: str) -> None:
    """Let KIOSK ask and bring answers again after it was stopped or reported lost."""
    found = _declare(settings, kiosk, State.ACTIVE)
    click.echo(f"{found.name} may ask again.")


@main.command("rename-kiosk")
@click.argument("kiosk")
@click.argument("name")
@click.pass_obj
def rename_command(settings: Settings, kiosk: str, name: str) -> None:
    """Call KIOSK by another NAME."""
    if not is_name(name):
        raise click.UsageError(f"{name!r} is no name: A to Z, digits, spaces, - _ . only.")
    with _one(settings, kiosk) as (connection, found):
        queries.rename(connection, found, name, PERSON, utc_now())
        namesakes = queries.find_kiosks(connection, name)
    click.echo(f"{found.name} is called {name}.")
    if len(namesakes) > 1:
        click.echo(f"Another kiosk is called {name}, too; commands tell them apart by their ids.", err=True)


@main.command("renew-key")
@click.argument("kiosk")
@click.pass_obj
def renew_key_command(settings: Settings, kiosk: str) -> None:
    """Let KIOSK take a new device key. The old one is worth nothing once the new one has been used."""
    with _one(settings, kiosk) as (connection, found):
        if not queries.want_new_key(connection, found, PERSON, utc_now()):
            raise click.ClickException(_standing(found))
    click.echo(f"{found.name} takes a new key at its next syncs.")


def _declare(settings: Settings, kiosk: str, state: State) -> Named:
    with _one(settings, kiosk) as (connection, found):
        if not queries.declare(connection, found, state, PERSON, utc_now()):
            raise click.ClickException(_standing(found))
        return found


def _standing(found: Named) -> str:
    """Say how a kiosk stands, so that nothing was changed."""
    if found.state is State.LOST:
        return f"{found.name} is reported lost. If it is found: cerchio-hub resume-kiosk {found.id}"
    return f"{found.name} is {found.state.value}{'' if found.state is State.UNPAIRED else ' already'}."


@contextmanager
def _one(settings: Settings, text: str) -> Iterator[tuple[Connection, Named]]:
    """Begin a transaction with the one kiosk that a name or an id means."""
    with told_plainly(), writing(ready_engine(settings)) as connection:
        found = queries.find_kiosks(connection, text)
        if not found:
            raise click.ClickException(f"There is no kiosk {text}; see cerchio-hub fleet.")
        if len(found) > 1:
            ids = ", ".join(kiosk.id for kiosk in found)
            raise click.ClickException(f"{len(found)} kiosks are called {text}; say which by its id: {ids}")
        yield connection, found[0]


def _moment(text: str | None, time_zone: str, now: datetime) -> datetime:
    if text is None:
        return now
    try:
        return moment_of(text, time_zone)
    except NoSuchTime as reason:
        raise click.UsageError(f"No clock in {time_zone} shows {text}: it goes forward over it.") from reason
    except ValueError as reason:
        raise click.UsageError(f"{text!r} is no moment like 2026-11-23 12:00.") from reason


def _shown(moment: datetime, time_zone: str) -> str:
    """Return a moment as the clock of a store shows it, and which clock that is.

    With its offset from UTC: in one night of the year the clock shows an hour twice.
    """
    return f"{moment.astimezone(zone(time_zone)).isoformat(' ', 'minutes')} ({time_zone})"
