"""Who reads the manager's pages: how numbers, moments and sentences are written for them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from common.nps import Score
from kiosk import words
from kiosk.config import Snapshot


@dataclass(frozen=True, slots=True)
class Reader:
    """The language, the zone of the clock on the wall, and what reasons are called in that language."""

    language: str
    store: str
    zone: tzinfo | None
    reasons: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot, language: str) -> "Reader":
        """Return the reader at a tablet who has chosen a language; what we do not speak is English."""
        spoken = language if language in words.LANGUAGES else words.LANGUAGES[0]
        wording = snapshot.survey.wording
        reasons = wording.get(spoken, wording[language]).reasons
        return cls(spoken, snapshot.name_in(spoken), snapshot.zone, reasons)

    def say(self, key: str, **names: object) -> str:
        """Return a sentence of the manager's."""
        return words.text(self.language, key, **names)

    def say_many(self, key: str, number: int, **names: object) -> str:
        """Return a sentence with a {count} in it; for one there is another sentence."""
        return self.say(f"{key}_one" if number == 1 else key, count=self.count(number), **names)

    def knows(self, section: str, name: str) -> bool:
        """Say whether there is a sentence of this name."""
        return name in words.section(self.language, section)

    def count(self, number: int) -> str:
        """Write a number as the language does."""
        return f"{number:,}".replace(",", self.say("manager.thousands"))

    def number(self, number: float) -> str:
        """Write a number that may have decimals."""
        return f"{number:g}".replace(".", self.say("manager.decimal"))

    def points(self, score: Score) -> str:
        """Write a score with its sign."""
        return self.signed(score.points)

    def signed(self, points: float) -> str:
        """Write points, −100…100, with their sign and without decimals."""
        return f"{points:+.0f}".replace("-", "−") if round(points) else "0"

    def moment(self, when: datetime, now: datetime) -> str:
        """Write a moment: today only the time."""
        local, today = when.astimezone(self.zone), now.astimezone(self.zone).date()
        time = f"{local:%H:%M}"
        if local.date() == today:
            return time
        return self.say("manager.date", day=local.day, month=local.month, time=time)

    def day(self, day: date) -> str:
        """Write a date without its year."""
        return self.say("manager.day", day=day.day, month=day.month)

    def reason(self, reason: str, labels: Mapping[str, Mapping[str, str]]) -> str:
        """Return what a reason is called: in the reader's language, else in any, else by its id."""
        for language in (self.language, *labels):
            if reason in labels.get(language, {}):
                return labels[language][reason]
        return self.reasons.get(reason, reason)
