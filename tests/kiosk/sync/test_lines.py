"""Sockets that behave badly, and whom the kiosk trusts: each is named, in time, and nothing is delivered."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest

from kiosk.sync import SyncReport, Trouble
from kiosk.sync.once import sync_once
from tests.support.kiosk import Kiosk, a_pairing, clock
from tests.support.misbehaving_hub import misbehaving_hub, replies

CERTIFICATES = Path(__file__).parents[2] / "support" / "certificates"
PIN = "sha256//wu1s5u1BCN24M0uU6YEa4NncD24LqXqTnnMV+qabwoE="
"""What `openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256` says of good.pem."""

SPARE = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

Act = Callable[[socket.socket, Event], None]


def trickled_head(line: socket.socket, over: Event) -> None:
    """Answer 200, and then send header after header, a byte at a time."""
    line.recv(1 << 16)
    line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while not over.wait(0.05):
        line.sendall(b"x")


def trickled_handshake(line: socket.socket, over: Event) -> None:
    """Begin to speak TLS, a byte at a time: a record of 16 kB that never ends."""
    line.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
    while not over.wait(0.05):
        line.sendall(b"\0")


def silent(line: socket.socket, over: Event) -> None:
    """Take the request and say nothing."""
    over.wait(10)


def half_closed(line: socket.socket, over: Event) -> None:
    """Say that nothing will follow, and stay there."""
    line.recv(1 << 16)
    line.shutdown(socket.SHUT_WR)
    over.wait(10)


def nonsense(line: socket.socket, over: Event) -> None:
    """Speak something else than HTTP."""
    line.recv(1 << 16)
    line.sendall(b"220 mail.example.com ESMTP\r\n")


def endless_headers(line: socket.socket, over: Event) -> None:
    """Answer with more headers than anybody has."""
    line.recv(1 << 16)
    line.sendall(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(500)))


def reset(line: socket.socket, over: Event) -> None:
    """Throw the connection away in the middle of the answer."""
    line.recv(1 << 16)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


SOCKETS: dict[str, tuple[str, Act, Trouble]] = {
    "a head that trickles": ("http", trickled_head, Trouble.TIMED_OUT),
    "a handshake that trickles": ("https", trickled_handshake, Trouble.TIMED_OUT),
    "silence": ("http", silent, Trouble.TIMED_OUT),
    "silence instead of a handshake": ("https", silent, Trouble.TIMED_OUT),
    "a line that is half closed": ("http", half_closed, Trouble.OFFLINE),
    "another protocol": ("http", nonsense, Trouble.OFFLINE),
    "another protocol instead of TLS": ("https", nonsense, Trouble.UNTRUSTED),
    "endless headers": ("http", endless_headers, Trouble.OFFLINE),
    "a reset": ("http", reset, Trouble.OFFLINE),
}


@contextmanager
def listening(act: Act) -> Iterator[int]:
    """Give the port of a socket at which every visitor meets the same."""
    over = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_serve, args=(server, act, over), daemon=True).start()
        yield server.getsockname()[1]
        over.set()


def _serve(server: socket.socket, act: Act, over: Event) -> None:
    with suppress(OSError):
        while True:
            line, _ = server.accept()
            Thread(target=_meet, args=(line, act, over), daemon=True).start()


def _meet(line: socket.socket, act: Act, over: Event) -> None:
    with line, suppress(OSError):
        act(line, over)


def sync(kiosk: Kiosk, address: str, **settings: Any) -> SyncReport:
    """Pair with whoever is there and sync, with little patience."""
    kiosk.ask(lambda s: s.pair(a_pairing(address)))
    quick = replace(kiosk.config, connect_timeout=0.5, read_timeout=0.5)
    return sync_once(kiosk.thread, replace(quick, **settings), clock)


@pytest.mark.parametrize("name", SOCKETS)
def test_w6_a_bad_line_is_named_in_time_and_delivers_nothing(kiosk: Kiosk, name: str) -> None:
    scheme, act, trouble = SOCKETS[name]
    kiosk.give_many(3)
    with listening(act) as port:
        begun = monotonic()
        report = sync(kiosk, f"{scheme}://localhost:{port}")
    assert report.trouble is trouble, report.detail
    # An answer that is late is tried again in smaller batches, three times in a sync.
    assert monotonic() - begun < 4 * 1.5 + 4
    totals = kiosk.totals()
    assert (totals.waiting, totals.delivered, totals.quarantined) == (3, 0, 0)


def tls(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    return context


OURS = str(CERTIFICATES / "ca.pem")
TRUST: dict[str, tuple[str, str, str, Trouble | None]] = {
    # what is met: the certificate, the authority and the pins of the settings, and the trouble
    "an authority of the shop's own": ("good", OURS, "", None),
    "its pinned key": ("good", OURS, PIN, None),
    "its pinned key and a spare one": ("good", OURS, f"{SPARE}; {PIN}", None),
    "a key that is not pinned": ("good", OURS, SPARE, Trouble.UNTRUSTED),
    "an authority that nobody knows": ("good", "", "", Trouble.UNTRUSTED),
    "a pin is no substitute for an authority": ("good", "", PIN, Trouble.UNTRUSTED),
    "a name server that lies": ("other", OURS, PIN, Trouble.UNTRUSTED),
    "a clock that is ahead": ("expired", OURS, PIN, Trouble.CLOCK_WRONG),
    "a clock that is behind": ("early", OURS, PIN, Trouble.CLOCK_WRONG),
    "an authority's file that is not there": ("good", "/nowhere/ca.pem", "", Trouble.UNTRUSTED),
    "an authority's file with something else": ("good", __file__, "", Trouble.UNTRUSTED),
}


@pytest.mark.parametrize("name", TRUST)
def test_w6_only_the_hub_that_is_trusted_hears_anything(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    certificate, authority, pins, trouble = TRUST[name]
    given = kiosk.give_many(3)
    with misbehaving_hub(tls(certificate)) as hub:
        report = sync(
            kiosk, hub.address, authority=authority, pins=pins, connect_timeout=10.0, read_timeout=10.0
        )
        assert report.trouble is trouble, report.detail
        heard = set() if trouble else {response.id for response in given}
        assert hub.stored.keys() == heard
        assert bool(hub.calls) is (trouble is None), "not even the device key"
    assert kiosk.totals().delivered == len(heard)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (511, {}),
        (302, {"Location": "https://login.example.com/"}),
        (301, {"Location": "http://hub.example.com/api/v1/sync"}),
        (307, {"Location": "http://localhost:9/"}),
    ],
)
def test_w6_a_portal_and_a_way_to_http_are_strangers(
    kiosk: Kiosk, status: int, headers: dict[str, Any]
) -> None:
    kiosk.give_many(3)
    with misbehaving_hub() as hub:
        hub.always = replies(status, **headers)
        report = sync(kiosk, hub.address, read_timeout=10.0)
        assert report.trouble is Trouble.NOT_THE_HUB, report.detail
        assert {path for path, _ in hub.calls} == {"/api/v1/sync"}
    assert kiosk.totals().waiting == 3
