"""The table of published surveys."""

from sqlalchemy import Column, Integer, String, Table, Text

from hub.db.schema import Moment, metadata

surveys = Table(
    "surveys",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("published_at", Moment, nullable=False),
)
"""document is the JSON of common.surveys.to_document. A published version never changes."""
