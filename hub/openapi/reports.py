"""JSON Schemas of what programs of head office read."""

from common.tablet import Lock
from hub.fleet.choice import LONGEST_TEXT, SORTS, WHICH
from hub.fleet.kiosks import Worry
from hub.fleet.reports import LARGEST_PAGE, LAST_PAGE, USUAL_PAGE
from hub.fleet.rules import State
from hub.openapi.parts import Schema, a_list, among, count, or_null, ref, shape, text
from hub.openapi.shapes import TIME

_FLAG: Schema = {"type": "boolean"}
_OFFSET: Schema = {"type": "integer"}
_SAID: Schema = text(description="For people; empty where there is nothing to say.")


def report_shapes() -> dict[str, Schema]:
    """Return the schemas of what programs read, by name."""
    return {"Fleet": _fleet(), "Kiosk": _kiosk()}


def fleet_questions() -> list[Schema]:
    """Return the parameters that narrow, order and part the list of kiosks."""
    asked = {
        "text": text(maxLength=LONGEST_TEXT, description="Words of its name, store, place or app."),
        "which": among(["", *WHICH]),
        "sort": among(SORTS) | {"default": "silent"},
        "page": count(1, below=LAST_PAGE + 1) | {"default": 1},
        "per_page": count(1, below=LARGEST_PAGE + 1) | {"default": USUAL_PAGE},
    }
    return [
        {"name": name, "in": "query", "required": False, "schema": schema} for name, schema in asked.items()
    ]


def _fleet() -> Schema:
    kiosks = a_list(ref("Kiosk"), maxItems=LARGEST_PAGE)
    return shape({"told_at": TIME, "total": count(), "page": count(1), "pages": count(1), "kiosks": kiosks})


def _kiosk() -> Schema:
    counts = ("survey", "given", "delivered", "waiting", "quarantined", "received", "doubled", "missing")
    moments = (
        "last_contact", "oldest_waiting", "restored_at", "shared_at", "settings_since", "trouble_at",
        "alarm_since",
    )  # fmt: skip
    return shape(
        {
            **{name: text() for name in ("kiosk", "name", "store", "store_name", "time_zone", "touchpoint")},
            "state": among(State),
            "paired_at": TIME,
            "app": text(),
            **dict.fromkeys(counts, count()),
            **dict.fromkeys(moments, or_null(TIME)),
            "clock_offset": or_null(_OFFSET | {"description": "Hub time minus its time, milliseconds."}),
            "free_disk": or_null(count()),
            "settings": or_null(count()),
            "settings_wanted": or_null(count()),
            "survey_trouble": _SAID,
            "settings_trouble": _SAID,
            "battery": or_null(count(below=101)),
            "plugged": or_null(_FLAG),
            "lock": or_null(among(Lock)),
            "trouble": text(description="A code of WIRE.md; empty where none was told."),
            "alarm": or_null(text()),
            "new_key_wanted": _FLAG,
            "worries": a_list(among(Worry)),
        }
    )
