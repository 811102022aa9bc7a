"""Turns this store's numbers into the manager's first two pages, today and the trend. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.nps import Difference, Score, Weight, answers_wanted, difference, score, weight
from kiosk.results import Overview, Period, Said, Span, Step
from kiosk.ui.frame import Frame, call, frame
from kiosk.ui.reader import Reader

LONGEST_REMARK = 280
"""Characters of a comment that the list shows; the whole of it is at head office."""

MOST_REASONS = 8

STEPS = ("days", "weeks")


@dataclass(frozen=True, slots=True)
class Card:
    """One stretch of time: its name, the score or nothing, where it most likely lies, and a note."""

    span: str
    name: str
    points: str
    between: str
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
class TodayPage:
    """How are we doing, and is the tablet well? usual says it of today in words, state of the tablet."""

    frame: Frame
    usual: str
    cards: tuple[Card, ...]
    chosen: str
    chart: Chart
    remarks_title: str
    remarks: tuple[Remark, ...]
    no_remarks: str
    state: str
    sync: str
    busy: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """One day or week of the trend: points with the interval, None where there are too few answers.

    label is under it, empty where there is no room for one.
    """

    label: str
    points: float | None = None
    low: float = 0
    high: float = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One reason: how often it was tapped, as a part of the most frequent one (0…1), and by whom."""

    label: str
    count: str
    part: float
    sentence: str


@dataclass(frozen=True, slots=True)
class TrendPage:
    """How it goes, and why. steps are pairs of an id and its name, chosen one of the ids.

    note is below the picture: what it shows, or, where nothing is drawn, what it still takes.
    """

    frame: Frame
    title: str
    steps: tuple[tuple[str, str], ...]
    chosen: str
    marks: tuple[Mark, ...]
    drawn: bool
    note: str
    reasons_title: str
    reasons_note: str
    reasons: tuple[Bar, ...]


def today_page(
    reader: Reader,
    seen: Overview,
    span: Span,
    now: datetime,
    state: str,
    *,
    busy: bool,
    pairable: bool = False,
) -> TodayPage:
    """Return the first page with the chart of one span; busy while a sync is under way."""
    period = next(each for each in seen.periods if each.span is span)
    return TodayPage(
        frame=frame(reader, "today"),
        usual=usual(reader, seen),
        cards=tuple(_card(reader, each) for each in seen.periods),
        chosen=span.name,
        chart=_chart(reader, period),
        remarks_title=reader.say("comments.title"),
        remarks=tuple(_remark(reader, seen, said, now) for said in seen.comments),
        no_remarks="" if seen.comments else reader.say("comments.none"),
        state=state,
        sync=call(reader, busy=busy, pairable=pairable),
        busy=busy,
    )


def trend_page(reader: Reader, seen: Overview, steps: str) -> TrendPage:
    """Return the page of the trend by days or by weeks, and of the last 30 days' reasons."""
    marks = _marks(reader, seen.days if steps == "days" else seen.weeks)
    shown = any(mark.points is not None for mark in marks)
    reasons = _reasons(reader, seen)
    return TrendPage(
        frame=frame(reader, "trend"),
        title=reader.say(f"trend.title_{steps}"),
        steps=tuple((each, reader.say(f"trend.{each}")) for each in STEPS),
        chosen=steps,
        marks=marks,
        drawn=shown,
        note=reader.say(f"trend.note_{steps}" if shown else "trend.too_few"),
        reasons_title=reader.say("reasons.title"),
        reasons_note=reader.say("reasons.note" if reasons else "reasons.none"),
        reasons=reasons,
    )


def usual(reader: Reader, seen: Overview) -> str:
    """Say in words how today is beside what is usual; nothing is claimed from too few answers."""
    return f"{_answers_beside(reader, seen)}\n{_score_beside(reader, seen)}"


def _answers_beside(reader: Reader, seen: Overview) -> str:
    today = seen.today
    so_far = reader.say_many("usual.so_far", today.answers) if today.answers else reader.say("usual.none")
    if today.usual is None:
        return f"{so_far} {reader.say('usual.unknown')}"
    weekday = reader.say(f"weekdays.d{today.weekday}")
    return f"{so_far} {reader.say('usual.by_now', weekday=weekday, count=reader.count(round(today.usual)))}"


def _score_beside(reader: Reader, seen: Overview) -> str:
    today, lately = seen.periods[0].tally, seen.today.lately
    if weight(today.total) in (Weight.NONE, Weight.TOO_FEW):
        return reader.say_many("usual.too_few", answers_wanted(today.total))
    before, apart = score(lately), difference(today, lately)
    if before is None or apart is None or weight(lately.total) is not Weight.NORMAL:
        return reader.say("usual.nothing_before")
    return reader.say(f"usual.{_direction(apart)}", points=reader.points(before))


def _direction(apart: Difference) -> str:
    if apart.low > 0:
        return "better"
    return "worse" if apart.high < 0 else "same"


def _name(reader: Reader, span: Span) -> str:
    return reader.say(f"period.{span.name.lower()}")


def _card(reader: Reader, period: Period) -> Card:
    shown = period.score if period.weight in (Weight.INDICATIVE, Weight.NORMAL) else None
    return Card(
        span=period.span.name,
        name=_name(reader, period.span),
        points=reader.points(shown) if shown else "–",
        between=_between(reader, shown) if shown else "",
        note=_note(reader, period),
    )


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
            return f"{answers}\n{reader.say_many('period.too_few', period.wanted)}"
        case Weight.INDICATIVE:
            return f"{answers}\n{reader.say('period.indicative')}"
    return answers


def _between(reader: Reader, score: Score) -> str:
    """Say in words where the true score lies: its interval, which is no "±" around the score."""
    return reader.say("period.between", low=reader.signed(score.low), high=reader.signed(score.high))


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


def _remark(reader: Reader, seen: Overview, said: Said, now: datetime) -> Remark:
    comment = said.comment.replace("\n", " ")
    if len(comment) > LONGEST_REMARK:
        comment = comment[:LONGEST_REMARK].rstrip() + "…"
    reasons = ", ".join(reader.reason(reason, seen.labels) for reason in said.reasons)
    text = "\n".join(part for part in (comment, reasons) if part)
    return Remark(str(said.score), reader.moment(said.given_at, now), text)


def _marks(reader: Reader, steps: Sequence[Step]) -> tuple[Mark, ...]:
    """Return a mark for each step; every seventh day and every third week has its date, the last one too."""
    apart = 7 if len(steps) > 20 else 3
    named = range(len(steps) - 1, -1, -apart)
    return tuple(_mark(reader, step, named=at in named) for at, step in enumerate(steps))


def _mark(reader: Reader, step: Step, *, named: bool) -> Mark:
    # Noon, because the first midnight of a step may be the last second before it in another zone.
    label = reader.day((step.since + timedelta(hours=12)).date()) if named else ""
    points = score(step.tally)
    if points is None or weight(step.tally.total) is Weight.TOO_FEW:
        return Mark(label)
    return Mark(label, points.points, points.low, points.high)


def _reasons(reader: Reader, seen: Overview) -> tuple[Bar, ...]:
    """Return the most frequent reasons of the last 30 days; what is called the same is counted together."""
    found: dict[str, tuple[int, int, int]] = {}
    for reason, (unhappy, between, happy) in seen.periods[-1].reasons.items():
        label = reader.reason(reason, seen.labels)
        before = found.get(label, (0, 0, 0))
        found[label] = (before[0] + unhappy, before[1] + between, before[2] + happy)
    ranked = sorted(found.items(), key=lambda each: (-sum(each[1]), each[0]))[:MOST_REASONS]
    most = max((sum(counts) for _, counts in ranked), default=1)
    return tuple(_bar(reader, label, counts, most) for label, counts in ranked)


def _bar(reader: Reader, label: str, counts: tuple[int, int, int], most: int) -> Bar:
    unhappy, between, happy = map(reader.count, counts)
    sentence = reader.say("reasons.split", unhappy=unhappy, between=between, happy=happy)
    total = sum(counts)
    return Bar(label, reader.count(total), total / most, sentence)
