"""Let a store have a survey of its own, and head office take one back."""

import sqlalchemy as sa
from alembic import op

from hub.db.schema import Moment

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns. Surveys published before are for the whole chain."""
    op.add_column("surveys", sa.Column("store", sa.String(64)))
    op.add_column("surveys", sa.Column("retired_at", Moment))
