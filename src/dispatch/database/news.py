"""A number that rises whenever a live sender must look again: a wish of the operator's, or somebody who left."""

from __future__ import annotations

from sqlalchemy import Connection, literal_column, select, update

from dispatch.database.prepared import Prepared
from dispatch.database.schema import news

_READ = Prepared(select(news.c.number).where(news.c.id == literal_column("1")))
_RAISE = update(news).where(news.c.id == 1).values(number=news.c.number + 1)


def news_number(connection: Connection) -> int:
    """The number now. While it is what it was, nobody has left and no wish has changed.

    One look before each message costs less than asking for the wishes and for all suppressions.
    """
    return int(_READ.run(connection, {}).fetchone()[0])


def tell_news(connection: Connection) -> None:
    """Make every live sender look again before its next message; part of the transaction that changes something."""
    connection.execute(_RAISE)
