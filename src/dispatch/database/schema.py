"""The tables: who we write to, and the ledger of what was handed over."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

from dispatch.database.byte_order import Text

# Times are ISO 8601 text in UTC with a trailing Z, the same on every database and readable in a dump.

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# --- subscribers -----------------------------------------------------------------------------

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", String(32), primary_key=True),  # HMAC of the normalised address, hex
    Column("email", Text, nullable=False),  # one mailbox has one id: a second index would cost more than the import
    Column("name", Text, nullable=False, default=""),
    Column("first_name", Text, nullable=False, default=""),
    Column("language", Text, nullable=False, default=""),
    Column("tags", JSON, nullable=False),  # list of text
    Column("fields", JSON, nullable=False),  # every other column of the file: text to text
    Column("status", Text, nullable=False),  # unconfirmed | subscribed | unsubscribed
    Column("consent_source", Text, nullable=False, default=""),
    Column("consent_at", Text, nullable=False, default=""),
    Column("origin", Text, nullable=False),  # file | form
    Column("in_file", Boolean, nullable=False),  # whether the subscribers' file has them
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
)

# Keyed by the subscriber's id, which is derived from the address, so that it outlives the
# subscriber's row: deleting and importing somebody again finds the suppression still there.
suppression = Table(
    "suppression",
    metadata,
    Column("subscriber_id", String(32), primary_key=True),
    Column("reason", Text, nullable=False),  # unsubscribed | bounced | complained | manual | forgotten
    Column("since", Text, nullable=False),
    Column("source", Text, nullable=False),  # what did it: "one-click slug.1", "subscribers.csv:12", …
    Column("email", Text),  # empty once forgotten
)

subscriber_event = Table(
    "subscriber_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", String(32), nullable=False, index=True),
    Column("at", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("detail", Text, nullable=False, default=""),
)

setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# One row: how often something that a live sender must heed has changed (see database/news.py).
news = Table(
    "news",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1
    Column("number", Integer, nullable=False),
)

# --- ledger ----------------------------------------------------------------------------------

mailing = Table(
    "mailing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),  # <slug>.<n>
    Column("issue", Text, nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("segment", Text, nullable=False, default=""),
    Column("audience", Integer, nullable=False),  # recipients frozen
    Column("excluded", JSON, nullable=False),  # reason to number, before the freeze
    Column("content", LargeBinary, nullable=False),  # the MessageTemplate as frozen
    Column("content_sha256", String(64), nullable=False),
    Column("commit", Text, nullable=False, default=""),
    Column("clean", Boolean, nullable=False, default=False),
    Column("key_id", Text, nullable=False),
    Column("started_at", Text),
    Column("finished_at", Text),
    # The operator's wishes; every other state is derived from the rows below.
    Column("not_before", Text),
    Column("paused_at", Text),
    Column("cancelled_at", Text),
    Column("pause_after", Integer),  # --limit: pause once this many are no longer pending
    # What this ledger last wished to hold in the git remote (see inspection/claim.py); empty: nothing yet.
    Column("claim", Text, nullable=False, default="", server_default=""),
    # Digests of the parts, by which it is known again under another name.
    Column("says", JSON, nullable=False, default=list, server_default="[]"),
    Column("news", Integer, nullable=False, default=-1, server_default="-1"),  # the number at the freeze
    # A digest of all that a reader sees of the issue; empty: it was mailed before there was one.
    Column("fingerprint", Text, nullable=False, default="", server_default=""),
)

recipient = Table(
    "recipient",
    metadata,
    Column("mailing_id", Integer, ForeignKey("mailing.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),  # 1 … audience
    Column("subscriber_id", String(32), nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False, default=""),
    Column("variant", Integer, nullable=False, default=0),
    Column("values", JSON, nullable=False),  # merge field to text, as frozen
    sqlite_with_rowid=False,
)

# A batch row is a set of positions and their common fate. The rows of a mailing partition its
# audience: every position stands in exactly one row, so counts are sums and always add up.
batch = Table(
    "batch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing_id", Integer, ForeignKey("mailing.id"), nullable=False),
    Column("variant", Integer, nullable=False, default=0),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("positions", Text, nullable=False),  # ranges: "1-20,22,25-40"
    Column("count", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("begun", Integer, nullable=False, default=0),  # how many may have left, in order
    Column("done", Integer, nullable=False, default=0),  # how many of those were accepted
    Column("revision", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("request_sha256", String(64)),
    Column("submitted_at", Text),  # the first submission; the Date of its messages
    Column("not_before", Text),
    Column("claimed_by", Text),
    Column("code", Text, nullable=False, default=""),  # the answer, or the reason of a withdrawal
    Column("detail", Text, nullable=False, default=""),
    Column("updated_at", Text, nullable=False),
    Column("provider_id", Text, nullable=False, default="", server_default=""),  # one id for all: then no receipts
    # Rises with every change: who read an older one has been fenced off, and may neither write nor send.
    Column("version", Integer, nullable=False, default=0, server_default="0"),
    Index("ix_batch_mailing_state", "mailing_id", "state"),
    Index("ix_batch_mailing_first", "mailing_id", "first"),
)

receipt = Table(
    "receipt",
    metadata,
    Column("mailing_id", Integer, ForeignKey("mailing.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("provider_id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Who is sending: a row for each process, for as long as it lives.
worker = Table(
    "worker",
    metadata,
    Column("token", Text, primary_key=True),  # the first part of what stands in batch.claimed_by
    Column("mailing_id", Integer, ForeignKey("mailing.id"), nullable=False),
    Column("host", Text, nullable=False),
    Column("process", Integer, nullable=False),
    Column("alive_until", Double, nullable=False),  # seconds since 1970 by the database's clock: the lease of its rows
)

# What was learnt about a provider's pace, so that neither a restart nor a second process starts from nothing.
pace = Table(
    "pace",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("rate", Double, nullable=False),  # recipients per second, all processes together
    Column("paused_until", Double, nullable=False),  # seconds since 1970 by the database's clock, as below
    Column("updated_at", Double, nullable=False),
)
