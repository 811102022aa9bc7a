"""The check of an API key, which every address for programs asks for."""

from typing import NoReturn

from flask import request

from hub.db import reading, writing
from hub.programs import queries
from hub.programs.rules import MOST_REQUESTS, MOST_WRONG, Program, subject
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
        seconds = queries.count_request(connection, subject("key", program.name), MOST_REQUESTS, hub.now())
    _let_wait(seconds)


def _refuse() -> NoReturn:
    hub, where = current_hub(), subject("address", request.remote_addr or "")
    with reading(hub.engine) as connection:
        _let_wait(queries.must_wait(connection, where, MOST_WRONG, hub.now()))
    with writing(hub.engine) as connection:
        queries.count_request(connection, where, MOST_WRONG, hub.now())
    raise Problem(Reason.UNKNOWN_API_KEY)


def _let_wait(seconds: int) -> None:
    if seconds:
        raise Problem(Reason.TOO_MANY_REQUESTS, f"Please ask again in {seconds} seconds.", wait=seconds)
