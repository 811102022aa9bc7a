"""What a tablet may leave its hub with: nothing that the hub lacks, unless it was carried away in a file."""

from hashlib import sha256

from kiosk.storage.database import Database
from kiosk.storage.doubts import Doubts
from kiosk.storage.pairing import Unsent
from kiosk.storage.settings import Settings
from kiosk.storage.statements import DEVICE

MOST_WORDS = 100_000
"""Decisions that are looked at; nobody has touched so many buttons."""

_CARRIED = "carried_away"


class Leaving:
    """What this device has unsent, and whether the last rescue file has all of it."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db, self._settings, self._doubts = db, settings, Doubts(db)

    def unsent(self) -> Unsent:
        """Return what the hub lacks now, the answer of a customer who is still there among it."""
        answers, words = self._answers("open", "wait", "held"), self._words()
        carried = self._settings.get(_CARRIED) == _fingerprint(answers, words)
        return Unsent(len(answers), len(words), carried)

    def contents(self) -> str:
        """Return what tells from any other what a rescue file has that is written from now on."""
        return _fingerprint(self._answers("wait", "held"), self._words())

    def carry(self, contents: str) -> None:
        """Note that a file has these contents, whole."""
        self._settings.put(_CARRIED, contents)

    def _answers(self, *states: str) -> list[str]:
        found = [self._db.execute(_ANSWERS, [state]).fetchall() for state in states]
        return sorted(identity for part in found for (identity,) in part)

    def _words(self) -> list[str]:
        return [f"{word.id} {word.at.isoformat()}" for word in self._doubts.untold(MOST_WORDS)]


def _fingerprint(answers: list[str], words: list[str]) -> str:
    return sha256("\n".join([*answers, "", *words]).encode()).hexdigest()


_ANSWERS = f"SELECT id FROM responses WHERE device = {DEVICE} AND state = ?"
