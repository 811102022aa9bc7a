"""Let the hub keep how a tablet is: battery, lock-down, last trouble, and since when it uses its settings."""

import sqlalchemy as sa
from alembic import op

from hub.db.schema import Moment

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the columns; nothing is known yet."""
    op.add_column("kiosks", sa.Column("settings_since", Moment))
    op.add_column("kiosks", sa.Column("battery", sa.SmallInteger))
    op.add_column("kiosks", sa.Column("plugged", sa.Boolean))
    op.add_column("kiosks", sa.Column("lock_state", sa.String(16)))
    op.add_column("kiosks", sa.Column("trouble", sa.String(64), nullable=False, server_default=""))
    op.add_column("kiosks", sa.Column("trouble_at", Moment))
