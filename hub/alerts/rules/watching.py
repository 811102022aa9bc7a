"""One look at one kiosk: what it reports, what that says about the silence so far, and how it stands."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from hub.alerts.rules.expectation import LEARNED_FROM, Expectation, learn
from hub.alerts.rules.hours import HOUR, Hour, Shop, whole_hour
from hub.alerts.rules.silence import Silence, limit

OFFLINE_HOURS = 4.0
"""Open hours without contact that are an alarm."""

FARTHEST = timedelta(days=14)
"""How far back hours without contact are counted; more of them change nothing."""


class Standing(StrEnum):
    """As usual; silent although it reports; without contact; with too little history to expect anything."""

    USUAL = "usual"
    SILENT = "silent"
    OFFLINE = "offline"
    LEARNING = "learning"


class Ending(StrEnum):
    """What ended an alarm: an answer, a contact, or that the kiosk is not watched there any more."""

    ANSWER = "answer"
    CONTACT = "contact"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Report:
    """What a kiosk in use told last: where it stands, when, and how many answers it was ever given."""

    kiosk: str
    name: str
    store: str
    touchpoint: str
    last_contact: datetime | None
    given: int


@dataclass(frozen=True, slots=True)
class Watch:
    """What is remembered of a kiosk from one look to the next.

    contact_since is when the contact began that lasts, None without one: what happens out of contact is no
    silence, because the tablet may be off. judged_until is the end of the last hour judged. usual is None
    where there is too little to expect anything; learned_on is the business day on which that was learned.
    """

    kiosk: str
    store: str
    touchpoint: str
    given: int
    contact_since: datetime | None
    judged_until: datetime
    silence: Silence
    usual: Expectation | None = None
    learned_on: date | None = None


def begin(report: Report, now: datetime) -> Watch:
    """Begin to watch a kiosk at its place."""
    start = report.last_contact or now
    return Watch(
        report.kiosk, report.store, report.touchpoint, report.given, None, whole_hour(now), Silence(start)
    )


def look(watch: Watch, report: Report, shop: Shop, now: datetime, patience: timedelta) -> Watch:
    """Return what is known after a look. A contact lasts if no two of its signs are patience apart.

    An hour is judged once it has ended and the kiosk has been heard of since: only then are all answers of
    that hour known. An answer is dated by the contact that told of it, so that a silence is never too long.
    """
    heard = min(report.last_contact, now) if report.last_contact else None
    if heard is None or now - heard > patience:
        return replace(watch, contact_since=None)
    silence = Silence(heard) if report.given != watch.given else watch.silence
    since = watch.contact_since or now
    until = max(watch.judged_until, whole_hour(heard))
    if watch.usual:
        for hour in shop.hours(watch.judged_until, until):
            silence = silence.after(hour, since, watch.usual)
    return replace(watch, given=report.given, contact_since=since, judged_until=until, silence=silence)


def standing(watch: Watch, report: Report, shop: Shop, kiosks: int, now: datetime) -> Standing:
    """Say how a kiosk stands after a look, in a store that has so many of them."""
    if watch.contact_since is None:
        heard = report.last_contact or now
        if open_hours(watch.usual, shop, heard, now) >= OFFLINE_HOURS:
            return Standing.OFFLINE
    if watch.usual is None:
        return Standing.LEARNING
    alarming = watch.silence.total(watch.usual) >= limit(watch.usual, kiosks)
    return Standing.SILENT if alarming and watch.contact_since else Standing.USUAL


def open_hours(usual: Expectation | None, shop: Shop, since: datetime, now: datetime) -> float:
    """Return how many hours a shop was open since a moment, as far as its hours are set or learned."""
    since = max(since, now - FARTHEST)
    known = bool(shop.opening.hours)
    return sum(
        (min(now, hour.at + HOUR) - max(since, hour.at)) / HOUR
        for hour in shop.hours(since, now)
        if known or (usual and usual.of(hour.slot))
    )


def ending(kind: Standing, began: datetime, watch: Watch) -> Ending | None:
    """Say what has ended an alarm of a kind, about something that began at a moment; None if it goes on.

    A kiosk that is silent and then loses contact stays silent: only an answer ends that.
    """
    if kind is Standing.OFFLINE:
        return Ending.CONTACT if watch.contact_since else None
    return Ending.ANSWER if watch.silence.since > began else None


Stretch = tuple[datetime, datetime]
"""From a moment to another one."""


def learned(
    watch: Watch, shop: Shop, counts: Mapping[datetime, int], alarms: Collection[Stretch], now: datetime
) -> Watch:
    """Return a watch that has learned what is usual from answers by the hour, up to the silence now.

    Hours of earlier alarms are left out: nothing is usual in them.
    """
    end = whole_hour(min(now, watch.silence.since))
    first = max(end - LEARNED_FROM, min(counts, default=end))
    usual = learn(counts, _without(alarms, shop.hours(first, end)))
    return replace(watch, usual=usual, learned_on=shop.day_of(now))


def _without(alarms: Collection[Stretch], hours: Iterable[Hour]) -> Iterable[Hour]:
    if not alarms:
        return hours
    return (
        hour
        for hour in hours
        if not any(since < hour.at + HOUR and hour.at < until for since, until in alarms)
    )
