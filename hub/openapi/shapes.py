"""JSON Schemas of what travels, out of the same limits that readers of the wire obey.

Members that a schema does not name are ignored by both sides, so none forbids them.
"""

from typing import Any

from common.nps import HIGHEST, LOWEST
from common.responses import LONGEST_COMMENT, LONGEST_NAME, NAME, Channel, Kind
from common.tablet import Lock
from common.wire import (
    LARGEST_BOX,
    LONGEST_APP,
    LONGEST_MARK,
    LONGEST_WHY,
    MOST_KEYS,
    MOST_NAMES,
    MOST_OVERRULED,
    MOST_RESPONSES,
    SMALLEST_BOX,
    SPOKEN,
    UUID7,
    Code,
    Copy,
    Outcome,
)
from hub.fleet.queries import MOST_GAPS
from hub.openapi.parts import Schema, a_list, among, base64_of, count, or_null, ref, shape, text

NAMED = text(pattern=f"^{NAME}$", maxLength=LONGEST_NAME)
ID = text(pattern=f"^{UUID7}$")
TIME = text(format="date-time", description="With an offset from UTC; 1900 to 2999.")
WHY = text(maxLength=LONGEST_WHY)


def sync_shapes() -> dict[str, Schema]:
    """Return the schemas of a batch and its receipt, by name."""
    return {
        "Batch": _batch(),
        "Totals": _totals(),
        "Health": _health(),
        "Response": _response(),
        "Contact": _contact(),
        "Mark": _mark(),
        "Keys": shape({"sealing": a_list(NAMED, maxItems=MOST_KEYS)}, {"next": _HASH}),
        "Word": shape({"id": ID, "at": TIME}),
        "Receipt": _receipt(),
        "Verdict": _verdict(),
    }


def _batch() -> Schema:
    words = a_list(ref("Word"), maxItems=MOST_OVERRULED)
    return shape(
        {
            "protocol": among(SPOKEN),
            "sent_at": TIME,
            "totals": ref("Totals"),
            "health": ref("Health"),
            "responses": a_list(ref("Response"), maxItems=MOST_RESPONSES),
        },
        {"overruled": words, "taken_back": words, "ticks": count(), "mark": ref("Mark"), "keys": ref("Keys")},
    )


_HASH = text(pattern="^[0-9a-f]{64}$")
_MARK = text(minLength=1, maxLength=LONGEST_MARK)


def _mark() -> Schema:
    return shape({"last": or_null(_MARK), "draw": _MARK})


def _totals() -> Schema:
    counts: dict[str, Any] = dict.fromkeys(("given", "delivered", "waiting", "quarantined"), count())
    return shape(counts | {"oldest_waiting": or_null(TIME)})


def _health() -> Schema:
    offset = {"type": ["integer", "null"], "exclusiveMinimum": -(2**53), "exclusiveMaximum": 2**53}
    return shape(
        {"app": text(maxLength=LONGEST_APP), "survey": count(), "free_disk": count(), "offset": offset},
        {
            "settings": count(),
            "unusable": shape({}, {"survey": WHY, "settings": WHY}),
            "battery": shape({"percent": count(below=101), "plugged": {"type": "boolean"}}),
            "lock": among(Lock),
            "trouble": shape({"code": NAMED, "at": TIME}),
        },
    )


def _response() -> Schema:
    names = a_list(NAMED, maxItems=MOST_NAMES)
    return shape(
        {
            "id": ID,
            "sequence": count(1),
            "survey": NAMED,
            "version": count(1, below=2**31),
            "kind": among(Kind),
            "touchpoint": NAMED,
            "channel": among(Channel),
            "language": NAMED,
            "score": {"type": "integer", "minimum": LOWEST, "maximum": HIGHEST},
            "given_at": TIME,
        },
        {
            "ticks": count(),
            "happened_at": TIME,
            "reasons": names,
            "comment": text(maxLength=LONGEST_COMMENT),
            "flags": names,
            "contact": or_null(ref("Contact")),
        },
    )


def _contact() -> Schema:
    consent = shape({"text": NAMED, "language": NAMED, "given_at": TIME})
    return shape({"key": NAMED, "box": base64_of(SMALLEST_BOX, LARGEST_BOX), "consent": consent})


def _receipt() -> Schema:
    span = a_list(count(1), minItems=2, maxItems=2)
    return shape(
        {
            "protocol": among(SPOKEN),
            "received_at": TIME,
            "verdicts": a_list(ref("Verdict"), maxItems=MOST_RESPONSES),
            "missing": a_list(span, maxItems=MOST_GAPS),
            "survey": count(),
            "store": text(),
            "store_name": text(),
            "time_zone": text(),
            "touchpoint": text(),
            "next_sync": {"type": "number", "minimum": 0, "exclusiveMaximum": 2**31},
        },
        {
            "overruled": a_list(ref("Verdict"), maxItems=MOST_OVERRULED),
            "settings": count(),
            "asking": {"type": "boolean"},
            "mark": _MARK,
            "copy": among(Copy),
            "app": text(maxLength=LONGEST_APP),
            "keys": shape({}, {"sealing": NAMED, "next": _HASH, "renew": {"type": "boolean"}}),
        },
    )


def _verdict() -> Schema:
    return shape({"id": or_null(text()), "outcome": among(Outcome)}, {"code": among(Code)})
