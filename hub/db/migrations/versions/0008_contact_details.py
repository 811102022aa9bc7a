"""Find contact details that are due, and those of a person who asks, without looking at every answer."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_INDEXES = {
    "contacts": ("id", "contact_box"),
    "email": ("email_hash", "email_hash"),
    "phone": ("phone_hash", "phone_hash"),
}


def upgrade() -> None:
    """Create the indexes, which hold only answers with contact details."""
    for name, (column, there) in _INDEXES.items():
        some = sa.text(f"{there} IS NOT NULL")
        op.create_index(
            f"ix_responses_{name}", "responses", [column], sqlite_where=some, postgresql_where=some
        )
