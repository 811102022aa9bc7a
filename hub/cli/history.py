"""The command that imports answers given elsewhere or earlier."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from io import TextIOWrapper
from itertools import chain
from json import dumps
from pathlib import Path
from typing import Any

import click

from common.history import COLUMNS, Layout, NotAHistory, ambiguity, check_encoding, is_date_format
from common.responses import Kind, is_name
from common.table import is_table
from hub.cli.group import main, ready_engine, told_plainly
from hub.clock import utc_now
from hub.config import Settings
from hub.ingest.history import UNKNOWN_LANGUAGE, Order, Report, take
from hub.ingest.table import take_table
from hub.stores.rules import NotAStore, zone
from hub.vault import open_secrets

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_KINDS = click.Choice([kind.value for kind in Kind])


def _names(_: click.Context, __: click.Parameter, pairs: Sequence[str]) -> dict[str, str]:
    names = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    for pair in pairs:
        if pair.partition("=")[0] not in COLUMNS or not pair.partition("=")[2]:
            raise click.BadParameter(f"{pair!r} is no column=name; the columns are {', '.join(COLUMNS)}")
    return names


def _formats(_: click.Context, __: click.Parameter, formats: tuple[str, ...]) -> tuple[str, ...]:
    for text in formats:
        if not is_date_format(text):
            raise click.BadParameter(f"{text!r} does not tell day, month and year as %d/%m/%Y does")
    return formats


@main.command("import")
@click.argument("file", type=_FILE)
@click.option("--map", "names", multiple=True, callback=_names, help="column=name in the file; repeatable.")
@click.option(
    "--date-format", "formats", multiple=True, callback=_formats,
    help="As for strptime; repeatable, first fit.",
)  # fmt: skip
@click.option("--create-stores", is_flag=True, help="Make stores that are not known; needs --time-zone.")
@click.option("--time-zone", help="Where new stores are, for example Europe/Rome.")
@click.option("--language", default=UNKNOWN_LANGUAGE, show_default=True, help="Of rows that name none.")
@click.option("--kind", type=_KINDS, default=Kind.RELATIONAL.value, show_default=True)
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one object, for programs.")
@click.pass_obj
def import_command(
    settings: Settings,
    file: Path,
    names: dict[str, str],
    formats: tuple[str, ...],
    create_stores: bool,
    time_zone: str | None,
    language: str,
    kind: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import the answers of the CSV FILE; importing it again changes nothing.

    It has a header with response_id, store, timestamp and score, and may have comment, language, channel
    and touchpoint; --map says what it calls them. Without --date-format times are ISO 8601; those without
    an offset are the store's local time. Rows that are no answer are reported, the good ones go in; the
    exit code is 1 if there are rows and none of them is an answer.

    The table that a kiosk exports needs no option: its answers keep their ids, reasons and
    sealed contact details, and a sync of that kiosk, before or after, brings none of them twice.
    """
    new_stores_zone = _new_stores_zone(create_stores, time_zone)
    if not is_name(language):
        raise click.UsageError(f"{language!r} is no language code; examples are en and pt-BR.")
    order = Order(Layout(names, formats), Kind(kind), language, new_stores_zone, dry_run)
    tell = _tell_document if as_json else _tell_sentences
    with told_plainly():
        try:
            totals = tell(_reports(settings, file, order), dry_run)
        except NotAHistory as reason:
            raise click.ClickException(f"{file}: {reason}") from reason
    if totals.ambiguous:
        _say(ambiguity(totals.ambiguous))
    if totals.rejected and not totals.added + totals.known:
        raise click.ClickException(f"{file}: none of its rows is an answer.")


def _new_stores_zone(create_stores: bool, time_zone: str | None) -> str | None:
    if create_stores != bool(time_zone):
        raise click.UsageError("--create-stores and --time-zone go together.")
    try:
        return time_zone and zone(time_zone).key
    except NotAStore as reason:
        raise click.UsageError(str(reason)) from reason


def _reports(settings: Settings, file: Path, order: Order) -> Iterator[Report]:
    """Take a file with a progress bar; the whole of it is known to be UTF-8 before any of it goes in."""
    engine = ready_engine(settings)
    bar = click.progressbar(length=file.stat().st_size, file=sys.stderr, hidden=not sys.stderr.isatty())
    with file.open("rb") as raw, bar:
        check_encoding(iter(partial(raw.read, 2**20), b""))
        raw.seek(0)
        text = TextIOWrapper(raw, "utf-8", newline="")
        header = text.readline()
        lines = chain([header], text)
        if is_table(header):
            secrets = open_secrets(settings.data)
            reports = take_table(engine, secrets, lines, utc_now(), dry_run=order.dry_run)
        else:
            reports = take(engine, lines, order, utc_now())
        for report in reports:
            bar.update(raw.tell() - bar.pos)
            yield report


def _tell_sentences(reports: Iterable[Report], dry_run: bool) -> "_Totals":
    """Tell of rows on stderr as they come, sum up in the end, and return the sums."""
    totals = _Totals()
    for report in reports:
        totals.add(report)
        for rejected in report.rejected:
            _say(f"line {rejected.line}: {rejected.reason}")
        for cut in report.cut:
            _say(f"line {cut.line}: added, but {cut.text}")
    made = f" Stores made: {', '.join(totals.stores)}." if totals.stores else ""
    counts = f"Answers added: {totals.added}, known already: {totals.known}, rejected: {totals.rejected}."
    click.echo(("This would happen: " if dry_run else "") + counts + made)
    return totals


def _tell_document(reports: Iterable[Report], dry_run: bool) -> "_Totals":
    """Write one JSON object as it comes, so that a million bad rows take no more memory than one."""
    totals, before = _Totals(), '{\n"rejected": ['
    cut: list[dict[str, Any]] = []
    for report in reports:
        totals.add(report)
        cut.extend(map(asdict, report.cut))
        for rejected in report.rejected:
            click.echo(f"{before}\n{_json(asdict(rejected))}", nl=False)
            before = ","
    rest = {"cut": cut, "added": totals.added, "known": totals.known, "ambiguous": totals.ambiguous}
    ending = _json(rest | {"stores": totals.stores, "dry_run": dry_run}).removeprefix("{")
    click.echo(("" if totals.rejected else before) + f"],\n{ending}")
    return totals


@dataclass(slots=True)
class _Totals:
    added: int = 0
    known: int = 0
    ambiguous: int = 0
    rejected: int = 0
    stores: list[str] = field(default_factory=list)

    def add(self, report: Report) -> None:
        self.added += report.added
        self.known += report.known
        self.ambiguous += report.ambiguous
        self.rejected += len(report.rejected)
        self.stores += report.stores


_json = partial(dumps, ensure_ascii=False)


def _say(text: str) -> None:
    # On a terminal the progress bar stands where the next line begins.
    click.echo(("\r\x1b[K" if sys.stderr.isatty() else "") + text, err=True)
