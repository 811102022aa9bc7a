"""Let a line of receipts know the marks that it went through."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the column. Lines from before know none, and learn them from now on."""
    op.add_column("lines", sa.Column("before", sa.String(128), nullable=False, server_default=""))
