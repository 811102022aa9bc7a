"""Unpairing: first the tablet forgets its hub, then the hub is told if it can be reached."""

from dataclasses import dataclass

from common.wire import UNPAIRING_PATH
from kiosk.config import Config
from kiosk.storage.lock import SYNCING, held
from kiosk.storage.pairing import Pairing
from kiosk.storage.thread import StorageThread
from kiosk.sync.noreply import NoReply
from kiosk.sync.transport import Hub, Timeouts, Trust

PATIENCE = 60.0
"""Seconds to wait for the end of a sync."""


@dataclass(frozen=True, slots=True)
class Left:
    """The pairing that was, None if there was none, and whether its hub has heard that it is over."""

    pairing: Pairing | None
    told: bool


def leave(storage: StorageThread, config: Config) -> Left:
    """Belong to no hub any more; raise StillUnsent, or AlreadyHeld where a sync does not end.

    A hub that does not hear of it sees a kiosk that is silent. Asked first, it would have shut out a tablet
    that a power cut keeps from forgetting its key.
    """
    with held(config.data / SYNCING, PATIENCE):
        pairing = storage.call(lambda s: s.unpair()).result()
        return Left(pairing, pairing is not None and _tell(pairing, config))


def _tell(pairing: Pairing, config: Config) -> bool:
    timeouts = Timeouts(config.connect_timeout, config.read_timeout)
    trust = Trust(config.authority, config.pins)
    try:
        with Hub(pairing.hub, timeouts, pairing.device_key, trust) as hub:
            hub.post(UNPAIRING_PATH, {})
    except NoReply:
        return False
    return True
