"""The list as a file would make it, in views that stand before the real tables on one connection."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    CompoundSelect,
    Connection,
    MetaData,
    Table,
    false,
    func,
    insert,
    literal,
    select,
    true,
    union_all,
)

from dispatch.database.byte_order import Text
from dispatch.database.schema import setting, subscriber, suppression
from dispatch.database.workbench import Workbench
from dispatch.subscribers.difference import COPIED, change, departed
from dispatch.subscribers.subscriber import Reason

_settings = Table(
    "setting_after",
    MetaData(),
    Column("name", Text),
    Column("value", Text),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


def show_as_written(bench: Workbench, connection: Connection, name: str, value: str) -> None:
    """Let this connection see the compared file as if it were written, and a setting with it.

    Whoever reads the list through the connection needs to know nothing of it.
    """
    bench.make(_settings)
    connection.execute(insert(_settings).values(name=name, value=value))
    bench.hide(subscriber, _subscribers)
    bench.hide(suppression, _suppressions)
    bench.hide(setting, _setting)


def _subscribers(known: Table) -> CompoundSelect[Any]:
    touched = union_all(select(change.c.id), select(departed.c.id))
    gone = [false() if column.name == "in_file" else column for column in known.c]
    after = {column.name: known.c[column.name] for column in known.c} | {
        **{name: change.c[name] for name in ("id", *COPIED)},
        "origin": func.coalesce(known.c.origin, "file"),
        "in_file": true(),
        "created_at": func.coalesce(known.c.created_at, ""),
        "updated_at": func.coalesce(known.c.updated_at, ""),
    }
    changed = change.outerjoin(known, known.c.id == change.c.id)
    return union_all(
        select(known).where(known.c.id.not_in(touched)),
        select(*gone).join(departed, departed.c.id == known.c.id),
        select(*(after[column.name] for column in known.c)).select_from(changed),
    )


def _suppressions(known: Table) -> CompoundSelect[Any]:
    leaving = select(change.c.id).where(change.c.leaves == 1)
    after = {"subscriber_id": change.c.id, "reason": literal(Reason.UNSUBSCRIBED.value), "email": change.c.email}
    return union_all(
        select(known).where(known.c.subscriber_id.not_in(leaving)),
        select(*(after.get(column.name, literal("")) for column in known.c)).where(change.c.leaves == 1),
    )


def _setting(known: Table) -> CompoundSelect[Any]:
    return union_all(select(known).where(known.c.name.not_in(select(_settings.c.name))), select(_settings))
