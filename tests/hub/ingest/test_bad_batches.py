"""Bodies that are no batch, and senders that are no kiosk: each has its problem, and nothing is stored."""

from collections.abc import Callable
from gzip import compress
from json import dumps

import pytest
from sqlalchemy import Engine, update

from common.wire import LARGEST_BATCH, MOST_RESPONSES
from hub.db import writing
from hub.fleet.rules import State
from hub.fleet.tables import kiosks
from hub.web.problems import Reason
from tests.support.answers import a_response, an_id
from tests.support.books import stored_rows
from tests.support.tablet import Tablet


def good(tablet: Tablet) -> bytes:
    return dumps(tablet.document(tablet.number(a_response(1)))).encode()


BODIES: dict[str, tuple[str, Callable[[Tablet], bytes]]] = {
    "nothing": ("not_gzip", lambda _: b""),
    "plain JSON": ("not_gzip", good),
    "cut gzip": ("not_gzip", lambda tablet: compress(good(tablet))[:-9]),
    "more after the end": ("not_gzip", lambda tablet: compress(good(tablet)) + b"more"),
    "broken gzip": ("not_gzip", lambda tablet: compress(good(tablet))[:40] + bytes(60)),
    "a bomb": ("too_large", lambda _: compress(bytes(10 * LARGEST_BATCH))),
    "a batch too large": ("too_large", lambda _: compress(b" " * (LARGEST_BATCH + 1))),
    "no JSON": ("not_json", lambda _: compress(b"<html>Welcome to our Wi-Fi</html>")),
    "broken UTF-8": ("not_json", lambda tablet: compress(good(tablet).replace(b"checkout", b"check\xff"))),
    "UTF-16": ("not_json", lambda tablet: compress(good(tablet).decode().encode("utf-16"))),
    "a deep nest": ("not_json", lambda _: compress(b"[" * 200_000)),
    "a long number": ("not_json", lambda _: compress(b"9" * 100_000)),
    "a list": ("bad_batch", lambda _: compress(b"[]")),
    "null": ("bad_batch", lambda _: compress(b"null")),
    "no totals": ("bad_batch", lambda _: compress(b'{"protocol": 1, "responses": []}')),
    "protocol 99": ("unspoken_protocol", lambda _: compress(b'{"protocol": 99, "responses": []}')),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_batch_has_its_problem(tablet: Tablet, engine: Engine, name: str) -> None:
    code, body = BODIES[name]
    reply = tablet.post_bytes(body(tablet))
    assert (reply.code, reply.status) == (code, Reason[code.upper()].status)
    assert stored_rows(engine) == {}


def test_w9_another_protocol_is_told_plainly(tablet: Tablet) -> None:
    reply = tablet.post(tablet.document([]) | {"protocol": 99})
    assert reply.code == "unspoken_protocol"
    assert "99" in reply.document["detail"]


def test_ten_thousand_responses_are_too_many(tablet: Tablet, engine: Engine) -> None:
    items = tablet.number(*(a_response(number) for number in range(MOST_RESPONSES + 1)))
    assert tablet.post(tablet.document(items * 10)).code == "too_many_responses"
    assert tablet.post(tablet.document(items)).status == 413
    assert stored_rows(engine) == {}
    assert tablet.post(tablet.document(items[:MOST_RESPONSES])).status == 200
    assert len(stored_rows(engine)) == MOST_RESPONSES


def test_a_body_larger_than_any_batch_is_not_even_read(tablet: Tablet) -> None:
    assert tablet.post_bytes(bytes(LARGEST_BATCH + 1)).code == "too_large"


def test_without_a_device_key_nothing_is_read(tablet: Tablet, engine: Engine) -> None:
    body = compress(good(tablet))
    for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {tablet.key}"}):
        reply = tablet.send("/api/v1/sync", body, header)
        assert reply.code == "unknown_device"
        assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert stored_rows(engine) == {}


def set_state(engine: Engine, state: State) -> None:
    with writing(engine) as connection:
        connection.execute(update(kiosks).values(state=state))


def test_w11_a_stopped_kiosk_may_bring_what_it_has(tablet: Tablet, engine: Engine) -> None:
    set_state(engine, State.STOPPED)
    tablet.give(a_response(1))
    assert set(stored_rows(engine)) == {an_id(1)}


def test_w11_a_lost_kiosk_may_not(tablet: Tablet, engine: Engine) -> None:
    set_state(engine, State.LOST)
    assert tablet.post_bytes(compress(good(tablet))).code == "revoked_device"
    assert stored_rows(engine) == {}


def test_w6_a_problem_is_never_a_receipt(tablet: Tablet) -> None:
    """Whatever goes wrong, no answer but 200 has a verdict in it."""
    for _, body in BODIES.values():
        reply = tablet.post_bytes(body(tablet))
        assert reply.status >= 400
        assert set(reply.document) <= {"type", "title", "status", "code", "detail"}
