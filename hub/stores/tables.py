"""The table of stores."""

from sqlalchemy import CheckConstraint, Column, SmallInteger, String, Table

from hub.db.schema import Moment, metadata

stores = Table(
    "stores",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("region", String(100), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("closing_hour", SmallInteger, nullable=False, server_default="0"),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("closing_hour BETWEEN 0 AND 11", name="closing_hour"),
)
"""closing_hour is the local hour at which the business day ends: at 3, a score given at 02:30 is
yesterday's."""
