"""What programs of head office read: every kiosk as the board shows it, a page at a time."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from flask import Blueprint, Response, jsonify, request

from hub.db import reading
from hub.fleet.choice import LONGEST_TEXT, SORTS, WHICH, Choice
from hub.fleet.kiosks import document
from hub.fleet.neighbours import introduced
from hub.web.context import current_hub
from hub.web.problems import Problem, Reason

FLEET_PATH = "/api/v1/fleet"

USUAL_PAGE, LARGEST_PAGE = 100, 500
"""Kiosks on a page."""

LAST_PAGE = 100_000


class Reader(Protocol):
    """Who reads."""

    def may_see(self, store: str) -> bool:
        """Say whether they may read what belongs to a store."""


def make_reports(require_reader: Callable[[], Reader]) -> Blueprint:
    """Return the addresses; require_reader ends the request of anybody who may not read."""
    reports = Blueprint("fleet_reports", __name__)

    @reports.get(FLEET_PATH)
    def fleet() -> Response:
        """Answer with a page of the kiosks asked for, in the order asked for."""
        reader, hub = require_reader(), current_hub()
        now, choice = hub.now(), _choice(request.args)
        page = _number("page", 1, LAST_PAGE)
        size = _number("per_page", USUAL_PAGE, LARGEST_PAGE)
        with reading(hub.engine) as connection:
            fleet = introduced().fleet(connection, now)
        found = choice.of([kiosk for kiosk in fleet if reader.may_see(kiosk.store)], now)
        return jsonify(
            told_at=_told(now),
            total=len(found),
            page=page,
            pages=max(1, -(-len(found) // size)),
            kiosks=[
                {name: _told(value) for name, value in document(kiosk, now).items()}
                for kiosk in found[(page - 1) * size : page * size]
            ],
        )

    return reports


def _choice(args: Mapping[str, str]) -> Choice:
    text, which, sort = args.get("text", ""), args.get("which", ""), args.get("sort", "silent")
    if len(text) > LONGEST_TEXT:
        raise Problem(Reason.BAD_REQUEST, f"text has at most {LONGEST_TEXT} characters.")
    for name, value, known in (("which", which, ("", *WHICH)), ("sort", sort, tuple(SORTS))):
        if value not in known:
            raise Problem(Reason.BAD_REQUEST, f"{name} is one of {', '.join(filter(None, known))}.")
    return Choice(text, which, sort)


def _number(name: str, usual: int, most: int) -> int:
    text = request.args.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= most):
        raise Problem(Reason.BAD_REQUEST, f"{name} is a whole number from 1 to {most}.")
    return int(text)


def _told(value: Any) -> Any:
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value
