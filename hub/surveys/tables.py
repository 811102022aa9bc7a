"""The tables of published surveys and of what is set on kiosks."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from hub.db.schema import Moment, metadata

surveys = Table(
    "surveys",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("store", String(64)),
    Column("retired_at", Moment),
)
"""document is the JSON of common.surveys.to_document. A published version never changes.

With a store only that store's kiosks show it. From retired_at on none does, but answers to it are taken.
"""

kiosk_settings = Table(
    "kiosk_settings",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("store", String(64), ForeignKey("stores.code"), index=True),
    Column("document", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
)
"""Every change of settings, the last one of a store or, without a store, of the whole chain being in force.
document is JSON with some parts of common.settings, {} once they were taken away."""
