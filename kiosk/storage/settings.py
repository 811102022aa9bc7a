"""Small values that outlive the program: the pairing, the survey in use, the PIN, the last sync."""

import json
from typing import Any

from kiosk.storage.database import Database, writing


class Settings:
    """JSON values by name."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value, or the default where there is none."""
        found = self._db.execute("SELECT value FROM settings WHERE name = ?", [name]).fetchone()
        return json.loads(found[0]) if found else default

    def put(self, name: str, value: Any) -> None:
        """Keep a value in place of an earlier one."""
        with writing(self._db):
            self._db.table("settings").upsert({"name": name, "value": json.dumps(value)}, pk="name")
