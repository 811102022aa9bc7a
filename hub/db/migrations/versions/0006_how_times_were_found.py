"""Keep with each response how its time was corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column."""
    op.add_column("responses", sa.Column("timing", sa.String(8)))
