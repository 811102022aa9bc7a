"""A response as a row of the database, and back. Both directions in one place, so that they agree."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from common.responses import Channel, Consent, Kind, Response, SealedContact

COLUMNS = (
    "survey", "version", "kind", "touchpoint", "channel", "language", "score", "given_at", "given_ms",
    "reasons", "comment", "flags", "counted",
    "contact_key", "contact_box", "consent_text", "consent_language", "consent_at",
)  # fmt: skip
"""What a later step of the visit may still change; id, device, sequence and state are not among them."""

CONTACT_COLUMNS = COLUMNS[-5:]
_TEXTS = ("id", "survey", "touchpoint", "language", "comment")


def milliseconds(moment: datetime) -> int:
    """Return an aware moment as whole milliseconds since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def moment(given_ms: int) -> datetime:
    """Return such milliseconds as a moment of UTC, in a damaged row the nearest that may travel."""
    return _EPOCH + timedelta(milliseconds=min(max(given_ms, 0), LATEST))


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
LATEST = milliseconds(datetime.fromisoformat("2999-12-31T00:00:00+00:00"))
"""The last moment that may travel, in milliseconds since 1970."""


def to_row(response: Response) -> dict[str, Any]:
    """Return the columns of a response. Times are cut to milliseconds, as they travel."""
    contact = response.contact
    return {
        "id": response.id,
        "survey": response.survey,
        "version": response.version,
        "kind": response.kind.value,
        "touchpoint": response.touchpoint,
        "channel": response.channel.value,
        "language": response.language,
        "score": response.score,
        "given_at": response.given_at.isoformat(timespec="milliseconds"),
        "given_ms": milliseconds(response.given_at),
        "reasons": json.dumps(response.reasons),
        "comment": response.comment,
        "flags": json.dumps(response.flags),
        "counted": int(response.counted),
        "contact_key": contact and contact.key,
        "contact_box": contact and contact.box,
        "consent_text": contact and contact.consent.text,
        "consent_language": contact and contact.consent.language,
        "consent_at": contact and contact.consent.given_at.isoformat(timespec="milliseconds"),
    }


def from_row(row: Mapping[str, Any]) -> Response:
    """Read a response; raise ValueError, TypeError or KeyError if the row is damaged."""
    if not all(isinstance(row[name], str) for name in _TEXTS):
        raise TypeError("octets in the place of a text")
    return Response(
        id=row["id"],
        survey=row["survey"],
        version=row["version"],
        kind=Kind(row["kind"]),
        touchpoint=row["touchpoint"],
        channel=Channel(row["channel"]),
        language=row["language"],
        score=row["score"],
        given_at=datetime.fromisoformat(row["given_at"]),
        reasons=_names(row["reasons"]),
        comment=row["comment"],
        flags=_names(row["flags"]),
        contact=_contact(row),
    )


def readable(row: Mapping[str, Any]) -> Response | None:
    """Read a row, None if a failing disk has damaged it."""
    try:
        return from_row(row)
    except (ValueError, KeyError, TypeError):
        return None


@lru_cache(maxsize=1024)
def _names(text: str) -> tuple[str, ...]:
    # The same few come again and again: remembering them is a fifth of the time of reading a row.
    return tuple(json.loads(text))


def _contact(row: Mapping[str, Any]) -> SealedContact | None:
    if row["contact_box"] is None:
        return None
    given_at = datetime.fromisoformat(row["consent_at"])
    consent = Consent(row["consent_text"], row["consent_language"], given_at)
    return SealedContact(row["contact_key"], row["contact_box"], consent)
