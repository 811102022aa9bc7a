"""Create the table of the lines of receipts, by which copies of a tablet are recognised."""

import sqlalchemy as sa
from alembic import op

from hub.db.schema import Identity, Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "lines",
        sa.Column("kiosk", Identity, sa.ForeignKey("kiosks.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("mark", sa.String(100), nullable=False),
        sa.Column("began_at", Moment, nullable=False),
        sa.Column("last_at", Moment, nullable=False),
        sa.Column("proven", sa.Boolean, nullable=False),
    )
