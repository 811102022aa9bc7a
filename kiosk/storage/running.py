"""The running totals: how many answers stand where, and what each hour came to.

Triggers keep them in the step that changes an answer, so that neither a start nor a look counts every one.
The triggers are made at each opening and live in memory: SQLite's check does not look into the text of one
in the file, and if a failing disk damaged it, no answer could be stored any more.
"""

from collections.abc import Iterable, Mapping

from sqlite_utils import Database


def keep(db: Database) -> None:
    """Keep the totals from now on, for as long as the file is open."""
    for statement in _TRIGGERS:
        db.conn.execute(statement)


def recount(db: Database) -> bool:
    """Compare the totals with the answers and count them anew if need be; say whether that was so.

    Only a failing disk, or a hand that changed the tables, makes them differ.
    """
    wrong = [table for table, count in COUNTED.items() if not _agrees(db, table, count)]
    for table in wrong:
        db.execute(f"DELETE FROM {table}")
        db.execute(f"INSERT INTO {table} {COUNTED[table]}")
    return bool(wrong)


def _agrees(db: Database, table: str, count: str) -> bool:
    kept, found = (set(db.execute(sql).fetchall()) for sql in (f"SELECT * FROM {table}", count))
    # Where nothing is left, a row of noughts may stay.
    return {row for row in kept if any(isinstance(part, int) and part for part in row[1:])} == found


def _columns(template: str, names: Iterable[str]) -> str:
    return ", ".join(template.format(name) for name in names)


def _sums(parts: Mapping[str, str]) -> str:
    return ", ".join(f"sum({part.format('r')})" for part in parts.values())


_HOUR = "{}.given_ms / 3600000"
_PARTS = {f"n{score}": f"({{0}}.counted AND {{0}}.score = {score})" for score in range(11)} | {
    "flagged": "(NOT {0}.counted)"
}
_GROUPS = {
    "detractors": "({0}.score <= 6)", "passives": "({0}.score IN (7, 8))", "promoters": "({0}.score >= 9)",
}  # fmt: skip
# A failing disk may have damaged the reasons of a row, and then it has none.
_CHIPS = "json_each(CASE WHEN json_valid({0}.reasons) THEN {0}.reasons ELSE '[]' END) AS chip"
_TAPPED = "{0}.counted AND chip.type = 'text'"

TABLES = (
    """
    CREATE TABLE standing (
        device TEXT NOT NULL, state TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (device, state)
    ) WITHOUT ROWID
    """,
    f"CREATE TABLE hours (hour INTEGER NOT NULL PRIMARY KEY, {_columns('{} INTEGER NOT NULL', _PARTS)})",
    f"""
    CREATE TABLE hour_reasons (
        hour INTEGER NOT NULL, reason TEXT NOT NULL, {_columns("{} INTEGER NOT NULL", _GROUPS)},
        PRIMARY KEY (hour, reason)
    ) WITHOUT ROWID
    """,
)
"""Hours are counted since 1970. n0 to n10 are the answers of a score that count, flagged are all others."""

COUNTED = {
    "standing": "SELECT device, state, count(*) FROM responses GROUP BY device, state",
    "hours": f"SELECT {_HOUR.format('r')}, {_sums(_PARTS)} FROM responses AS r GROUP BY 1",
    "hour_reasons": f"""
        SELECT {_HOUR.format("r")}, chip.value, {_sums(_GROUPS)} FROM responses AS r, {_CHIPS.format("r")}
        WHERE {_TAPPED.format("r")} GROUP BY 1, 2
    """,
}
"""What each table holds, counted from the answers."""


def _stand(row: str, step: int) -> str:
    """Return SQL that adds a row to where it stands, or takes it away."""
    return f"""
        INSERT INTO standing VALUES ({row}.device, {row}.state, {step})
        ON CONFLICT (device, state) DO UPDATE SET number = number + excluded.number;
    """


def _count(row: str, step: int) -> str:
    """Return SQL that adds a row to its hour, or takes it away."""
    parts, groups = (
        ", ".join(f"{step} * {part.format(row)}" for part in each.values()) for each in (_PARTS, _GROUPS)
    )
    return f"""
        INSERT INTO hours VALUES ({_HOUR.format(row)}, {parts})
        ON CONFLICT (hour) DO UPDATE SET {_columns("{0} = {0} + excluded.{0}", _PARTS)};
        INSERT INTO hour_reasons SELECT {_HOUR.format(row)}, chip.value, {groups}
        FROM {_CHIPS.format(row)} WHERE {_TAPPED.format(row)}
        ON CONFLICT (hour, reason) DO UPDATE SET {_columns("{0} = {0} + excluded.{0}", _GROUPS)};
    """


def _changed(names: Iterable[str]) -> str:
    return " OR ".join(f"old.{name} IS NOT new.{name}" for name in names)


_COUNTS_BY = ("given_ms", "score", "reasons", "counted")
_TRIGGERS = (
    f"""
    CREATE TEMP TRIGGER an_answer_comes AFTER INSERT ON main.responses
    BEGIN {_stand("new", 1)} {_count("new", 1)} END
    """,
    f"""
    CREATE TEMP TRIGGER an_answer_moves AFTER UPDATE OF device, state ON main.responses
    WHEN {_changed(("device", "state"))}
    BEGIN {_stand("old", -1)} {_stand("new", 1)} END
    """,
    f"""
    CREATE TEMP TRIGGER an_answer_changes AFTER UPDATE OF {_columns("{}", _COUNTS_BY)} ON main.responses
    WHEN {_changed(_COUNTS_BY)}
    BEGIN {_count("old", -1)} {_count("new", 1)} END
    """,
)
