"""What a kiosk usually gets, hour by hour of the week, and how much that varies.

Answers in an hour are taken as a Poisson number whose mean itself varies from hour to hour and from day to
day by a gamma factor: a negative binomial number (M. Greenwood and G. U. Yule, "An inquiry into the nature
of frequency distributions representative of multiple happenings", Journal of the Royal Statistical Society
83, 1920, 255-279). With a mean m and a dispersion d its variance is m + d m², and it is 0 with probability
(1 + d m)^(-1/d), which is far likelier than the e^-m of a Poisson number: shops have quiet hours. d is
estimated by moments (R. A. Fisher and others do so since; see P. McCullagh and J. A. Nelder, "Generalized
Linear Models", 2nd edition 1989, section 6.2.3) and drawn towards a usual value where there are few answers.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from json import dumps, loads
from math import log1p

from hub.alerts.rules.hours import Hour, Slot

WEEKS = 8
LEARNED_FROM = timedelta(weeks=WEEKS)
"""How far back the usual is learned from."""

LEAST_ANSWERS, LEAST_DAYS = 30, 12
"""Fewer answers, or business days, are too little to expect anything."""

DRAWN = 2.0
"""Weeks that the week's common pattern weighs in each hour of it."""

IMPLAUSIBLE = 8.0
"""A day without an answer where so many are usual was a closed one, or the kiosk was off."""

RECENT = timedelta(days=14)
RECENT_WEIGHT = 5.0
"""The last two weeks pull down what is expected where fewer came; so many answers weigh against chance."""

USUAL_DISPERSION, LEAST_DISPERSION = 0.3, 0.1
"""Of hours and of days: what it is taken for without answers, and what it is never taken to be below."""

DISPERSION_WEIGHT = 10.0
"""How many squared answers the usual dispersion weighs."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """How many answers each slot of a week usually brings, and the dispersions of hours and of days."""

    slots: Mapping[Slot, float]
    of_hours: float
    of_days: float

    def of(self, slot: Slot) -> float:
        """Return how many answers an hour usually brings; none in one that never brought any."""
        return self.slots.get(slot, 0.0)

    @property
    def weekly(self) -> float:
        """How many answers a week usually brings."""
        return sum(self.slots.values())

    def text(self) -> str:
        """Return it as the database keeps it."""
        slots = [[day, hour, round(mean, 4)] for (day, hour), mean in sorted(self.slots.items())]
        return dumps([round(self.of_hours, 4), round(self.of_days, 4), slots], separators=(",", ":"))


def from_text(text: str) -> Expectation | None:
    """Return what the database keeps; None where there was too little to expect anything."""
    if not text:
        return None
    of_hours, of_days, slots = loads(text)
    return Expectation({(day, hour): mean for day, hour, mean in slots}, of_hours, of_days)


def no_answer(mean: float, dispersion: float) -> float:
    """Return how surprising it is to get no answer where mean is usual: minus the log of its probability."""
    return log1p(dispersion * mean) / dispersion


def learn(counts: Mapping[datetime, int], hours: Iterable[Hour]) -> Expectation | None:
    """Learn from answers by the hour (of UTC) in which they were given; None if that is too little.

    hours are those of the last weeks in which the kiosk could be answered, all of them.
    """
    days = _plausible(counts, hours)
    answers = sum(counts.get(hour.at, 0) for day in days.values() for hour in day)
    if answers < LEAST_ANSWERS or len(days) < LEAST_DAYS:
        return None
    means = _means(counts, days)
    level = _level(counts, days, means)
    slots = {slot: level * mean for slot, mean in means.items() if mean > 0}
    by_day = [_pairs(counts, means, day) for day in days.values()]
    of_hours = _dispersion(pair for day in by_day for pair in day)
    return Expectation(slots, of_hours, _dispersion(map(_added, by_day)))


Days = Mapping[date, list[Hour]]
Pair = tuple[float, float]
"""Answers that came, and answers that were expected."""


def _plausible(counts: Mapping[datetime, int], hours: Iterable[Hour]) -> Days:
    """Return the business days to learn from, without those that were empty although they never are."""
    days: dict[date, list[Hour]] = defaultdict(list)
    for hour in hours:
        days[hour.day].append(hour)
    totals = {day: sum(counts.get(hour.at, 0) for hour in its) for day, its in days.items()}
    given: dict[int, list[int]] = defaultdict(list)
    for day, total in totals.items():
        if total:
            given[day.weekday()].append(total)
    busy = {weekday for weekday, each in given.items() if sum(each) / len(each) >= IMPLAUSIBLE}
    return {day: its for day, its in days.items() if totals[day] or day.weekday() not in busy}


def _means(counts: Mapping[datetime, int], days: Days) -> dict[Slot, float]:
    """Return the mean of each slot, drawn towards what its weekday and its hour of the day bring.

    A slot that never brought an answer stays at none: the shop may be closed then.
    """
    times: dict[Slot, int] = defaultdict(int)
    given: dict[Slot, int] = defaultdict(int)
    for hour in (hour for day in days.values() for hour in day):
        times[hour.slot] += 1
        given[hour.slot] += counts.get(hour.at, 0)
    of_day, of_hour = _sums(given, 0), _sums(given, 1)
    weekdays = Counter(day.weekday() for day in days)
    everything = sum(given.values())
    return {
        slot: (number + DRAWN * of_day[slot[0]] / weekdays[slot[0]] * of_hour[slot[1]] / everything)
        / (times[slot] + DRAWN)
        for slot, number in given.items()
        if number
    }


def _sums(given: Mapping[Slot, int], part: int) -> Mapping[int, int]:
    sums: dict[int, int] = defaultdict(int)
    for slot, number in given.items():
        sums[slot[part]] += number
    return sums


def _level(counts: Mapping[datetime, int], days: Days, means: Mapping[Slot, float]) -> float:
    """Return by how much the last two weeks were below the usual, as a factor of at most 1."""
    since = max(days) - RECENT
    recent = (hour for day, its in days.items() if day > since for hour in its)
    got, expected = _added(_pairs(counts, means, recent))
    return min(1.0, (got + RECENT_WEIGHT) / (expected + RECENT_WEIGHT))


def _pairs(counts: Mapping[datetime, int], means: Mapping[Slot, float], hours: Iterable[Hour]) -> list[Pair]:
    return [(counts.get(hour.at, 0), means.get(hour.slot, 0.0)) for hour in hours]


def _added(pairs: Iterable[Pair]) -> Pair:
    got = expected = 0.0
    for one, mean in pairs:
        got, expected = got + one, expected + mean
    return got, expected


def _dispersion(pairs: Iterable[Pair]) -> float:
    """Estimate a dispersion by moments from what came and what was expected.

    The means were fitted to the same weeks, which makes the differences too small by about one week.
    """
    over = squares = 0.0
    for got, mean in pairs:
        over += (got - mean) ** 2 * WEEKS / (WEEKS - 1) - mean
        squares += mean * mean
    drawn = over + DISPERSION_WEIGHT * USUAL_DISPERSION
    return max(LEAST_DISPERSION, drawn / (squares + DISPERSION_WEIGHT))
