"""Whatever fails, a program gets problem details and a person a page; logs hold nothing of customers."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert
from sqlalchemy.exc import OperationalError

from hub.db import writing
from hub.stores.tables import stores
from hub.web.problems import Problem, Reason
from tests.hub.conftest import Clock


@pytest.mark.parametrize("reason", Reason)
def test_every_problem_has_one_shape(app: Flask, reason: Reason) -> None:
    app.add_url_rule("/api/fails", view_func=_raising(Problem(reason, "just so")))
    answer = app.test_client().get("/api/fails")
    assert answer.status_code == reason.status
    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": f"urn:cerchio:problem:{reason.code}", "title": reason.sentence, "status": reason.status,
        "code": reason.code, "detail": "just so",
    }  # fmt: skip
    assert reason.sentence.endswith(".")


def _raising(error: Exception) -> Callable[[], str]:
    def fails() -> str:
        raise error

    return fails


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [("GET", "/api/v1/nothing", "not_found"), ("GET", "/api/v1/sync", "wrong_method")],
)
def test_flasks_own_refusals_have_the_same_shape(
    client: FlaskClient, method: str, path: str, code: str
) -> None:
    answer = client.open(path, method=method)
    assert answer.json is not None
    assert answer.json["code"] == code


def test_an_error_of_ours_is_told_without_its_inside(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    app.add_url_rule("/api/fails", view_func=_raising(ValueError("the inside")))
    answer = app.test_client().get("/api/fails")
    assert answer.status_code == 500
    assert b"inside" not in answer.data
    assert "ValueError: the inside" in caplog.text
    assert "in fails" in caplog.text


def test_a_log_holds_no_row_that_the_database_refused(
    app: Flask, engine: Engine, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> str:
        row = {"code": "x", "name": "call me at 555 1234", "region": "", "time_zone": "UTC"}
        with writing(engine) as connection:
            connection.execute(insert(stores).values(row | {"closing_hour": 99, "created_at": clock()}))
        return ""

    app.add_url_rule("/api/fails", view_func=fails)
    assert app.test_client().get("/api/fails").status_code == 500
    assert "closing_hour" in caplog.text
    assert "555 1234" not in caplog.text


def test_a_database_that_does_not_answer_is_busy(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    cause = Exception("connection lost\nDETAIL: secret")
    lost = OperationalError("SELECT secret", {"comment": "secret"}, cause)
    app.add_url_rule("/api/fails", view_func=_raising(lost))
    answer = app.test_client().get("/api/fails")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "connection lost" in caplog.text
    assert "secret" not in caplog.text
