"""The description itself: addresses, what each takes, what each answers, and each problem it may tell."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from common.wire import (
    OPENAPI_PATH,
    PAIRING_KEY_PATH,
    PAIRING_PATH,
    PROTOCOL,
    SURVEY_PATH,
    SYNC_PATH,
    UNPAIRING_PATH,
)
from common.wire.packing import CODING
from hub.fleet.reports import FLEET_PATH
from hub.openapi.offers import offer_shapes
from hub.openapi.parts import Schema, among, count, ref, shape, text
from hub.openapi.reports import fleet_questions, report_shapes
from hub.openapi.shapes import sync_shapes
from hub.web.problems import Reason

PAGES_ONLY = frozenset({Reason.FORBIDDEN})
"""Problems that only people meet."""

PROGRAMS_ONLY = (Reason.UNKNOWN_API_KEY, Reason.TOO_MANY_REQUESTS)
"""Problems that only programs of head office meet, and no kiosk."""

ALWAYS = (Reason.BROKEN, Reason.BUSY)
"""Problems that every address may tell that asks the database."""

FOR_KIOSKS = (Reason.UNKNOWN_DEVICE, Reason.REVOKED_DEVICE)
"""Problems that every address may tell that asks for a device key."""


def describe() -> dict[str, Any]:
    """Return the API as an OpenAPI 3.1 document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cerchio",
            "version": str(PROTOCOL),
            "license": {"name": "MIT", "identifier": "MIT"},
            "description": "What a survey kiosk and its hub say to each other, as common/WIRE.md promises, "
            "and what programs of head office may read. Any other address below /api/ answers 404 with the "
            "problem not_found, and a method that is not here 405 with the problem wrong_method.",
        },
        "servers": [{"url": "/"}],
        "paths": _paths(),
        "components": {
            "schemas": {**sync_shapes(), **offer_shapes(), **report_shapes(), "Problem": _problem()},
            "securitySchemes": {
                "device": {"type": "http", "scheme": "bearer", "description": "A kiosk's device key."},
                "program": {"type": "http", "scheme": "bearer", "description": "An API key of the hub's."},
            },
        },
    }


def _paths() -> dict[str, Any]:
    return {
        SYNC_PATH: {"post": _sync()},
        SURVEY_PATH: {"get": _survey()},
        PAIRING_PATH: {"post": _begin()},
        PAIRING_KEY_PATH: {"post": _hand_over()},
        UNPAIRING_PATH: {"post": _unpair()},
        FLEET_PATH: {"get": _fleet()},
        OPENAPI_PATH: {"get": _openapi()},
    }


def _sync() -> dict[str, Any]:
    told = (
        Reason.NOT_GZIP, Reason.NOT_JSON, Reason.BAD_BATCH, Reason.UNSPOKEN_PROTOCOL,
        Reason.TOO_LARGE, Reason.TOO_MANY_RESPONSES, *FOR_KIOSKS, *ALWAYS,
    )  # fmt: skip
    return {
        "operationId": "sync",
        "summary": "Bring answers and get their receipt",
        "security": [{"device": []}],
        "parameters": [_header("Content-Encoding", among(["gzip", CODING]), required=True)],
        "requestBody": _body("Batch"),
        "responses": {"200": _json("The receipt", ref("Receipt")), **_problems(told)},
    }


def _survey() -> dict[str, Any]:
    tag = {"ETag": {"description": "What If-None-Match sends back", "schema": text(), "required": True}}
    return {
        "operationId": "survey",
        "summary": "Get the survey, the public key and the settings, if they changed",
        "security": [{"device": []}],
        "parameters": [_header("If-None-Match", text())],
        "responses": {
            "200": _json("What the kiosk should use", ref("Offer")) | {"headers": tag},
            "304": {"description": "The kiosk has it already"},
            **_problems((*FOR_KIOSKS, *ALWAYS)),
        },
    }


def _begin() -> dict[str, Any]:
    return {
        "operationId": "begin_pairing",
        "summary": "Ask for a code to show",
        "security": [],
        "requestBody": {"required": False, "content": {"application/json": {"schema": shape({})}}},
        "responses": {
            "200": _json("The codes", ref("Begun")),
            **_problems((Reason.TOO_MANY_PAIRINGS, *ALWAYS)),
        },
    }


def _hand_over() -> dict[str, Any]:
    told = (
        Reason.BAD_REQUEST, Reason.AUTHORIZATION_PENDING, Reason.SLOW_DOWN, Reason.EXPIRED_TOKEN,
        Reason.ACCESS_DENIED, Reason.TOO_LARGE, *ALWAYS,
    )  # fmt: skip
    return {
        "operationId": "ask_for_key",
        "summary": "Ask for the device key, until somebody has approved the code",
        "security": [],
        "requestBody": _body("DeviceCode"),
        "responses": {"200": _json("The key, and where the kiosk stands", ref("Paired")), **_problems(told)},
    }


def _unpair() -> dict[str, Any]:
    return {
        "operationId": "unpair",
        "summary": "Belong to this hub no more",
        "security": [{"device": []}],
        "requestBody": {"required": False, "content": {"application/json": {"schema": shape({})}}},
        "responses": {"200": _json("Done", shape({})), **_problems((*FOR_KIOSKS, *ALWAYS))},
    }


def _fleet() -> dict[str, Any]:
    told = (Reason.BAD_REQUEST, *PROGRAMS_ONLY, *ALWAYS)
    return {
        "operationId": "fleet",
        "summary": "Read how the kiosks are, a page at a time",
        "security": [{"program": []}],
        "parameters": fleet_questions(),
        "responses": {"200": _json("The kiosks asked for", ref("Fleet")), **_problems(told)},
    }


def _openapi() -> dict[str, Any]:
    return {
        "operationId": "openapi",
        "summary": "This description",
        "security": [],
        "responses": {"200": _json("An OpenAPI 3.1 document", {"type": "object"})},
    }


def _header(name: str, schema: Schema, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "schema": schema}


def _body(name: str) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": ref(name)}}}


def _json(description: str, schema: Schema) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _problem() -> Schema:
    codes = among(reason.code for reason in Reason if reason not in PAGES_ONLY)
    needed = {"type": text(format="uri"), "title": text(), "status": count(400, below=600), "code": codes}
    return shape(needed, {"detail": text()})


def _problems(reasons: Iterable[Reason]) -> dict[str, Any]:
    """Return the answers that tell these problems, by status."""
    in_order = sorted(reasons, key=lambda reason: reason.status)
    by_status = groupby(in_order, key=lambda reason: reason.status)
    return {str(status): _told(status, list(group)) for status, group in by_status}


def _told(status: int, reasons: list[Reason]) -> dict[str, Any]:
    narrowed = shape({}, {"status": {"const": status}, "code": among(reason.code for reason in reasons)})
    schema = {"allOf": [ref("Problem"), narrowed]}
    told = {
        "description": " ".join(reason.sentence for reason in reasons),
        "content": {"application/problem+json": {"schema": schema}},
    }
    return told | ({"headers": _HEADERS[status]} if status in _HEADERS else {})


_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": among(["Bearer"])}},
    429: {"Retry-After": {"description": "Seconds", "schema": count(1)}},
    503: {"Retry-After": {"description": "Seconds", "schema": count(1)}},
}
