"""The survey travels once, and again only when it changed."""

from base64 import b64decode
from dataclasses import replace

from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, func, select

from common.sealing import key_id
from common.surveys import from_document, standard_survey
from common.wire import SURVEY_PATH, Code, Outcome
from hub.db import reading, writing
from hub.surveys.queries import current, find, publish, publish_standard
from hub.surveys.rules import standard_surveys
from hub.surveys.tables import surveys
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
    new = replace(standard_survey(), version=3)
    with writing(engine) as connection:
        publish(connection, new, clock.forward(days=900))
    assert tablet.give(a_response(1)).survey == 3
    fresh = client.get(SURVEY_PATH, headers=bearer(tablet, **{"If-None-Match": tag}))
    assert fresh.json is not None
    assert from_document(fresh.json["survey"]) == new


def test_a_published_version_never_changes(engine: Engine, clock: Clock) -> None:
    changed = replace(standard_survey(), consent_text="another")
    with writing(engine) as connection:
        publish(connection, changed, clock())
    with reading(engine) as connection:
        assert current(connection) == standard_survey()
        assert find(connection, [("standard", 2), ("standard", 3)]) == {("standard", 2): standard_survey()}


def test_answers_to_every_standard_survey_are_taken(tablet: Tablet) -> None:
    for survey in standard_surveys():
        answer = a_response(survey.version, version=survey.version, reasons=survey.reasons[-2:])
        assert tablet.give(answer).verdicts[0].outcome is Outcome.ACCEPTED, survey.version
    unknown = tablet.give(a_response(9, version=standard_survey().version + 1))
    assert unknown.verdicts[0].code is Code.UNKNOWN_SURVEY


def test_standard_surveys_keep_their_reasons_and_their_numbers() -> None:
    first, *_, newest = standard_surveys()
    assert [survey.version for survey in standard_surveys()] == [1, 2]
    assert (first.fingerprint, newest) == ("cbd9c5aa3d8e61dd2be97e831b732421", standard_survey())
    assert set(first.reasons) <= set(newest.reasons)


def test_a_hub_that_shows_an_earlier_standard_survey_goes_on_to_the_newest(
    engine: Engine, clock: Clock
) -> None:
    with writing(engine) as connection:
        connection.execute(delete(surveys))
        publish(connection, standard_surveys()[0], clock())
        publish_standard(connection, clock.forward(days=30))
        assert current(connection) == standard_survey()
        publish_standard(connection, clock.forward(days=1))
        assert connection.execute(select(func.count()).select_from(surveys)).scalar() == 2


def test_a_survey_of_head_offices_own_stays(engine: Engine, clock: Clock) -> None:
    own = replace(standard_survey(), id="autumn", version=1)
    with writing(engine) as connection:
        connection.execute(delete(surveys))
        publish(connection, own, clock())
        publish_standard(connection, clock.forward(days=30))
        assert current(connection) == own


def test_only_kiosks_get_it(client: FlaskClient) -> None:
    answer = client.get(SURVEY_PATH)
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["code"] == "unknown_device"
