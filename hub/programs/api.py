"""The check of an API key, which every address for programs asks for."""

from datetime import timedelta
from math import ceil
from typing import NoReturn

from flask import request

from hub.db import reading, writing
from hub.programs import queries
from hub.programs.queries import REQUESTS
from hub.programs.rules import Program, request_limits, wrong_key_limits
from hub.web.context import current_hub
from hub.web.problems import Problem, Reason


def require_program() -> Program:
    """Return the program whose key the request shows; a Problem ends the request of anybody else.

    A cookie is no key, and neither is a kiosk's. Wrong keys from an address hold up no right one from there.
    """
    hub = current_hub()
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    with reading(hub.engine) as connection:
        program = queries.find_program(connection, key) if scheme.lower() == "bearer" else None
    if program is None:
        _refuse()
    _admit(program)
    return program


def _admit(program: Program) -> None:
    hub = current_hub()
    with writing(hub.engine) as connection:
        queries.note_use(connection, program.name, hub.now())
        waiting = REQUESTS.count(connection, request_limits(program.name), hub.now())
    _let_wait(waiting)


def _refuse() -> NoReturn:
    hub, limits = current_hub(), wrong_key_limits(request.remote_addr or "")
    with reading(hub.engine) as connection:
        _let_wait(REQUESTS.wait(connection, limits, hub.now()))
    with writing(hub.engine) as connection:
        waiting = REQUESTS.count(connection, limits, hub.now())
    _let_wait(waiting)
    raise Problem(Reason.UNKNOWN_API_KEY)


def _let_wait(waiting: timedelta | None) -> None:
    if waiting is not None:
        seconds = ceil(waiting.total_seconds())
        raise Problem(Reason.TOO_MANY_REQUESTS, f"Please ask again in {seconds} seconds.", wait=seconds)
