"""The people of a mailing as they are stored: written by the freeze, and read by every call."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, Text, bindparam, cast, func, select

from dispatch.database.bulk import add_rows
from dispatch.database.prepared import Prepared
from dispatch.database.schema import mailing, recipient
from dispatch.messages.message import Recipient

_PEOPLE = Prepared(
    select(*(recipient.c[name] for name in Recipient._fields if name != "values"), cast(recipient.c["values"], Text))
    .where(recipient.c.mailing_id == bindparam("mailing_id"))
    .where(recipient.c.position.between(bindparam("low"), bindparam("high")))
    .where(recipient.c.variant == bindparam("variant"))
    .order_by(recipient.c.position)
)


def find_people(
    connection: Connection, mailing_id: int, variant: int, positions: Sequence[int]
) -> tuple[Recipient, ...]:
    """The people at these rising positions, in order, all of whom get one variant."""
    between = {"mailing_id": mailing_id, "variant": variant, "low": positions[0], "high": positions[-1]}
    found = _PEOPLE.run(connection, between).fetchall()
    if len(found) > len(positions):
        wanted = set(positions)
        found = [one for one in found if one[0] in wanted]
    if not found:
        return ()
    *columns, texts = zip(*found, strict=True)
    values = json.loads(f"[{','.join(texts)}]")  # at once: a third of the time
    return tuple(map(Recipient._make, zip(*columns, values, strict=True)))


def find_place(connection: Connection, mailing_id: int, subscriber_id: str) -> int | None:
    """The position of somebody in a mailing, if they are a recipient."""
    theirs = (recipient.c.mailing_id == mailing_id, recipient.c.subscriber_id == subscriber_id)
    return connection.execute(select(recipient.c.position).where(*theirs)).scalar()


def find_places(connection: Connection, issue: str, ids: Collection[str]) -> dict[int, dict[int, str]]:
    """Who of these subscribers stands where in all mailings of an issue: id by position, by the mailing's id."""
    query = select(recipient.c.mailing_id, recipient.c.position, recipient.c.subscriber_id).join(mailing)
    places: dict[int, dict[int, str]] = {}
    for mailing_id, position, person in connection.execute(
        query.where(mailing.c.issue == issue, recipient.c.subscriber_id.in_(ids))
    ):
        places.setdefault(mailing_id, {})[position] = person
    return places


def count_people(connection: Connection, mailing_id: int) -> tuple[int, int | None]:
    """How many recipients a mailing has, and the highest of their positions."""
    query = select(func.count(), func.max(recipient.c.position)).where(recipient.c.mailing_id == mailing_id)
    number, highest = connection.execute(query).one()
    return number, highest


def insert_people(
    connection: Connection, mailing_id: int, people: Iterable[tuple[int, str, str, str, int, str]]
) -> None:
    """Add recipients, each by position, subscriber's id, address, name, variant, and values as JSON."""
    add_rows(connection, recipient, ((mailing_id, *person) for person in people))
