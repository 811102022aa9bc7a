"""HTTP with the hub: the only place that knows requests. A reply is a JSON document or a NoReply."""

import gzip
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from errno import EHOSTUNREACH, ENETDOWN, ENETUNREACH
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
from kiosk.sync.lines import Lines, NotPinned, read_pins

PIECE = 1 << 16
"""Bytes of a reply that are read at once."""

LARGEST_REPLY = 8 * 2**20
"""Bytes after decompression; a receipt for 1,000 responses has about 100,000."""

SLOWEST_REPLY = 2
"""Times the read timeout, for the whole reply: a hub that sends a byte now and then is stopped here."""

LONGEST_PAUSE = 24 * 3600.0
"""Seconds. No hub may silence a kiosk for longer than a day."""


class BadHubAddress(ValueError):
    """The address of the hub cannot be used; the message says why."""


class NoReply(Exception):
    """The hub did not answer with what was asked for. Nothing may be concluded about any response.

    status is 0 where there was no HTTP reply at all. code is the hub's own, from its problem document;
    empty where the reply was none, and may then be a proxy's. retry_after is in seconds,
    and the hub's own word.
    """

    def __init__(
        self, trouble: Trouble, detail: str, status: int = 0, code: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.detail = detail
        self.status = status
        self.code = code
        self.retry_after = retry_after

    @property
    def divisible(self) -> bool:
        """Whether this may be about what was in the batch, so that a smaller one may fare better.

        A filter in between may dislike one customer's words, and a hub may stumble over one answer.
        """
        return self.trouble in (Trouble.REFUSED, Trouble.NOT_THE_HUB, Trouble.HUB_FAILED) and (
            self.status in (400, 403, 406, 413, 422, 500)
        )


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

    def post(self, path: str, document: Any, *, packed: bool = False) -> Any:
        """Send a document, packed or not, and return the one that answers with 200; raise NoReply."""
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        if not packed:
            return self._document(*self._request("POST", path, _JSON, body))
        if self.packs:
            try:
                return self._packed(path, CODING, pack(body))
            except NoReply as reason:
                self.packs = False
                # An older version of the hub was installed again.
                if reason.code != "not_gzip":
                    raise
        return self._packed(path, "gzip", gzip.compress(body, 6, mtime=0))

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
            raise _refusal(response, content)
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
        raise (_late() if lines.late else _named(reason)) from reason
    # A head that is cut is a head without more lines to those who read it.
    if lines.late:
        raise _late()


def _late() -> NoReply:
    return NoReply(Trouble.TIMED_OUT, "the exchange took too long as a whole")


def _named(reason: Exception) -> NoReply:
    if isinstance(reason, requests.exceptions.SSLError):
        return _untrusted(reason)
    if isinstance(reason, requests.exceptions.ConnectTimeout):
        return NoReply(Trouble.OFFLINE, "no connection in time")
    if any(isinstance(cause, TimeoutError) for cause in _causes(reason)):
        return NoReply(Trouble.TIMED_OUT, "no reply in time")
    return NoReply(Trouble.OFFLINE, _why(reason))


def _why(reason: Exception) -> str:
    """Say in a few words why there was no reply; what the libraries say fills a screen."""
    causes = list(_causes(reason))
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return "the network does not know its name"
        if isinstance(cause, ConnectionRefusedError):
            return "nothing listens at its address"
        if isinstance(cause, OSError) and cause.errno in (ENETDOWN, ENETUNREACH, EHOSTUNREACH):
            return "the network does not lead to it"
    if any(isinstance(cause, ConnectionError | urllib3.exceptions.ProtocolError) for cause in causes):
        return "the connection broke off"
    return type(reason).__name__


def _untrusted(reason: requests.exceptions.SSLError) -> NoReply:
    for cause in _causes(reason):
        # 9 is "not yet valid", 10 "expired": nearly always a tablet whose clock is wrong.
        if isinstance(cause, ssl.SSLCertVerificationError) and cause.verify_code in (9, 10):
            return NoReply(Trouble.CLOCK_WRONG, cause.verify_message)
        if isinstance(cause, NotPinned):
            return NoReply(Trouble.UNTRUSTED, str(cause.args[0]))
        if isinstance(cause, ssl.SSLError) and cause.reason:
            return NoReply(Trouble.UNTRUSTED, getattr(cause, "verify_message", None) or cause.reason)
    return NoReply(Trouble.UNTRUSTED, type(reason).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Return an error and everything that it was made from."""
    todo, seen = [error], set()
    while todo:
        cause = todo.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        inner = [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
        todo += [one for one in inner if isinstance(one, BaseException)]


_BY_CODE = {
    "unknown_device": Trouble.UNKNOWN_DEVICE,
    "revoked_device": Trouble.REVOKED_DEVICE,
    "unspoken_protocol": Trouble.UNSPOKEN_PROTOCOL,
    "busy": Trouble.BUSY,
}


def _refusal(response: requests.Response, content: bytes) -> NoReply:
    """Say what a reply means that is not a 200."""
    status, code = response.status_code, _code(response, content)
    # Only the hub may send the kiosk away for long: a log-in page that says "in a day" knows nothing of it.
    pause = _pause(response.headers.get("Retry-After", ""), datetime.now(UTC)) if code else None
    detail = f"status {status}, {code or 'without a word from the hub'}"
    return NoReply(_BY_CODE.get(code) or _by_status(status, code), detail, status, code, pause)


def _by_status(status: int, code: str) -> Trouble:
    if status in (429, 503):
        return Trouble.BUSY
    # 511 is the log-in page of a network.
    if status >= 500 and status != 511:
        return Trouble.HUB_FAILED
    return Trouble.REFUSED if code and status in (400, 413, 422) else Trouble.NOT_THE_HUB


def _code(response: requests.Response, content: bytes) -> str:
    if response.headers.get("Content-Type", "").split(";")[0].strip() != "application/problem+json":
        return ""
    try:
        code = json.loads(content).get("code", "")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return code[:64] if isinstance(code, str) else ""


def _pause(text: str, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header, which holds seconds or a date."""
    try:
        if text.strip().isdecimal():
            return min(float(text), LONGEST_PAUSE)
        return min(max(0.0, (parsedate_to_datetime(text) - now).total_seconds()), LONGEST_PAUSE)
    except (ValueError, TypeError, OverflowError):
        return None
