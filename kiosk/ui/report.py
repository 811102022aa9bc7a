"""Turns this store's numbers into the manager's page: pure, and the only place that picks its words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from common.nps import Score, Weight
from kiosk import words
from kiosk.config import Snapshot
from kiosk.results import Overview, Period, Said, Span
from kiosk.ui.compose import spoken

LONGEST_REMARK = 280
"""Characters of a comment that the list shows; the whole of it is at head office."""


@dataclass(frozen=True, slots=True)
class PinPad:
    """The pad before the manager's page. typed is how many digits stand there; blocked takes no more."""

    title: str
    typed: int
    message: str
    ok: str
    back: str
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One stretch of time: its name, the score or nothing, its interval, and a note under them."""

    span: str
    name: str
    points: str
    margin: str
    note: str


@dataclass(frozen=True, slots=True)
class Chart:
    """How often each score 0…10 was given; segments are the names under 0-6, 7-8 and 9-10."""

    title: str
    counts: tuple[int, ...]
    labels: tuple[str, ...]
    segments: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Remark:
    """One line of the list of comments."""

    score: str
    when: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """The manager's page. numbers are pairs of a count and its name; state says in words how things are."""

    title: str
    store: str
    back: str
    cards: tuple[Card, ...]
    chosen: str
    chart: Chart
    remarks_title: str
    remarks: tuple[Remark, ...]
    no_remarks: str
    numbers: tuple[tuple[str, str], ...]
    state: str
    sync: str
    busy: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the page: the language, the zone of the clock on the wall, and the labels of reasons."""

    language: str
    store: str
    zone: tzinfo | None
    reasons: Mapping[str, str]

    @classmethod
    def of(cls, snapshot: Snapshot, language: str) -> "Reader":
        """Return the reader at a tablet who has chosen a language."""
        reasons = snapshot.survey.wording[language].reasons
        return cls(spoken(language), snapshot.name_in(spoken(language)), snapshot.zone, reasons)

    def say(self, key: str, **names: object) -> str:
        """Return a sentence of the manager's."""
        return words.text(self.language, key, **names)

    def count(self, number: int) -> str:
        """Write a number as the language does."""
        return f"{number:,}".replace(",", self.say("manager.thousands"))

    def moment(self, when: datetime, now: datetime) -> str:
        """Write a moment: today only the time."""
        local, today = when.astimezone(self.zone), now.astimezone(self.zone).date()
        time = f"{local:%H:%M}"
        if local.date() == today:
            return time
        return self.say("manager.date", day=local.day, month=local.month, time=time)


def pin_pad(reader: Reader, typed: int, message: str = "", *, blocked: bool = False) -> PinPad:
    """Return the pad."""
    say = reader.say
    return PinPad(say("pin.title"), typed, message, say("pin.ok"), say("manager.back"), blocked)


def report(reader: Reader, seen: Overview, span: Span, now: datetime, *, busy: bool) -> Report:
    """Return the page with the chart of one span; busy while a sync is under way."""
    period = next(each for each in seen.periods if each.span is span)
    return Report(
        title=reader.say("manager.title"),
        store=reader.store,
        back=reader.say("manager.back"),
        cards=tuple(_card(reader, each) for each in seen.periods),
        chosen=span.name,
        chart=_chart(reader, period),
        remarks_title=reader.say("comments.title"),
        remarks=tuple(_remark(reader, said, now) for said in seen.comments),
        no_remarks="" if seen.comments else reader.say("comments.none"),
        numbers=_numbers(reader, seen),
        state=" ".join(_state(reader, seen, now)),
        sync=reader.say("tablet.syncing" if busy else "tablet.sync"),
        busy=busy,
    )


def _name(reader: Reader, span: Span) -> str:
    return reader.say(f"period.{span.name.lower()}")


def _card(reader: Reader, period: Period) -> Card:
    shown = period.score if period.weight in (Weight.INDICATIVE, Weight.NORMAL) else None
    return Card(
        span=period.span.name,
        name=_name(reader, period.span),
        points=_points(shown) if shown else "–",
        margin=f"± {shown.margin:.0f}" if shown else "",
        note=_note(reader, period),
    )


def _points(score: Score) -> str:
    return f"{score.points:+.0f}".replace("-", "−") if round(score.points) else "0"


def _note(reader: Reader, period: Period) -> str:
    count, flagged = reader.count(period.tally.total), reader.count(period.flagged)
    if period.flagged:
        answers = reader.say("period.flagged", count=count, flagged=flagged)
    else:
        answers = reader.say("period.answers", count=count)
    match period.weight:
        case Weight.NONE if not period.flagged:
            return reader.say("period.none")
        case Weight.NONE | Weight.TOO_FEW:
            return f"{answers}\n{reader.say('period.too_few', wanted=period.wanted)}"
        case Weight.INDICATIVE:
            return f"{answers}\n{reader.say('period.indicative')}"
    return answers


def _chart(reader: Reader, period: Period) -> Chart:
    tally = period.tally
    return Chart(
        title=reader.say("chart.title", period=_name(reader, period.span)),
        counts=tally.counts,
        labels=tuple(reader.count(count) for count in tally.counts),
        segments=(
            reader.say("chart.detractors", count=reader.count(tally.detractors)),
            reader.say("chart.passives", count=reader.count(tally.passives)),
            reader.say("chart.promoters", count=reader.count(tally.promoters)),
        ),
    )


def _remark(reader: Reader, said: Said, now: datetime) -> Remark:
    comment = said.comment.replace("\n", " ")
    if len(comment) > LONGEST_REMARK:
        comment = comment[:LONGEST_REMARK].rstrip() + "…"
    reasons = ", ".join(reader.reasons.get(reason, reason) for reason in said.reasons)
    text = "\n".join(part for part in (comment, reasons) if part)
    return Remark(str(said.score), reader.moment(said.given_at, now), text)


def _numbers(reader: Reader, seen: Overview) -> tuple[tuple[str, str], ...]:
    names = ("given", "delivered", "waiting", "quarantined")
    return tuple((reader.count(getattr(seen.totals, name)), reader.say(f"tablet.{name}")) for name in names)


def _state(reader: Reader, seen: Overview, now: datetime) -> list[str]:
    """Say in sentences that a shop assistant understands how the tablet is."""
    totals, said = seen.totals, []
    if not totals.given:
        said.append(reader.say("tablet.nothing"))
    elif totals.waiting and totals.oldest_waiting:
        since = reader.moment(totals.oldest_waiting, now)
        said.append(reader.say("tablet.waiting_since", count=reader.count(totals.waiting), time=since))
    elif not totals.quarantined:
        said.append(reader.say("tablet.all_delivered"))
    if totals.quarantined:
        said.append(reader.say("tablet.set_aside", count=reader.count(totals.quarantined)))
    if seen.last_sync:
        said.append(reader.say("tablet.last_sync", time=reader.moment(seen.last_sync, now)))
    elif seen.paired:
        said.append(reader.say("tablet.never_synced"))
    if code := seen.last_error if seen.paired else "not_paired":
        said.append(_trouble(reader, code))
    if seen.broken_files:
        said.append(reader.say("tablet.broken_file", names=", ".join(seen.broken_files)))
    return said


def _trouble(reader: Reader, code: str) -> str:
    if code in words.section(reader.language, "trouble"):
        return reader.say(f"trouble.{code}")
    return reader.say("trouble.unknown", code=code)
