"""The line between a kiosk and its hub, on a real socket: clear, or as bad as a test wants it.

A spell is what the line does to one exchange. It gets the request as it came and a way to ask the hub, and
returns what goes back to the kiosk; a reply that is not whole is a connection torn in the middle.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from gzip import compress, decompress
from itertools import chain, repeat
from socket import SO_REUSEADDR, SOL_SOCKET, create_connection, socket
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Lock, Thread
from time import sleep
from urllib.parse import urlsplit

from common.wire import LARGEST_BATCH
from common.wire.packing import pack, unpack

Ask = Callable[[bytes], bytes]
Spell = Callable[[bytes, Ask], bytes]

_PATIENCE = 30.0
"""Seconds without a byte after which the line gives an exchange up."""


def clear(request: bytes, ask: Ask) -> bytes:
    """Let everything pass."""
    return ask(request)


def lost_reply(request: bytes, ask: Ask) -> bytes:
    """Let the hub do its work, and lose its answer."""
    ask(request)
    return b""


def torn_reply(request: bytes, ask: Ask) -> bytes:
    """Let the hub do its work, and tear the line in the middle of its answer."""
    reply = ask(request)
    return reply[: len(reply) - len(reply.partition(b"\r\n\r\n")[2]) // 2]


def torn_request(request: bytes, ask: Ask) -> bytes:
    """Tear the line in the middle of the request."""
    return ask(request[: len(request) - len(request.partition(b"\r\n\r\n")[2]) // 2])


def late(seconds: float) -> Spell:
    """Let the hub's answer arrive so much later."""

    def spell(request: bytes, ask: Ask) -> bytes:
        reply = ask(request)
        sleep(seconds)
        return reply

    return spell


def answered(status: str, kind: str, body: bytes, more: str = "") -> Spell:
    """Answer in the hub's place, which hears nothing; more are header lines, each with its line end."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}"
    reply = f"{head}Connection: close\r\n\r\n".encode() + body
    return lambda request, ask: reply


def nothing_above(size: int) -> Spell:
    """Refuse bodies of more bytes than that, as a proxy in front of a hub does."""
    refusal = answered("413 Request Entity Too Large", "text/html", b"<h1>413</h1>")

    def spell(request: bytes, ask: Ask) -> bytes:
        too_large = len(request.partition(b"\r\n\r\n")[2]) > size
        return refusal(request, ask) if too_large else ask(request)

    return spell


def rewritten(edit: Callable[[bytes], bytes]) -> Spell:
    """Change the bodies of requests on their way."""

    def spell(request: bytes, ask: Ask) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        fresh = edit(body) if body else body
        length = b"Content-Length: %d" % len(fresh)
        return ask(re.sub(rb"(?i)content-length: \d+", length, head) + b"\r\n\r\n" + fresh)

    return spell


def unpacked(edit: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Turn a change of text into a change of packed bodies, in whichever of the two codings."""
    return lambda body: (compress if _is_gzip(body) else pack)(edit(opened(body)))


def opened(body: bytes) -> bytes:
    """Return what is in a packed body, in whichever coding; raise OSError, EOFError or ValueError."""
    return decompress(body) if _is_gzip(body) else unpack(body, LARGEST_BATCH)


def _is_gzip(body: bytes) -> bool:
    return body.startswith(b"\x1f\x8b")


def in_turn(*spells: Spell) -> Spell:
    """Cast one spell at each exchange, in their order; then the line is clear."""
    rest, lock = chain(spells, repeat(clear)), Lock()

    def spell(request: bytes, ask: Ask) -> bytes:
        with lock:
            now = next(rest)
        return now(request, ask)

    return spell


class Weather:
    """A line to a hub. spell is what happens on it from now on; hub is the address that it leads to."""

    def __init__(self, hub: str) -> None:
        self.hub = hub
        self.spell: Spell = clear
        self.exchanges = 0
        self._server = _Server(("127.0.0.1", 0), self._exchange)
        self.address = "http://{}:{}".format(*self._server.server_address)

    def begin(self) -> None:
        """Take connections until end()."""
        Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()

    def end(self) -> None:
        """Take no more connections."""
        self._server.shutdown()
        self._server.server_close()

    def _exchange(self, line: socket) -> None:
        line.settimeout(_PATIENCE)
        # Either side may be gone in the middle of it: that is what this line is for.
        with suppress(OSError):
            if request := _whole(line):
                self.exchanges += 1
                line.sendall(self.spell(request, self._ask))

    def _ask(self, request: bytes) -> bytes:
        return asked(self.hub, request)


def asked(hub: str, request: bytes) -> bytes:
    """Ask the hub at an address, and return all that it says before it closes the connection.

    Half a request goes as far as it goes, and nobody waits for an answer.
    """
    parts = urlsplit(hub)
    bare = re.sub(rb"(?i)\r\nconnection: [^\r]*", b"", request, count=1)
    once = bare.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    with create_connection((parts.hostname or "", parts.port or 80), _PATIENCE) as line:
        line.sendall(once)
        if _missing(request) > 0:
            return b""
        return b"".join(iter(lambda: line.recv(1 << 16), b""))


@contextmanager
def weather(hub: str) -> Iterator[Weather]:
    """Give a clear line to a hub."""
    line = Weather(hub)
    line.begin()
    try:
        yield line
    finally:
        line.end()


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], exchange: Callable[[socket], None]) -> None:
        self.exchange = exchange
        super().__init__(address, _Handler)
        self.socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)


class _Handler(BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.server.exchange(self.request)


def _whole(line: socket) -> bytes:
    """Read one request; nothing if the other side closes before its end."""
    data = b""
    while (missing := _missing(data)) > 0:
        piece = line.recv(max(missing, 1 << 16))
        if not piece:
            return b""
        data += piece
    return data


def _missing(data: bytes) -> int:
    """Return how many bytes of a request have still to come, at least as far as can be said."""
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        return 1
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    return int(length[1]) - len(body) if length else 0
