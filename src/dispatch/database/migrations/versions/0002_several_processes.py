"""Several sending processes, the claim in the git remote, and a pace that outlives a run; never changed."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the tables and columns."""
    _membership()
    op.add_column("batch", sa.Column("provider_id", TEXT, nullable=False, server_default=""))
    op.add_column("batch", sa.Column("version", sa.Integer, nullable=False, server_default="0"))
    op.add_column("mailing", sa.Column("claim", TEXT, nullable=False, server_default=""))
    op.add_column("mailing", sa.Column("says", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("mailing", sa.Column("news", sa.Integer, nullable=False, server_default="-1"))
    news = op.create_table(
        "news",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_news"),
    )
    op.execute(sa.insert(news).values(id=1, number=0))
    op.create_table(
        "worker",
        sa.Column("token", TEXT, nullable=False),
        sa.Column("mailing_id", sa.Integer, nullable=False),
        sa.Column("host", TEXT, nullable=False),
        sa.Column("process", sa.Integer, nullable=False),
        sa.Column("alive_until", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_worker"),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name="fk_worker_mailing_id"),
    )
    op.create_table(
        "pace",
        sa.Column("provider", TEXT, nullable=False),
        sa.Column("rate", sa.Double, nullable=False),
        sa.Column("paused_until", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("provider", name="pk_pace"),
    )


def _membership() -> None:
    """Whoever is in the file is marked so, and no longer by the number of the import that saw them last."""
    setting = sa.table("setting", sa.column("name"), sa.column("value"))
    subscriber = sa.table("subscriber", sa.column("seen"))
    read_last = sa.select(setting.c.value).where(setting.c.name == "subscribers_file")
    stored = op.get_bind().execute(read_last).scalar()
    generation = json.loads(stored)["generation"] if stored else 0
    op.execute(sa.update(subscriber).values(seen=sa.case((subscriber.c.seen == generation, 1), else_=0)))
    op.execute(sa.delete(setting).where(setting.c.name == "subscribers_file"))  # to be read anew
    with op.batch_alter_table("subscriber") as table:
        table.alter_column(
            "seen",
            new_column_name="in_file",
            existing_type=sa.Integer,
            type_=sa.Boolean,
            existing_nullable=False,
            postgresql_using="seen = 1",
        )
        table.drop_constraint("uq_subscriber_email", type_="unique")
