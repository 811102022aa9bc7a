"""JSON Schemas of what a kiosk is given: survey, settings, and what pairing says."""

from dataclasses import MISSING, fields
from typing import Any

from common.nps import Segment
from common.responses import Kind
from common.settings import (
    BETWEEN,
    COUNTS,
    DAYS,
    LARGEST_LOGO,
    LONGEST_ADDRESS,
    LONGEST_FIX,
    MOST_FIXES,
    Doubts,
    Times,
)
from common.settings_document import ADDRESS, CLOCK, COLOUR
from common.surveys import LONGEST_NOTICE, MOST_REASONS, Wording
from hub.openapi.parts import Schema, a_list, among, base64_of, count, or_null, ref, shape, table, text
from hub.openapi.shapes import NAMED

_SENTENCE = text(minLength=1)
_KEY = base64_of(32, 32)


def offer_shapes() -> dict[str, Schema]:
    """Return the schemas of survey, settings and pairing, by name."""
    return {
        "Offer": shape({"survey": ref("Survey"), "public_key": _KEY}, {"settings": or_null(ref("Settings"))}),
        "Survey": _survey(),
        "Wording": _wording(),
        "Settings": _settings(),
        "Begun": _begun(),
        "DeviceCode": shape({"device_code": text()}),
        "Paired": _paired(),
    }


def _survey() -> Schema:
    return shape(
        {
            "id": NAMED,
            "version": count(1, below=2**31),
            "kind": among(Kind),
            "consent_text": NAMED,
            "wording": table(ref("Wording"), propertyNames=NAMED, minProperties=1),
        },
        {"chips": _by_segment(a_list(NAMED, maxItems=MOST_REASONS, uniqueItems=True))},
    )


def _wording() -> Schema:
    special: dict[str, Schema] = {
        "reasons": table(_SENTENCE, propertyNames=NAMED),
        "thanks": _by_segment(_SENTENCE) | {"required": list(Segment)},
        "why_by": _by_segment(_SENTENCE),
        "notice": text(maxLength=LONGEST_NOTICE),
    }
    of = {each.name: special.get(each.name, _SENTENCE) for each in fields(Wording)}
    needed = {each.name for each in fields(Wording) if each.default is each.default_factory is MISSING}
    return shape(
        {name: schema for name, schema in of.items() if name in needed},
        {name: schema for name, schema in of.items() if name not in needed},
    )


def _by_segment(values: Schema) -> Schema:
    return shape({}, {segment.value: values for segment in Segment}) | {"additionalProperties": False}


def _settings() -> Schema:
    colour = text(pattern=f"^({COLOUR})?$")
    logo = base64_of(0, LARGEST_LOGO)
    spell = a_list(text(pattern=f"^{CLOCK}$"), minItems=2, maxItems=2)
    week = shape({}, {day: a_list(spell) for day in DAYS}) | {"additionalProperties": False}
    line = text(minLength=1, maxLength=LONGEST_FIX)
    return shape(
        {"version": count(below=2**31)},
        {
            "languages": a_list(NAMED, uniqueItems=True),
            "times": _numbers(Times),
            "doubts": _numbers(Doubts),
            "brand": shape({}, {"primary": colour, "secondary": colour, "logo": logo}),
            "hours": week,
            "brightness": shape({}, {"hours": week, "dimmed": _number("dimmed")}),
            "address": text(maxLength=LONGEST_ADDRESS, pattern=f"^({ADDRESS})?$"),
            "fixes": a_list(table(line), maxItems=MOST_FIXES),
        },
    )


def _numbers(kind: type[Times] | type[Doubts]) -> Schema:
    return shape({}, {each.name: _number(each.name) for each in fields(kind)})


def _number(name: str) -> dict[str, Any]:
    least, most = BETWEEN[name]
    return {"type": "integer" if name in COUNTS else "number", "minimum": least, "maximum": most}


def _begun() -> Schema:
    return shape(
        {
            "device_code": text(),
            "user_code": text(),
            "verification_uri": text(format="uri"),
            "expires_in": count(1),
            "interval": count(1),
        },
        {"verification_uri_complete": text(format="uri")},
    )


def _paired() -> Schema:
    names = ("kiosk", "device_key", "store", "store_name", "time_zone", "touchpoint")
    return shape({name: text() for name in names} | {"public_key": _KEY})
