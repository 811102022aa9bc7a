"""The table of answers that a kiosk writes for people: a CSV file, and what a hub makes of its rows.

A row holds a whole answer under its own id, so that taking it and hearing of it by a sync are one answer.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from csv import Error as BrokenCsv
from csv import reader
from typing import Any

from common.history import NotAHistory, Rejected, open_csv, rows

COLUMNS = (
    "response_id", "store", "timestamp", "score", "comment", "language", "channel", "touchpoint",
    "state", "refusal", "sequence", "survey", "version", "kind", "reasons", "flags", "overruled_at",
    "contact_key", "contact_box", "consent_text", "consent_language", "consent_at",
)  # fmt: skip
"""The first eight are those of any history. contact_box is hexadecimal.

An answer with flags does not count, unless overruled_at says since when a manager lets it.
"""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that a spreadsheet would run instead of show."""


def cell(value: Any) -> str:
    """Return a value as a cell that a spreadsheet shows as it is; text gives it back."""
    if isinstance(value, list):
        value = ";".join(value)
    written = "" if value is None else str(value)
    return f"'{written}" if _would_run(written) else written


def text(written: str) -> str:
    """Return what a cell was written from."""
    return written[1:] if written.startswith("'") and _would_run(written[1:]) else written


def _would_run(written: str) -> bool:
    # With the apostrophes before it, or two texts would become one cell.
    return written.lstrip("'").startswith(FORMULA)


OWN = frozenset({"refusal", "overruled_at", "contact_key", "contact_box", "consent_text"})
"""Names that no other program gives a column: each tells a kiosk's table, whatever else was taken out."""

_SELDOM = COLUMNS.index("reasons")
"""From here on a row may be empty, and some spreadsheets leave out the commas of its last empty cells."""


def is_table(header: str) -> bool:
    """Say whether the first line of a CSV file is that of a kiosk's table.

    Raise NotAHistory where columns were taken out: its answers would come once more with the next sync.
    """
    try:
        names = next(reader([header.removeprefix("\ufeff")]), [])
    except BrokenCsv:
        return False
    missing = [name for name in COLUMNS if name not in names]
    if missing and not OWN.isdisjoint(names):
        raise NotAHistory(f"a kiosk's table without its column {missing[0]!r}; give it as it was written.")
    return not missing


def read_table(lines: Iterable[str]) -> Iterator[tuple[int, str, dict[str, Any]] | Rejected]:
    """Yield each row's line, its store, and the answer as it would have travelled: common.wire.items.

    overruled_at is a member of it where a manager lets the answer count.
    """
    ends = _Ends(lines)
    table = open_csv(ends)
    for row in rows(table):
        if isinstance(row, Rejected):
            yield row
        elif None in (values := [row.get(name) for name in COLUMNS]) and not (
            ends.whole and None not in values[:_SELDOM]
        ):
            # Its comment, too, may have been cut, and would stand in the way of the whole one.
            there = len(values) - values.count(None)
            yield Rejected(table.line_num, f"the line is not whole: {there} of {len(values)} values")
        else:
            cells = {name: text(row.get(name) or "") for name in COLUMNS}
            yield table.line_num, cells["store"], _item(cells)


class _Ends:
    """Lines, and whether the last one that was taken has its end."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines, self.whole = lines, False

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.whole = line.endswith(("\n", "\r"))
            yield line


def _item(cells: Mapping[str, str]) -> dict[str, Any]:
    names = ("survey", "kind", "touchpoint", "channel", "language", "comment")
    item: dict[str, Any] = {name: cells[name] for name in names}
    item |= {name: _number(cells[name]) for name in ("sequence", "version", "score")}
    item |= {name: cells[name].split(";") for name in ("reasons", "flags") if cells[name]}
    item |= {"id": cells["response_id"], "given_at": cells["timestamp"]}
    item |= {"overruled_at": cells["overruled_at"]} if cells["overruled_at"] else {}
    return item | ({"contact": _contact(cells)} if cells["contact_box"] else {})


def _number(written: str) -> int | str:
    return int(written) if written.isascii() and written.isdecimal() else written


def _contact(cells: Mapping[str, str]) -> dict[str, Any]:
    try:
        box = b64encode(bytes.fromhex(cells["contact_box"])).decode()
    except ValueError:
        box = ""
    consent = {name: cells[f"consent_{name}"] for name in ("text", "language")}
    return {
        "key": cells["contact_key"],
        "box": box,
        "consent": consent | {"given_at": cells["consent_at"]},
    }
