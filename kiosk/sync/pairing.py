"""Pairing by short code, as in RFC 8628: the kiosk shows a code, a person at the hub types it."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from time import monotonic, sleep
from typing import Any

from common.wire import PAIRING_KEY_PATH, PAIRING_PATH
from kiosk.storage.pairing import Pairing
from kiosk.sync import Trouble
from kiosk.sync.noreply import NoReply
from kiosk.sync.transport import Hub

MORE_PATIENCE = 5.0
"""Seconds added to the interval when the hub says "slow down", as the RFC wants it."""


class CodeExpired(Exception):
    """Nobody typed the code in time; ask for a fresh one."""


class PairingDenied(Exception):
    """Somebody at the hub said no."""


class TooManyPairings(Exception):
    """The hub gives out no code just now; the message says so. minutes are those to wait, one at least."""

    def __init__(self, wait: float) -> None:
        minutes = max(1, ceil(wait / 60))
        when = "a minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__(f"too many kiosks are being paired at the moment; try again in {when}")
        self.minutes = minutes


@dataclass(frozen=True, slots=True)
class Offer:
    """What the hub gave out. code is for people's eyes, device_code secret; times in seconds.

    where is the page at which it is typed, complete the same with the code in it, if the hub says that.
    """

    code: str
    device_code: str
    where: str
    expires_in: float
    interval: float
    complete: str = ""


def ask_for_code(hub: Hub) -> Offer:
    """Ask the hub for a code; raise TooManyPairings or NoReply."""
    try:
        document = hub.post(PAIRING_PATH, {})
    except NoReply as reason:
        if reason.code == "too_many_pairings":
            raise TooManyPairings(reason.retry_after or 0.0) from reason
        raise
    try:
        letters = str(document["user_code"]).replace("-", "")
        return Offer(
            code=f"{letters[:4]}-{letters[4:]}",
            device_code=str(document["device_code"]),
            where=str(document["verification_uri"]),
            expires_in=min(max(float(document["expires_in"]), 1.0), 3600.0),
            interval=min(max(float(document.get("interval", 5)), 0.1), 60.0),
            complete=str(document.get("verification_uri_complete", "")),
        )
    except (KeyError, TypeError, ValueError) as reason:
        raise NoReply(Trouble.NOT_THE_HUB, f"this is no code: {reason}") from reason


def wait_for_key(
    hub: Hub,
    address: str,
    offer: Offer,
    clock: Callable[[], float] = monotonic,
    pause: Callable[[float], None] = sleep,
) -> Pairing:
    """Ask politely until somebody has typed the code; raise CodeExpired, PairingDenied or NoReply.

    A hub that is away or busy for a moment is asked again; only its own word ends the waiting.
    """
    interval, give_up = offer.interval, clock() + offer.expires_in
    while clock() < give_up:
        pause(interval)
        try:
            return _pairing(address, hub.post(PAIRING_KEY_PATH, {"device_code": offer.device_code}))
        except NoReply as reason:
            interval += _more(reason)
    raise CodeExpired(offer.code)


def _more(reason: NoReply) -> float:
    """Return the seconds to wait longer after a reply that was no key; raise where there will be none."""
    if reason.code == "authorization_pending":
        return 0.0
    if reason.code == "expired_token":
        raise CodeExpired from reason
    if reason.code == "access_denied":
        raise PairingDenied from reason
    if reason.code == "slow_down" or reason.trouble in _PASSING:
        return MORE_PATIENCE
    raise reason


_PASSING = (Trouble.OFFLINE, Trouble.TIMED_OUT, Trouble.BUSY, Trouble.HUB_FAILED)


def _pairing(address: str, document: Any) -> Pairing:
    try:
        return Pairing.from_document({**document, "hub": address})
    except (KeyError, TypeError, ValueError) as reason:
        raise NoReply(Trouble.NOT_THE_HUB, f"this is no key: {reason}") from reason
