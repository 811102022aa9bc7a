"""The commands that delete what customers were promised, or ask, to have deleted."""

from uuid import UUID

import click
from sqlalchemy import Connection

from hub.app import create_app
from hub.cli.group import main, ready_engine, told_plainly
from hub.clock import utc_now
from hub.config import Settings
from hub.db import empty_log, reading, writing
from hub.privacy import queries
from hub.privacy.jobs import delete_due, terms
from hub.privacy.pages import MOST_FOUND
from hub.privacy.queries import Found
from hub.privacy.rules import traces
from hub.web.context import Hub

PERSON = "command line"


@main.command("delete-due")
@click.option("--dry-run", is_flag=True, help="Only say how many there are.")
@click.pass_obj
def delete_due_command(settings: Settings, dry_run: bool) -> None:
    """Delete contact details that were kept for long enough; "serve" does it by itself, once an hour."""
    with told_plainly():
        hub = _hub(settings)
        if dry_run:
            with reading(hub.engine) as connection:
                due = len(queries.due_contacts(connection, terms(hub).due(hub.now())))
            click.echo(f"Answers whose contact details are due: {due:,}.")
        else:
            click.echo(f"Answers whose contact details were deleted: {delete_due(hub, PERSON):,}.")


@main.command("forget")
@click.argument("who")
@click.option("--answers", is_flag=True, help="Delete the whole answers, not only the contact details.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def forget_command(settings: Settings, who: str, answers: bool, yes: bool) -> None:
    """Delete the contact details of WHO: an e-mail address, a phone number, or the id of an answer.

    A shell remembers what is typed: "-" takes WHO from a prompt, or from stdin.
    """
    who = click.prompt("Whose", err=True) if who == "-" else who
    with told_plainly():
        hub = _hub(settings)
        with reading(hub.engine) as connection:
            found = _found(connection, hub, who)
        if not found:
            raise click.ClickException(
                "Nothing was left with it. A phone number is found as the customer wrote it, with or without"
                " the country code. What is on a tablet has yet to arrive."
            )
        what = "answers" if answers else "contact details"
        for each in found:
            click.echo(f"{each.id}  {each.store}  {each.happened_at:%Y-%m-%d}  score {each.score}")
        if not yes:
            click.confirm(f"Delete the {what}? This cannot be undone.", abort=True)
        do = queries.erase if answers else queries.withdraw
        with writing(hub.engine) as connection:
            do(connection, [each.id for each in found], PERSON, utc_now())
        empty_log(hub.engine)
    click.echo(f"The {what} were deleted.")


def _hub(settings: Settings) -> Hub:
    ready_engine(settings).dispose()
    hub: Hub = create_app(settings).extensions["cerchio"]
    return hub


def _found(connection: Connection, hub: Hub, who: str) -> list[Found]:
    if by := traces(who, hub.secrets.erasure):
        return queries.find(connection, by, MOST_FOUND)
    try:
        found = queries.find_answer(connection, str(UUID(who)))
    except ValueError as reason:
        raise click.UsageError("That is no e-mail address, no phone number and no id.") from reason
    return [found] if found else []
