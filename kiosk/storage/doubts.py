"""The answers that look wrong, and the manager's word that one counts after all.

An answer keeps its flags for good: they are part of what the hub compares when it is sent again. That it
counts nevertheless stands beside them, and goes to the hub by itself once the hub has the answer.
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime

from common.responses import TEST, Response
from common.wire import Overruled
from kiosk.storage.database import Database, rows, writing
from kiosk.storage.outbox import DEVICE, readable
from kiosk.storage.rows import milliseconds, moment

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

    def newest(self, limit: int) -> list[Response]:
        """Return the newest answers that look wrong and do not count; nobody doubts what a test is."""
        found = map(readable, rows(self._db, _NEWEST, [_TEST, limit]))
        return [response for response in found if response]

    def untold(self, limit: int, after: str = "") -> list[Overruled]:
        """Return what the hub has to be told, by id from after on: only of answers that it has."""
        found = self._db.execute(_UNTOLD, [after, limit]).fetchall()
        return [Overruled(identity, moment(at)) for identity, at in found]

    def told(self, ids: Iterable[str]) -> None:
        """The hub has heard of these, whatever it made of it."""
        with writing(self._db):
            for identity in ids:
                self._db.execute("UPDATE responses SET overruled_told = 1 WHERE id = ?", [identity])


FORMER = "former_devices"
"""The setting that holds the ids which this tablet had before at the hub that it belongs to now."""

_TEST = json.dumps([TEST])
_OVERRULE = """
    UPDATE responses SET counted = 1, overruled_ms = ?
    WHERE id = ? AND counted = 0 AND state <> 'open' AND flags <> ?
"""
_NEWEST = """
    SELECT * FROM responses WHERE flags <> '[]' AND counted = 0 AND state <> 'open' AND flags <> ?
    ORDER BY given_ms DESC LIMIT ?
"""
_FORMER = f"SELECT each.value FROM settings, json_each(settings.value) AS each WHERE name = '{FORMER}'"
_UNTOLD = f"""
    SELECT id, overruled_ms FROM responses
    WHERE overruled_ms IS NOT NULL AND overruled_told = 0 AND state = 'done' AND id > ?
    AND (device = {DEVICE} OR device IN ({_FORMER}))
    ORDER BY id LIMIT ?
"""
