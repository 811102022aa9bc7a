"""A hub on a real socket that keeps its promises, except for the weather that a test sends it.

Each request takes the next weather; without one the hub behaves. It knows what it stored, so a test can
compare what the kiosk believes with what is true.
"""

import gzip
import json
import ssl
import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from common.responses import fingerprint
from common.surveys import standard_survey, to_document
from common.wire import (
    SURVEY_PATH,
    SYNC_PATH,
    UNPAIRING_PATH,
    Batch,
    Code,
    Numbered,
    Outcome,
    Overruled,
    Receipt,
    Refusal,
    Verdict,
    read_batch,
    receipt_document,
)

PUBLIC_KEY = bytes(range(32))


class Call(BaseHTTPRequestHandler):
    """One request, and the means to answer it well or badly."""

    hub: "MisbehavingHub"
    content: bytes
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer the survey."""
        self._answer(b"")

    def do_POST(self) -> None:
        """Answer a sync, or a step of the pairing."""
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, content: bytes) -> None:
        self.content = content
        self.hub.take(self)

    def batch(self) -> Batch:
        """Return the batch that was sent."""
        return read_batch(json.loads(gzip.decompress(self.content)))

    def send(self, status: int, content: bytes, kind: str, **headers: str) -> None:
        """Answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def send_json(self, document: Any, **headers: str) -> None:
        """Answer with a document."""
        self.send(200, json.dumps(document).encode(), "application/json", **headers)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing."""


Weather = Callable[[Call], None]


@dataclass
class MisbehavingHub:
    """What the hub stored, what it was asked, and what it will do next.

    weather is taken from the left, one a request to the sync endpoint; always applies once that is used
    up. refuses gives the code of a response that is to be refused. stored holds fingerprints by id,
    overruled the ids that count after all; an old hub has never heard of that.
    """

    weather: deque[Weather] = field(default_factory=deque)
    always: Weather | None = None
    refuses: Callable[[Numbered], Code | None] = lambda _: None
    receipt: Receipt = field(
        default_factory=lambda: Receipt(
            datetime.now(UTC), (), (), 2, "roma", "Roma Centro", "Europe/Rome", "checkout", 60.0
        )
    )
    survey: dict[str, Any] = field(
        default_factory=lambda: {
            "survey": to_document(standard_survey()),
            "public_key": b64encode(PUBLIC_KEY).decode(),
        }
    )
    ahead: timedelta = timedelta()
    stored: dict[str, bytes] = field(default_factory=dict)
    overruled: set[str] = field(default_factory=set)
    old: bool = False
    batches: list[Batch] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    address: str = ""
    answers: dict[str, Weather] = field(
        default_factory=lambda: {UNPAIRING_PATH: lambda call: call.send_json({})}
    )
    _lock: Lock = field(default_factory=Lock)

    def take(self, call: Call) -> None:
        """Answer one request."""
        self.calls.append((call.path, dict(call.headers)))
        if call.path == SURVEY_PATH:
            self._survey(call)
        elif call.path == SYNC_PATH:
            weather = self.weather.popleft() if self.weather else self.always
            (weather or behave)(call)
        elif call.path in self.answers:
            self.answers[call.path](call)
        else:
            call.send(404, b"", "text/plain")

    def store(self, batch: Batch) -> Receipt:
        """Store a batch and return its receipt, as a hub does."""
        with self._lock:
            self.batches.append(batch)
            verdicts = [self._verdict(item) for item in batch.items]
            heard = [] if self.old else [self._hear(word) for word in batch.overruled]
            now = datetime.now(UTC) + self.ahead
            return replace(self.receipt, received_at=now, verdicts=verdicts, overruled=heard)

    def _hear(self, word: Overruled) -> Verdict:
        if word.id not in self.stored:
            return Verdict(word.id, Outcome.REFUSED, Code.UNKNOWN_ANSWER)
        outcome = Outcome.DUPLICATE if (word.id in self.overruled) is word.counts else Outcome.ACCEPTED
        (self.overruled.add if word.counts else self.overruled.discard)(word.id)
        return Verdict(word.id, outcome)

    def _verdict(self, item: Numbered | Refusal) -> Verdict:
        if isinstance(item, Refusal):
            return Verdict(item.id, Outcome.REFUSED, item.code)
        code = self.refuses(item)
        if code:
            return Verdict(item.response.id, Outcome.REFUSED, code)
        known = self.stored.setdefault(item.response.id, body := fingerprint(item.response))
        if known is body:
            return Verdict(item.response.id, Outcome.ACCEPTED)
        if known == body:
            return Verdict(item.response.id, Outcome.DUPLICATE)
        return Verdict(item.response.id, Outcome.REFUSED, Code.ANSWER_CHANGED)

    def _survey(self, call: Call) -> None:
        settings = "" if self.receipt.settings is None else f"-{self.receipt.settings}"
        tag = f'"{self.receipt.survey}{settings}"'
        if call.headers["If-None-Match"] == tag:
            call.send(304, b"", "application/json")
        else:
            call.send_json(self.survey, ETag=tag)


def behave(call: Call) -> None:
    """Store and give a receipt."""
    call.send_json(receipt_document(call.hub.store(call.batch())))


def replies(
    status: int, content: bytes = b"<h1>Sign in</h1>", kind: str = "text/html", **headers: str
) -> Weather:
    """Answer something that is no receipt."""
    return lambda call: call.send(status, content, kind, **headers)


def problem(status: int, code: str, **headers: str) -> Weather:
    """Answer with a problem document, as only a hub does."""
    content = json.dumps({"type": "about:blank", "title": code, "status": status, "code": code}).encode()
    return replies(status, content, "application/problem+json", **headers)


def store_and_say_nothing(call: Call) -> None:
    """Store everything, then close the line before the reply."""
    call.hub.store(call.batch())
    call.close_connection = True


def store_and_break_off(call: Call) -> None:
    """Store everything, then close the line in the middle of the receipt."""
    content = json.dumps(receipt_document(call.hub.store(call.batch()))).encode()
    call.send_response(200)
    call.send_header("Content-Length", str(len(content)))
    call.end_headers()
    call.wfile.write(content[: len(content) // 2])
    call.close_connection = True


def store_and_dawdle(call: Call) -> None:
    """Store everything, and answer long after the kiosk has lost its patience."""
    receipt = call.hub.store(call.batch())
    time.sleep(10)
    with suppress(OSError):
        call.send_json(receipt_document(receipt))


def drip(call: Call) -> None:
    """Answer a byte now and then, for ever as it seems."""
    call.send_response(200)
    call.send_header("Content-Length", "1000")
    call.end_headers()
    with suppress(OSError):
        for _ in range(200):
            call.wfile.write(b" ")
            call.wfile.flush()
            time.sleep(0.1)
    call.close_connection = True


def hang_up(call: Call) -> None:
    """Close the line at once."""
    call.close_connection = True


def forget_half(call: Call) -> None:
    """Store everything and name only every other response in the receipt."""
    receipt = call.hub.store(call.batch())
    call.send_json(receipt_document(replace(receipt, verdicts=receipt.verdicts[::2])))


def name_others(call: Call) -> None:
    """Name responses that were never sent."""
    receipt = call.hub.store(replace(call.batch(), items=()))
    verdict = Verdict("0195d000-0000-7000-8000-00000000dead", Outcome.ACCEPTED)
    call.send_json(receipt_document(replace(receipt, verdicts=[verdict])))


def at_most(most: int, weather: Weather) -> Weather:
    """Behave with small batches only."""
    return lambda call: (behave if len(call.batch().items) <= most else weather)(call)


def dislike(identity: str, weather: Weather) -> Weather:
    """Behave with batches that do not hold one response."""

    def take(call: Call) -> None:
        names = {item.response.id for item in call.batch().items if isinstance(item, Numbered)}
        (weather if identity in names else behave)(call)

    return take


@contextmanager
def misbehaving_hub(context: ssl.SSLContext | None = None) -> Iterator[MisbehavingHub]:
    """Give a hub that listens on a free port, with TLS if there is a context."""
    hub = MisbehavingHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Call,), {"hub": hub}))
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    hub.address = f"{'https' if context else 'http'}://localhost:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
