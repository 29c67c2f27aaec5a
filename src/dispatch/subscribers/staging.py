"""A file of subscribers in a private table, where all of it is at hand and nobody waits for it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import JSON, Column, Connection, Index, Integer, MetaData, String, Table, delete, func, select

from dispatch.database.bulk import json_object
from dispatch.database.byte_order import Text
from dispatch.database.workbench import Workbench
from dispatch.subscribers.csv_import import SubscribersFile, reject_lines
from dispatch.subscribers.csv_rows import Columns, Rejected, each
from dispatch.subscribers.subscriber import id_maker

private = MetaData()

incoming = Table(
    "incoming",
    private,
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("id", String(32), nullable=False),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("first_name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("status", Text, nullable=False),
    Column("consent_source", Text, nullable=False),
    Column("consent_at", Text, nullable=False),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
_by_id = Index("ix_incoming_id", incoming.c.id)


def stage(bench: Workbench, file: SubscribersFile, id_key: bytes) -> tuple[Rejected, ...]:
    """Put every valid line into the table `incoming`; gives the others, in order.

    Of several lines with one address the first is valid. Only within preparing().
    """
    rejected: list[Rejected] = []
    bench.make(incoming)
    bench.fill(incoming, _valid(file, id_key, rejected))
    bench.index(_by_id)
    return tuple(rejected)


def reject_repeated(connection: Connection, file: SubscribersFile) -> tuple[Rejected, ...]:
    """Take the second and further lines of an address out of `incoming`, and tell them."""
    first = func.min(incoming.c.line).label("first")
    several = select(incoming.c.id, first).group_by(incoming.c.id).having(func.count() > 1).subquery()
    query = select(incoming.c.line, incoming.c.email, several.c.first).join(several, several.c.id == incoming.c.id)
    repeated = {
        line: (email, first_line)
        for line, email, first_line in connection.execute(query.where(incoming.c.line != several.c.first))
    }
    if not repeated:
        return ()
    connection.execute(
        delete(incoming).where(
            incoming.c.line.in_(
                select(incoming.c.line)
                .join(several, several.c.id == incoming.c.id)
                .where(incoming.c.line != several.c.first)
            )
        )
    )
    return reject_lines(file, repeated)


def _valid(file: SubscribersFile, id_key: bytes, rejected: list[Rejected]) -> Iterator[tuple[object, ...]]:
    """In the order of the columns of `incoming`. Lists and mappings are the JSON text that SQLAlchemy would write."""
    id_of = id_maker(id_key)
    for found in file.in_columns():
        if isinstance(found, Rejected):
            rejected.append(found)
        else:
            columns = found if isinstance(found, Columns) else Columns.of(found)
            yield from zip(
                columns.line,
                map(id_of, columns.key),
                columns.email,
                columns.name,
                columns.first_name,
                columns.language,
                each(json.dumps, columns.tags),
                each(json_object, columns.fields),
                map(str, columns.status),
                columns.consent_source,
                columns.consent_at,
                strict=True,
            )
