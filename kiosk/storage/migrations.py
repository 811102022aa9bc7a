"""The steps that bring a database up to date, in their order. A step that was released is never edited."""

from sqlite_utils import Database, Migrations

from kiosk.storage.running import COUNTED, TABLES

migrations = Migrations("kiosk")


@migrations()
def answers_surveys_and_settings(db: Database) -> None:
    """Create the first tables.

    device is the kiosk's id at its hub, empty before it was paired; sequence numbers count per device.
    given_at keeps the time as the device saw it, given_ms is the same moment for comparing.
    """
    db.execute(
        """
        CREATE TABLE responses (
            id TEXT NOT NULL PRIMARY KEY,
            device TEXT NOT NULL,
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            state TEXT NOT NULL CHECK (state IN ('open', 'wait', 'done', 'held')),
            refusal TEXT CHECK ((refusal IS NOT NULL) = (state = 'held')),
            survey TEXT NOT NULL,
            version INTEGER NOT NULL,
            kind TEXT NOT NULL,
            touchpoint TEXT NOT NULL,
            channel TEXT NOT NULL,
            language TEXT NOT NULL,
            score INTEGER NOT NULL CHECK (typeof(score) = 'integer' AND score BETWEEN 0 AND 10),
            given_at TEXT NOT NULL,
            given_ms INTEGER NOT NULL,
            reasons TEXT NOT NULL,
            comment TEXT NOT NULL,
            flags TEXT NOT NULL,
            counted INTEGER NOT NULL CHECK (counted IN (0, 1)),
            contact_key TEXT,
            contact_box BLOB,
            consent_text TEXT,
            consent_language TEXT,
            consent_at TEXT,
            UNIQUE (device, sequence)
        )
        """
    )
    db.execute("CREATE INDEX responses_by_state ON responses (device, state, given_ms)")
    db.execute("CREATE INDEX responses_waiting ON responses (device, sequence) WHERE state = 'wait'")
    db.execute("CREATE INDEX responses_by_time ON responses (given_ms, counted, score)")
    db.execute(
        """
        CREATE TRIGGER answers_are_never_deleted BEFORE DELETE ON responses
        BEGIN SELECT RAISE(ABORT, 'answers are never deleted'); END
        """
    )
    db.execute(
        """
        CREATE TABLE surveys (
            id TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (id, version)
        )
        """
    )
    db.execute("CREATE TABLE settings (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)")


@migrations()
def answers_that_count_after_all(db: Database) -> None:
    """Keep when a manager overruled the flags of an answer, and whether the hub has heard of it."""
    db.execute("ALTER TABLE responses ADD COLUMN overruled_ms INTEGER")
    db.execute("ALTER TABLE responses ADD COLUMN overruled_told INTEGER NOT NULL DEFAULT 0")
    db.execute("CREATE INDEX responses_doubted ON responses (given_ms) WHERE flags <> '[]'")
    db.execute("CREATE INDEX responses_untold ON responses (id) WHERE overruled_ms IS NOT NULL")


@migrations()
def running_totals(db: Database) -> None:
    """Keep how many answers stand where and what each hour came to, and find what was said by its time."""
    for statement in TABLES:
        db.execute(statement)
    for table, count in COUNTED.items():
        db.execute(f"INSERT INTO {table} {count}")
    db.execute("CREATE INDEX responses_said ON responses (given_ms) WHERE comment <> '' OR reasons <> '[]'")


@migrations()
def ticks_of_the_tap(db: Database) -> None:
    """Keep what a clock that never jumps showed at the tap, in milliseconds, and since which boot."""
    db.execute("ALTER TABLE responses ADD COLUMN boot TEXT")
    db.execute("ALTER TABLE responses ADD COLUMN ticks INTEGER")
