"""The answers that look wrong, and the manager's word that one counts after all, or the word taken back.

An answer keeps its flags for good: they are part of what the hub compares when it is sent again. The last
word on it stands beside them, and goes to the hub by itself once the hub has the answer.
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from common.responses import TEST, Response
from common.wire import Overruled
from kiosk.storage.database import Database, rows, writing
from kiosk.storage.rows import milliseconds, moment, readable
from kiosk.storage.statements import DEVICE

log = logging.getLogger(__name__)


class Doubts:
    """The answers of this tablet that have flags."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def overrule(self, response_id: str, now: datetime) -> bool:
        """Let an answer count although it has flags, and note when; say whether that changed anything.

        It changes nothing for an answer that is unknown, counts already or is a test, or whose customer is
        still there.
        """
        with writing(self._db):
            changed = self._db.execute(_OVERRULE, [milliseconds(now), response_id, _TEST]).rowcount
        if changed:
            log.info("the manager counts answer %s after all", response_id)
        return bool(changed)

    def take_back(self, response_id: str, now: datetime) -> bool:
        """Let an answer that was overruled not count again, and note when; say whether that changed it."""
        with writing(self._db):
            changed = self._db.execute(_TAKE_BACK, [milliseconds(now), response_id]).rowcount
        if changed:
            log.info("the manager does not count answer %s any more", response_id)
        return bool(changed)

    def newest(self, limit: int) -> list[Response]:
        """Return the newest answers that look wrong and do not count; nobody doubts what a test is."""
        return self._readable(_NEWEST, [_TEST, limit])

    def overruled(self, since: datetime, limit: int) -> list[Response]:
        """Return the newest answers that count because of a word given at this moment or later."""
        return self._readable(_OVERRULED, [milliseconds(since), limit])

    def untold(self, limit: int, after: str = "") -> list[Overruled]:
        """Return what the hub has to be told, by id from after on: only of answers that it has."""
        found = self._db.execute(_UNTOLD, [after, limit]).fetchall()
        return [Overruled(identity, moment(at), bool(counts)) for identity, at, counts in found]

    def untold_anywhere(self) -> list[Overruled]:
        """Return what the hub has not heard, also of answers that it does not have, for a file to it."""
        found = self._db.execute(_UNTOLD_ANYWHERE).fetchall()
        return [Overruled(identity, moment(at), bool(counts)) for identity, at, counts in found]

    def due(self) -> int:
        """Count what the hub hears with the next sync. One that refused an answer hears nothing of it."""
        return int(self._db.execute(_DUE).fetchone()[0])

    def told(self, words: Iterable[Overruled]) -> None:
        """The hub has heard of these, whatever it made of it; a later word on the same answer it has not."""
        with writing(self._db):
            for word in words:
                self._db.execute(_TOLD, [word.id, milliseconds(word.at)])

    def tell_again(self) -> None:
        """Tell all words once more, to a hub that has forgotten answers and so may have forgotten words."""
        with writing(self._db):
            self._db.execute(_TELL_AGAIN)

    def _readable(self, sql: str, values: list[Any]) -> list[Response]:
        return [response for response in map(readable, rows(self._db, sql, values)) if response]


FORMER = "former_devices"
"""The setting that holds the ids which this tablet had before at the hub that it belongs to now."""

_TEST = json.dumps([TEST])
# Each word is later than the one before, whatever the clock says: the hub goes by that.
_AT = "overruled_ms = max(?, coalesce(overruled_ms + 1, 0)), overruled_told = 0"
_OVERRULE = f"""
    UPDATE responses SET counted = 1, {_AT}
    WHERE id = ? AND counted = 0 AND state <> 'open' AND flags <> ?
"""
_TAKE_BACK = f"UPDATE responses SET counted = 0, {_AT} WHERE id = ? AND counted = 1 AND overruled_ms > 0"
# The few that a manager has spoken of; by itself SQLite would go through all answers of the tablet.
_SPOKEN_OF = "responses INDEXED BY responses_untold"
_OVERRULED = f"""
    SELECT * FROM {_SPOKEN_OF}
    WHERE counted = 1 AND overruled_ms >= ? ORDER BY given_ms DESC LIMIT ?
"""
_TOLD = "UPDATE responses SET overruled_told = 1 WHERE id = ? AND overruled_ms = ?"
_TELL_AGAIN = "UPDATE responses SET overruled_told = 0 WHERE overruled_ms IS NOT NULL AND overruled_told = 1"
_NEWEST = """
    SELECT * FROM responses WHERE flags <> '[]' AND counted = 0 AND state <> 'open' AND flags <> ?
    ORDER BY given_ms DESC LIMIT ?
"""
_FORMER = f"SELECT each.value FROM settings, json_each(settings.value) AS each WHERE name = '{FORMER}'"
_UNTOLD_ANYWHERE = f"""
    SELECT id, overruled_ms, counted FROM {_SPOKEN_OF}
    WHERE overruled_ms IS NOT NULL AND overruled_told = 0 AND state <> 'open'
    AND (device = {DEVICE} OR device IN ({_FORMER}))
    ORDER BY id
"""
_DUE = f"SELECT count(*) FROM ({_UNTOLD_ANYWHERE.replace('ORDER BY id', '')} AND state <> 'held')"
_UNTOLD = _UNTOLD_ANYWHERE.replace("ORDER BY id", "AND state = 'done' AND id > ? ORDER BY id LIMIT ?")
