"""The commands that look at answers, give them again and carry them away."""

import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from errno import EEXIST
from io import StringIO
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, TextIO

import click

from kiosk.cli.group import Setup, as_json, main, now

if TYPE_CHECKING:
    from kiosk.replay import Replayed
    from kiosk.storage.outbox import State
    from kiosk.storage.store import Storage


@main.command()
@as_json
@click.pass_obj
def results(setup: Setup, as_json: bool) -> None:
    """Print how many answers this kiosk was given, where they stand, and its score."""
    from kiosk.results import results_document

    with setup.reading() as storage:
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
    if document["untold_decisions"]:
        click.echo(f"Decisions that the hub hears with the next sync: {document['untold_decisions']}.")
    for reason, count in document["refusals"].items():
        click.echo(f"Quarantined as {reason}: {count}; offered again after an upgrade of either side.")
    if document["copy"]:
        click.echo(_COPIES[document["copy"]], err=True)
    for name in document["broken_files"]:
        click.echo(f"A broken database was moved aside: {name}.", err=True)


_COPIES = {
    "restored": "The hub says that this tablet went on from an old copy of its database.",
    "shared": "The hub says that another tablet uses the same key: pair one of them anew.",
}


def _score(score: dict[str, Any]) -> str:
    if score["nps"] is None:
        return "no answers yet"
    interval = f"from {score['low']:.1f} to {score['high']:.1f}"
    return f"score {score['nps']:.1f} ({interval}), {score['counted']} counted of {score['received']}"


def _pairs(context: click.Context, parameter: click.Parameter, values: Iterable[str]) -> dict[str, str]:
    from common.history import COLUMNS

    found = dict(value.split("=", 1) for value in values if "=" in value)
    for value in values:
        if value.partition("=")[0] not in COLUMNS or "=" not in value:
            raise click.BadParameter(f"{value!r} is no column=…; the columns are {', '.join(COLUMNS)}")
    return found


def _formats(_: click.Context, __: click.Parameter, formats: tuple[str, ...]) -> tuple[str, ...]:
    from common.history import is_date_format

    for text in formats:
        if not is_date_format(text):
            raise click.BadParameter(f"{text!r} does not tell day, month and year as %d/%m/%Y does")
    return formats


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "names", multiple=True, callback=_pairs, help="column=name in the file; repeatable.")
@click.option(
    "--date-format", "formats", multiple=True, callback=_formats,
    help="As for strptime; repeatable, first fit.",
)  # fmt: skip
@click.option("--where", multiple=True, callback=_pairs, help="column=value of the rows to take; repeatable.")
@as_json
@click.pass_obj
def replay(
    setup: Setup,
    file: Path,
    names: dict[str, str],
    formats: tuple[str, ...],
    where: dict[str, str],
    as_json: bool,
) -> None:
    """Give each row of the CSV FILE as one customer's visit, at the row's own time.

    It has a header with response_id, store, timestamp and score, and may have comment and language; --map
    says what it calls them. Without --date-format times are ISO 8601; those without an offset are the
    store's local time. Rows that are no answer are reported and skipped; the exit code is 1 if there are
    rows and none of them is an answer. Doing it again changes nothing.
    """
    from common.history import Layout, NotAHistory, check_encoding, read
    from kiosk.replay import replay as give

    try:
        check_encoding([content := file.read_bytes()])
        text = content.decode()
        with setup.storage() as storage, _progress(text.count("\n")) as bar:
            snapshot = storage.call(lambda s: s.snapshot()).result()
            rows = read(_counted(StringIO(text, newline=""), bar), Layout(names, formats), where)
            done = give(rows, storage, snapshot, _say)
            paired = storage.call(lambda s: s.pairing()).result() is not None
    except NotAHistory as reason:
        raise click.ClickException(f"{file}: {reason}") from reason
    except OSError as reason:
        raise click.ClickException(f"{file}: {reason.strerror}.") from reason
    _tell_replayed(done, as_json=as_json)
    if done.given and not paired:
        click.echo("This kiosk is not paired: the answers wait on it until it is.", err=True)
    if done.rejected and not done.given + done.known:
        raise click.ClickException(f"{file}: none of its rows is an answer.")


def _progress(length: int) -> Any:
    return click.progressbar(length=length, file=sys.stderr, hidden=not sys.stderr.isatty())


def _counted(lines: Iterable[str], bar: Any) -> Iterable[str]:
    for number, line in enumerate(lines, 1):
        yield line
        if number % 100 == 0:
            bar.update(100)


def _say(line: int, reason: str) -> None:
    # On a terminal the progress bar stands where the next line begins.
    start = "\r\x1b[K" if sys.stderr.isatty() else ""
    click.echo(f"{start}line {line}: {reason}", err=True)


def _tell_replayed(done: "Replayed", *, as_json: bool) -> None:
    from common.history import ambiguity

    cut = f", comments cut: {done.cut}" if done.cut else ""
    said = f"Answers given: {done.given}, given before: {done.known}, rejected: {done.rejected}{cut}."
    click.echo(json.dumps(asdict(done)) if as_json else said)
    if done.ambiguous:
        click.echo(ambiguity(done.ambiguous), err=True)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Also answers that the hub has.")
@click.option("--quarantined", is_flag=True, help="Only answers that the hub has refused, with the reason.")
@click.pass_obj
def export(setup: Setup, file: Path, everything: bool, quarantined: bool) -> None:
    """Write the answers that the hub does not have to a new FILE, .csv, .jsonl or .cerchio.

    Contact details stay sealed; a spreadsheet runs nothing that a customer wrote. A .cerchio file is signed,
    and cerchio-hub rescue takes it as if the kiosk had synced.
    """
    _check_export(file, everything, quarantined)
    with setup.reading() as storage:
        states = _states(everything, quarantined)
        answers, words = storage.call(lambda s: _write(s, file, states)).result()
    click.echo(f"Answers written to {file}: {answers}.")
    if words:
        click.echo(f"The manager's words on answers that look wrong: {words}.")


def _check_export(file: Path, everything: bool, quarantined: bool) -> None:
    if file.suffix not in (".csv", ".jsonl", ".cerchio"):
        raise click.BadParameter("the name must end with .csv, .jsonl or .cerchio", param_hint="FILE")
    if everything and quarantined:
        raise click.UsageError("--all and --quarantined exclude each other.")
    if file.suffix == ".cerchio" and (everything or quarantined):
        raise click.UsageError("A .cerchio file always has all that the hub lacks, and nothing else.")


def _states(everything: bool, quarantined: bool) -> "Collection[State]":
    from kiosk.export import UNSENT
    from kiosk.storage.outbox import State

    return frozenset({State.QUARANTINED}) if quarantined else frozenset(State) if everything else UNSENT


def _write(storage: "Storage", file: Path, states: "Collection[State]") -> tuple[int, int]:
    """Write a file; return how many answers are in it, and how many of the manager's words on some."""
    from kiosk.export import write_answers, write_signed

    signed = file.suffix == ".cerchio"
    if signed and storage.pairing() is None:
        raise click.ClickException("This kiosk is not paired, so no hub could tell who wrote the file.")
    contents = storage.leaving.contents()
    with whole(file) as out:
        if not signed:
            return write_answers(storage, out, file.suffix, states=states), 0
        written = write_signed(storage, out, now())
    storage.leaving.carry(contents)
    return written


@contextmanager
def whole(file: Path) -> Iterator[TextIO]:
    """Give a new file to write to, which has its name only once all of it is on the disk."""
    # Not by exists(), which raises where one may not look, as if the tablet's own disk had failed.
    if os.path.lexists(file):
        raise click.ClickException(f"{file} exists already; nothing was written.")
    # A name of its own, which nobody else has or can foresee: somebody may own a file of any fixed one.
    unfinished = file.with_name(f"{file.name}.{token_hex(8)}.part")
    try:
        with unfinished.open("x", encoding="utf-8", newline="") as out:
            try:
                yield out
                out.flush()
                os.fsync(out.fileno())
                _name(unfinished, file)
            finally:
                unfinished.unlink(missing_ok=True)
    except OSError as reason:
        # Said here, because the storage would take it for one of its own disk.
        raise click.ClickException(f"{file}: {reason.strerror}; nothing was written.") from reason


def _name(unfinished: Path, file: Path) -> None:
    """Give a file its name; raise FileExistsError if another has it by now."""
    try:
        os.link(unfinished, file)
    except FileExistsError:
        raise
    except OSError:
        # FAT, which most sticks have, knows no second name of a file.
        if os.path.lexists(file):
            raise FileExistsError(EEXIST, os.strerror(EEXIST)) from None
        unfinished.rename(file)
