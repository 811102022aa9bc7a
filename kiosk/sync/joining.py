"""Pairing from the window: a code, the wait for somebody at the hub, and what is kept; outcomes are data."""

import secrets
from collections.abc import Callable
from threading import Event

from kiosk.config import Config
from kiosk.storage.pairing import Pairing
from kiosk.storage.pin import set_pin
from kiosk.storage.store import Storage
from kiosk.storage.thread import StorageThread
from kiosk.sync import Ending, Joined
from kiosk.sync.noreply import NoReply
from kiosk.sync.pairing import CodeExpired, Offer, PairingDenied, TooManyPairings, ask_for_code, wait_for_key
from kiosk.sync.transport import BadHubAddress, Hub, Timeouts, Trust, clean_address


class _GivenUp(Exception):
    """Nobody waits for the outcome any more."""


def keep(storage: Storage, pairing: Pairing, pin: str | None) -> str | None:
    """Keep a pairing and the manager's PIN; return a PIN that was made up because there was none."""
    fresh = None
    if pin is None and storage.settings.get("pin") is None:
        fresh = pin = f"{secrets.randbelow(10**6):06}"
    with storage.together():
        if pin is not None:
            set_pin(storage.settings, pin)
        storage.pair(pairing)
    return fresh


def join(storage: StorageThread, config: Config, tell: Callable[[Offer], None], given_up: Event) -> Joined:
    """Ask for a code, tell it, and wait until somebody has typed it at the hub, or given_up is set."""

    def pause(seconds: float) -> None:
        if given_up.wait(seconds):
            raise _GivenUp

    trust = Trust(config.authority, config.pins)
    try:
        address = clean_address(config.hub)
        with Hub(address, Timeouts(config.connect_timeout, config.read_timeout), trust=trust) as hub:
            offer = ask_for_code(hub)
            tell(offer)
            pairing = wait_for_key(hub, address, offer, pause=pause)
    except BadHubAddress:
        return Joined(Ending.BAD_ADDRESS)
    except CodeExpired:
        return Joined(Ending.EXPIRED)
    except PairingDenied:
        return Joined(Ending.DENIED)
    except TooManyPairings as reason:
        return Joined(Ending.CROWDED, minutes=reason.minutes)
    except _GivenUp:
        return Joined(Ending.GIVEN_UP)
    except NoReply as reason:
        return Joined(Ending.FAILED, reason.trouble)
    fresh = storage.call(lambda s: keep(s, pairing, None)).result()
    return Joined(Ending.PAIRED, None, pairing.store_name, pairing.touchpoint, fresh)
