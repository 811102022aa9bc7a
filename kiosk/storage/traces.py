"""What is left in the file of contact details that the hub has.

SQLite overwrites what a row held. But when rows move from one page to another, which they do as others grow
or shrink, copies of them stay behind between the rows of a page. Only writing the file anew leaves them out.
"""

import logging
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from shutil import disk_usage
from sqlite3 import OperationalError, connect

from kiosk.storage.database import PATIENCE, Database
from kiosk.storage.settings import Settings

log = logging.getLogger(__name__)

QUICK = 32 << 20
"""Bytes. A file of this size is written anew in less than a second, so that no answer waits long for it."""

SELDOM = timedelta(days=1)
"""How often a larger one is, at most."""

TIMES_THE_FILE = 3
"""How much space has to be free: for the copy, and for the log through which it comes into the file."""

_LEFT, _REMOVED = "traces_left", "traces_removed"


class Traces:
    """Removes from the disk what the rows of a database hold no more."""

    def __init__(self, db: Database, settings: Settings, folder: Path) -> None:
        self._db, self._settings, self._folder = db, settings, folder

    def expect(self) -> None:
        """Note that contact details have just left their rows."""
        if not self._settings.get(_LEFT):
            self._settings.put(_LEFT, True)

    def remove(self, now: datetime) -> None:
        """Remove what is left, or leave it to the next call while a customer is there or space is short.

        A large file is written anew once a day.
        """
        if not self._settings.get(_LEFT):
            return
        emptied = self.empty_log()
        if emptied and self._may_write_anew(now) and self._write_anew() and self.empty_log():
            self._settings.put(_LEFT, False)
            self._settings.put(_REMOVED, now.isoformat())

    def empty_log(self) -> bool:
        """Bring the log file into the database and empty it, unless another program reads just now.

        Contact details that were overwritten in the database are gone from the disk only then.
        """
        # A customer may be waiting for this thread, so it does not wait for a reader.
        self._db.execute("PRAGMA busy_timeout = 0").fetchall()
        try:
            busy = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}").fetchall()
        return not busy

    def _may_write_anew(self, now: datetime) -> bool:
        if self._db.execute("SELECT 1 FROM responses WHERE state = 'open' LIMIT 1").fetchone():
            return False
        size = self._file.stat().st_size
        if disk_usage(self._folder).free < TIMES_THE_FILE * size:
            return False
        removed = self._settings.get(_REMOVED)
        # A clock that was set back must not put it off for ever.
        return size <= QUICK or not removed or abs(now - datetime.fromisoformat(removed)) >= SELDOM

    def _write_anew(self) -> bool:
        """Write the file anew over a connection of its own: ours keeps its temporary tables in memory."""
        try:
            with closing(connect(self._file, timeout=0)) as connection:
                connection.execute("PRAGMA secure_delete = ON").fetchall()
                connection.execute("VACUUM")
        except OperationalError as reason:
            log.info("the database is written anew another time: %s", reason)
            return False
        return True

    @property
    def _file(self) -> Path:
        return Path(self._db.execute("PRAGMA database_list").fetchone()[2])
