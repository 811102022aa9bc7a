"""Create the tables of people, of their stores and of sign-in tries."""

import sqlalchemy as sa
from alembic import op

from hub.db.schema import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "people",
        sa.Column("email", sa.String(255), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("language", sa.String(8), nullable=False, server_default=""),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.UniqueConstraint("session"),
        sa.CheckConstraint("role IN ('head_office', 'store_manager')", name="role"),
    )
    op.create_table(
        "people_stores",
        sa.Column(
            "person", sa.String(255), sa.ForeignKey("people.email", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("store", sa.String(64), sa.ForeignKey("stores.code"), primary_key=True),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("subject", sa.String(64), primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("since", Moment, nullable=False),
    )
