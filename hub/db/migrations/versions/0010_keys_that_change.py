"""Let device keys change, and keep which keys kiosks seal contact details with."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the columns. Kiosks that were paired before go on with their keys."""
    for column in (
        sa.Column("next_key_hash", sa.LargeBinary),
        sa.Column("former_key_hash", sa.LargeBinary),
        sa.Column("new_key_wanted", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("sealing_keys", sa.String(1300)),
    ):
        op.add_column("kiosks", column)
    op.create_index("ix_kiosks_next_key_hash", "kiosks", ["next_key_hash"])
