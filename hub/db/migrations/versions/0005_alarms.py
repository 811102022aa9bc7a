"""Create the tables of watched kiosks, of alarms, and of the post about them."""

import sqlalchemy as sa
from alembic import op

from hub.db.schema import Identity, Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables."""
    _watches()
    _alarms()
    op.create_table(
        "mutes",
        sa.Column("kiosk", Identity, primary_key=True),
        sa.Column("until", Moment, nullable=False),
        sa.Column("person", sa.String(255), nullable=False),
    )
    op.create_table(
        "closed_days",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("store", sa.String(64), primary_key=True),
    )
    _letters()
    op.create_table("unmailed", sa.Column("person", sa.String(255), primary_key=True))
    op.create_table(
        "turns",
        sa.Column("job", sa.String(16), primary_key=True),
        sa.Column("last_at", Moment, nullable=False),
    )


def _watches() -> None:
    op.create_table(
        "watches",
        sa.Column("kiosk", Identity, primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("store", sa.String(64), sa.ForeignKey("stores.code"), nullable=False),
        sa.Column("touchpoint", sa.String(64), nullable=False),
        sa.Column("standing", sa.String(16), nullable=False),
        sa.Column("given", sa.BigInteger, nullable=False),
        sa.Column("contact_since", Moment),
        sa.Column("judged_until", Moment, nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.Column("began", Moment),
        sa.Column("expected", sa.Float, nullable=False),
        sa.Column("open_hours", sa.Float, nullable=False),
        sa.Column("surprise", sa.Float, nullable=False),
        sa.Column("day", sa.Date),
        sa.Column("of_day", sa.Float, nullable=False),
        sa.Column("by_hours", sa.Float, nullable=False),
        sa.Column("usual", sa.Text, nullable=False),
        sa.Column("learned_on", sa.Date),
    )
    op.create_index("ix_watches_store", "watches", ["store"])


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("kiosk", Identity, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("store", sa.String(64), sa.ForeignKey("stores.code"), nullable=False),
        sa.Column("touchpoint", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.Column("began", Moment, nullable=False),
        sa.Column("found_at", Moment, nullable=False),
        sa.Column("expected", sa.Float, nullable=False),
        sa.Column("open_hours", sa.Float, nullable=False),
        sa.Column("ended_at", Moment),
        sa.Column("ending", sa.String(16)),
        sa.Column("seen_at", Moment),
        sa.Column("seen_by", sa.String(255)),
    )
    goes_on = sa.text("ended_at IS NULL")
    op.create_index("ix_alarms_store_ended_at", "alarms", ["store", "ended_at"])
    op.create_index(
        "ix_alarms_going_on", "alarms", ["kiosk"],
        unique=True, sqlite_where=goes_on, postgresql_where=goes_on,
    )  # fmt: skip


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("recipient", sa.String(255), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("written_at", Moment, nullable=False),
        sa.Column("try_at", Moment, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("held_until", Moment),
        sa.Column("sent_at", Moment),
        sa.Column("dropped_at", Moment),
        sa.Column("trouble", sa.String(200), nullable=False, server_default=""),
    )
    op.create_index("ix_letters_sent_at_dropped_at_try_at", "letters", ["sent_at", "dropped_at", "try_at"])
    op.create_table(
        "letter_alarms",
        sa.Column("letter", sa.String(36), sa.ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("alarm", sa.BigInteger, sa.ForeignKey("alarms.id"), primary_key=True),
    )
