"""Create the table that counts wrong codes of people, and codes that networks ask for."""

import sqlalchemy as sa
from alembic import op

from hub.db.schema import Moment

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "pairing_tries",
        sa.Column("subject", sa.String(64), primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("since", Moment, nullable=False),
    )
