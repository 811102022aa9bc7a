"""Create the table of kiosks' settings, and keep which ones each kiosk uses and what it cannot use."""

import sqlalchemy as sa
from alembic import op

from hub.db.schema import Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table and the columns."""
    op.create_table(
        "kiosk_settings",
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("store", sa.String(64), sa.ForeignKey("stores.code")),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("set_at", Moment, nullable=False),
    )
    op.create_index("ix_kiosk_settings_store", "kiosk_settings", ["store"])
    op.add_column("kiosks", sa.Column("settings", sa.BigInteger))
    for name in ("survey_trouble", "settings_trouble"):
        op.add_column("kiosks", sa.Column(name, sa.String(200), nullable=False, server_default=""))
