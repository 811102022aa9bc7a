"""When a silence is none of chance: a test that may be looked at every hour.

After each answer, and at each look, a silence may begin. If a silence is an alarm once its probability falls
below p, then the false alarms of a quarter are at most p times the number of silences that can be told apart
(Boole's inequality: it asks for no independence). There are no more of these than answers, and no more than
open hours at whose end somebody looks. So p is the budget of the kiosk divided by the smaller of the two,
and the kiosks of a store share one budget.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from math import log

from hub.alerts.rules.expectation import Expectation, no_answer
from hub.alerts.rules.hours import HOUR, Hour

BUDGET = 0.25
"""False alarms of a store in a quarter that the threshold is made for; the promise is at most 1, because
no model of a shop is right."""

WEEKS_OF_QUARTER = 13


@dataclass(frozen=True, slots=True)
class Silence:
    """What speaks against chance since a kiosk was answered last.

    since is that moment; began is when the first open hour began that counts, None while there is none.
    expected are the answers that these hours usually bring, open_hours how many there were (parts count).
    surprise is that of the days before day, the last one; on day so many answers were usual (of_day), and
    by_hours is the surprise of its hours each for itself.
    """

    since: datetime
    began: datetime | None = None
    expected: float = 0.0
    open_hours: float = 0.0
    surprise: float = 0.0
    day: date | None = None
    of_day: float = 0.0
    by_hours: float = 0.0

    def total(self, usual: Expectation) -> float:
        """Return minus the log of the probability that all this is chance.

        A day's hours may vary each for itself, or all together: the likelier of the two is believed.
        """
        return self.surprise + min(self.by_hours, no_answer(self.of_day, usual.of_days))

    def after(self, hour: Hour, begun: datetime, usual: Expectation) -> "Silence":
        """Return it after one more hour, of which the part from begun on counts."""
        begun = max(begun, hour.at, self.since)
        part = (hour.at + HOUR - begun) / HOUR
        mean = part * usual.of(hour.slot)
        if part <= 0 or not mean:
            return self
        before = self if hour.day == self.day else self._next_day(hour.day, usual)
        return replace(
            before,
            began=self.began or begun,
            expected=self.expected + mean,
            open_hours=self.open_hours + part,
            of_day=before.of_day + mean,
            by_hours=before.by_hours + no_answer(mean, usual.of_hours),
        )

    def _next_day(self, day: date, usual: Expectation) -> "Silence":
        return replace(self, surprise=self.total(usual), day=day, of_day=0.0, by_hours=0.0)


def limit(usual: Expectation, kiosks: int) -> float:
    """Return from which surprise on a kiosk's silence is an alarm, where its store has so many of them."""
    chances = WEEKS_OF_QUARTER * min(usual.weekly, float(len(usual.slots)))
    return log(max(1.0, chances * kiosks / BUDGET))
