"""The marks of receipts on the kiosk, and quarantined answers that are offered again after an upgrade."""

from dataclasses import replace

import pytest

from common.version import program_version
from common.wire import Code, Copy, Mark
from kiosk.storage.outbox import State
from tests.kiosk.sync.conftest import sync
from tests.support.answers import a_response
from tests.support.kiosk import Kiosk, a_pairing
from tests.support.misbehaving_hub import MisbehavingHub, store_and_say_nothing


def shown(hub: MisbehavingHub) -> list[Mark]:
    """Return the marks that the kiosk has shown."""
    return [batch.mark for batch in hub.batches if batch.mark]


def test_w16_the_kiosk_shows_the_mark_of_the_last_receipt(paired: Kiosk, hub: MisbehavingHub) -> None:
    hub.receipt = replace(hub.receipt, mark="1-one")
    sync(paired)
    sync(paired)
    first, second = shown(hub)
    assert (first.last, second.last) == (None, "1-one")
    assert first.draw != second.draw


def test_w16_until_a_receipt_is_kept_the_same_is_shown(paired: Kiosk, hub: MisbehavingHub) -> None:
    hub.receipt = replace(hub.receipt, mark="1-one")
    sync(paired)
    hub.weather.extend([store_and_say_nothing] * 2)
    for _ in range(3):
        sync(paired)
    assert len({*shown(hub)[1:]}) == 1


def test_w16_a_hub_from_before_there_were_marks_changes_none(paired: Kiosk, hub: MisbehavingHub) -> None:
    hub.receipt = replace(hub.receipt, mark="1-one")
    sync(paired)
    hub.receipt = replace(hub.receipt, mark=None)
    sync(paired)
    sync(paired)
    assert shown(hub)[1] == shown(hub)[2]
    assert shown(hub)[1].last == "1-one"


def test_w16_the_manager_is_told_of_copies(paired: Kiosk, hub: MisbehavingHub) -> None:
    hub.receipt = replace(hub.receipt, mark="1-one", copy=Copy.SHARED)
    sync(paired)
    assert paired.ask(lambda s: s.marks.copy) is Copy.SHARED
    hub.receipt = replace(hub.receipt, copy=None)
    sync(paired)
    assert paired.ask(lambda s: s.marks.copy) is None


def test_w16_a_tablet_that_is_paired_anew_begins_anew(paired: Kiosk, hub: MisbehavingHub) -> None:
    hub.receipt = replace(hub.receipt, mark="1-one", copy=Copy.SHARED)
    sync(paired)
    before = paired.ask(lambda s: s.marks.shown())
    paired.ask(lambda s: s.pair(a_pairing(hub.address, kiosk="0195d000-0000-7000-8000-000000000002")))
    after = paired.ask(lambda s: (s.marks.shown(), s.marks.copy))
    assert after[0].last is None
    assert after[0].draw != before.draw
    assert after[1] is None


def test_w16_nothing_of_a_tablet_that_is_paired_anew_goes_out_with_the_old_key(
    paired: Kiosk, hub: MisbehavingHub
) -> None:
    another = a_pairing(hub.address, kiosk="0195d000-0000-7000-8000-000000000002", device_key="another")
    hub.receipt = replace(hub.receipt, mark="1-one")

    def pair_meanwhile(_: object) -> None:
        hub.refuses = lambda _: None
        paired.ask(lambda s: s.pair(another))

    hub.refuses = pair_meanwhile
    paired.give(*(a_response(number) for number in range(1, 701)))
    assert sync(paired).trouble is None
    assert [len(batch.items) for batch in hub.batches] == [500]
    assert paired.ask(lambda s: s.marks.shown()).last is None
    assert paired.ask(lambda s: s.outbox.totals()).waiting == 700
    sync(paired)
    assert paired.ask(lambda s: s.outbox.totals()).delivered == 700


def refused_once(kiosk: Kiosk, hub: MisbehavingHub) -> None:
    """Let the hub refuse two answers, and then know better."""
    kiosk.give(a_response(1), a_response(2))
    hub.refuses = lambda _: Code.UNKNOWN_SURVEY
    assert sync(kiosk).refused == 2
    hub.refuses = lambda _: None


def test_w3_what_is_refused_is_not_sent_again_by_itself(paired: Kiosk, hub: MisbehavingHub) -> None:
    hub.receipt = replace(hub.receipt, app="1.0")
    refused_once(paired, hub)
    assert sync(paired).delivered == 0
    assert paired.totals().quarantined == 2


def test_w3_it_is_offered_again_once_the_hub_runs_another(paired: Kiosk, hub: MisbehavingHub) -> None:
    hub.receipt = replace(hub.receipt, app="1.0")
    refused_once(paired, hub)
    hub.receipt = replace(hub.receipt, app="1.1")
    assert sync(paired).delivered == 2
    assert paired.totals().quarantined == 0
    assert [kept.state for kept in paired.kept()] == [State.DELIVERED] * 2


def test_w3_what_the_new_version_refuses_too_stays_until_the_next(paired: Kiosk, hub: MisbehavingHub) -> None:
    hub.receipt = replace(hub.receipt, app="1.0")
    refused_once(paired, hub)
    hub.refuses = lambda _: Code.UNKNOWN_LANGUAGE
    hub.receipt = replace(hub.receipt, app="1.1")
    assert sync(paired).refused == 2
    assert paired.ask(lambda s: s.outbox.refusals()) == {"unknown_language": 2}
    sent = len([item for batch in hub.batches for item in batch.items])
    assert sync(paired).refused == 0
    assert len([item for batch in hub.batches for item in batch.items]) == sent


def test_w3_it_is_offered_again_once_the_kiosk_runs_another(
    paired: Kiosk, hub: MisbehavingHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused_once(paired, hub)
    assert sync(paired).delivered == 0
    monkeypatch.setattr("common.version.version", lambda _: "99.0")
    program_version.cache_clear()
    try:
        assert sync(paired).delivered == 2
    finally:
        program_version.cache_clear()
