"""The commands about what kiosks ask: publish a survey of one's own, show it, list all, go back."""

from collections.abc import Callable
from json import dumps, loads
from typing import Any, BinaryIO

import click
from sqlalchemy import Connection

from common import words
from common.surveys import BrokenSurvey, Survey, to_document
from hub.cli.group import main, ready_engine, told_plainly
from hub.clock import utc_now
from hub.config import Settings
from hub.db import reading, writing
from hub.stores.queries import find_store
from hub.surveys import queries
from hub.surveys.queries import Published
from hub.surveys.rules import consent_reworded, from_person, is_same

LARGEST_FILE = 2**20
"""Bytes; the standard survey in six languages takes a twentieth of it."""

PERSON = "command line"


@main.group("survey")
def survey_group() -> None:
    """Publish what kiosks ask, show it, list it, and go back to what they asked before."""


def _scope(command: Callable[..., None]) -> Callable[..., None]:
    """Add the two options one of which says whose kiosks are meant."""
    store = click.option("--store", help="For the kiosks of this store only.")
    return store(click.option("--all", "everywhere", is_flag=True, help="For the whole chain.")(command))


@survey_group.command("publish")
@click.argument("file", type=click.File("rb"))
@_scope
@click.option("--dry-run", is_flag=True, help="Only say whether it can be published.")
@click.pass_obj
def publish_command(
    settings: Settings, file: BinaryIO, store: str | None, everywhere: bool, dry_run: bool
) -> None:
    """Publish the survey in FILE; kiosks take it at their next sync, between two customers.

    FILE is JSON as "survey show" prints it (- reads it from the terminal). Its version is given by the hub.
    A survey that could not be asked is refused.
    """
    _one_of(store, everywhere)
    document = _document(file)
    with told_plainly(), writing(ready_engine(settings)) as connection:
        _must_exist(connection, store)
        survey = _checked(connection, document, store, file.name)
        if not dry_run:
            queries.publish_own(connection, survey, store, PERSON, utc_now())
    done = "could be published" if dry_run else "is published"
    click.echo(f"{survey.id} {done} as version {survey.version} for {_whom(store)}.")
    for language in sorted(set(survey.languages) - set(words.LANGUAGES)):
        click.echo(f"The kiosk's own buttons are in English where the survey is in {language!r}.", err=True)


@survey_group.command("show")
@click.option("--store", help="What the kiosks of this store ask.")
@click.option("--version", type=int, help="This version, which customers may have been asked earlier.")
@click.pass_obj
def show_command(settings: Settings, store: str | None, version: int | None) -> None:
    """Print the survey that kiosks should ask, as a FILE for "survey publish" could have it."""
    if store is not None and version is not None:
        raise click.UsageError("A version is the same for every store: say --store or --version.")
    with told_plainly(), reading(ready_engine(settings)) as connection:
        _must_exist(connection, store)
        survey = queries.current(connection, store) if version is None else _version(connection, version)
    click.echo(dumps(to_document(survey), indent=2, ensure_ascii=False))


def _version(connection: Connection, version: int) -> Survey:
    """Return the survey with a number, which no other one has; end the command if there is none."""
    for survey in queries.ever_asked(connection):
        if survey.version == version:
            return survey
    raise click.ClickException(f"There is no version {version} that can be read; see survey list.")


@survey_group.command("list")
@click.pass_obj
def list_command(settings: Settings) -> None:
    """List what was published, the last one first, and say what cannot be asked."""
    with told_plainly(), reading(ready_engine(settings)) as connection:
        published, broken = queries.published(connection), broken_surveys(connection)
    click.echo(_LINE.format("survey", "version", "published", "removed", "for"))
    for each in published:
        removed = f"{each.retired_at:%Y-%m-%d %H:%M}" if each.retired_at else ""
        at = f"{each.published_at:%Y-%m-%d %H:%M}"
        click.echo(_LINE.format(each.id, each.version, at, removed, _whom(each.store)))
    for sentence in broken:
        click.echo(sentence, err=True)


@survey_group.command("remove")
@_scope
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove_command(settings: Settings, store: str | None, everywhere: bool, yes: bool) -> None:
    """Take the own surveys of the chain, or of one store, away; answers to them are still taken."""
    _one_of(store, everywhere)
    if not yes:
        click.confirm(f"Show the own surveys of {_whom(store)} no more?", abort=True, err=True)
    with told_plainly(), writing(ready_engine(settings)) as connection:
        _must_exist(connection, store)
        removed = queries.retire_own(connection, store, PERSON, utc_now())
        survey = queries.current(connection, store)
    if not removed:
        raise click.ClickException(f"There is no own survey of {_whom(store)}.")
    click.echo(f"The kiosks of {_whom(store)} ask {survey.id} {survey.version} from their next sync on.")


def broken_surveys(connection: Connection) -> list[str]:
    """Say of each published survey that cannot be asked which one it is, why, and what is asked instead."""
    return [
        f"The survey {each.id} {each.version} for {_whom(each.store)} is broken ({each.why_broken});"
        f" its kiosks are given {_instead(each, queries.current(connection, each.store))}."
        for each in queries.published(connection)
        if each.why_broken and not each.retired_at
    ]


def _instead(broken: Published, shown: Survey) -> str:
    own_copy = (shown.id, shown.version) == (broken.id, broken.version)
    return "the one that the hub brings along" if own_copy else f"{shown.id} {shown.version}"


_LINE = "{:<24} {:>8}  {:<17} {:<17} {}"


def _document(file: BinaryIO) -> Any:
    try:
        return loads(file.read(LARGEST_FILE))
    except (ValueError, RecursionError) as reason:
        raise click.ClickException(f"{file.name}: no JSON: {reason}. Nothing was published.") from reason


def _checked(connection: Connection, document: Any, store: str | None, name: str) -> Survey:
    """Return what can be published; end the command if kiosks could not ask it, or ask it already."""
    try:
        survey = from_person(document, queries.next_version(connection))
    except BrokenSurvey as reason:
        raise click.ClickException(f"{name}: {reason}. Nothing was published.") from reason
    shown = queries.current(connection, store)
    if is_same(survey, shown):
        raise click.ClickException(f"Kiosks of {_whom(store)} ask it already, as version {shown.version}.")
    if language := consent_reworded(survey, queries.ever_asked(connection)):
        raise click.ClickException(
            f"{name}: its consent in {language} is not what {survey.consent_text!r} says, which customers"
            " agreed to before; give consent_text another name. Nothing was published."
        )
    return survey


def _one_of(store: str | None, everywhere: bool) -> None:
    if (store is not None) == everywhere:
        raise click.UsageError("Say for whom: --store CODE or --all.")


def _must_exist(connection: Connection, store: str | None) -> None:
    if store is not None and find_store(connection, store) is None:
        raise click.ClickException(f"There is no store {store}.")


def _whom(store: str | None) -> str:
    return f"the store {store}" if store else "the whole chain"
