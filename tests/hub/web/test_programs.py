"""What only browsers need is not done for programs, and only where no browser can be meant."""

from flask import Flask
from flask.testing import FlaskClient

from tests.support.tablet import Tablet


def test_an_answer_to_a_device_key_has_no_headers_for_browsers(client: FlaskClient, tablet: Tablet) -> None:
    reply = client.get("/api/v1/survey", headers={"Authorization": f"Bearer {tablet.key}"})
    assert reply.status_code == 200
    assert {"Content-Security-Policy", "Permissions-Policy", "Vary", "Set-Cookie"}.isdisjoint(reply.headers)


def test_without_a_key_or_with_a_wrong_one_it_has_them_all(client: FlaskClient) -> None:
    for headers in ({}, {"Authorization": "Bearer nobody"}):
        reply = client.get("/api/v1/survey", headers=headers)
        assert reply.status_code == 401
        assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_no_session_is_opened_for_a_program(app: Flask) -> None:
    for path, opened in (("/api/v1/survey", False), ("/sign-in", True)):
        with app.test_request_context(path) as context:
            assert (not context.app.session_interface.is_null_session(context.session)) is opened
