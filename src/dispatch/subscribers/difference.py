"""What a staged file would change: found out in private tables, and written a portion at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Identity,
    Integer,
    Select,
    String,
    Table,
    and_,
    case,
    cast,
    delete,
    desc,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from dispatch.database.byte_order import Text
from dispatch.database.schema import subscriber, subscriber_event, suppression
from dispatch.database.workbench import Workbench
from dispatch.subscribers.staging import incoming, private
from dispatch.subscribers.subscriber import Reason, Status

PORTION = 10_000
"""People written in one transaction: others wait for it, half a second at most."""

COPIED = ("email", "name", "first_name", "language", "tags", "fields", "status", "consent_source", "consent_at")

# The lines that change something, those first that somebody leaves by, then in order of id, as the indexes grow fastest.
change = Table(
    "change",
    private,
    Column("number", Integer, Identity(), primary_key=True),  # 1 …
    *(Column(column.name, column.type, nullable=False) for column in incoming.columns),
    Column("is_new", Integer, nullable=False),  # 1 or 0, as below
    Column("differs", Integer, nullable=False),
    Column("returns", Integer, nullable=False),  # is known, and was not in the file
    Column("leaves", Integer, nullable=False),  # is suppressed by the line
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)

# Who is in the file no more.
departed = Table(
    "departed",
    private,
    Column("number", Integer, Identity(), primary_key=True),  # 1 …
    Column("id", String(32), nullable=False),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)

_EVENT = ["subscriber_id", "at", "event", "detail"]

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}  # who know ON CONFLICT

_WEAKER = [reason.value for reason in Reason if Reason.UNSUBSCRIBED.outweighs(reason)]


@dataclass(frozen=True)
class Difference:
    """How much a file changes."""

    people: int  # valid lines
    known: int  # those of them who are not forgotten
    said_unsubscribed: int  # lines that say so
    added: int
    updated: int
    unsubscribed: int  # newly, because the file says so
    overruled: int  # lines of people who may not be mailed, whatever the file says
    left: int
    returned: int
    changes: int  # rows of `change`

    @property
    def portions(self) -> int:
        """How many transactions it takes: one where it is small."""
        if self.changes + self.left <= PORTION:
            return 1
        return -(-self.changes // PORTION) - (-self.left // PORTION)


@dataclass(frozen=True)
class Portion:
    """The numbers, from first to last, of what one transaction writes."""

    departed: tuple[int, int] = (1, 0)
    changed: tuple[int, int] = (1, 0)


def compare(bench: Workbench, connection: Connection) -> Difference:
    """Find out what the staged file changes, from one moment of the database, and keep it in private tables."""
    for table in (change, departed):
        bench.make(table)
    _note_changes(connection)
    _note_departed(connection)
    unsubscribed = func.count(case((incoming.c.status == Status.UNSUBSCRIBED, 1)))
    people, said_unsubscribed = connection.execute(select(func.count(), unsubscribed).select_from(incoming)).one()
    sums = (func.coalesce(func.sum(change.c[flag]), 0) for flag in ("is_new", "differs", "leaves", "returns"))
    changes, added, updated, leaving, returned = connection.execute(select(func.count(), *sums)).one()
    overruled = func.count(case((incoming.c.status != Status.UNSUBSCRIBED, 1)))
    forgotten = func.count(case((suppression.c.reason == Reason.FORGOTTEN, 1)))
    lines = suppression.join(incoming, incoming.c.id == suppression.c.subscriber_id)
    barred, gone = connection.execute(select(overruled, forgotten).select_from(lines)).one()
    left = connection.execute(select(func.count()).select_from(departed)).scalar_one()
    return Difference(
        people=people,
        known=people - gone,
        said_unsubscribed=said_unsubscribed,
        added=added,
        updated=updated,
        unsubscribed=leaving,
        overruled=barred,
        left=left,
        returned=returned,
        changes=changes,
    )


def portions(difference: Difference) -> list[Portion]:
    """What each transaction writes: who is in the file no more comes first, then who leaves by it. Readers first."""
    if difference.left + difference.changes <= PORTION:
        return [Portion(departed=(1, PORTION), changed=(1, PORTION))]
    return [
        *(Portion(departed=(first, first + PORTION - 1)) for first in range(1, difference.left + 1, PORTION)),
        *(Portion(changed=(first, first + PORTION - 1)) for first in range(1, difference.changes + 1, PORTION)),
    ]


def write_portion(
    connection: Connection, difference: Difference, portion: Portion, file: str, now: str, *, heed: bool
) -> None:
    """Write it, with its history; with `heed`, whoever has left or was forgotten since the comparison stays so.

    Nothing else about people in the file can have changed since: only imports do that, and one of them would be noticed.
    """
    these = change.c.number.between(*portion.changed)
    if heed:
        _heed_who_left(connection, these)
    if difference.unsubscribed:
        _suppress(connection, these, file, now)
    if difference.left:
        _tell_who_left(connection, departed.c.number.between(*portion.departed), now)
    if difference.returned:
        _take_back(connection, these, file, now)
    if difference.updated:
        _update_known(connection, these, file, now)
    if difference.added:
        _add_new(connection, these, file, now)


def _note_changes(connection: Connection) -> None:
    reason = func.coalesce(suppression.c.reason, "")
    has_left = or_(reason == Reason.UNSUBSCRIBED, func.coalesce(subscriber.c.status, "") == Status.UNSUBSCRIBED)
    status = case((has_left, Status.UNSUBSCRIBED.value), else_=incoming.c.status)
    is_new = subscriber.c.id.is_(None)
    is_known = subscriber.c.id.is_not(None)
    differs = and_(is_known, or_(_differs(incoming), subscriber.c.status != status))
    returns = and_(is_known, ~subscriber.c.in_file)
    leaves = and_(status == Status.UNSUBSCRIBED, reason.in_(["", *_WEAKER]))
    columns = {column.name: column for column in incoming.c} | {
        "status": status,
        "is_new": _flag(is_new),
        "differs": _flag(differs),
        "returns": _flag(returns),
        "leaves": _flag(leaves),
    }
    known = subscriber.c.id == incoming.c.id
    barred = suppression.c.subscriber_id == incoming.c.id
    found = (
        select(*(column.label(name) for name, column in columns.items()))
        .select_from(incoming.outerjoin(subscriber, known).outerjoin(suppression, barred))
        .where(reason != Reason.FORGOTTEN, or_(is_new, differs, returns, leaves))
        .order_by(desc("leaves"), incoming.c.id)
    )
    # Numbered as they are inserted: a window function would take half as long again.
    connection.execute(insert(change).from_select(list(columns), found))


def _note_departed(connection: Connection) -> None:
    gone = and_(subscriber.c.in_file, ~exists().where(incoming.c.id == subscriber.c.id))
    connection.execute(
        insert(departed).from_select(["id"], select(subscriber.c.id).where(gone).order_by(subscriber.c.id))
    )


def _differs(table: Table) -> ColumnElement[bool]:
    """Whether anything but the status is not as it is known; JSON is compared as the text that it is."""
    return or_(
        *(
            cast(subscriber.c[name], Text) != cast(table.c[name], Text)
            if name in ("tags", "fields")
            else subscriber.c[name] != table.c[name]
            for name in COPIED
            if name != "status"
        )
    )


def _heed_who_left(connection: Connection, these: ColumnElement[bool]) -> None:
    """Six products have re-subscribed by an import those who had left (reliability.md §3, 49)."""
    theirs = suppression.c.subscriber_id == change.c.id
    connection.execute(delete(change).where(these, exists().where(theirs, suppression.c.reason == Reason.FORGOTTEN)))
    left = or_(
        exists().where(theirs, suppression.c.reason == Reason.UNSUBSCRIBED),
        and_(
            change.c.differs == 1,
            exists().where(subscriber.c.id == change.c.id, subscriber.c.status == Status.UNSUBSCRIBED),
        ),
    )
    connection.execute(update(change).values(status=Status.UNSUBSCRIBED.value).where(these, left))


def _suppress(connection: Connection, these: ColumnElement[bool], file: str, now: str) -> None:
    suppressed = exists().where(suppression.c.subscriber_id == change.c.id, suppression.c.reason.not_in(_WEAKER))
    new = and_(these, change.c.leaves == 1, ~suppressed)
    _tell(connection, "unsubscribed", new, file, now)
    values = {
        "subscriber_id": change.c.id,
        "reason": literal(Reason.UNSUBSCRIBED.value),
        "since": literal(now),
        "source": _place(file),
        "email": change.c.email,
    }
    statement = _INSERT[connection.dialect.name](suppression).from_select(
        list(values), select(*values.values()).where(new)
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[suppression.c.subscriber_id],
            set_={name: statement.excluded[name] for name in values},
            where=suppression.c.reason.in_(_WEAKER),
        )
    )


def _tell_who_left(connection: Connection, those: ColumnElement[bool], now: str) -> None:
    gone = subscriber.c.id.in_(select(departed.c.id).where(those))
    rows = select(subscriber.c.id, literal(now), literal("left_file"), literal("")).where(gone)
    connection.execute(insert(subscriber_event).from_select(_EVENT, rows))
    connection.execute(update(subscriber).values(in_file=False).where(gone))


def _take_back(connection: Connection, these: ColumnElement[bool], file: str, now: str) -> None:
    back = and_(these, change.c.returns == 1)
    _tell(connection, "came_back", back, file, now)
    theirs = subscriber.c.id.in_(select(change.c.id).where(back))
    connection.execute(update(subscriber).values(in_file=True).where(theirs))


def _update_known(connection: Connection, these: ColumnElement[bool], file: str, now: str) -> None:
    different = and_(these, change.c.differs == 1)
    restated = exists().where(subscriber.c.id == change.c.id, subscriber.c.status != change.c.status)
    _tell(connection, change.c.status, and_(different, restated, change.c.status != Status.UNSUBSCRIBED), file, now)
    connection.execute(
        update(subscriber)
        .values({name: change.c[name] for name in COPIED} | {"updated_at": now})
        .where(subscriber.c.id == change.c.id, different)
    )


def _add_new(connection: Connection, these: ColumnElement[bool], file: str, now: str) -> None:
    new = and_(these, change.c.is_new == 1)
    _tell(connection, "added", new, file, now)
    columns = {
        "id": change.c.id,
        **{name: change.c[name] for name in COPIED},
        "origin": literal("file"),
        "in_file": true(),
        "created_at": literal(now),
        "updated_at": literal(now),
    }
    connection.execute(insert(subscriber).from_select(list(columns), select(*columns.values()).where(new)))


def _tell(
    connection: Connection, event: str | ColumnElement[str], whom: ColumnElement[bool], file: str, now: str
) -> None:
    """Write a line of history for each of the changed people who are meant."""
    name = literal(event) if isinstance(event, str) else event
    rows: Select[tuple[str, str, str, str]] = select(change.c.id, literal(now), name, _place(file)).where(whom)
    connection.execute(insert(subscriber_event).from_select(_EVENT, rows))


def _place(file: str) -> ColumnElement[str]:
    return literal(f"{PurePath(file).name}:").concat(cast(change.c.line, Text))


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
