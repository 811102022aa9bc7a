"""The manager's numbers."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from common.nps import Weight
from common.responses import Consent, SealedContact
from kiosk.results import Check, Overview, Span, keep_check, overview, results_document
from kiosk.storage.last_sync import LastSync
from tests.support.answers import NOON, a_response
from tests.support.kiosk import Kiosk, a_pairing

ROME = ZoneInfo("Europe/Rome")
CONTACT = SealedContact("key", bytes(60), Consent("standard-1", "it", NOON))


def seen(kiosk: Kiosk, now: datetime = NOON) -> Overview:
    return kiosk.ask(lambda s: overview(s, now))


def test_a_new_kiosk_has_no_answers_yet(kiosk: Kiosk) -> None:
    found = seen(kiosk)
    assert [period.span for period in found.periods] == [Span.TODAY, Span.WEEK, Span.MONTH]
    assert all((p.score, p.weight, p.wanted) == (None, Weight.NONE, 10) for p in found.periods)
    assert (found.comments, found.last_sync, found.last_error, found.paired) == ((), None, None, False)


def test_days_begin_at_the_stores_midnight_whatever_the_device_thinks(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    now = datetime(2026, 3, 31, 10, tzinfo=UTC)
    midnight = datetime(2026, 3, 31, tzinfo=ROME)
    days_ago = {1: 1, 2: 6, 3: 7, 4: 29, 5: 30}
    moments = {0: midnight, 6: midnight - timedelta(seconds=1), 7: midnight + timedelta(days=1)}
    moments |= {n: midnight - timedelta(days=days) for n, days in days_ago.items()}
    kiosk.give(*(a_response(n, score=n, given_at=m.astimezone(UTC)) for n, m in moments.items()))
    today, week, month = (p.tally.counts for p in seen(kiosk, now).periods)
    assert [n for n in range(11) if today[n]] == [0]
    assert [n for n in range(11) if week[n]] == [0, 1, 2, 6]
    assert [n for n in range(11) if month[n]] == [0, 1, 2, 3, 4, 6]


def test_a_day_of_25_hours_is_one_day(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    first = datetime(2026, 10, 25, 0, 0, tzinfo=ROME)
    last = datetime(2026, 10, 25, 23, 59, tzinfo=ROME)
    kiosk.give(a_response(1, given_at=first), a_response(2, given_at=last))
    assert (last.astimezone(UTC) - first.astimezone(UTC)) > timedelta(hours=24)
    assert seen(kiosk, last).periods[0].tally.total == 2


def test_a_score_says_how_far_it_carries_and_flagged_answers_are_apart(kiosk: Kiosk) -> None:
    for number in range(4):
        kiosk.give(a_response(number, score=10))
    kiosk.give(a_response(9, score=0, flags=("burst",)))
    today = seen(kiosk).periods[0]
    assert (today.tally.total, today.flagged, today.weight, today.wanted) == (4, 1, Weight.TOO_FEW, 6)
    assert today.score
    assert today.score.points == 100


def test_the_newest_remarks_come_first_without_contact_details(kiosk: Kiosk) -> None:
    for number in range(1, 31):
        moment = NOON + timedelta(minutes=number)
        kiosk.give(a_response(number, given_at=moment, comment=f"remark {number}", contact=CONTACT))
    kiosk.give(a_response(31, given_at=NOON + timedelta(hours=1)))
    kiosk.give(a_response(32, given_at=NOON + timedelta(hours=2), reasons=("staff",)))
    comments = seen(kiosk).comments
    assert [c.comment for c in comments] == ["", *(f"remark {n}" for n in range(30, 11, -1))]
    assert comments[0].reasons == ("staff",)
    assert not hasattr(comments[1], "contact")


def test_it_tells_how_the_sync_goes_and_what_broke(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.note_sync(LastSync(contact=NOON, trouble="offline")))
    (kiosk.config.data / "kiosk-20260329T120000.broken").write_bytes(b"")
    found = seen(kiosk)
    assert (found.last_sync, found.last_error) == (NOON, "offline")
    assert found.broken_files == ("kiosk-20260329T120000.broken",)


def test_the_document_counts_everything_and_rounds_nothing(kiosk: Kiosk) -> None:
    kiosk.give_many(22)
    document = kiosk.ask(lambda s: results_document(s, NOON))
    assert [document[name] for name in ("given", "delivered", "waiting", "quarantined")] == [22, 0, 22, 0]
    score = document["score"]
    assert (score["received"], score["counted"], score["promoters"], score["detractors"]) == (22, 22, 4, 14)
    assert score["nps"] == pytest.approx(-1000 / 22)
    assert score["low"] < score["nps"] < score["high"]
    assert document["periods"].keys() == {"today", "7 days", "30 days"}


def test_the_document_of_a_new_kiosk_is_null_where_nobody_answered(kiosk: Kiosk) -> None:
    document = kiosk.ask(lambda s: results_document(s, NOON))
    assert [document["score"][name] for name in ("nps", "low", "high")] == [None, None, None]
    assert (document["oldest_waiting"], document["last_sync"]) == (None, None)


def test_today_stands_beside_the_same_weekday_by_this_time(kiosk: Kiosk) -> None:
    weeks_ago = {1: 4, 2: 2, 3: 9}
    number = 0
    for weeks, count in weeks_ago.items():
        for minute in range(count):
            number += 1
            kiosk.give(
                a_response(number, score=9, given_at=NOON - timedelta(weeks=weeks, minutes=minute + 1))
            )
        number += 1
        kiosk.give(a_response(number, score=0, given_at=NOON - timedelta(weeks=weeks, hours=-1)))
    kiosk.give(a_response(90, score=9), a_response(91, score=0, flags=("burst",)))
    assert seen(kiosk, NOON + timedelta(seconds=1)).today.usual is None, "the first day was not a whole one"
    kiosk.give(a_response(99, score=9, given_at=NOON - timedelta(weeks=3, days=1)))
    today = seen(kiosk, NOON + timedelta(seconds=1)).today
    assert (today.answers, today.weekday, today.usual) == (1, 6, 4)
    assert today.lately.total == 4 + 2 + 9 + 3 + 1


def test_the_trend_goes_by_days_and_weeks_to_today(kiosk: Kiosk) -> None:
    kiosk.ask(lambda s: s.pair(a_pairing()))
    days_ago = (0, 6, 7, 27, 28, 90, 91)
    kiosk.give(*(a_response(n, score=n, given_at=NOON - timedelta(days=days_ago[n])) for n in range(7)))
    found = seen(kiosk)
    assert [len(found.days), len(found.weeks)] == [28, 13]
    assert [found.days[at].tally.total for at in (-1, -7, -8, 0)] == [1, 1, 1, 1]
    assert sum(step.tally.total for step in found.days) == 4
    assert [found.weeks[at].tally.total for at in (-1, -2, -4, -5, 0)] == [2, 1, 1, 1, 1]
    # Summer time begins on the last day: every step still begins at a midnight of the store.
    assert {step.since.hour for step in found.days + found.weeks} == {0}
    assert found.days[-1].since == datetime(2026, 3, 29, tzinfo=ROME)


def test_reasons_are_counted_by_segment(kiosk: Kiosk) -> None:
    given = {1: (0, ("price",)), 2: (7, ("price", "staff")), 3: (10, ("staff",)), 4: (9, ("staff",))}
    kiosk.give(*(a_response(n, score=score, reasons=reasons) for n, (score, reasons) in given.items()))
    kiosk.give(a_response(5, score=0, reasons=("price",), flags=("sweep",)))
    assert seen(kiosk).periods[-1].reasons == {"price": (1, 1, 0), "staff": (0, 1, 2)}


def test_an_installation_check_is_kept_with_its_date(kiosk: Kiosk) -> None:
    assert seen(kiosk).check is None
    check = Check(NOON, {"height": True, "light": False})
    kiosk.ask(lambda s: keep_check(s, check))
    assert seen(kiosk).check == check


def test_doubted_answers_and_the_names_of_reasons_are_there(kiosk: Kiosk) -> None:
    kiosk.give(a_response(1, score=3, flags=("burst",)), a_response(2, score=4))
    found = seen(kiosk)
    assert [(each.score, each.flags) for each in found.doubted] == [(3, ("burst",))]
    assert found.labels["it"]["waiting"] == "Tempi di attesa"
    assert found.free_disk
