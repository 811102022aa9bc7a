"""What tests of one sync may ask for: a hub that misbehaves on demand, and a kiosk that is paired with it."""

from dataclasses import replace

import pytest

from kiosk.sync import SyncReport
from kiosk.sync.once import sync_once
from tests.support.kiosk import Kiosk, a_pairing, clock
from tests.support.misbehaving_hub import MisbehavingHub


@pytest.fixture
def hub(running: MisbehavingHub) -> MisbehavingHub:
    """Return the hub as if it were new."""
    fresh = MisbehavingHub(address=running.address)
    for name, value in vars(fresh).items():
        setattr(running, name, value)
    return running


@pytest.fixture
def paired(kiosk: Kiosk, hub: MisbehavingHub) -> Kiosk:
    """Return a kiosk that is paired with the hub."""
    kiosk.ask(lambda s: s.pair(a_pairing(hub.address)))
    return kiosk


@pytest.fixture
def synced(paired: Kiosk, hub: MisbehavingHub) -> Kiosk:
    """Return a paired kiosk that has synced once, which the hub has forgotten."""
    assert sync(paired).trouble is None
    hub.calls.clear()
    return paired


def sync(kiosk: Kiosk, patience: float = 10.0) -> SyncReport:
    """Sync once, with so many seconds of patience for an answer."""
    return sync_once(kiosk.thread, replace(kiosk.config, read_timeout=patience), clock)
