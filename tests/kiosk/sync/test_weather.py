"""Whatever the network does: nothing is lost, and nothing is delivered without a hub's verdict."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from common.wire import SYNC_PATH, Code
from kiosk.config import Config
from kiosk.storage.outbox import State
from kiosk.sync import Trouble
from tests.kiosk.sync.conftest import sync
from tests.support.answers import a_response, an_id
from tests.support.kiosk import Kiosk, a_pairing
from tests.support.misbehaving_hub import (
    Call,
    MisbehavingHub,
    Weather,
    at_most,
    behave,
    dislike,
    drip,
    forget_half,
    hang_up,
    name_others,
    problem,
    replies,
    store_and_break_off,
    store_and_dawdle,
    store_and_say_nothing,
)


def check(kiosk: Kiosk, hub: MisbehavingHub) -> None:
    """See that the kiosk believes nothing about the hub that is not so."""
    kiosk.totals()
    believed = {kept.response.id for kept in kiosk.kept() if kept.state is State.DELIVERED}
    assert believed <= hub.stored.keys()


WEATHER: dict[str, tuple[Weather, Trouble]] = {
    "a log-in page": (replies(200), Trouble.NOT_THE_HUB),
    "an empty page": (replies(200, b""), Trouble.NOT_THE_HUB),
    "another document": (replies(200, b'{"ok": true}', "application/json"), Trouble.NOT_THE_HUB),
    "a list": (replies(200, b"[]", "application/json"), Trouble.NOT_THE_HUB),
    "deep nesting": (replies(200, b"[" * 10**5, "application/json"), Trouble.NOT_THE_HUB),
    "a page too long": (replies(200, bytes(9 * 2**20)), Trouble.NOT_THE_HUB),
    "created": (replies(201, b"{}", "application/json"), Trouble.NOT_THE_HUB),
    "no content": (replies(204, b""), Trouble.NOT_THE_HUB),
    "a redirect": (replies(302, b"", Location="http://localhost:9/"), Trouble.NOT_THE_HUB),
    "a permanent redirect": (replies(308, b"", Location="http://localhost:9/"), Trouble.NOT_THE_HUB),
    "unmodified": (replies(304, b""), Trouble.NOT_THE_HUB),
    "a proxy's 401": (replies(401), Trouble.NOT_THE_HUB),
    "a proxy's 403": (replies(403), Trouble.NOT_THE_HUB),
    "a proxy's 404": (replies(404), Trouble.NOT_THE_HUB),
    "a proxy's 407": (replies(407), Trouble.NOT_THE_HUB),
    "gone": (replies(410), Trouble.NOT_THE_HUB),
    "an unknown device": (problem(401, "unknown_device"), Trouble.UNKNOWN_DEVICE),
    "a revoked device": (problem(403, "revoked_device"), Trouble.REVOKED_DEVICE),
    "a batch refused": (problem(400, "bad_batch"), Trouble.REFUSED),
    "a later protocol": (problem(400, "unspoken_protocol"), Trouble.UNSPOKEN_PROTOCOL),
    "too many requests": (replies(429, Retry_After="120"), Trouble.BUSY),
    "busy": (problem(503, "busy", Retry_After="7"), Trouble.BUSY),
    "a crash": (problem(500, "internal"), Trouble.HUB_FAILED),
    "a bad gateway": (replies(502), Trouble.HUB_FAILED),
    "a gateway's time-out": (replies(504), Trouble.HUB_FAILED),
    "always too large": (replies(413), Trouble.NOT_THE_HUB),
    "a line that is cut": (hang_up, Trouble.OFFLINE),
    "a reply lost after the commit": (store_and_say_nothing, Trouble.OFFLINE),
    "half a receipt": (store_and_break_off, Trouble.OFFLINE),
    "a reply that comes too late": (store_and_dawdle, Trouble.TIMED_OUT),
    "a reply that drips": (drip, Trouble.TIMED_OUT),
    "verdicts for half": (forget_half, Trouble.NO_VERDICT),
    "verdicts for others": (name_others, Trouble.NO_VERDICT),
}


SLOW = {"a reply that comes too late", "a reply that drips"}


def patience(name: str) -> float:
    """Return few seconds for weather that uses them up, and many on a busy machine for other weather."""
    return 0.2 if name in SLOW else 10.0


@pytest.mark.parametrize("name", WEATHER)
def test_w6_weather(paired: Kiosk, hub: MisbehavingHub, name: str) -> None:
    weather, trouble = WEATHER[name]
    given = paired.give_many(6)
    hub.always = weather
    report = sync(paired, patience(name))
    assert report.trouble is trouble, report.detail
    check(paired, hub)
    assert paired.totals().quarantined == 0
    assert paired.ask(lambda s: s.last_sync()).trouble == trouble.value
    hub.always = None
    for _ in range(2):
        report = sync(paired)
        check(paired, hub)
    assert report.trouble is None, report.detail
    assert paired.totals().delivered == 6
    assert hub.stored.keys() == {response.id for response in given}


@settings(max_examples=25, deadline=None)
@example(["verdicts for half", "verdicts for half", "a batch refused"])
@given(some.lists(some.sampled_from([*WEATHER, "sunshine", "a kill", "more answers"]), max_size=8))
def test_w6_any_weather_loses_nothing_and_delivers_nothing_unheard(
    tmp_path_factory: pytest.TempPathFactory, running: MisbehavingHub, sequence: list[str]
) -> None:
    for name, value in vars(MisbehavingHub(address=running.address)).items():
        setattr(running, name, value)
    config = Config(tmp_path_factory.mktemp("weather"), batch=4)
    kiosk, count = Kiosk(config), 6
    kiosk.ask(lambda s: s.pair(a_pairing(running.address)))
    kiosk.give_many(count)
    for name in sequence:
        if name == "more answers":
            kiosk.give_many(3, first=count + 1)
            count += 3
        if name == "a kill":
            kiosk.close()
            kiosk = Kiosk(config)
        running.weather.clear()
        if name in WEATHER:
            running.weather.append(WEATHER[name][0])
        sync(kiosk, patience(name))
        check(kiosk, running)
        assert kiosk.totals().given == count
    running.weather.clear()
    assert sync(kiosk).trouble is None
    assert (kiosk.totals().delivered, len(running.stored)) == (count, count)
    kiosk.close()


def test_w2_after_a_lost_reply_the_same_answers_are_duplicates(paired: Kiosk, hub: MisbehavingHub) -> None:
    paired.give_many(5)
    hub.weather.append(store_and_say_nothing)
    assert sync(paired).delivered == 0
    report = sync(paired)
    assert (report.delivered, report.duplicates, report.waiting) == (5, 5, 0)
    assert [batch.items for batch in hub.batches] == [hub.batches[0].items] * 2


@pytest.mark.parametrize("weather", [replies(413), problem(413, "too_large"), store_and_dawdle])
def test_w4_batches_shrink_until_they_pass(paired: Kiosk, hub: MisbehavingHub, weather: Weather) -> None:
    paired.give_many(40)
    hub.always = at_most(10, weather)
    report = sync(paired, 1.0 if weather is store_and_dawdle else 10.0)
    assert (report.trouble, report.delivered, report.waiting) == (None, 40, 0)
    assert paired.ask(lambda s: s.last_sync()).batch == 10, "the next sync does not try 40 again"
    asked = [path for path, _ in hub.calls if path == SYNC_PATH]
    assert len(asked) <= 1 + 1 + 1 + 4, "40, perhaps an empty one, 20, and four of 10"


def test_batches_grow_again_after_a_good_sync(paired: Kiosk, hub: MisbehavingHub) -> None:
    paired.give_many(8)
    hub.always = at_most(2, replies(413))
    sync(paired)
    hub.always = None
    sizes = []
    for _ in range(9):
        sync(paired)
        sizes.append(paired.ask(lambda s: s.last_sync()).batch)
    assert sizes == [4, 8, 16, 32, 64, 128, 256, 500, 500]


@pytest.mark.parametrize("bad", [1, 17, 40])
@pytest.mark.parametrize("code", ["bad_batch", "too_large"])
def test_w4_one_bad_answer_holds_up_no_other(paired: Kiosk, hub: MisbehavingHub, bad: int, code: str) -> None:
    paired.give_many(40)
    hub.always = dislike(an_id(bad), problem(413 if code == "too_large" else 400, code))
    report = sync(paired)
    assert (report.delivered, report.refused, report.trouble) == (39, 1, Trouble.REFUSED)
    kept = {kept.response.id: kept for kept in paired.kept()}
    assert (kept[an_id(bad)].state, kept[an_id(bad)].refusal) == (State.QUARANTINED, code)
    assert sync(paired).trouble is None


@pytest.mark.parametrize("weather", [replies(400), replies(403), replies(406), problem(500, "internal")])
def test_w4_an_answer_that_only_a_proxy_or_a_crash_stops_waits_while_the_others_pass(
    paired: Kiosk, hub: MisbehavingHub, weather: Weather
) -> None:
    paired.give_many(20)
    hub.always = dislike(an_id(7), weather)
    report = sync(paired)
    assert (report.delivered, report.refused, report.waiting) == (19, 0, 1)
    assert report.trouble in (Trouble.NOT_THE_HUB, Trouble.HUB_FAILED)
    hub.always = None
    assert sync(paired).delivered == 1


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_hub_that_is_down_is_not_asked_about_every_answer(
    paired: Kiosk, hub: MisbehavingHub, status: int
) -> None:
    paired.give_many(300)
    hub.always = replies(status)
    sync(paired)
    assert len(hub.calls) == 2, "the batch, and an empty one that tells what is wrong"


def test_w3_refused_answers_stay_with_their_reason(paired: Kiosk, hub: MisbehavingHub) -> None:
    codes = {an_id(2): Code.BAD_COMMENT, an_id(5): Code.UNKNOWN_SURVEY}
    hub.refuses = lambda item: codes.get(item.response.id)
    paired.give_many(6)
    report = sync(paired)
    assert (report.delivered, report.refused, report.waiting, report.trouble) == (4, 2, 0, None)
    refused = {kept.response.id: kept.refusal for kept in paired.kept() if kept.refusal}
    assert refused == {identity: code.value for identity, code in codes.items()}
    sync(paired)
    assert len(hub.batches[-1].items) == 0, "quarantined answers are not sent again"


def test_w5_the_same_id_with_another_body_is_kept_apart(paired: Kiosk, hub: MisbehavingHub) -> None:
    hub.stored[an_id(1)] = b"what another device sent"
    paired.give_many(2)
    sync(paired)
    assert [(kept.state, kept.refusal) for kept in paired.kept()] == [
        (State.QUARANTINED, "answer_changed"),
        (State.DELIVERED, None),
    ]


def test_w10_what_the_hub_lost_is_sent_again_once(paired: Kiosk, hub: MisbehavingHub) -> None:
    paired.give_many(10)
    sync(paired)
    hub.stored.clear()
    hub.receipt = replace(hub.receipt, missing=((3, 5), (9, 10**9)))
    report = sync(paired)
    assert (report.delivered, report.waiting, report.trouble) == (5, 0, None)
    assert hub.stored.keys() == {an_id(number) for number in (3, 4, 5, 9, 10)}
    sent = [item.sequence for batch in hub.batches[1:] for item in batch.items]  # type: ignore[union-attr]
    assert sent == [3, 4, 5, 9, 10], "a hub that goes on naming them is not believed for ever"


def test_an_answer_given_during_a_sync_goes_with_it(paired: Kiosk, hub: MisbehavingHub) -> None:
    paired.give_many(3)

    def give_another(call: Call) -> None:
        paired.give(a_response(4))
        behave(call)

    hub.weather.append(give_another)
    report = sync(paired)
    assert (report.delivered, report.waiting) == (4, 0)


def test_w10_totals_and_health_travel_with_every_batch(paired: Kiosk, hub: MisbehavingHub) -> None:
    paired.give_many(3)
    hub.refuses = lambda item: Code.BAD_SCORE if item.sequence == 2 else None
    hub.ahead = timedelta(hours=1)
    sync(paired)
    sync(paired)
    first, second = hub.batches[0], hub.batches[-1]
    assert (first.totals.given, first.totals.waiting, first.health.offset) == (3, 3, None)
    assert (second.totals.delivered, second.totals.quarantined, second.totals.waiting) == (2, 1, 0)
    assert second.health.offset == pytest.approx(3_600_000, abs=2000)
    assert (second.health.app, second.health.survey) == ("0.1.0", 2)
    assert second.health.free_disk > 0


def test_a_backlog_larger_than_a_batch_is_drained_in_one_sync(paired: Kiosk, hub: MisbehavingHub) -> None:
    paired.give_many(1203)
    report = sync(paired)
    assert (report.delivered, report.waiting) == (1203, 0)
    assert [len(batch.items) for batch in hub.batches] == [500, 500, 203]
    assert hub.batches[0].items[0].sequence == 1  # type: ignore[union-attr]


def test_an_unpaired_kiosk_keeps_its_answers(kiosk: Kiosk) -> None:
    kiosk.give_many(2)
    assert sync(kiosk).trouble is Trouble.NOT_PAIRED
    assert kiosk.totals().waiting == 2


def test_a_hub_that_is_not_there_is_said(kiosk: Kiosk) -> None:
    kiosk.give_many(2)
    for address in ("http://localhost:9", "http://no-such-host.invalid"):
        pairing = a_pairing(address).to_document()
        kiosk.ask(lambda s, pairing=pairing: s.settings.put("pairing", pairing))  # type: ignore[misc]
        assert sync(kiosk).trouble is Trouble.OFFLINE
    assert kiosk.ask(lambda s: s.outbox.tallies())[0].total == 2


def test_w13_the_report_carries_the_hubs_pace(paired: Kiosk, hub: MisbehavingHub) -> None:
    report = sync(paired)
    assert (report.next_sync, report.retry_after) == (60.0, None)
    hub.always = problem(503, "busy", Retry_After="7")
    assert sync(paired).retry_after == 7.0
    hub.always = problem(503, "busy", Retry_After="Wed, 21 Oct 2015 07:28:00 GMT")
    assert sync(paired).retry_after == 0.0
    hub.always = problem(503, "busy", Retry_After="9" * 30)
    assert sync(paired).retry_after == 86400.0
    hub.always = problem(503, "busy", Retry_After="soon")
    assert sync(paired).retry_after is None


@pytest.mark.parametrize("status", [302, 429, 503, 511])
def test_w13_nobody_but_the_hub_sends_the_kiosk_away_for_a_day(
    paired: Kiosk, hub: MisbehavingHub, status: int
) -> None:
    hub.always = replies(status, Retry_After="86400")
    report = sync(paired)
    assert (report.trouble is None, report.retry_after) == (False, None)


def test_a_storage_that_fails_is_a_report_too(paired: Kiosk) -> None:
    paired.close()
    assert sync(paired).trouble is Trouble.STORAGE


def test_a_mistake_of_the_program_is_a_report_too_and_is_remembered(paired: Kiosk) -> None:
    paired.ask(
        lambda s: s.settings.put("last_sync", {"contact": None, "trouble": None, "offset": 0, "batch": "ten"})
    )
    assert sync(paired).trouble is Trouble.FAILED
    assert paired.ask(lambda s: s.last_sync()).trouble == "failed"


def test_two_syncs_at_once_come_one_after_the_other(paired: Kiosk, hub: MisbehavingHub) -> None:
    paired.give_many(200)
    other = Kiosk(paired.config, alone=False)
    threads = [Thread(target=sync, args=[kiosk]) for kiosk in (paired, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(batch.items) for batch in hub.batches] == [200, 0]
    other.close()
