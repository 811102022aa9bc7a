"""Pairing by short code, as in RFC 8628."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from common.wire import PAIRING_PATH
from kiosk.sync import Trouble
from kiosk.sync.noreply import NoReply
from kiosk.sync.pairing import CodeExpired, Offer, PairingDenied, TooManyPairings, ask_for_code, wait_for_key
from kiosk.sync.transport import Hub, Timeouts
from tests.support.kiosk import a_pairing
from tests.support.misbehaving_hub import MisbehavingHub, problem

OFFER = {
    "device_code": "secret",
    "user_code": "BCDF-GHJK",
    "verification_uri": "https://hub.example.com/fleet/pair",
    "expires_in": 900,
    "interval": 5,
}
PENDING, SLOW_DOWN, EXPIRED, DENIED = (
    (400, {"code": code}) for code in ("authorization_pending", "slow_down", "expired_token", "access_denied")
)
KEY = (200, {name: value for name, value in a_pairing().to_document().items() if name != "hub"})


@contextmanager
def answering(*answers: tuple[int, Any]) -> Iterator[tuple[Hub, list[Any]]]:
    """Give a hub that answers one thing after the other, and the list of what it is asked."""
    rest, asked = iter(answers), list[Any]()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status, document = next(rest)
            content = json.dumps(document).encode()
            self.send_response(status)
            kind = "problem+json" if status >= 400 else "json"
            self.send_header("Content-Type", f"application/{kind}")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        with Hub(f"http://127.0.0.1:{server.server_port}", Timeouts(1.0, 1.0)) as hub:
            yield hub, asked
        server.shutdown()


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.now, self.pauses = 0.0, list[float]()

    def read(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def offer(**changes: Any) -> Offer:
    parts: dict[str, Any] = {
        "code": "BCDF-GHJK",
        "device_code": "secret",
        "where": "",
        "expires_in": 900.0,
        "interval": 5.0,
    }
    return Offer(**parts | changes)


def wait(hub: Hub, clock: Clock, **changes: Any) -> Any:
    return wait_for_key(hub, a_pairing().hub, offer(**changes), clock.read, clock.wait)


def test_the_code_is_shown_in_two_halves() -> None:
    with answering((200, OFFER), (200, OFFER | {"user_code": "BCDFGHJK"})) as (hub, asked):
        assert ask_for_code(hub) == offer(where=OFFER["verification_uri"])
        assert ask_for_code(hub).code == "BCDF-GHJK"
    assert asked == [{}, {}]


@pytest.mark.parametrize("change", [{"user_code": None}, {"expires_in": "soon"}, {"interval": []}])
def test_an_offer_that_is_none_is_said(change: dict[str, Any]) -> None:
    document = {name: value for name, value in (OFFER | change).items() if value is not None}
    with answering((200, document)) as (hub, _), pytest.raises(NoReply) as caught:
        ask_for_code(hub)
    assert caught.value.trouble is Trouble.NOT_THE_HUB


@pytest.mark.parametrize(
    ("headers", "when"),
    [({"Retry-After": "600"}, "10 minutes"), ({"Retry-After": "3"}, "a minute"), ({}, "a minute")],
)
def test_a_hub_with_too_many_codes_says_when_to_ask_again(
    running: MisbehavingHub, headers: dict[str, str], when: str
) -> None:
    running.answers = {PAIRING_PATH: problem(429, "too_many_pairings", **headers)}
    with Hub(running.address, Timeouts(1.0, 1.0)) as hub, pytest.raises(TooManyPairings) as caught:
        ask_for_code(hub)
    assert str(caught.value) == f"too many kiosks are being paired at the moment; try again in {when}"


def test_it_waits_as_politely_as_the_hub_asks() -> None:
    clock = Clock()
    with answering(PENDING, SLOW_DOWN, PENDING, KEY) as (hub, asked):
        assert wait(hub, clock) == a_pairing()
    assert clock.pauses == [5, 5, 10, 10]
    assert asked == [{"device_code": "secret"}] * 4


def test_a_hub_that_is_away_for_a_moment_is_asked_again() -> None:
    clock = Clock()
    with answering((503, {"code": "busy"}), (500, {}), PENDING, KEY) as (hub, _):
        assert wait(hub, clock) == a_pairing()
    assert clock.pauses == [5, 10, 15, 15]


def test_an_expired_code_is_said_by_the_hub_or_by_the_clock() -> None:
    with answering(PENDING, EXPIRED) as (hub, _), pytest.raises(CodeExpired):
        wait(hub, Clock())
    clock = Clock()
    with answering(*[PENDING] * 9) as (hub, asked), pytest.raises(CodeExpired):
        wait(hub, clock, expires_in=12.0)
    assert len(asked) == 3


def test_a_no_is_a_no() -> None:
    with answering(DENIED) as (hub, _), pytest.raises(PairingDenied):
        wait(hub, Clock())


@pytest.mark.parametrize("change", [{"public_key": "AAAA"}, {"public_key": 7}, {"kiosk": None}])
def test_a_key_that_is_none_is_said(change: dict[str, Any]) -> None:
    document = {name: value for name, value in (KEY[1] | change).items() if value is not None}
    with answering((200, document)) as (hub, _), pytest.raises(NoReply) as caught:
        wait(hub, Clock())
    assert caught.value.trouble is Trouble.NOT_THE_HUB


def test_a_stranger_in_the_hubs_place_ends_the_waiting() -> None:
    with answering((404, {})) as (hub, _), pytest.raises(NoReply) as caught:
        wait(hub, Clock())
    assert caught.value.trouble is Trouble.NOT_THE_HUB
