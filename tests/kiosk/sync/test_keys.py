"""Keys that change, on the kiosk: whatever reply is lost, and wherever it is killed, it gets through."""

import os
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from itertools import product

import pytest

from common.sealing import key_id, new_private_key, public_key
from common.wire import SURVEY_PATH, NewKeys
from kiosk.config import Config
from kiosk.storage.keys import LONGEST_VISIT
from kiosk.sync import SyncReport, Trouble
from kiosk.sync.once import sync_once
from tests.kiosk.sync.conftest import sync
from tests.support.answers import a_response
from tests.support.contacts import reachable
from tests.support.kiosk import Kiosk, a_pairing, clock
from tests.support.misbehaving_hub import (
    PUBLIC_KEY,
    Call,
    MisbehavingHub,
    behave,
    problem,
    store_and_say_nothing,
)

SECOND = public_key(new_private_key())


def digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()


@dataclass
class Doorkeeper:
    """Lets in by keys as a hub does. loses says of each request from now on whether its reply is lost."""

    good: str
    offered: str | None = None
    renew: bool = False
    shown: list[str] = field(default_factory=list)
    loses: Sequence[bool] = ()
    then: Callable[[Call], None] = behave

    def __call__(self, call: Call) -> None:
        key = digest(call.headers["Authorization"].removeprefix("Bearer "))
        self.shown.append(key)
        if key == self.offered:
            self.good, self.offered, self.renew = key, None, False
        if key != self.good:
            problem(401, "unknown_device")(call)
            return
        keys = call.batch().keys
        following = keys.following if keys else None
        self.offered = following or self.offered
        said = NewKeys(following=following, renew=self.renew and not following)
        call.hub.receipt = replace(call.hub.receipt, keys=said)
        lost, self.loses = any(self.loses[:1]), self.loses[1:]
        (store_and_say_nothing if lost else self.then)(call)


@pytest.fixture
def door(paired: Kiosk, hub: MisbehavingHub) -> Doorkeeper:
    door = Doorkeeper(digest(a_pairing().device_key))
    hub.always = door
    return door


def key_of(kiosk: Kiosk) -> str:
    """Return the hash of the device key that the kiosk shows."""
    pairing = kiosk.ask(lambda s: s.pairing())
    assert pairing
    return digest(pairing.device_key)


def sync_after(kiosk: Kiosk, hub: MisbehavingHub, days: float) -> SyncReport:
    """Sync with a hub whose clock is so many days ahead."""
    hub.ahead = timedelta(days=days)
    return sync(kiosk)


def test_w18_the_hubs_wish_is_granted_at_the_next_syncs(paired: Kiosk, door: Doorkeeper) -> None:
    door.renew, first = True, door.good
    for _ in range(4):
        assert sync(paired).trouble is None
    second = key_of(paired)
    assert second != first
    assert door.shown == [first, first, second, second]
    assert (door.good, door.renew) == (second, False)


def test_w18_a_key_is_changed_by_itself_after_some_months(
    paired: Kiosk, hub: MisbehavingHub, door: Doorkeeper
) -> None:
    first = door.good
    for days in (0, 89, 91, 91, 91):
        assert sync_after(paired, hub, days).trouble is None
    second = key_of(paired)
    assert door.shown == [first] * 4 + [second]
    for days in (179, 182, 182, 182):
        sync_after(paired, hub, days)
    assert key_of(paired) not in (first, second)


def test_w18_a_devices_clock_that_jumps_changes_no_key(paired: Kiosk, door: Doorkeeper) -> None:
    for days in (0, 400, 0, -9000, 400):
        sync_once(paired.thread, paired.config, lambda: clock() + timedelta(days=days))  # noqa: B023
    assert len({*door.shown}) == 1


def test_w18_a_key_of_a_time_that_is_yet_to_come_begins_its_age_anew(
    paired: Kiosk, hub: MisbehavingHub, door: Doorkeeper
) -> None:
    for days in (9000, 0, 89, 91, 91, 91):
        assert sync_after(paired, hub, days).trouble is None
    assert len({*door.shown}) == 2


@pytest.mark.parametrize("loses", list(product((False, True), repeat=5)))
def test_w18_whichever_replies_are_lost_nobody_is_locked_out(
    paired: Kiosk, door: Doorkeeper, loses: tuple[bool, ...]
) -> None:
    door.renew, first, door.loses = True, door.good, loses
    config = replace(paired.config, read_timeout=2.0)
    for number in range(9):
        paired.give(a_response(number + 1))
        assert sync_once(paired.thread, config, clock).trouble is not Trouble.UNKNOWN_DEVICE
    assert door.good == key_of(paired) != first
    assert paired.totals().delivered == 9


def test_w18_wherever_it_is_killed_it_goes_on(paired: Kiosk, hub: MisbehavingHub, door: Doorkeeper) -> None:
    door.renew, first = True, door.good
    sync(paired)
    config = paired.config
    paired.close()
    for _ in range(2):  # when the new key is offered, and when it is shown for the first time
        program = start(config)
        door.then = lambda call, pid=program.pid: kill(call, pid)  # type: ignore[misc]
        assert program.wait(60) == -signal.SIGKILL
        door.then = behave
        if door.good == first:
            assert start(config).wait(60) == 0
    assert start(config).wait(60) == 0
    again = Kiosk(config)
    assert door.good == key_of(again) != first
    again.close()


def start(config: Config) -> "subprocess.Popen[bytes]":
    """Start a sync in a process of its own."""
    return subprocess.Popen([sys.executable, "-m", "kiosk", "--data", str(config.data), "sync"])


def kill(call: Call, pid: int) -> None:
    """Store everything, and kill the kiosk before it hears of it."""
    call.hub.store(call.batch())
    os.kill(pid, signal.SIGKILL)


def test_w18_a_hub_that_was_restored_knows_the_former_key(paired: Kiosk, door: Doorkeeper) -> None:
    door.renew, first = True, door.good
    for _ in range(3):
        sync(paired)
    second = key_of(paired)
    door.good, door.offered = first, None
    for _ in range(3):
        assert sync(paired).trouble is None
    assert (key_of(paired), door.good) == (second, second)


def test_w18_a_tablet_that_was_restored_while_its_key_changed_knows_the_next(
    paired: Kiosk, door: Doorkeeper
) -> None:
    door.renew, door.loses = True, (False, True)
    sync(paired)
    sync(paired)
    next_key = door.offered
    assert next_key
    door.good, door.offered = next_key, None
    assert sync(paired).trouble is None
    assert key_of(paired) == next_key


def test_w18_a_hub_that_knows_no_key_is_told_apart_from_one_that_is_away(
    paired: Kiosk, door: Doorkeeper, hub: MisbehavingHub
) -> None:
    door.renew, first = True, door.good
    for _ in range(3):
        sync(paired)
    second = key_of(paired)
    door.good = "nobody's"
    assert sync(paired).trouble is Trouble.UNKNOWN_DEVICE
    assert door.shown[-2:] == [second, first]
    hub.weather.extend([problem(401, "unknown_device"), store_and_say_nothing])
    door.good = second
    assert sync(paired).trouble is Trouble.OFFLINE
    assert key_of(paired) == second


def test_w18_a_hub_from_before_changes_no_key(paired: Kiosk, hub: MisbehavingHub) -> None:
    for days in (0, 91, 92, 93):
        assert sync_after(paired, hub, days).trouble is None
    offered = [batch.keys.following for batch in hub.batches[2:] if batch.keys]
    assert len({*offered}) == 1
    assert key_of(paired) == digest(a_pairing().device_key)


def test_w18_pairing_anew_forgets_all_keys(paired: Kiosk, door: Doorkeeper, hub: MisbehavingHub) -> None:
    door.renew = True
    for _ in range(3):
        sync(paired)
    paired.ask(lambda s: s.pair(a_pairing(hub.address, device_key="another")))
    assert paired.ask(lambda s: s.keys.known()) == ["another"]


def sealing(hub: MisbehavingHub) -> tuple[str, ...]:
    """Return the keys for contact details that the last batch named."""
    keys = hub.batches[-1].keys
    assert keys
    return keys.sealing


def change(hub: MisbehavingHub, key: bytes) -> None:
    """Let the hub seal to another key from now on."""
    hub.survey = hub.survey | {"public_key": b64encode(key).decode()}
    hub.receipt = replace(hub.receipt, keys=NewKeys(sealing=key_id(key)), survey=hub.receipt.survey + 1)


def test_w17_the_key_that_the_hub_names_is_fetched(paired: Kiosk, hub: MisbehavingHub) -> None:
    first = paired.ask(lambda s: s.keys.seals_to)
    sync(paired)
    assert sealing(hub) == (first,)
    hub.survey = hub.survey | {"public_key": b64encode(SECOND).decode()}
    hub.receipt = replace(hub.receipt, keys=NewKeys(sealing=key_id(SECOND)))
    hub.calls.clear()
    paired.ask(lambda s: s.settings.put("survey", s.settings.get("survey") | {"tag": "of another document"}))
    sync(paired)
    assert any(path == SURVEY_PATH for path, _ in hub.calls)
    assert paired.ask(lambda s: s.snapshot().public_key) == SECOND
    hub.calls.clear()
    sync(paired)
    assert not any(path == SURVEY_PATH for path, _ in hub.calls)


def test_w17_a_key_is_named_while_something_unsent_is_sealed_with_it(
    paired: Kiosk, hub: MisbehavingHub
) -> None:
    sync(paired)
    paired.give(reachable(1, PUBLIC_KEY))
    change(hub, SECOND)
    hub.weather.append(store_and_say_nothing)
    sync(paired)
    assert sealing(hub) == (key_id(PUBLIC_KEY),)
    sync(paired)
    later = clock() + LONGEST_VISIT
    sync_once(paired.thread, paired.config, clock)
    assert sealing(hub) == (key_id(SECOND), key_id(PUBLIC_KEY)), "a customer may be in the middle of a visit"
    paired.give(reachable(2, PUBLIC_KEY))
    sync_once(paired.thread, paired.config, lambda: later)
    assert sealing(hub) == (key_id(SECOND), key_id(PUBLIC_KEY)), "that customer was"
    sync_once(paired.thread, paired.config, lambda: later)
    assert sealing(hub) == (key_id(SECOND),)
