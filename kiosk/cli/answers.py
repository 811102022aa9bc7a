"""The commands that look at answers, give them again and carry them away."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from common.history import Layout, NotAHistory, read
from kiosk.cli.group import Setup, as_json, main, now, sentence

if TYPE_CHECKING:
    from kiosk.replay import Replayed
    from kiosk.storage.store import Storage


@main.command()
@as_json
@click.pass_obj
def results(setup: Setup, as_json: bool) -> None:
    """Print how many answers this kiosk was given, where they stand, and its score."""
    from kiosk.results import results_document

    with setup.storage() as storage:
        document = storage.call(lambda s: results_document(s, now())).result()
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        _tell_results(document)


def _tell_results(document: dict[str, Any]) -> None:
    click.echo(
        f"{document['given']} given: {document['delivered']} delivered, {document['waiting']} waiting,"
        f" {document['quarantined']} quarantined."
    )
    for name, score in {**document["periods"], "ever": document["score"]}.items():
        click.echo(f"{name:>8}: {_score(score)}")
    click.echo(f"Last sync: {document['last_sync'] or 'never'}.")
    for name in document["broken_files"]:
        click.echo(f"A broken database was moved aside: {name}.", err=True)


def _score(score: dict[str, Any]) -> str:
    if score["nps"] is None:
        return "no answers yet"
    interval = f"from {score['low']:.1f} to {score['high']:.1f}"
    return f"score {score['nps']:.1f} ({interval}), {score['counted']} counted of {score['received']}"


def _pairs(context: click.Context, parameter: click.Parameter, values: Iterable[str]) -> dict[str, str]:
    found = {}
    for value in values:
        column, equals, name = value.partition("=")
        if not equals:
            raise click.BadParameter(f"{value!r} is not of the form column=name")
        found[column] = name
    return found


@main.command()
@click.argument("file", type=click.File(encoding="utf-8", errors="replace", lazy=False))
@click.option("--map", "names", multiple=True, callback=_pairs, help="column=name in the file; repeatable.")
@click.option("--date-format", "date_formats", multiple=True, help="As in strptime; repeatable, first fit.")
@click.option("--where", multiple=True, callback=_pairs, help="column=value of the rows to take; repeatable.")
@as_json
@click.pass_obj
def replay(
    setup: Setup,
    file: Any,
    names: dict[str, str],
    date_formats: tuple[str, ...],
    where: dict[str, str],
    as_json: bool,
) -> None:
    """Give each row of a CSV file as one customer's visit, at the row's own time.

    Rows that are no answer are named on stderr and skipped. Giving a file twice changes nothing.
    """
    from kiosk.replay import replay as give

    lines = file.readlines()
    with setup.storage() as storage, _progress(len(lines)) as bar:
        snapshot = storage.call(lambda s: s.snapshot()).result()
        try:
            rows = read(_counted(lines, bar), Layout(names, date_formats), where)
            done = give(rows, storage, snapshot, _report)
        except NotAHistory as reason:
            raise click.ClickException(sentence(reason)) from reason
    _tell_replayed(done, as_json=as_json)


def _progress(length: int) -> Any:
    return click.progressbar(length=length, label="Giving answers", file=sys.stderr)


def _counted(lines: list[str], bar: Any) -> Iterable[str]:
    for number, line in enumerate(lines, 1):
        yield line
        if number % 100 == 0 or number == len(lines):
            bar.update(number - bar.pos)


def _report(line: int, reason: str) -> None:
    click.echo(f"line {line}: {reason}", err=True)


def _tell_replayed(done: "Replayed", *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(done)))
        return
    cut = f", {done.cut} comments cut" if done.cut else ""
    click.echo(f"{done.given} answers given, {done.known} given before, {done.rejected} rows rejected{cut}.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Also answers that the hub has.")
@click.pass_obj
def export(setup: Setup, file: Path, everything: bool) -> None:
    """Write the answers that the hub does not have to a new FILE, .csv or .jsonl.

    Contact details stay sealed; a spreadsheet runs nothing that a customer wrote.
    """
    if file.suffix not in (".csv", ".jsonl"):
        raise click.BadParameter("the name must end with .csv or .jsonl", param_hint="FILE")
    with setup.storage() as storage:
        try:
            count = storage.call(lambda s: _write(s, file, everything=everything)).result()
        except FileExistsError as reason:
            raise click.ClickException(f"{file} exists already; nothing was written.") from reason
        except OSError as reason:
            raise click.ClickException(f"{file}: {reason.strerror}.") from reason
    click.echo(f"{count} answers written to {file}.")


def _write(storage: "Storage", file: Path, *, everything: bool) -> int:
    from kiosk.export import document, write_csv, write_lines
    from kiosk.storage.outbox import State

    pairing = storage.pairing()
    store = pairing.store if pairing else ""
    kept = (k for k in storage.outbox.all() if everything or k.state is not State.DELIVERED)
    with file.open("x", encoding="utf-8", newline="") as out:
        write = write_csv if file.suffix == ".csv" else write_lines
        return write((document(one, store) for one in kept), out)
