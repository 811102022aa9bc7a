"""The table of cases."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from hub.db.schema import Identity, Moment, metadata

cases = Table(
    "cases",
    metadata,
    Column("response", Identity, ForeignKey("responses.id"), primary_key=True),
    Column("store", String(64), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("answered_at", Moment),
    Column("answered_by", String(255)),
    Column("note", Text, nullable=False),
    Index(None, "store", "answered_at", "due_at"),
)
"""One case per response of a detractor who left contact details; open while answered_at is null."""
