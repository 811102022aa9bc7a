"""HTTP with the hub: the only place that knows requests. A reply is a JSON document or a NoReply."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.auth import AuthBase

from common.wire.packing import CODING, Unpackable, pack, unpack
from kiosk.sync import Trouble
from kiosk.sync.lines import Lines, read_pins
from kiosk.sync.noreply import NoReply, late, named, refusal

PIECE = 1 << 16
"""Bytes of a reply that are read at once."""

LARGEST_REPLY = 8 * 2**20
"""Bytes after decompression; a receipt for 1,000 responses has about 100,000."""

SLOWEST_REPLY = 2
"""Times the read timeout, for the whole reply: a hub that sends a byte now and then is stopped here."""


class BadHubAddress(ValueError):
    """The address of the hub cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for a connection, and for the next bytes of a reply."""

    connect: float
    read: float

    @property
    def whole(self) -> float:
        """The most that an exchange may take from its first to its last byte, however steadily it goes on."""
        return self.connect + SLOWEST_REPLY * self.read


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose certificates are good: authority is a file with the shop's own, pins are those of public keys.

    Without either these are all that the system trusts.
    """

    authority: str = ""
    pins: str = ""


EVERYBODY = Trust()


def clean_address(text: str, *, plain_http: bool = False) -> str:
    """Return a hub's address without its last slash; raise BadHubAddress.

    http is refused except on this very machine, because the device key would travel in the clear.
    """
    address = text.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        host = parts.hostname
        _ = parts.port
    except ValueError as reason:
        raise BadHubAddress(f"{text!r} is no address: {reason}") from reason
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or parts.username:
        raise BadHubAddress(f"{text!r} is no address like https://hub.example.com")
    if parts.scheme == "http" and not plain_http and host not in ("localhost", "127.0.0.1", "::1"):
        raise BadHubAddress(f"{text!r} is not encrypted; use https")
    return address


class Hub:
    """A conversation with a hub: one session, closed at the end of a with block.

    offers_packing says that the hub may answer in the coding of common.wire.packing. packs says that it did,
    so that the next document may go to it in that coding.
    """

    def __init__(
        self, address: str, timeouts: Timeouts, device_key: str = "", trust: Trust = EVERYBODY
    ) -> None:
        self._address = address
        self._timeouts = timeouts
        self._trust = trust
        self._lines = Lines(read_pins(trust.pins))
        self.offers_packing = self.packs = False
        self._session = requests.Session()
        # Nothing that says nothing: nearly every sync is shorter than the headers that a library sends.
        self._session.headers.clear()
        self._session.headers.update({"User-Agent": "Cerchio", "Accept-Encoding": "gzip"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._lines.adapter())
        if device_key:
            self._session.auth = _Bearer(device_key)

    def __enter__(self) -> "Hub":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()
        self._lines.close()

    def post(self, path: str, document: Any) -> Any:
        """Send a document and return the one that answers with 200; raise NoReply."""
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        return self._document(*self._request("POST", path, _JSON, body))

    def send(self, path: str, text: str) -> Any:
        """Send a document that is written already, packed, and return what post would."""
        body = text.encode()
        if self.packs:
            try:
                return self._packed(path, CODING, pack(body, _level(body)))
            except NoReply as reason:
                self.packs = False
                # An older version of the hub was installed again.
                if reason.code != "not_gzip":
                    raise
        return self._packed(path, "gzip", gzip.compress(body, _level(body), mtime=0))

    def _packed(self, path: str, coding: str, body: bytes) -> Any:
        headers = _JSON | {"Content-Encoding": coding}
        if self.offers_packing:
            headers["Accept-Encoding"] = f"{CODING}, gzip"
        response, content = self._request("POST", path, headers, body)
        packs = response.headers.get("Content-Encoding") == CODING
        document = self._document(response, _unpacked(content) if packs else content)
        self.packs = packs
        return document

    def get(self, path: str, tag: str | None) -> tuple[Any, str | None] | None:
        """Return a document and its tag, or None if it is still the one that tag names; raise NoReply."""
        response, content = self._request("GET", path, {"If-None-Match": tag} if tag else {}, None)
        if response.status_code == 304 and tag:
            return None
        return self._document(response, content), response.headers.get("ETag")

    def _document(self, response: requests.Response, content: bytes) -> Any:
        if response.status_code != 200:
            raise refusal(response, content)
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as reason:
            raise NoReply(Trouble.NOT_THE_HUB, f"the reply is no document of a hub: {reason}") from reason

    def _request(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[requests.Response, bytes]:
        if self._trust.authority and not Path(self._trust.authority).is_file():
            raise NoReply(Trouble.UNTRUSTED, f"there is no file {self._trust.authority} of an authority")
        with (
            _told(self._lines),
            self._lines.within(self._timeouts.whole),
            self._session.request(
                method,
                self._address + path,
                data=body,
                headers=headers,
                timeout=(self._timeouts.connect, self._timeouts.read),
                # None leaves it to the system, or to a file that its environment names.
                verify=self._trust.authority or None,
                # A redirect could lead to another host or to plain http, and the key would go with it.
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            return response, self._read(response)

    def _read(self, response: requests.Response) -> bytes:
        give_up = monotonic() + SLOWEST_REPLY * self._timeouts.read
        content = bytearray()
        # Not iter_content, which comes back only with a whole piece, however long that drips.
        while piece := response.raw.read1(PIECE, decode_content=True):
            content += piece
            if len(content) > LARGEST_REPLY:
                raise NoReply(Trouble.NOT_THE_HUB, "the reply is far too long for a hub's")
            if monotonic() > give_up:
                raise NoReply(Trouble.TIMED_OUT, "the reply came too slowly")
        return bytes(content)


def _unpacked(content: bytes) -> bytes:
    try:
        return unpack(content, LARGEST_REPLY)
    except Unpackable as reason:
        raise NoReply(Trouble.NOT_THE_HUB, f"the reply is no document of a hub: {reason}") from reason


def _level(body: bytes) -> int:
    """Return how hard to pack. There may be many full batches, which take half the time for a tenth more."""
    return 6 if len(body) < PIECE else 3


_JSON = {"Content-Type": "application/json"}


class _Bearer(AuthBase):
    """The device key. Given as auth, because requests puts a .netrc entry over a plain header."""

    def __init__(self, device_key: str) -> None:
        self._header = f"Bearer {device_key}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


@contextmanager
def _told(lines: Lines) -> Iterator[None]:
    """Turn what requests raises into the NoReply that it means."""
    try:
        yield
    except (OSError, urllib3.exceptions.HTTPError) as reason:
        raise (late() if lines.late else named(reason)) from reason
    # A head that is cut is a head without more lines to those who read it.
    if lines.late:
        raise late()
