"""Create the tables of API keys, by which programs of head office read."""

import sqlalchemy as sa
from alembic import op

from hub.db.schema import Moment

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "api_keys",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("prefix", sa.String(32), nullable=False),
        sa.Column("key_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("last_used_at", Moment),
    )
    op.create_table(
        "api_key_stores",
        sa.Column(
            "name", sa.String(64), sa.ForeignKey("api_keys.name", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("store", sa.String(64), sa.ForeignKey("stores.code"), primary_key=True),
    )
    op.create_table(
        "api_requests",
        sa.Column("subject", sa.String(64), primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("since", Moment, nullable=False),
    )
