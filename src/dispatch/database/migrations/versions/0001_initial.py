"""The first tables: subscribers and ledger. What they are for stands in schema.py; this page never changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    _subscribers()
    _ledger()


def _subscribers() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("first_name", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("fields", sa.JSON, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("consent_source", TEXT, nullable=False),
        sa.Column("consent_at", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("updated_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriber"),
        sa.UniqueConstraint("email", name="uq_subscriber_email"),
    )
    op.create_table(
        "suppression",
        sa.Column("subscriber_id", sa.String(32), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("since", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("email", TEXT),
        sa.PrimaryKeyConstraint("subscriber_id", name="pk_suppression"),
    )
    op.create_table(
        "subscriber_event",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("subscriber_id", sa.String(32), nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("event", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriber_event"),
    )
    op.create_index("ix_subscriber_event_subscriber_id", "subscriber_event", ["subscriber_id"])
    op.create_table(
        "setting",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )


def _ledger() -> None:
    op.create_table(
        "mailing",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("issue", TEXT, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("nonce", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("provider", TEXT, nullable=False),
        sa.Column("segment", TEXT, nullable=False),
        sa.Column("audience", sa.Integer, nullable=False),
        sa.Column("excluded", sa.JSON, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("commit", TEXT, nullable=False),
        sa.Column("clean", sa.Boolean, nullable=False),
        sa.Column("key_id", TEXT, nullable=False),
        sa.Column("started_at", TEXT),
        sa.Column("finished_at", TEXT),
        sa.Column("not_before", TEXT),
        sa.Column("paused_at", TEXT),
        sa.Column("cancelled_at", TEXT),
        sa.Column("pause_after", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_mailing"),
        sa.UniqueConstraint("name", name="uq_mailing_name"),
    )
    op.create_index("ix_mailing_issue", "mailing", ["issue"])
    op.create_table(
        "recipient",
        sa.Column("mailing_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("subscriber_id", sa.String(32), nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("variant", sa.Integer, nullable=False),
        sa.Column("values", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("mailing_id", "position", name="pk_recipient"),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name="fk_recipient_mailing_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_recipient_subscriber_id", "recipient", ["subscriber_id"])
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("mailing_id", sa.Integer, nullable=False),
        sa.Column("variant", sa.Integer, nullable=False),
        sa.Column("first", sa.Integer, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("positions", TEXT, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("begun", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("request_sha256", sa.String(64)),
        sa.Column("submitted_at", TEXT),
        sa.Column("not_before", TEXT),
        sa.Column("claimed_by", TEXT),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("updated_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name="fk_batch_mailing_id"),
    )
    op.create_index("ix_batch_mailing_state", "batch", ["mailing_id", "state"])
    op.create_index("ix_batch_mailing_first", "batch", ["mailing_id", "first"])
    op.create_table(
        "receipt",
        sa.Column("mailing_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("provider_id", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("mailing_id", "position", "provider_id", name="pk_receipt"),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name="fk_receipt_mailing_id"),
        sqlite_with_rowid=False,
    )
