"""Compares what was tapped on the kiosk with what the hub counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = dict[str, Any]
"""One object of `cerchio-hub scores --json` or of `cerchio-hub cases --json`."""

COUNTS = ("received", "counted", "promoters", "passives", "detractors")


@dataclass(frozen=True)
class Visit:
    """A visit played on the window: the answer's identity, the score tapped, whether contact was left."""

    id: str
    score: int
    contact: bool

    @property
    def flagged(self) -> bool:
        """Whether somebody must call this customer back: a detractor who left contact details."""
        return self.contact and self.score <= 6


@dataclass(frozen=True)
class Told:
    """What the hub tells at one moment: a row for each store, and the open cases."""

    scores: Sequence[Row]
    cases: Sequence[Row]

    def counts(self) -> dict[str, dict[str, int]]:
        """Return the counts of each store."""
        return {row["store"]: {name: row[name] for name in COUNTS} for row in self.scores}

    def flagged(self) -> set[str]:
        """Return the answers whose customers are to be called."""
        return {case["response"] for case in self.cases}


def tapped(visits: Sequence[Visit]) -> dict[str, int]:
    """Count visits as the hub should."""
    scores = [visit.score for visit in visits]
    return {
        "received": len(scores),
        "counted": len(scores),
        "promoters": sum(score >= 9 for score in scores),
        "passives": sum(score in (7, 8) for score in scores),
        "detractors": sum(score <= 6 for score in scores),
    }


def differences(visits: Sequence[Visit], store: str, before: Told, after: Told) -> list[str]:
    """Return a sentence for everything that grew at the hub by something else than the visits of a store."""
    found = []
    earlier = before.counts()
    for name, counts in after.counts().items():
        for what, wanted in tapped(visits if name == store else ()).items():
            grown = counts[what] - earlier[name][what]
            if grown != wanted:
                found.append(f"{name}, {what}: {wanted} were tapped, the hub counts {grown}.")
    wanted_cases = {visit.id for visit in visits if visit.flagged}
    new_cases = after.flagged() - before.flagged()
    found += [f"The answer {one} is not flagged." for one in sorted(wanted_cases - new_cases)]
    found += [f"The answer {one} is flagged wrongly." for one in sorted(new_cases - wanted_cases)]
    return found


def table(scores: Sequence[Row]) -> list[str]:
    """Return the score of each store as lines for the terminal."""
    lines = [f"{'store':<14}{'answers':>8}{'promoters':>11}{'passives':>10}{'detractors':>12}   score"]
    for row in scores:
        counts = f"{row['counted']:>8}{row['promoters']:>11}{row['passives']:>10}{row['detractors']:>12}"
        lines.append(f"{row['name']:<14}{counts}   {score_text(row)}")
    return lines


def score_text(row: Row) -> str:
    """Return a score with its 95 % interval, or that there is none yet."""
    if row["nps"] is None:
        return "no answers yet"
    return f"{row['nps']:+.0f} (95 %: {row['low']:+.0f} to {row['high']:+.0f})".replace("-", "−")


def flagged(case: Row) -> str:
    """Return a customer who is to be called back as a line for the terminal, in the terminal's own time."""
    due = datetime.fromisoformat(case["due_at"]).astimezone()
    return f"To be called back: a {case['score']} at {case['store']}, by {due:%d %B, %H:%M}"
