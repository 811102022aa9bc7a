"""The hub's description of itself: a valid document, and the same as WIRE.md, the routes and the code."""

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from json import loads
from pathlib import Path
from re import DOTALL, MULTILINE, findall, split
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import assume, given, settings
from hypothesis import strategies as some
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from common.responses import Response
from common.settings import KioskSettings
from common.settings_document import to_document as settings_document
from common.surveys import Survey
from common.surveys import to_document as survey_document
from common.wire import OPENAPI_PATH, Numbered, read_batch
from common.wire.items import item_document, read_item
from hub.openapi import PAGES_ONLY, PROGRAMS_ONLY, describe
from hub.surveys.rules import standard_surveys
from hub.web.problems import Reason
from tests.support.answers import a_response
from tests.support.strategies import any_json, responses
from tests.support.tablet import Tablet, ask_key, begin_pairing, through

WIRE = (Path(__file__).parents[2] / "common" / "WIRE.md").read_text("utf-8")
TABLES = {
    "batch": "Batch",
    "totals": "Totals",
    "health": "Health",
    "response": "Response",
    "receipt": "Receipt",
    "offer": "Offer",
    "survey": "Survey",
    "wording": "Wording",
    "settings": "Settings",
}
"""The tables of WIRE.md, by what they are about, and the schema of the same."""


def valid(name: str, document: Any) -> bool:
    """Say whether a document is what a schema of the description says."""
    return bool(validator(name).is_valid(document))


@cache
def validator(name: str) -> OAS31Validator:
    """Return what checks documents against a schema of the description."""
    root = {"$ref": f"#/components/schemas/{name}", "components": describe()["components"]}
    return OAS31Validator(root)


def tables() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each table of members in WIRE.md: what it is about, and each member's row."""
    for part in split(r"^\| member of (?:an? )?", WIRE, flags=MULTILINE)[1:]:
        rows = part.split("\n\n")[0].splitlines()[2:]
        members = {name: row for row in rows for name in findall(r"`(\w+)`", row.split("|")[1])}
        yield findall(r"`?(\w+)", part)[0], members


def test_it_is_a_valid_openapi_document_that_the_hub_serves_to_everybody(client: FlaskClient) -> None:
    answer = client.get(OPENAPI_PATH)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json == describe()
    assert [str(error) for error in OpenAPIV31SpecValidator(describe()).iter_errors()] == []


def test_it_names_every_route_of_the_api_and_no_other(app: Flask) -> None:
    served = {
        (rule.rule, method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, item in describe()["paths"].items() for method in item} == served


def test_every_problem_of_the_catalogue_is_in_it_and_in_wire_md() -> None:
    document = describe()
    catalogue = {reason.code: reason.status for reason in set(Reason) - PAGES_ONLY}
    rows = findall(r"^\| (\d{3}) \| (.+?) \|", WIRE, MULTILINE)
    of_kiosks = {reason.code: reason.status for reason in set(Reason) - PAGES_ONLY - set(PROGRAMS_ONLY)}
    assert {code: int(status) for status, codes in rows for code in findall(r"`(\w+)`", codes)} == of_kiosks
    assert set(document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]) == set(catalogue)
    told = {
        (code, int(status))
        for item in document["paths"].values()
        for operation in item.values()
        for status, answer in operation["responses"].items()
        if status >= "400"
        for part in answer["content"]["application/problem+json"]["schema"]["allOf"][1:]
        for code in part["properties"]["code"]["enum"]
    }
    of_no_address = {Reason.NOT_FOUND.code, Reason.WRONG_METHOD.code}
    assert dict(told) == {code: status for code, status in catalogue.items() if code not in of_no_address}


def test_its_members_are_those_of_wire_mds_tables() -> None:
    schemas = describe()["components"]["schemas"]
    found = dict(tables())
    assert set(found) == set(TABLES)
    for about, members in found.items():
        schema = schemas[TABLES[about]]
        assert set(schema["properties"]) == set(members), about
        optional = {name for name, row in members.items() if "left out" in row}
        assert set(members) - set(schema["required"]) == optional, about


PARTS = sorted(item_document(Numbered(1, a_response())))
NOT_IN_SCHEMAS = {"comment", "contact", "given_at"}
"""Where the decoder minds more than the schema: control characters, the size of a box, years."""


@settings(max_examples=150, deadline=None)
@given(responses, some.dictionaries(some.sampled_from(PARTS) | some.just("contact"), any_json, max_size=2))
def test_the_decoder_takes_what_the_schema_takes(response: Response, spoiled: dict[str, Any]) -> None:
    # To a schema 7.0 is a whole number, and the decoder wants 7.
    assume(not any(isinstance(value, float) for value in spoiled.values()))
    sound = item_document(Numbered(1, response))
    assert valid("Response", sound)
    taken = isinstance(read_item(sound | spoiled), Numbered)
    if taken or not spoiled.keys() & NOT_IN_SCHEMAS:
        assert valid("Response", sound | spoiled) is taken


def test_the_example_of_wire_md_is_a_batch() -> None:
    example = loads(findall(r"^```json\n(.+?)^```", WIRE, MULTILINE | DOTALL)[0])
    example["responses"][0]["contact"]["box"] = b64encode(bytes(100)).decode()
    assert valid("Batch", example)
    batch = read_batch(example)
    assert [type(item) for item in batch.items] == [Numbered]
    assert len(batch.overruled) == 1
    assert not valid("Batch", example | {"protocol": 99})


def test_whatever_the_hub_answers_is_as_described(client: FlaskClient, tablet: Tablet) -> None:
    document = tablet.document(tablet.number(a_response(1), a_response(2)))
    document["responses"][1]["score"] = 11
    assert valid("Receipt", tablet.post(document).document)
    headers = {"Authorization": f"Bearer {tablet.key}"}
    assert valid("Offer", client.get("/api/v1/survey", headers=headers).json)
    begun = begin_pairing(through(client))
    assert valid("Begun", begun)
    problem = ask_key(through(client), begun["device_code"]).document
    assert valid("Problem", problem)
    assert not valid("Problem", problem | {"code": "made_up"})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/sync", 405),
        ("DELETE", "/api/v1/pairing", 405),
        ("POST", "/api/v1/other", 404),
        ("GET", "/api/", 404),
    ],
)
def test_what_it_does_not_describe_is_a_problem_too(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert valid("Problem", answer.json)


@pytest.mark.parametrize("survey", standard_surveys(), ids=lambda survey: str(survey.version))
def test_surveys_and_settings_are_as_described(survey: Survey) -> None:
    assert valid("Survey", survey_document(survey))
    assert not valid("Survey", survey_document(survey) | {"kind": "other"})
    assert valid("Settings", settings_document(KioskSettings(version=1)))
    assert not valid("Settings", {"version": 1, "times": {"idle": 1}})
