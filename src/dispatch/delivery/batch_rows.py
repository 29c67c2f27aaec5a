"""Batch rows as they are stored: between BatchRow and SQL, and changed by whoever has read the newest version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, literal_column, select, text, update

from dispatch.database.prepared import Prepared
from dispatch.database.schema import batch
from dispatch.delivery.mailing import OPEN_STATES, BatchRow, BatchState, Tally, time_from, time_text
from dispatch.delivery.positions import parse_positions, show_positions

_FATE = (
    *("state", "begun", "done", "revision", "attempts", "request_sha256", "submitted_at", "not_before"),
    *("claimed_by", "code", "detail", "provider_id", "updated_at"),
)
_PLACE = ("first", "last", "positions", "count")
_THIS_VERSION = (batch.c.id == bindparam("row_id"), batch.c.version == bindparam("read_version"))


def _updating(*names: str) -> Prepared:
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return Prepared(
        update(batch).where(*_THIS_VERSION).values({**values, "version": batch.c.version + literal_column("1")})
    )


_CHANGE_FATE = _updating(*_FATE)
_CHANGE_ALL = _updating(*_FATE, *_PLACE)
_ADVANCE = _updating("begun", "done", "request_sha256", "updated_at")
_NEXT = Prepared(
    select(batch)
    .where(batch.c.mailing_id == bindparam("mailing_id"), batch.c.state == bindparam("state"))
    .where(batch.c.claimed_by.is_(None))
    .where(
        batch.c.not_before.is_(None)
        | (batch.c.not_before < bindparam("soon"))
        | (batch.c.not_before > bindparam("too_far"))
    )
    .order_by(batch.c.id)
    .limit(literal_column("1"))
    .offset(literal_column("0"))  # SQLAlchemy would make a parameter of its own of it
    .with_for_update(skip_locked=True)  # another is taking it
)
_INSERT = insert(batch).returning(batch.c.id, sort_by_parameter_order=True)
_INSERT_RECEIPT = Prepared(
    text(
        "INSERT INTO receipt (mailing_id, position, provider_id, at) VALUES (:mailing_id, :position, :provider_id, :at)"
        " ON CONFLICT DO NOTHING"
    )
)


class Step(NamedTuple):
    """How a submitting row goes on message by message: the next one may leave, those before it were accepted."""

    row_id: int
    version: int  # as it was read
    mailing_id: int
    begun: int
    done: int
    request_sha256: str | None
    receipts: Sequence[tuple[int, str]]  # position and provider id of those accepted since the version that was read
    news: int  # the news number at which nobody in the row had left


def advance_rows(connection: Connection, steps: Sequence[Step], now: str) -> bool:
    """Take all these steps; False where some row is not as it was read any more, and then others may have been taken."""
    changes = [
        {
            "row_id": step.row_id,
            "read_version": step.version,
            "new_begun": step.begun,
            "new_done": step.done,
            "new_request_sha256": step.request_sha256,
            "new_updated_at": now,
        }
        for step in steps
    ]
    if changes and _ADVANCE.run_many(connection, changes) != len(steps):
        return False
    receipts = [
        {"mailing_id": step.mailing_id, "position": position, "provider_id": provider_id, "at": now}
        for step in steps
        for position, provider_id in step.receipts
    ]
    if receipts:
        _INSERT_RECEIPT.run_many(connection, receipts)
    return True


def change_row(connection: Connection, row: BatchRow, into: BatchRow, now: str) -> BatchRow | None:
    """Make a row another one, under its id; the row as it is then, or None where it is not as it was read any more."""
    changed = replace(into, id=row.id, version=row.version + 1)
    stored = {**_fate(into), "updated_at": now}
    statement = _CHANGE_FATE
    if into.positions != row.positions:
        stored |= _place(into)
        statement = _CHANGE_ALL
    parameters = {f"new_{name}": value for name, value in stored.items()}
    done = statement.run(connection, {**parameters, "row_id": row.id, "read_version": row.version}).rowcount == 1
    return changed if done else None


def find_done(connection: Connection, row: BatchRow, parts: Sequence[BatchRow]) -> list[BatchRow] | None:
    """The parts as they are stored, where they took the row's place already: its COMMIT was done, its answer lost.

    A part that others have changed since has the id 0, so that nobody can go on with it. None where it was not done.
    """
    changed = replace(parts[0], id=row.id, version=row.version + 1)
    found = connection.execute(select(batch).where(batch.c.id == row.id)).one_or_none()
    if found is None or _columns(row_from(found)) != _columns(changed):
        return None
    return [changed, *(replace(part, id=_id_of(connection, part, row.id)) for part in parts[1:])]


def find_claimed(connection: Connection, mailing_id: int, claimed_by: str) -> BatchRow | None:
    """The row that was taken by this very claim."""
    theirs = (batch.c.mailing_id == mailing_id, batch.c.claimed_by == claimed_by)
    found = connection.execute(select(batch).where(*theirs)).first()
    return row_from(found) if found else None


def find_next(
    connection: Connection, mailing_id: int, state: BatchState, *, soon: datetime, too_far: datetime
) -> BatchRow | None:
    """The oldest row in a state that nobody has, and that does not wait for a time between these two, both included."""
    wanted = {"mailing_id": mailing_id, "state": state.value, "soon": time_text(soon), "too_far": time_text(too_far)}
    found = _NEXT.run(connection, wanted).fetchone()
    return row_from(SimpleNamespace(**dict(zip(batch.c.keys(), found, strict=True)))) if found else None


def insert_rows(connection: Connection, rows: Sequence[BatchRow], now: str) -> list[BatchRow]:
    """Add rows; gives them with their ids, in order."""
    if not rows:
        return []
    ids = connection.execute(_INSERT, [{**_columns(row), "updated_at": now} for row in rows]).scalars()
    return [replace(row, id=number) for row, number in zip(rows, ids, strict=True)]


def delete_rows(connection: Connection, rows: Sequence[BatchRow]) -> bool:
    """Remove rows whose positions stand in another now; whether each was as it was read, or is gone already."""
    for row in rows:
        gone = connection.execute(delete(batch).where(batch.c.id == row.id, batch.c.version == row.version)).rowcount
        if not gone and connection.execute(select(batch.c.id).where(batch.c.id == row.id)).scalar():
            return False
    return True


def insert_receipts(connection: Connection, row: BatchRow, receipts: dict[int, str], now: str) -> None:
    """Add the provider's ids, by position; what is there already stays."""
    fixed = {"mailing_id": row.mailing_id, "at": now}
    _INSERT_RECEIPT.run_many(
        connection,
        [{**fixed, "position": position, "provider_id": provider_id} for position, provider_id in receipts.items()],
    )


def check_division(rows: Sequence[BatchRow], parts: Sequence[BatchRow]) -> None:
    """Whether the parts hold all positions of the rows, each once."""
    if len(rows) == len(parts) == 1 and rows[0].positions == parts[0].positions:
        return
    rising = all(list(part.positions) == sorted(part.positions) for part in parts)
    here, there = (sorted(chain.from_iterable(row.positions for row in side)) for side in (rows, parts))
    if not rising or here != there:
        raise AssertionError(f"{parts} do not divide {rows}")


def count_fates(connection: Connection, mailing_id: int) -> dict[int, Tally]:
    """Where the audience of a mailing stands, apart for those who get each variant."""
    query = select(batch.c.variant, batch.c.state, func.sum(batch.c["count"]), func.sum(batch.c.done))
    grouped = query.where(batch.c.mailing_id == mailing_id).group_by(batch.c.variant, batch.c.state)
    sums: dict[int, dict[BatchState, int]] = {}
    for variant, state, count, done in connection.execute(grouped.order_by(batch.c.variant)):
        fates = sums.setdefault(variant, dict.fromkeys(BatchState, 0))
        accepted = done if state == BatchState.SUBMITTING else 0
        fates[BatchState(state)] += count - accepted
        fates[BatchState.ACCEPTED] += accepted
    return {
        variant: Tally(
            accepted=fates[BatchState.ACCEPTED],
            refused=fates[BatchState.REFUSED],
            pending=sum(fates[state] for state in OPEN_STATES),
            uncertain=fates[BatchState.UNCERTAIN],
            withdrawn=fates[BatchState.WITHDRAWN],
        )
        for variant, fates in sums.items()
    }


def row_from(found: Row[Any] | SimpleNamespace) -> BatchRow:
    """A row as it was selected."""
    return BatchRow(
        id=found.id,
        mailing_id=found.mailing_id,
        variant=found.variant,
        positions=parse_positions(found.positions),
        state=BatchState(found.state),
        begun=found.begun,
        done=found.done,
        revision=found.revision,
        attempts=found.attempts,
        request_sha256=found.request_sha256,
        submitted_at=time_from(found.submitted_at) if found.submitted_at else None,
        not_before=time_from(found.not_before) if found.not_before else None,
        claimed_by=found.claimed_by,
        code=found.code,
        detail=found.detail,
        provider_id=found.provider_id,
        version=found.version,
    )


def _id_of(connection: Connection, part: BatchRow, other_than: int) -> int:
    place = [batch.c[name] == value for name, value in _place(part).items()]
    here = (batch.c.mailing_id == part.mailing_id, batch.c.id != other_than)
    for found in connection.execute(select(batch).where(*here, *place)):
        if _columns(row_from(found)) == _columns(part):
            return int(found.id)
    return 0


def _columns(row: BatchRow) -> dict[str, Any]:
    """A row as it is stored, but for its id and the time of its last change."""
    fixed = {"mailing_id": row.mailing_id, "variant": row.variant, "version": row.version}
    return {**fixed, **_place(row), **_fate(row)}


def _place(row: BatchRow) -> dict[str, Any]:
    return {
        "first": row.positions[0],
        "last": row.positions[-1],
        "positions": show_positions(row.positions),
        "count": len(row.positions),
    }


def _fate(row: BatchRow) -> dict[str, Any]:
    return {
        "state": row.state.value,
        "begun": row.begun,
        "done": row.done,
        "revision": row.revision,
        "attempts": row.attempts,
        "request_sha256": row.request_sha256,
        "submitted_at": time_text(row.submitted_at) if row.submitted_at else None,
        "not_before": time_text(row.not_before) if row.not_before else None,
        "claimed_by": row.claimed_by,
        "code": row.code,
        "detail": row.detail,
        "provider_id": row.provider_id,
    }
