"""The rescue file: answers written where a person can carry them. Contact details stay sealed.

Writing it marks nothing as delivered: the hub knows an answer twice by its id.
"""

import csv
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from kiosk.storage.outbox import Kept, State

if TYPE_CHECKING:
    from kiosk.storage.store import Storage

COLUMNS = (
    "response_id", "store", "timestamp", "score", "comment", "language", "channel", "touchpoint",
    "state", "refusal", "sequence", "survey", "version", "kind", "reasons", "flags", "overruled_at",
    "contact_key", "contact_box", "consent_text", "consent_language", "consent_at",
)  # fmt: skip
"""The first eight are those that a hub imports. contact_box is hexadecimal.

An answer with flags does not count, unless overruled_at says since when a manager lets it.
"""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that a spreadsheet would run instead of show."""


class Sink(Protocol):
    """What takes text, as a file does."""

    def write(self, text: str, /) -> int:
        """Take a text; return how long it is."""


def write_answers(storage: "Storage", sink: Sink, suffix: str, *, everything: bool = False) -> int:
    """Write the answers that the hub does not have, or all of them; return how many.

    suffix is .csv or .jsonl.
    """
    pairing = storage.pairing()
    store = pairing.store if pairing else ""
    kept = (k for k in storage.outbox.all() if everything or k.state is not State.DELIVERED)
    write = write_csv if suffix == ".csv" else write_lines
    return write((document(one, store) for one in kept), sink)


def document(kept: Kept, store: str) -> dict[str, Any]:
    """Return an answer as JSON values, null where it says nothing."""
    response, contact = kept.response, kept.response.contact
    return {
        "response_id": response.id,
        "store": store,
        "timestamp": response.given_at.isoformat(timespec="milliseconds"),
        "score": response.score,
        "comment": response.comment,
        "language": response.language,
        "channel": response.channel.value,
        "touchpoint": response.touchpoint,
        "state": kept.state.name.lower(),
        "refusal": kept.refusal,
        "sequence": kept.sequence,
        "survey": response.survey,
        "version": response.version,
        "kind": response.kind.value,
        "reasons": list(response.reasons),
        "flags": list(response.flags),
        "overruled_at": kept.overruled and kept.overruled.isoformat(timespec="milliseconds"),
        "contact_key": contact and contact.key,
        "contact_box": contact and contact.box.hex(),
        "consent_text": contact and contact.consent.text,
        "consent_language": contact and contact.consent.language,
        "consent_at": contact and contact.consent.given_at.isoformat(timespec="milliseconds"),
    }


def write_lines(documents: Iterable[dict[str, Any]], file: Sink) -> int:
    """Write one JSON document a line; return how many."""
    return sum(1 for one in documents if file.write(json.dumps(one, ensure_ascii=False) + "\n"))


def write_csv(documents: Iterable[dict[str, Any]], file: Sink) -> int:
    """Write a table with a header, safe to open in a spreadsheet; return how many rows."""
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    rows = ({name: _cell(value) for name, value in one.items()} for one in documents)
    return sum(1 for row in rows if writer.writerow(row))


def _cell(value: Any) -> str:
    if isinstance(value, list):
        value = ";".join(value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
