"""The survey travels once, and again only when it changed."""

from base64 import b64decode
from dataclasses import replace

from flask.testing import FlaskClient
from sqlalchemy import Engine

from common.sealing import key_id
from common.surveys import from_document, standard_survey
from common.wire import SURVEY_PATH
from hub.db import reading, writing
from hub.surveys.queries import current, find, publish
from tests.hub.conftest import Clock
from tests.support.answers import a_response
from tests.support.tablet import Tablet


def bearer(tablet: Tablet, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tablet.key}", **headers}


def test_a_kiosk_gets_the_survey_and_the_public_key(client: FlaskClient, tablet: Tablet) -> None:
    answer = client.get(SURVEY_PATH, headers=bearer(tablet))
    assert answer.json is not None
    assert from_document(answer.json["survey"]) == standard_survey()
    assert key_id(b64decode(answer.json["public_key"])) == key_id(tablet.public_key)


def test_the_same_survey_does_not_travel_again(client: FlaskClient, tablet: Tablet) -> None:
    tag = client.get(SURVEY_PATH, headers=bearer(tablet)).headers["ETag"]
    again = client.get(SURVEY_PATH, headers=bearer(tablet, **{"If-None-Match": tag}))
    assert (again.status_code, again.data) == (304, b"")


def test_a_new_version_travels_and_the_receipt_names_it(
    client: FlaskClient, tablet: Tablet, engine: Engine, clock: Clock
) -> None:
    tag = client.get(SURVEY_PATH, headers=bearer(tablet)).headers["ETag"]
    new = replace(standard_survey(), version=2)
    with writing(engine) as connection:
        publish(connection, new, clock.forward(days=900))
    assert tablet.give(a_response(1)).survey == 2
    fresh = client.get(SURVEY_PATH, headers=bearer(tablet, **{"If-None-Match": tag}))
    assert fresh.json is not None
    assert from_document(fresh.json["survey"]) == new


def test_a_published_version_never_changes(engine: Engine, clock: Clock) -> None:
    changed = replace(standard_survey(), consent_text="another")
    with writing(engine) as connection:
        publish(connection, changed, clock())
    with reading(engine) as connection:
        assert current(connection) == standard_survey()
        assert find(connection, [("standard", 1), ("standard", 2)]) == {("standard", 1): standard_survey()}


def test_only_kiosks_get_it(client: FlaskClient) -> None:
    answer = client.get(SURVEY_PATH)
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["code"] == "unknown_device"
