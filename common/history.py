"""Answers given elsewhere or earlier: the rows of a CSV file, read one by one into answers or rejections.

The hub imports such files and the kiosk replays them; both must understand a row in the same way.
"""

from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from csv import DictReader, field_size_limit
from csv import Error as BrokenCsv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import chain
from json import dumps
from typing import Any
from uuid import UUID

from common.nps import segment
from common.responses import LONGEST_COMMENT, clean_comment, storable

YEARS = range(1970, 2200)
"""The years that an answer of a file may be of."""

COLUMNS = ("response_id", "store", "timestamp", "score", "comment", "language", "channel", "touchpoint")
"""The columns a file may have. The first four are required; a file may call them otherwise (see Layout)."""

REQUIRED = COLUMNS[:4]

LONGEST_FIELD = 2**22
"""Characters. A comment of a megabyte is still an answer; a quote never closed must end somewhere."""


def is_date_format(text: str) -> bool:
    """Return whether a day, a month and a year can be read by a format in strptime's notation."""
    day = datetime(2026, 3, 29, 14, 5, tzinfo=UTC)
    with suppress(ValueError):
        # What is no directive is written as it stands, and then not read.
        return datetime.strptime(day.strftime(text), text).date() == day.date()  # noqa: DTZ007
    return False


class NotAHistory(ValueError):
    """The file as a whole cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written: its own names for our columns, and its dates in strptime's notation.

    Real files mix notations; several formats are tried in their order. Without any the timestamps are
    ISO 8601.
    """

    names: Mapping[str, str]
    date_formats: Sequence[str] = ()

    def name(self, column: str) -> str:
        """Return the file's own name of one of our columns."""
        return self.names.get(column, column)


@dataclass(frozen=True, slots=True)
class Row:
    """One answer of a file. given_at is naive, and then the store's local time, unless the file says more."""

    line: int
    response_id: str
    store: str
    given_at: datetime
    score: int
    comment: str
    language: str
    channel: str
    touchpoint: str
    cut: bool = False
    """Whether the comment was longer than a comment may be and has been cut."""

    ambiguous: bool = False
    """Whether another of the layout's date formats reads another time from the same text."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line of a file that is no answer, and why, in words for whoever runs the command."""

    line: int
    reason: str


def check_encoding(blocks: Iterable[bytes]) -> None:
    """Raise NotAHistory at the first byte that is not UTF-8."""
    decoder, done = getincrementaldecoder("utf-8")(), 0
    for block, last in chain(((block, False) for block in blocks), [(b"", True)]):
        pending = decoder.getstate()[0]
        try:
            decoder.decode(block, final=last)
        except UnicodeDecodeError as reason:
            byte = (pending + block)[reason.start]
            raise NotAHistory(
                f"not UTF-8: byte {done - len(pending) + reason.start + 1} is {byte:#04x}."
                " Save it as UTF-8 and try again; nothing was taken."
            ) from reason
        done += len(block)


def ambiguity(count: int) -> str:
    """Say that so many times can be read in more than one way."""
    times = "time of 1 row fits" if count == 1 else f"times of {count:,} rows fit"
    return f"The {times} more than one --date-format; the first that fits was taken."


def read(
    lines: Iterable[str], layout: Layout, where: Mapping[str, str] | None = None
) -> Iterator[Row | Rejected]:
    """Read CSV lines with a header; raise NotAHistory if a column that is needed or named is missing.

    where keeps only the rows whose columns (ours) have exactly these values, and those that do not say it
    though they must: nobody else would report them. Line numbers count the lines
    of the file, as an editor shows them; a row with line breaks inside has the number of its last line.
    """
    reader = open_csv(lines)
    _check(reader.fieldnames or (), layout, where or {})
    for raw in rows(reader):
        if isinstance(raw, Rejected):
            yield raw
            continue
        values = {column: (raw.get(layout.name(column)) or "").strip() for column in COLUMNS}
        if all(_may_be(values, column, wanted) for column, wanted in (where or {}).items()):
            yield _row(reader.line_num, values, layout)


def rows(reader: "DictReader[str]") -> Iterator[Mapping[str, Any] | Rejected]:
    """Yield the rows after a header, by the header's names; reject those that no names fit."""
    while (raw := _next(reader)) is not None:
        yield raw if isinstance(raw, Rejected) else _surplus(reader, raw) or raw


def identity(*source: str, given_at: datetime) -> str:
    """Return the UUIDv7 of an answer that has another system's id: the same source, the same UUID.

    48 bits are the time in milliseconds (RFC 9562), 74 bits come from SHA-256 of the source, so that
    reading a file twice meets the answers of the first time.
    """
    moment = given_at if given_at.tzinfo else given_at.replace(tzinfo=UTC)
    milliseconds = (moment - _EPOCH) // timedelta(milliseconds=1)
    digest = int.from_bytes(sha256(dumps(source).encode()).digest()[:10], "big")
    value = (milliseconds & (1 << 48) - 1) << 80 | digest & (1 << 80) - 1
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))


def _may_be(values: Mapping[str, str], column: str, wanted: str) -> bool:
    return values[column] == wanted or (column in REQUIRED and not values[column])


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


_SURPLUS = "\0surplus"


def open_csv(lines: Iterable[str]) -> "DictReader[str]":
    """Return a strict reader past its header, with or without a byte order mark before it.

    Raise NotAHistory for a header that is no CSV.
    """
    rest = iter(lines)
    field_size_limit(LONGEST_FIELD)
    reader = DictReader(chain([next(rest, "").removeprefix("\ufeff")], rest), restkey=_SURPLUS, strict=True)
    try:
        _ = reader.fieldnames
    except BrokenCsv as reason:
        raise NotAHistory(f"the header is no CSV: {reason}.") from reason
    return reader


def _next(reader: "DictReader[str]") -> Mapping[str, Any] | Rejected | None:
    start = reader.reader.line_num + 1
    try:
        return next(reader, None)
    except BrokenCsv as reason:
        return Rejected(reader.reader.line_num, f"broken CSV from line {start} on: {reason}")


def _surplus(reader: "DictReader[str]", raw: Mapping[str, Any]) -> Rejected | None:
    """Reject a row with more values than columns: a comma that nobody quoted has shifted them."""
    surplus, columns = raw.get(_SURPLUS) or (), len(reader.fieldnames or ())
    if not any(surplus):
        return None
    return Rejected(reader.line_num, f"{columns + len(surplus)} values for {columns} columns")


def _check(header: Sequence[str], layout: Layout, where: Mapping[str, str]) -> None:
    needed = [layout.name(column) for column in REQUIRED] + list(layout.names.values())
    missing = [name for name in needed if name not in header]
    if missing:
        raise NotAHistory(f"no column {missing[0]!r}; the file has: {', '.join(header) or 'nothing'}.")
    unknown = [column for column in where if column not in COLUMNS]
    if unknown:
        raise NotAHistory(f"no column {unknown[0]!r} to choose by; there are: {', '.join(COLUMNS)}.")


def _row(line: int, values: Mapping[str, str], layout: Layout) -> Row | Rejected:
    for column in REQUIRED:
        if not values[column]:
            return Rejected(line, f"no {layout.name(column)}")
    try:
        score = _score(values["score"])
    except ValueError:
        return Rejected(line, f"{values['score'][:40]!r} is no score from 0 to 10")
    try:
        moments = _moments(values["timestamp"], layout.date_formats)
    except ValueError:
        expected = " or ".join(layout.date_formats) or "ISO 8601, for example 2026-03-29T14:05"
        return Rejected(line, f"{values['timestamp'][:40]!r} is no time ({expected})")
    likely = [moment for moment in moments if moment.year in YEARS]
    if not likely:
        years = f"{YEARS[0]} to {YEARS[-1]}"
        return Rejected(line, f"{values['timestamp'][:40]!r} is not of the years {years}")
    comment = storable(values["comment"])
    return Row(
        line=line,
        response_id=values["response_id"],
        store=values["store"],
        given_at=likely[0],
        score=score,
        comment=clean_comment(comment),
        language=values["language"],
        channel=values["channel"],
        touchpoint=values["touchpoint"],
        cut=len(comment) > LONGEST_COMMENT,
        ambiguous=any(other != likely[0] for other in likely),
    )


def _score(text: str) -> int:
    # int() alone would take "1_0" for ten.
    if not (text.isascii() and text.isdecimal()):
        raise ValueError("not written in digits")
    score = int(text)
    segment(score)
    return score


def _moments(text: str, date_formats: Sequence[str]) -> list[datetime]:
    """Return the time that a text means by each format that fits; raise ValueError if none does."""
    if not date_formats:
        return [_timed(datetime.fromisoformat(text), len(text) > len("2026-03-29"))]
    found = []
    for date_format in date_formats:
        with suppress(ValueError):
            moment = datetime.strptime(text, date_format)  # noqa: DTZ007 - the caller adds the store's zone
            has_time = any(code in date_format for code in ("%H", "%I", "%c", "%X", "%T"))
            found.append(_timed(moment, has_time))
    if not found:
        raise ValueError("no format fits")
    return found


def _timed(moment: datetime, has_time: bool) -> datetime:
    # A bare date means that day. Midnight would fall to the day before in a store that closes after it.
    return moment if has_time else moment.replace(hour=12)
