"""The commands about scores."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from json import dumps
from typing import Any

import click

from common.nps import Weight, answers_wanted, weight
from common.responses import Channel, Kind
from hub.cli.group import main, ready_engine, told_plainly
from hub.config import Settings
from hub.db import reading, writing
from hub.responses.queries import rebuild_tallies
from hub.responses.rules import TALLY_KEY, Correction
from hub.scores.queries import board
from hub.scores.rules import Answers, Choice, summary, total
from hub.stores.queries import Store, all_stores

_DAY = click.DateTime(["%Y-%m-%d"])


def _names(choices: type[StrEnum]) -> click.Choice[str]:
    return click.Choice([choice.value for choice in choices])


@main.command("scores")
@click.option("--from", "first", type=_DAY, help="The first business day; without it all from the beginning.")
@click.option("--to", "last", type=_DAY, help="The last business day.")
@click.option("--by", type=click.Choice(["store", "region", "company"]), default="store", show_default=True)
@click.option("--kind", "kinds", multiple=True, type=_names(Kind), help="Only this; repeatable.")
@click.option("--channel", "channels", multiple=True, type=_names(Channel), help="Only this; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, unrounded.")
@click.pass_obj
def scores_command(
    settings: Settings,
    first: datetime | None,
    last: datetime | None,
    by: str,
    kinds: tuple[str, ...],
    channels: tuple[str, ...],
    as_json: bool,
) -> None:
    """Print the score of each store, region or of the company, with its 95 % interval.

    With very few answers the interval may lie beside the score: it says where the score of all customers
    may be, and pulls what one or two of them say towards the middle.
    """
    if first and last and first > last:
        raise click.UsageError("--from is later than --to.")
    choice = Choice(
        [Kind(kind) for kind in kinds],
        [Channel(channel) for channel in channels],
        first and first.date(),
        last and last.date(),
    )
    with told_plainly(), reading(ready_engine(settings)) as connection:
        stores = all_stores(connection)
        found = board(connection, [store.code for store in stores], choice)
    lines = _lines(by, stores, found)
    if as_json:
        click.echo(
            dumps([label | summary(answers) for label, answers in lines], ensure_ascii=False, indent=2)
        )
    else:
        _print_table(lines)
    _say_what_is_pooled(lines)


@main.command("rebuild-tallies")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, for programs.")
@click.pass_obj
def rebuild_tallies_command(settings: Settings, as_json: bool) -> None:
    """Count all responses again, put wrong tallies right and print what changed."""
    with told_plainly(), writing(ready_engine(settings)) as connection:
        changed = rebuild_tallies(connection)
    if as_json:
        click.echo(dumps([_correction(change) for change in changed], ensure_ascii=False, indent=2))
        return
    for change in changed:
        click.echo(f"{_named(change)}: {change.after}, not {change.before}.")
    click.echo(f"Tallies put right: {len(changed)}." if changed else "All tallies are right.")


Line = tuple[dict[str, str | None], Answers]
"""What a line is called, as a program reads it, and the answers of it."""


def _lines(by: str, stores: Sequence[Store], found: Mapping[str, Answers]) -> list[Line]:
    if by == "store":
        return [({"store": place.code, "name": place.name}, found[place.code]) for place in stores]
    if by == "company":
        return [({"company": "all stores"}, total(found.values()))]
    return [
        ({"region": region or None}, total(found[place.code] for place in stores if place.region == region))
        for region in sorted({place.region for place in stores})
    ]


def _print_table(lines: Sequence[Line]) -> None:
    width = max([12, *(len(_title(label)) for label, _ in lines)])
    click.echo(f"{'':{width}}  received  counted  score  95 % interval")
    for label, answers in lines:
        numbers = f"{answers.received.total:>8}  {answers.counted.total:>7}  {_score(answers)}"
        click.echo(f"{_title(label):{width}}  {numbers}".rstrip())


def _title(label: Mapping[str, str | None]) -> str:
    return next(iter(label.values())) or "(no region)"


def _score(answers: Answers) -> str:
    result = answers.score
    if result is None:
        return "no answers yet"
    trust = weight(result.answers)
    if trust is Weight.TOO_FEW:
        return f"too few, {answers_wanted(result.answers)} more wanted"
    note = "  indicative" if trust is Weight.INDICATIVE else ""
    interval = f"{result.low:+.0f} to {result.high:+.0f}"
    return f"{result.points:>+5.0f}  {interval}{note}".replace("-", "−")


def _say_what_is_pooled(lines: Sequence[Line]) -> None:
    """Say on stderr when a score mixes what customers were asked or how, which it may but not silently."""
    every = total(answers for _, answers in lines)
    if any(answers.pooled for _, answers in lines):
        mixed = ", ".join([*every.kinds, *every.channels])
        click.echo(f"Several are added up here: {mixed}. See --kind and --channel.", err=True)


def _correction(change: Correction) -> dict[str, Any]:
    key = dict(zip(TALLY_KEY, change.key, strict=True))
    return key | {"day": key["day"].isoformat(), "before": change.before, "after": change.after}


def _named(change: Correction) -> str:
    store, day, kind, channel, touchpoint, counted = change.key
    return f"{store} {day} {kind} {channel} {touchpoint} {'counted' if counted else 'not counted'}"
