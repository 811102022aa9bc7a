"""The fields that several messages have: times and counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.responses import storable
from common.wire.values import LONGEST_WHY, BadBatch


def written_time(moment: datetime) -> str:
    """Return an aware time as it travels: ISO 8601 with milliseconds and the offset from UTC."""
    return moment.isoformat(timespec="milliseconds")


def read_time(value: Any) -> datetime:
    """Read an aware time; raise ValueError or TypeError for anything else."""
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset from UTC")
    # Clocks that have lost their date begin with 1970, which west of Greenwich is 1969; one of 32 bits that
    # has run over shows 1901, and dead batteries leave anything. Whatever it is, the answer is received.
    if not 1900 <= moment.year < 3000:
        raise ValueError("a year in which no kiosk ran")
    return moment


def read_count(document: Mapping[str, Any], name: str) -> int:
    """Read a whole number from 0 up that every JSON reader keeps exact; raise BadBatch or KeyError."""
    value = document[name]
    if type(value) is not int or not 0 <= value < 2**53:
        raise BadBatch(f"{name} is no count")
    return value


def read_version(document: Mapping[str, Any]) -> int | None:
    """Read the version of the settings, None where it is left out; raise BadBatch."""
    return None if document.get("settings") is None else read_count(document, "settings")


def read_ticks(document: Mapping[str, Any]) -> int | None:
    """Read the milliseconds of a clock that never jumps; None where they are left out or make no sense."""
    value = document.get("ticks")
    return value if type(value) is int and 0 <= value < 2**53 else None


def short(text: str) -> str:
    """Return a text for people on one line, as long as it may be when it travels."""
    return " ".join(storable(text).split())[:LONGEST_WHY].rstrip()
