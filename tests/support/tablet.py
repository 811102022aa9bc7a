"""A light kiosk for tests: it numbers its responses, keeps its totals and speaks the real wire."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from gzip import compress
from json import dumps, loads
from secrets import token_hex
from typing import Any

import requests
from flask.testing import FlaskClient

from common.responses import Response
from common.wire import (
    PAIRING_KEY_PATH,
    PAIRING_PATH,
    SYNC_PATH,
    Batch,
    Health,
    Mark,
    Numbered,
    Outcome,
    Receipt,
    Totals,
    batch_document,
    read_receipt,
)


@dataclass(frozen=True)
class Reply:
    """What the hub answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return loads(self.body)

    @property
    def code(self) -> str:
        """The code of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.document["status"] == self.status
        return str(self.document["code"])


Send = Callable[[str, bytes, Mapping[str, str]], Reply]


def through(client: FlaskClient) -> Send:
    """Send to an application in this process."""

    def send(path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        answer = client.post(path, data=body, headers=dict(headers))
        return Reply(answer.status_code, dict(answer.headers), answer.data)

    return send


def over_http(address: str) -> Send:
    """Send to a hub that listens at an address such as http://127.0.0.1:8000."""
    session = requests.Session()

    def send(path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        answer = session.post(address + path, data=body, headers=dict(headers), timeout=30)
        return Reply(answer.status_code, dict(answer.headers), answer.content)

    return send


@dataclass
class Tablet:
    """One kiosk. sequence is the last number given; delivered and quarantined follow the receipts.

    So does its mark, if it shows one; a kiosk from before there were marks has none.
    """

    send: Send
    key: str
    now: Callable[[], datetime]
    sequence: int = 0
    delivered: int = 0
    quarantined: int = 0
    kiosk: str = ""
    mark: Mark | None = None
    public_key: bytes = field(default=b"", repr=False)

    def number(self, *responses: Response) -> list[Numbered]:
        """Give responses their numbers: they wait from now on."""
        first = self.sequence + 1
        self.sequence += len(responses)
        return [Numbered(first + place, response) for place, response in enumerate(responses)]

    def document(self, items: list[Numbered]) -> dict[str, Any]:
        """Return the batch of some items as JSON values, for a test to spoil."""
        waiting = self.sequence - self.delivered - self.quarantined
        totals = Totals(self.sequence, self.delivered, waiting, self.quarantined)
        return batch_document(Batch(self.now(), totals, Health("0.1.0", 1, 10**9), items, mark=self.mark))

    def post(self, document: Any) -> Reply:
        """Send a document as a batch."""
        return self.post_bytes(compress(dumps(document).encode()))

    def post_bytes(self, body: bytes) -> Reply:
        """Send any bytes as a batch."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        return self.send(SYNC_PATH, body, headers | {"Content-Encoding": "gzip"})

    def sync(self, items: list[Numbered]) -> Receipt:
        """Send items and believe the receipt."""
        reply = self.post(self.document(items))
        assert reply.status == 200, reply.body
        receipt = read_receipt(reply.document)
        if self.mark and receipt.mark:
            self.mark = Mark(receipt.mark, token_hex(8))
        refused = sum(verdict.outcome is Outcome.REFUSED for verdict in receipt.verdicts)
        self.quarantined += refused
        self.delivered += len(receipt.verdicts) - refused
        return receipt

    def give(self, *responses: Response) -> Receipt:
        """Take these answers and send them."""
        return self.sync(self.number(*responses))


def begin_pairing(send: Send) -> dict[str, Any]:
    """Ask for a pairing; return the hub's answer."""
    reply = send(PAIRING_PATH, b"{}", {"Content-Type": "application/json"})
    assert reply.status == 200, reply.body
    answer: dict[str, Any] = reply.document
    return answer


def ask_key(send: Send, device_code: str) -> Reply:
    """Ask for the key of a pairing."""
    body = dumps({"device_code": device_code}).encode()
    return send(PAIRING_KEY_PATH, body, {"Content-Type": "application/json"})
