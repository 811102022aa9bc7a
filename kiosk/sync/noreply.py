"""The hub did not answer with what was asked for: what that means, from errors and from replies."""

import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from errno import EHOSTUNREACH, ENETDOWN, ENETUNREACH

import requests
import urllib3

from kiosk.sync import Trouble
from kiosk.sync.lines import NotPinned

LONGEST_PAUSE = 24 * 3600.0
"""Seconds. No hub may silence a kiosk for longer than a day."""


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


def late() -> NoReply:
    """Say that an exchange was cut off."""
    return NoReply(Trouble.TIMED_OUT, "the exchange took too long as a whole")


def named(reason: Exception) -> NoReply:
    """Turn what requests raised into the NoReply that it means."""
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


def refusal(response: requests.Response, content: bytes) -> NoReply:
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
