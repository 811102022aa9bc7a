"""The catalogue of everything that a request can be told instead of an answer, and its one shape.

For programs the shape is problem details (RFC 9457); a page passes the same Problem to the error page.
"""

import logging
from collections.abc import Callable
from enum import Enum
from http import HTTPStatus
from traceback import format_tb
from typing import Any

from flask import Flask, Response, jsonify, request
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException

API = "/api/"
"""Paths that start so are for programs."""

BUSY_SECONDS = 5
"""How long a client is asked to wait where the database is busy or away."""

log = logging.getLogger(__name__)


class Reason(Enum):
    """Why: the HTTP status and the sentence. The code that travels is the name in lower case."""

    NOT_JSON = 400, "The body is not JSON in UTF-8."
    NOT_GZIP = 400, "The body is not gzip, or ends too early."
    BAD_BATCH = 400, "The document is not a batch."
    UNSPOKEN_PROTOCOL = 400, "The hub does not speak this version of the protocol."
    AUTHORIZATION_PENDING = 400, "Nobody has approved the code yet."
    SLOW_DOWN = 400, "The key was asked for too soon after the last time."
    EXPIRED_TOKEN = 400, "The code has expired; ask for a new one."
    ACCESS_DENIED = 400, "The code was entered wrongly too often; ask for a new one."
    UNKNOWN_DEVICE = 401, "No kiosk has this device key."
    UNKNOWN_API_KEY = 401, "No program has this API key."
    REVOKED_DEVICE = 403, "This kiosk has been reported lost; the hub takes nothing from it."
    FORBIDDEN = 403, "You may not do this."
    NOT_FOUND = 404, "There is nothing at this address."
    WRONG_METHOD = 405, "This address cannot be used in this way."
    TOO_LARGE = 413, "The body is larger than it may be here."
    TOO_MANY_RESPONSES = 413, "There are more responses than a batch may have."
    TOO_MANY_REQUESTS = 429, "There were too many requests; come back later."
    TOO_MANY_PAIRINGS = 429, "Too many kiosks are being paired at the moment; come back later."
    BAD_REQUEST = 400, "The request cannot be understood."
    BUSY = 503, "The hub cannot store anything at the moment; come back later."
    BROKEN = 500, "The hub has failed at this request; its log says more."

    @property
    def code(self) -> str:
        """The name that travels."""
        return self.name.lower()

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.value[0]

    @property
    def sentence(self) -> str:
        """What it means, in plain English, for whoever reads a log."""
        return self.value[1]


class Problem(Exception):
    """A request ends here, for a reason of the catalogue; detail says what about this one.

    wait is in seconds and travels where the hub is busy, or was asked too often.
    """

    def __init__(self, reason: Reason, detail: str = "", *, wait: int = BUSY_SECONDS) -> None:
        super().__init__(detail or reason.sentence)
        self.reason = reason
        self.detail = detail
        self.wait = wait

    @property
    def document(self) -> dict[str, Any]:
        """The problem as problem details."""
        document = {
            "type": f"urn:cerchio:problem:{self.reason.code}",
            "title": self.reason.sentence,
            "status": self.reason.status,
            "code": self.reason.code,
        }
        return document | ({"detail": self.detail} if self.detail else {})


Page = Callable[[Problem], Response]


def install(app: Flask, page: Page) -> None:
    """Answer every failure of an application: programs in one shape, people with the given error page."""

    def answer(problem: Problem) -> Response:
        response = as_json(problem) if request.path.startswith(API) else page(problem)
        response.status_code = problem.reason.status
        if problem.reason.status == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = "Bearer"
        if problem.reason.status in _COME_BACK:
            response.headers["Retry-After"] = str(problem.wait)
        return response

    @app.errorhandler(Problem)
    def told(problem: Problem) -> Response:
        return answer(problem)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        return answer(Problem(_REASONS.get(error.code or 500, Reason.BAD_REQUEST)))

    # InternalError is what psycopg calls a database that takes no writes, as a replica after a failover.
    @app.errorhandler(InternalError)
    @app.errorhandler(OperationalError)
    @app.errorhandler(NoConnection)
    def away(error: Exception) -> Response:
        log.error("The database did not answer: %s", _without_data(error))
        return answer(Problem(Reason.BUSY))

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        path = "".join(format_tb(error.__traceback__))
        log.error("Failed at %s %s: %s\n%s", request.method, request.path, _without_data(error), path)
        return answer(Problem(Reason.BROKEN))


def _without_data(error: Exception) -> str:
    """Return what an error says, without the row that PostgreSQL adds: it holds what customers wrote."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).splitlines()
    return f"{type(error).__name__}: {said[0] if said else ''}"


def as_json(problem: Problem) -> Response:
    """Return a problem as a program reads it."""
    response = jsonify(problem.document)
    response.mimetype = "application/problem+json"
    return response


_COME_BACK = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)

_REASONS: dict[int, Reason] = {
    HTTPStatus.BAD_REQUEST: Reason.BAD_REQUEST,
    HTTPStatus.FORBIDDEN: Reason.FORBIDDEN,
    HTTPStatus.NOT_FOUND: Reason.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: Reason.WRONG_METHOD,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Reason.TOO_LARGE,
    HTTPStatus.INTERNAL_SERVER_ERROR: Reason.BROKEN,
}
