"""The subscribers' file brought into the database in one transaction: it is membership and re-subscribes nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import PurePath

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    Text,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.schema import CreateIndex, CreateTable

from dispatch import __version__
from dispatch.database.news import tell_news
from dispatch.database.schema import setting, subscriber, subscriber_event, suppression
from dispatch.errors import Problem
from dispatch.subscribers.csv_import import Rejected, Row, SubscribersFile
from dispatch.subscribers.subscriber import Reason, Status, id_of_key

_CHUNK = 10_000  # rows handed to executemany at once
_SETTING = "subscribers_file"

# Where the file waits to be compared with what is known. Lists and mappings travel as the JSON text that they become.
_incoming = Table(
    "incoming",
    MetaData(),
    Column("id", String(32), nullable=False),
    Column("line", Integer, nullable=False),
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
)
_by_id = Index("ix_incoming_id", _incoming.c.id)

_COPIED = ("email", "name", "first_name", "language", "tags", "fields", "status", "consent_source", "consent_at")


@dataclass(frozen=True)
class ImportReport:
    """What the file brought. people = added + updated + unchanged, and the forgotten, who are counted as suppressed."""

    file: str
    encoding: str
    delimiter: str
    people: int  # valid lines
    added: int
    updated: int
    unchanged: int
    left: int  # known from the file as it was, and not in it any more
    unsubscribed: int  # newly, because the file says so
    suppressed: int  # lines that were overruled: these people may not be mailed, whatever the file says
    rejected: tuple[Rejected, ...]

    def problems(self) -> list[Problem]:
        """The rejected lines as problems, each at its place."""
        return [rejected.problem(self.file) for rejected in self.rejected]


@dataclass(frozen=True)
class FileState:
    """What is remembered of the file that was read last."""

    generation: int = 0  # of the import; whoever it saw is in the file
    fingerprint: str = ""
    people: int = 0
    unsubscribed: int = 0  # lines that say so
    rejected: int = 0
    merge_fields: tuple[str, ...] = ()


def read_state(connection: Connection) -> FileState:
    """What is remembered of the file; generation 0 where none was read yet."""
    value = connection.execute(select(setting.c.value).where(setting.c.name == _SETTING)).scalar()
    if value is None:
        return FileState()
    state = json.loads(value)
    return FileState(**{**state, "merge_fields": tuple(state["merge_fields"])})


def fingerprint_of(file: SubscribersFile) -> str:
    """Changes with the file's bytes, and with the program, whose rules may have changed."""
    return f"{__version__} {file.facts.sha256}"


def report_unchanged(connection: Connection, file: SubscribersFile, state: FileState) -> ImportReport:
    """The report on a file that is in the database already; only where it has rejected lines is it read again."""
    known, suppressed = _count(connection, state)
    rejected = tuple(row for row in file if isinstance(row, Rejected)) if state.rejected else ()
    return _report(file, state, rejected, unchanged=known, suppressed=suppressed)


def import_file(connection: Connection, file: SubscribersFile, *, id_key: bytes, now: str) -> ImportReport:
    """Compare the file with what is known, and write the difference and its history."""
    before = read_state(connection)
    connection.execute(CreateTable(_incoming))
    rejected = _stage(connection, file, id_key)
    people, unsubscribed = _count_staged(connection)
    after = FileState(
        before.generation + 1, fingerprint_of(file), people, unsubscribed, len(rejected), file.merge_fields
    )
    _pass_over_the_forgotten(connection)
    _keep_unsubscribed(connection)
    newly_unsubscribed = _suppress_the_unsubscribed(connection, file.facts.name, now)
    left = _tell_who_left(connection, before, now)
    _tell_who_came_back(connection, before, file.facts.name, now)
    updated = _update_known(connection, file.facts.name, now)
    _mark_as_seen(connection, after)
    added = _add_new(connection, after, file.facts.name, now)
    _incoming.drop(connection)
    _write_state(connection, after)
    tell_news(connection)
    known, suppressed = _count(connection, after)
    return _report(
        file,
        after,
        rejected,
        added=added,
        updated=updated,
        unchanged=known - added - updated,
        left=left,
        unsubscribed=newly_unsubscribed,
        suppressed=suppressed,
    )


def _stage(connection: Connection, file: SubscribersFile, id_key: bytes) -> tuple[Rejected, ...]:
    rejected: list[Rejected] = []

    def valid() -> Iterator[tuple[object, ...]]:
        for row in file:
            if isinstance(row, Rejected):
                rejected.append(row)
            else:
                yield _staged(row, id_key)

    # Past SQLAlchemy's own executemany, which takes longer for it than SQLite (7.3 and 3.1 µs a row).
    statement = insert(_incoming).compile(connection)
    names = _incoming.c.keys()
    rows = valid()
    while chunk := list(islice(rows, _CHUNK)):
        by_name = [dict(zip(names, row, strict=True)) for row in chunk]
        connection.exec_driver_sql(str(statement), chunk if statement.dialect.positional else by_name)
    connection.execute(CreateIndex(_by_id))  # now and not before: 1 s instead of 10 for a million of random ids
    return tuple(rejected)


def _staged(row: Row, id_key: bytes) -> tuple[object, ...]:
    """In the order of the columns of `incoming`."""
    return (
        id_of_key(row.key, id_key),
        row.line,
        row.email,
        row.name,
        row.first_name,
        row.language,
        _tags_json(row.tags),
        json.dumps(row.fields) if row.fields else "{}",
        row.status,
        row.consent_source,
        row.consent_at,
    )


@lru_cache(maxsize=4096)
def _tags_json(tags: tuple[str, ...]) -> str:
    return json.dumps(tags)


def _count_staged(connection: Connection) -> tuple[int, int]:
    unsubscribed = func.count(case((_incoming.c.status == Status.UNSUBSCRIBED, 1)))
    people, said_unsubscribed = connection.execute(select(func.count(), unsubscribed).select_from(_incoming)).one()
    return people, said_unsubscribed


def _pass_over_the_forgotten(connection: Connection) -> None:
    forgotten = select(suppression.c.subscriber_id).where(suppression.c.reason == Reason.FORGOTTEN)
    connection.execute(delete(_incoming).where(_incoming.c.id.in_(forgotten)))


def _keep_unsubscribed(connection: Connection) -> None:
    """Six products have re-subscribed by an import those who had left (reliability.md §3, 49)."""
    left = union_all(
        select(subscriber.c.id).where(subscriber.c.status == Status.UNSUBSCRIBED),
        select(suppression.c.subscriber_id).where(suppression.c.reason == Reason.UNSUBSCRIBED),
    )
    connection.execute(update(_incoming).values(status=Status.UNSUBSCRIBED.value).where(_incoming.c.id.in_(left)))


def _suppress_the_unsubscribed(connection: Connection, file: str, now: str) -> int:
    unsubscribed = _incoming.c.status == Status.UNSUBSCRIBED
    weaker = [reason for reason in Reason if Reason.UNSUBSCRIBED.outweighs(reason)]
    suppressed = exists().where(suppression.c.subscriber_id == _incoming.c.id, suppression.c.reason.not_in(weaker))
    new = and_(unsubscribed, ~suppressed)
    count = _tell(connection, "unsubscribed", _incoming, new, _place(file), now)
    connection.execute(delete(suppression).where(suppression.c.subscriber_id.in_(select(_incoming.c.id).where(new))))
    rows = select(
        _incoming.c.id, literal(Reason.UNSUBSCRIBED.value), literal(now), _place(file), _incoming.c.email
    ).where(new)
    connection.execute(insert(suppression).from_select(["subscriber_id", "reason", "since", "source", "email"], rows))
    return count


def _tell_who_left(connection: Connection, before: FileState, now: str) -> int:
    if not before.generation:
        return 0
    gone = and_(subscriber.c.seen == before.generation, ~exists().where(_incoming.c.id == subscriber.c.id))
    return _tell(connection, "left_file", subscriber, gone, literal(""), now)


def _tell_who_came_back(connection: Connection, before: FileState, file: str, now: str) -> None:
    absent = select(subscriber.c.id).where(subscriber.c.seen != before.generation)
    _tell(connection, "came_back", _incoming, _incoming.c.id.in_(absent), _place(file), now)


def _update_known(connection: Connection, file: str, now: str) -> int:
    restated = exists().where(
        subscriber.c.id == _incoming.c.id,
        subscriber.c.status != _incoming.c.status,
        _incoming.c.status != Status.UNSUBSCRIBED,
    )
    _tell(connection, _incoming.c.status, _incoming, restated, _place(file), now)
    differs = or_(*(cast(subscriber.c[name], Text) != cast(_incoming.c[name], Text) for name in _COPIED))
    return connection.execute(
        update(subscriber)
        .values({name: _incoming.c[name] for name in _COPIED} | {"updated_at": now})
        .where(subscriber.c.id == _incoming.c.id, differs)
    ).rowcount


def _add_new(connection: Connection, after: FileState, file: str, now: str) -> int:
    new = ~exists().where(subscriber.c.id == _incoming.c.id)
    count = _tell(connection, "added", _incoming, new, _place(file), now)
    columns = {
        "id": _incoming.c.id,
        **{name: _incoming.c[name] for name in _COPIED},
        "origin": literal("file"),
        "seen": literal(after.generation),
        "created_at": literal(now),
        "updated_at": literal(now),
    }
    in_order = select(*columns.values()).where(new).order_by(_incoming.c.id)  # as the index grows: faster
    connection.execute(insert(subscriber).from_select(list(columns), in_order))
    return count


def _mark_as_seen(connection: Connection, after: FileState) -> None:
    connection.execute(
        update(subscriber).values(seen=after.generation).where(subscriber.c.id.in_(select(_incoming.c.id)))
    )


def _write_state(connection: Connection, state: FileState) -> None:
    connection.execute(delete(setting).where(setting.c.name == _SETTING))
    connection.execute(insert(setting).values(name=_SETTING, value=json.dumps(vars(state))))


def _count(connection: Connection, state: FileState) -> tuple[int, int]:
    """Who of the file is known, and how many of its lines are overruled.

    Everybody whose line says unsubscribed is barred; whoever else is barred, or forgotten, is overruled.
    """
    barred = or_(suppression.c.subscriber_id.is_not(None), subscriber.c.status == Status.UNSUBSCRIBED)
    known, known_barred = connection.execute(
        select(func.count(), func.count(case((barred, 1))))
        .select_from(subscriber.outerjoin(suppression, suppression.c.subscriber_id == subscriber.c.id))
        .where(subscriber.c.seen == state.generation)
    ).one()
    forgotten = state.people - known
    return known, known_barred + forgotten - state.unsubscribed


def _tell(
    connection: Connection,
    event: str | ColumnElement[str],
    table: Table,
    whom: ColumnElement[bool],
    detail: ColumnElement[str],
    now: str,
) -> int:
    """Write one line of history for each row of the table that is meant."""
    name = literal(event) if isinstance(event, str) else event
    rows: Select[tuple[str, str, str, str]] = select(table.c.id, literal(now), name, detail).where(whom)
    return connection.execute(
        insert(subscriber_event)
        .from_select(["subscriber_id", "at", "event", "detail"], rows)
        .execution_options(preserve_rowcount=True)
    ).rowcount


def _place(file: str) -> ColumnElement[str]:
    return literal(f"{PurePath(file).name}:").concat(cast(_incoming.c.line, Text))


def _report(file: SubscribersFile, state: FileState, rejected: tuple[Rejected, ...], **counts: int) -> ImportReport:
    zero = {"added": 0, "updated": 0, "left": 0, "unsubscribed": 0}
    return ImportReport(
        file=file.facts.name,
        encoding=str(file.facts.encoding),
        delimiter=file.delimiter,
        people=state.people,
        rejected=rejected,
        **{**zero, **counts},
    )
