"""Keep beside a flagged answer when and by whom it was decided whether it counts, and find flagged ones."""

import sqlalchemy as sa
from alembic import op

from hub.db.schema import Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns and the index."""
    op.add_column("responses", sa.Column("decided_at", Moment))
    op.add_column("responses", sa.Column("decided_by", sa.String(255)))
    flagged = sa.text("flags <> '[]'")
    op.create_index(
        "ix_responses_in_doubt", "responses", ["store", "happened_at"],
        sqlite_where=flagged, postgresql_where=flagged,
    )  # fmt: skip
