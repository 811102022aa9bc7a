"""The database: one engine, reading and writing transactions, migrations, and what differs by engine."""

from hub.db.engine import DatabaseUnreachable, empty_log, open_engine, reading, writing
from hub.db.migrations import WrongSchema, migrate, require_current
from hub.db.schema import metadata

__all__ = [
    "DatabaseUnreachable",
    "WrongSchema",
    "empty_log",
    "metadata",
    "migrate",
    "open_engine",
    "reading",
    "require_current",
    "writing",
]
