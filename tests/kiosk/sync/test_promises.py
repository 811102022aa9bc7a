"""The kiosk's side of promises that the hub's tests alone cannot keep."""

from dataclasses import replace
from datetime import timedelta

import pytest

from common.wire import Numbered, receipt_document
from kiosk.storage.outbox import State
from kiosk.sync import Trouble
from tests.kiosk.sync.conftest import sync
from tests.support.answers import NOON, a_response, an_id
from tests.support.kiosk import Kiosk
from tests.support.misbehaving_hub import Call, MisbehavingHub, problem


def backwards(call: Call) -> None:
    """Store everything, and name it in the receipt in the other direction."""
    receipt = call.hub.store(call.batch())
    call.send_json(receipt_document(replace(receipt, verdicts=receipt.verdicts[::-1])))


def from_the_future(call: Call) -> None:
    """Store everything, and give a receipt of a protocol that nobody speaks yet."""
    call.send_json(receipt_document(call.hub.store(call.batch())) | {"protocol": 3})


def sent(hub: MisbehavingHub) -> list[Numbered]:
    """Return every response that reached the hub, in the order in which they came."""
    return [item for batch in hub.batches for item in batch.items if isinstance(item, Numbered)]


def test_w7_a_receipt_names_responses_by_their_ids_whatever_its_order(
    paired: Kiosk, hub: MisbehavingHub
) -> None:
    hub.stored[an_id(1)] = b"what another device sent"
    paired.give_many(3)
    hub.weather.append(backwards)
    assert sync(paired).refused == 1
    states = {kept.response.id: kept.state for kept in paired.kept()}
    assert states == {
        an_id(1): State.QUARANTINED,
        an_id(2): State.DELIVERED,
        an_id(3): State.DELIVERED,
    }


@pytest.mark.parametrize("ahead", [timedelta(hours=-5), timedelta(days=400)])
def test_w8_times_travel_as_the_device_saw_them_however_wrong_its_clock_is(
    paired: Kiosk, hub: MisbehavingHub, ahead: timedelta
) -> None:
    hub.ahead = ahead
    times = [NOON, NOON + timedelta(hours=1)]
    for number, given_at in enumerate(times, 1):
        paired.give(a_response(number, given_at=given_at))
        sync(paired)
    assert [item.response.given_at for item in sent(hub)] == times
    measured = hub.batches[-1].health.offset
    assert measured == pytest.approx(ahead.total_seconds() * 1000, abs=5000), "told, and left to the hub"


def test_w9_a_hub_that_speaks_another_version_is_waited_for(paired: Kiosk, hub: MisbehavingHub) -> None:
    paired.give_many(40)
    hub.always = problem(400, "unspoken_protocol")
    assert sync(paired).trouble is Trouble.UNSPOKEN_PROTOCOL
    assert len(hub.calls) == 1, "no part of the batch would fare better"
    totals = paired.totals()
    assert (totals.waiting, totals.quarantined) == (40, 0)
    hub.always = None
    assert sync(paired).delivered == 40


def test_w9_a_receipt_of_another_version_delivers_nothing(paired: Kiosk, hub: MisbehavingHub) -> None:
    paired.give_many(2)
    hub.always = from_the_future
    report = sync(paired)
    assert (report.delivered, report.waiting) == (0, 2)
    assert {kept.state for kept in paired.kept()} == {State.WAITING}
