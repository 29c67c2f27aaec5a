"""Who may not be mailed, and why: the one expression that the freeze, the claim and every look later go by."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, select, union_all

from dispatch.database.schema import subscriber, suppression
from dispatch.subscribers.subscriber import NOT_IN_FILE, Status

PAGE = 1_000
"""Rows fetched, or ids asked for, at once; SQLite takes 32,766 parameters."""

PEOPLE: FromClause = subscriber.outerjoin(suppression, suppression.c.subscriber_id == subscriber.c.id)
"""Everybody who is known, with their suppression."""

BARRED: ColumnElement[str | None] = case(
    (suppression.c.reason.is_not(None), suppression.c.reason),
    (subscriber.c.status != Status.SUBSCRIBED, subscriber.c.status),
    (and_(subscriber.c.origin == "file", ~subscriber.c.in_file), NOT_IN_FILE),
    else_=None,
)
"""Over PEOPLE: the weightiest reason, since who has left is not merely missing from the file; null: may be mailed."""


def barred_among(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Which of these may not be mailed now, each with the reason. A suppression of nobody who is known counts too."""
    barred: dict[str, str] = {}
    for page in _pages(ids):
        known = select(subscriber.c.id, BARRED).select_from(PEOPLE)
        query = union_all(
            select(suppression.c.subscriber_id, suppression.c.reason).where(suppression.c.subscriber_id.in_(page)),
            known.where(subscriber.c.id.in_(page), BARRED.is_not(None)),
        )
        barred.update((person, reason) for person, reason in connection.execute(query))
    return barred


def _pages(ids: Collection[str]) -> Iterator[list[str]]:
    remaining = iter(ids)
    while page := list(islice(remaining, PAGE)):
        yield page
