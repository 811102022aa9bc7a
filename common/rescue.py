"""The signed rescue file: batches as they would have been sent, carried by hand instead of by the network.

One JSON document a line: who wrote it, any number of batches, and a signature over all lines before. The
key of the signature comes from the hash of the device key, which is what both sides have. Contact details
stay sealed.
"""

import hmac
import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, Protocol

from common.wire import LARGEST_BATCH

SUFFIX = ".cerchio"
_KIND, _VERSION = "rescue", 1


class NoRescue(ValueError):
    """The file is no rescue file, or not as it was written; the message says which, as a sentence's end."""


class Sink(Protocol):
    """What takes text, as a file does."""

    def write(self, text: str, /) -> int:
        """Take a text; return how long it is."""


def key_hash(device_key: str) -> bytes:
    """Return what the hub keeps of a device key."""
    return sha256(device_key.encode()).digest()


def write(sink: Sink, kiosk: str, hashed_key: bytes, batches: Iterable[dict[str, Any]]) -> None:
    """Write a file with these documents of batches, signed for a kiosk."""
    signature = _signature(hashed_key)
    for document in ({"cerchio": _KIND, "version": _VERSION, "kiosk": kiosk}, *batches):
        line = json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
        signature.update(line.encode())
        sink.write(line)
    sink.write(json.dumps({"signature": signature.hexdigest()}) + "\n")


def writer_of(first_line: bytes) -> str:
    """Return the id of the kiosk that a file says it is from; raise NoRescue."""
    document = _document(first_line)
    if document.get("cerchio") != _KIND or not isinstance(document.get("kiosk"), str):
        raise NoRescue("it is no rescue file of a kiosk")
    if document.get("version") != _VERSION:
        raise NoRescue("it was written by a newer version of the program")
    return str(document["kiosk"])


def check(lines: Iterable[bytes], hashed_keys: Iterable[bytes]) -> None:
    """Raise NoRescue unless a file is whole and as this kiosk wrote it, with any of its keys."""
    signatures, last = [_signature(key) for key in hashed_keys], b""
    for line in _whole(lines):
        for signature in signatures:
            signature.update(last)
        last = line
    shown = str(_document(last).get("signature")).encode()
    if not any(hmac.compare_digest(shown, signature.hexdigest().encode()) for signature in signatures):
        raise NoRescue("it was changed after the kiosk had written it, or is not whole")


def batches(lines: Iterable[bytes]) -> Iterator[Any]:
    """Return the documents of the batches of a file that was checked."""
    documents = (_document(line) for line in lines)
    next(documents)
    return (document for document in documents if "signature" not in document)


def _signature(hashed_key: bytes) -> hmac.HMAC:
    return hmac.new(hmac.digest(hashed_key, b"rescue file", "sha256"), digestmod="sha256")


def _whole(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        if len(line) > LARGEST_BATCH or not line.endswith(b"\n"):
            raise NoRescue("it was changed after the kiosk had written it, or is not whole")
        yield line


def _document(line: bytes) -> dict[str, Any]:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise NoRescue("it is no rescue file of a kiosk")
    return document
