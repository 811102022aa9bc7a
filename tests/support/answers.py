"""Answers for tests: one plain response to change parts of."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from common.history import identity
from common.responses import Channel, Kind, Response

NOON = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)


def an_id(number: int = 1) -> str:
    """Return a UUIDv7, the same one for the same number."""
    return identity("tests", str(number), given_at=NOON)


def a_response(number: int = 1, **changes: Any) -> Response:
    """Return a plain response of a kiosk with some parts changed."""
    response = Response(
        id=an_id(number),
        survey="standard",
        version=1,
        kind=Kind.RELATIONAL,
        touchpoint="checkout",
        channel=Channel.KIOSK,
        language="en",
        score=7,
        given_at=NOON,
    )
    return replace(response, **changes)
