"""The sync endpoint: a batch in, a receipt out."""

from dataclasses import replace
from gzip import compress
from json import dumps, loads
from typing import Any
from zlib import MAX_WBITS, decompressobj, error

from flask import Blueprint, Response, current_app, request

from common.wire import (
    LARGEST_BATCH,
    SYNC_PATH,
    BadBatch,
    Batch,
    TooManyResponses,
    UnspokenProtocol,
    read_batch,
    receipt_document,
)
from common.wire.packing import CODING, pack, unpacker
from hub.fleet.api import require
from hub.fleet.rules import digest
from hub.ingest.batches import gather, take
from hub.ingest.pace import Pace
from hub.ingest.queries import find_sender, versions
from hub.web.context import current_hub
from hub.web.problems import Problem, Reason

api = Blueprint("ingest_api", __name__)

_FASTEST = 1
_GZIP = MAX_WBITS | 16


@api.post(SYNC_PATH)
def sync() -> Response:
    """Take a batch and answer with its receipt, or say when the kiosk should come back."""
    hub = current_hub()
    pace: Pace = current_app.extensions["cerchio.pace"]
    with pace.measured():
        _let_in(pace)
        with hub.engine.connect() as line:
            sender = require(line, find_sender)
            batch = _batch(request.get_data(cache=False))
            facts = gather(line, hub.secrets, sender, batch, now := hub.now())
            receipt = take(hub, batch, facts, versions(line, sender, now), line)
    # Who has been served makes room for those who have not.
    return _answer(receipt_document(replace(receipt, next_sync=receipt.next_sync + round(pace.ahead, 1))))


def _let_in(pace: Pace) -> None:
    """Send a kiosk away if it is not its turn. Without the database that costs a fifth."""
    if seconds := pace.wait(digest(request.headers.get("Authorization", "")).hex()):
        raise Problem(Reason.BUSY, "Many kiosks have come at once; this one has its turn.", wait=seconds)


def _batch(body: bytes) -> Batch:
    try:
        return read_batch(_json(_unpacked(body)))
    except TooManyResponses as reason:
        raise Problem(Reason.TOO_MANY_RESPONSES, str(reason)) from reason
    except UnspokenProtocol as reason:
        raise Problem(Reason.UNSPOKEN_PROTOCOL, str(reason)) from reason
    except BadBatch as reason:
        raise Problem(Reason.BAD_BATCH, str(reason)) from reason


def _unpacked(body: bytes) -> bytes:
    """Decompress a body, but never more than a batch may have: 1 MB can unpack to a gigabyte."""
    stream = unpacker() if request.headers.get("Content-Encoding") == CODING else decompressobj(_GZIP)
    try:
        text = stream.decompress(body, LARGEST_BATCH + 1)
    except error as reason:
        raise Problem(Reason.NOT_GZIP, str(reason)) from reason
    if len(text) > LARGEST_BATCH:
        raise Problem(Reason.TOO_LARGE, f"A batch has at most {LARGEST_BATCH} bytes.")
    if not stream.eof or stream.unused_data:
        raise Problem(Reason.NOT_GZIP, "The body ends too early, or goes on after its end.")
    return text


def _json(text: bytes) -> Any:
    try:
        return loads(text.decode())
    except (ValueError, RecursionError) as reason:
        raise Problem(Reason.NOT_JSON, type(reason).__name__) from reason


def _answer(document: dict[str, Any]) -> Response:
    body = dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(mimetype="application/json")
    # Not by quality(): who takes everything, "*", does not know this one.
    if CODING in request.accept_encodings.values():
        body = pack(body, _FASTEST)
        response.content_encoding = CODING
    elif request.accept_encodings.quality("gzip"):
        body = compress(body, _FASTEST)
        response.content_encoding = "gzip"
    response.data = body
    return response
