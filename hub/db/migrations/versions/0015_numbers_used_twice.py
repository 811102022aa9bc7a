"""Count the responses whose number another one of the same kiosk has, too."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the column, and count for those that are here."""
    op.add_column("kiosks", sa.Column("doubled", sa.BigInteger, nullable=False, server_default="0"))
    op.execute(
        "UPDATE kiosks SET doubled = found.doubled FROM (SELECT kiosk, count(*) - count(DISTINCT sequence)"
        " AS doubled FROM responses WHERE kiosk IS NOT NULL GROUP BY kiosk HAVING count(*) >"
        " count(DISTINCT sequence)) AS found WHERE found.kiosk = kiosks.id"
    )
