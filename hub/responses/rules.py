"""Decisions about responses: the row that one becomes, and how rows add up to tallies."""

import hmac
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from common.responses import TEST, Response, fingerprint

HASH_BYTES = 16
_MINUTE = timedelta(minutes=1)
TALLY_KEY = ("store", "day", "kind", "channel", "touchpoint", "counted")


class Timing(StrEnum):
    """How the time of a response was corrected.

    exact: by a clock that never jumps. offset: by what its device's clock was wrong at the sync. unknown: by
    neither, because the time would be in the future or long ago; it stands where the response arrived.
    """

    EXACT = "exact"
    OFFSET = "offset"
    UNKNOWN = "unknown"


UNDATED = "clock"
"""The flag that the hub puts on a response of unknown time; no part of the answer that it is compared by."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the hub remembers of a response that it has met; an erased one has neither print nor kiosk.

    had_contact says that it came with contact details, whether or not they have been deleted since.
    """

    fingerprint: bytes | None
    kiosk: str | None
    had_contact: bool = False

    @property
    def erased(self) -> bool:
        """Whether a person wanted it gone."""
        return self.fingerprint is None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a response stands that somebody has a word on: its store, whether it counts, and the last word.

    An erased one has no store; one that nobody has decided on has neither a time nor a person.
    """

    store: str | None
    counted: bool
    decided_at: datetime | None = None
    decided_by: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Somebody's word, given at a moment, whether a flagged response counts."""

    response: str
    counts: bool
    at: datetime
    by: str


@dataclass(slots=True)
class Source:
    """Where a response comes from: its place and day, and what the hub knows about its way here.

    kiosk and sequence are None for imports; clock_offset is hub time minus device time in milliseconds;
    timing says how that was found, and is None for imports; the hashes are those of the contact details,
    where there are any. touchpoint is None where the response's own word is the best there is.
    """

    store: str
    day: date
    received_at: datetime
    clock_offset: int = 0
    kiosk: str | None = None
    sequence: int | None = None
    email_hash: bytes | None = None
    phone_hash: bytes | None = None
    timing: Timing | None = None
    touchpoint: str | None = None


def email_hash(email: str, key: bytes) -> bytes | None:
    """Return what finds an e-mail address without telling it; None if there is none."""
    return _hash("email", email.strip().casefold(), key)


def phone_hash(phone: str, key: bytes) -> bytes | None:
    """Return what finds a phone number, however its digits are grouped; None if there is none."""
    digits = "".join(c for c in phone if c.isdigit() or c == "+")
    return _hash("phone", digits.removeprefix("00") if digits.startswith("00") else digits.lstrip("+"), key)


def _hash(kind: str, detail: str, key: bytes) -> bytes | None:
    return hmac.new(key, f"{kind}:{detail}".encode(), sha256).digest()[:HASH_BYTES] if detail else None


def happened_at(given_at: datetime, clock_offset: int) -> datetime:
    """Return the true time of something that a device dated; the offset is in milliseconds."""
    return given_at + timedelta(milliseconds=clock_offset) if clock_offset else given_at


def row(response: Response, source: Source) -> dict[str, Any]:
    """Return the row of the table of responses that a response becomes."""
    contact, flags = response.contact, _flags(response, source)
    zone = response.given_at.utcoffset() or timedelta(0)
    return {
        "id": response.id,
        "store": source.store,
        "kiosk": source.kiosk,
        "sequence": source.sequence,
        "survey": response.survey,
        "version": response.version,
        "kind": response.kind.value,
        "channel": response.channel.value,
        "touchpoint": source.touchpoint or response.touchpoint,
        "language": response.language,
        "score": response.score,
        "reasons": response.reasons,
        "comment": response.comment,
        "flags": flags,
        "counted": not flags,
        "given_at": response.given_at,
        "utc_offset": zone // _MINUTE,
        "clock_offset": source.clock_offset,
        "timing": source.timing,
        "happened_at": happened_at(response.given_at, source.clock_offset),
        "received_at": source.received_at,
        "day": source.day,
        "fingerprint": fingerprint(response),
        "contact_key": contact and contact.key,
        "contact_box": contact and contact.box,
        "email_hash": source.email_hash,
        "phone_hash": source.phone_hash,
        "consent_text": contact and contact.consent.text,
        "consent_language": contact and contact.consent.language,
        "consent_at": contact and contact.consent.given_at,
    }


def _flags(response: Response, source: Source) -> tuple[str, ...]:
    # A test never counts, whenever it was.
    undated = source.timing is Timing.UNKNOWN and response.flags != (TEST,)
    return (*response.flags, UNDATED) if undated else response.flags


def tally(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of the table of tallies that rows of responses add up to."""
    counts: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * 11)
    for response in rows:
        counts[tuple([response[name] for name in TALLY_KEY])][response["score"]] += 1
    return [
        dict(zip(TALLY_KEY, key, strict=True)) | {f"s{score}": times for score, times in enumerate(scores)}
        for key, scores in counts.items()
    ]


def moved(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return by how much tallies change where rows of responses have just begun, or ceased, to count."""
    now = list(rows)
    return tally(now) + less([{**row, "counted": not row["counted"]} for row in now])


def less(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return by how much tallies change where rows of responses are counted there no more."""
    return [
        {name: value if name in TALLY_KEY else -value for name, value in row.items()} for row in tally(rows)
    ]


def only(rows: Iterable[Mapping[str, Any]], ids: Collection[str]) -> list[Mapping[str, Any]]:
    """Return the rows that have one of the ids."""
    return [row for row in rows if row["id"] in ids]


@dataclass(frozen=True, slots=True)
class Correction:
    """A tally that was wrong: its key, in the order of TALLY_KEY, and how many answers it had and has."""

    key: tuple[Any, ...]
    before: int
    after: int


def corrections(wrong: Iterable[tuple[Any, ...]], right: Iterable[tuple[Any, ...]]) -> list[Correction]:
    """Return what changes where the wrong rows of the table of tallies give way to the right ones."""
    length = len(TALLY_KEY)
    before = {row[:length]: sum(row[length:]) for row in wrong}
    after = {row[:length]: sum(row[length:]) for row in right}
    keys = sorted(before.keys() | after.keys())
    return [Correction(key, before.get(key, 0), after.get(key, 0)) for key in keys]
