"""How many answers stand where, counted once: after a month without a network they are many."""

from sqlite_utils import Database

from kiosk.storage.database import rows


class Standing:
    """The number of answers of each device in each state, remembered as long as the database is open.

    They are rows of a temporary table in memory. Triggers change it in the same step as an answer, and
    take it back with it. What another program writes fires no trigger of ours; SQLite's version of the
    data tells, and then everything is counted again.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._version: int | None = None

    def of(self, device: str) -> dict[str, int]:
        """Return how many answers of a device are in each state; a failing disk may give others than ours."""
        version = self._db.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            self._count()
            # What was counted in a transaction of others goes if that is taken back.
            self._version = None if self._db.conn.in_transaction else version
        found = rows(
            self._db, "SELECT state, number FROM temp.standing WHERE device = ? AND number", [device]
        )
        return {row["state"]: row["number"] for row in found}

    def forget(self) -> None:
        """Count again the next time."""
        self._version = None

    def _count(self) -> None:
        if self._db.conn.in_transaction:
            self._fill()
            return
        # Not writing(): the table is in memory, and others may hold the lock on the file.
        self._db.conn.execute("BEGIN")
        try:
            self._fill()
            self._db.conn.execute("COMMIT")
        except BaseException:
            self._db.rollback()
            raise

    def _fill(self) -> None:
        for statement in _TABLES:
            self._db.conn.execute(statement)


_COMES = """
    INSERT INTO standing VALUES (new.device, new.state, 1)
    ON CONFLICT (device, state) DO UPDATE SET number = number + 1;
"""
_TABLES = (
    """
    CREATE TEMP TABLE IF NOT EXISTS standing (
        device TEXT NOT NULL, state TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (device, state)
    )
    """,
    "DELETE FROM temp.standing",
    # A damaged index may bring a state twice.
    """
    INSERT INTO temp.standing SELECT device, state, count(*) FROM main.responses WHERE true
    GROUP BY device, state ON CONFLICT (device, state) DO UPDATE SET number = number + excluded.number
    """,
    f"CREATE TEMP TRIGGER IF NOT EXISTS one_comes AFTER INSERT ON main.responses BEGIN {_COMES} END",
    f"""
    CREATE TEMP TRIGGER IF NOT EXISTS one_moves AFTER UPDATE OF device, state ON main.responses
    BEGIN
        UPDATE standing SET number = number - 1 WHERE device = old.device AND state = old.state;
        {_COMES}
    END
    """,
)
