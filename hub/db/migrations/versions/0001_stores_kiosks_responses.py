"""Create the tables of stores, kiosks, responses, tallies, surveys, cases and the audit."""

import sqlalchemy as sa
from alembic import op

from hub.db.schema import Identity, Moment, Names

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the first tables."""
    _stores_and_surveys()
    _responses()
    _fleet()
    _followup()


def _stores_and_surveys() -> None:
    op.create_table(
        "stores",
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("region", sa.String(100), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("closing_hour", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("created_at", Moment, nullable=False),
        sa.CheckConstraint("closing_hour BETWEEN 0 AND 11", name="closing_hour"),
    )
    op.create_table(
        "surveys",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("published_at", Moment, nullable=False),
    )


def _responses() -> None:
    op.create_table(
        "responses",
        sa.Column("id", Identity, primary_key=True),
        sa.Column("store", sa.String(64), nullable=False),
        sa.Column("kiosk", Identity),
        sa.Column("sequence", sa.BigInteger),
        sa.Column("survey", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("touchpoint", sa.String(200), nullable=False),
        sa.Column("language", sa.String(64), nullable=False),
        sa.Column("score", sa.SmallInteger, nullable=False),
        sa.Column("reasons", Names, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("flags", Names, nullable=False),
        sa.Column("counted", sa.Boolean, nullable=False),
        sa.Column("given_at", Moment, nullable=False),
        sa.Column("utc_offset", sa.SmallInteger, nullable=False),
        sa.Column("clock_offset", sa.BigInteger, nullable=False),
        sa.Column("happened_at", Moment, nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("contact_key", sa.String(64)),
        sa.Column("contact_box", sa.LargeBinary),
        sa.Column("email_hash", sa.LargeBinary),
        sa.Column("phone_hash", sa.LargeBinary),
        sa.Column("consent_text", sa.String(64)),
        sa.Column("consent_language", sa.String(64)),
        sa.Column("consent_at", Moment),
        sa.CheckConstraint("score BETWEEN 0 AND 10", name="score"),
    )
    op.create_index("ix_responses_store_happened_at", "responses", ["store", "happened_at"])
    op.create_index("ix_responses_kiosk_sequence", "responses", ["kiosk", "sequence"])
    op.create_table(
        "erased",
        sa.Column("id", Identity, primary_key=True),
        sa.Column("erased_at", Moment, nullable=False),
    )
    op.create_table(
        "tallies",
        sa.Column("store", sa.String(64), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("channel", sa.String(16), primary_key=True),
        sa.Column("touchpoint", sa.String(200), primary_key=True),
        sa.Column("counted", sa.Boolean, primary_key=True),
        *(sa.Column(f"s{score}", sa.Integer, nullable=False) for score in range(11)),
        sqlite_with_rowid=False,
    )


def _fleet() -> None:
    counts = ("given", "delivered", "waiting", "quarantined")
    op.create_table(
        "kiosks",
        sa.Column("id", Identity, primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("key_hash", sa.LargeBinary, nullable=False),
        sa.Column("paired_at", Moment, nullable=False),
        sa.Column("state", sa.String(16), nullable=False, server_default="active"),
        sa.Column("last_contact_at", Moment),
        sa.Column("app", sa.String(40), nullable=False),
        sa.Column("survey", sa.BigInteger, nullable=False, server_default="0"),
        *(sa.Column(name, sa.BigInteger, nullable=False, server_default="0") for name in counts),
        sa.Column("oldest_waiting_at", Moment),
        sa.Column("received", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("clock_offset", sa.BigInteger),
        sa.Column("free_disk", sa.BigInteger),
        sa.UniqueConstraint("key_hash"),
    )
    op.create_table(
        "assignments",
        sa.Column("kiosk", Identity, sa.ForeignKey("kiosks.id"), primary_key=True),
        sa.Column("from_at", Moment, primary_key=True),
        sa.Column("store", sa.String(64), sa.ForeignKey("stores.code"), nullable=False),
        sa.Column("touchpoint", sa.String(64), nullable=False),
    )
    op.create_table(
        "pairings",
        sa.Column("device_code_hash", sa.LargeBinary, primary_key=True),
        sa.Column("user_code", sa.String(8), nullable=False),
        sa.Column("requested_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("polled_at", Moment),
        sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("store", sa.String(64), sa.ForeignKey("stores.code")),
        sa.Column("touchpoint", sa.String(64)),
        sa.Column("approved_by", sa.String(255)),
        sa.Column("kiosk", Identity, sa.ForeignKey("kiosks.id")),
        sa.UniqueConstraint("user_code"),
    )
    op.create_table(
        "repeats",
        sa.Column("kiosk", Identity, sa.ForeignKey("kiosks.id"), primary_key=True),
        sa.Column("sequence", sa.BigInteger, primary_key=True),
        sa.Column("response", Identity, nullable=False),
    )
    op.create_table(
        "refusals",
        sa.Column("kiosk", Identity, sa.ForeignKey("kiosks.id"), primary_key=True),
        sa.Column("response", sa.String(64), primary_key=True),
        sa.Column("code", sa.String(32), primary_key=True),
        sa.Column("first_at", Moment, nullable=False),
        sa.Column("last_at", Moment, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
    )


def _followup() -> None:
    op.create_table(
        "cases",
        sa.Column("response", Identity, sa.ForeignKey("responses.id"), primary_key=True),
        sa.Column("store", sa.String(64), nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("answered_at", Moment),
        sa.Column("answered_by", sa.String(255)),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index("ix_cases_store_answered_at_due_at", "cases", ["store", "answered_at", "due_at"])
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("person", sa.String(255), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
