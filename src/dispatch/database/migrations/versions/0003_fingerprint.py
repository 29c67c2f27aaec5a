"""What an issue said when it was mailed, in a digest; never changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the column."""
    op.add_column("mailing", sa.Column("fingerprint", TEXT, nullable=False, server_default=""))
