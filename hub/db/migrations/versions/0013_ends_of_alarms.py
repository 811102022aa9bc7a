"""Let a mail tell that alarms have ended."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column. Mails written before tell that alarms have begun."""
    op.add_column("letters", sa.Column("tells_end", sa.Boolean, nullable=False, server_default=sa.false()))
