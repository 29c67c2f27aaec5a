"""Who got what: every recipient of a mailing with their fate, in order, however many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, literal_column, select

from dispatch.database.prepared import Prepared
from dispatch.database.schema import batch, receipt, recipient
from dispatch.delivery.mailing import OPEN_STATES, BatchState, Mailing, Tally, missing
from dispatch.delivery.positions import runs_of

FATES = tuple(field.name for field in fields(Tally))
"""What may become of a recipient: the numbers of `status`."""

_PAGE = 10_000  # positions that are looked up at once, and rows


class Fate(NamedTuple):
    """A recipient and what became of them."""

    position: int  # 1 … audience
    address: str  # empty once forgotten
    subscriber_id: str
    state: str  # one of FATES
    code: str  # why so
    detail: str  # the provider's words, or what made them leave
    provider_ids: tuple[str, ...]
    at: str  # when they were accepted; of others, when the row in which they stand last changed; UTC


class _Row(NamedTuple):
    """Of a batch row, what tells the fate of its positions."""

    first: int
    positions: str
    state: str
    done: int
    code: str
    detail: str
    provider_id: str
    at: str


class _Stretch(NamedTuple):
    """Neighbours who share a fate."""

    first: int
    last: int
    state: str
    row: _Row


_ROWS = Prepared(
    select(*(batch.c[name] for name in _Row._fields[:-1]), batch.c.updated_at)
    .where(batch.c.mailing_id == bindparam("mailing_id"), batch.c["first"] > bindparam("after"))
    .order_by(batch.c["first"])
    .limit(literal_column(str(_PAGE)))
    .offset(literal_column("0"))  # SQLAlchemy would make a parameter of its own of it
)
_PEOPLE = Prepared(
    select(recipient.c.position, recipient.c.address, recipient.c.subscriber_id).where(
        recipient.c.mailing_id == bindparam("mailing_id"),
        recipient.c.position.between(bindparam("low"), bindparam("high")),
    )
)
_RECEIPTS = Prepared(
    select(receipt.c.position, receipt.c.provider_id, receipt.c.at)
    .where(
        receipt.c.mailing_id == bindparam("mailing_id"),
        receipt.c.position.between(bindparam("low"), bindparam("high")),
    )
    .order_by(receipt.c.position, receipt.c.provider_id)
)


def call_roll(connection: Connection, of: Mailing, only: Collection[str] = FATES) -> Iterator[Fate]:
    """Everybody in a mailing, or those with some fates, in order of position; memory does not grow with the audience.

    Of those who are under way it is not known whether they are accepted, so they are pending, as in `status`. To be
    read within one moment of the ledger. Raises DatabaseTrouble where somebody is missing in it.
    """
    wanted = (stretch for stretch in _stretches(connection, of) if stretch.state in only)
    for _, page in groupby(wanted, key=lambda stretch: stretch.first // _PAGE):
        yield from _fates(connection, of, list(page))


def _fates(connection: Connection, of: Mailing, page: Sequence[_Stretch]) -> Iterator[Fate]:
    between = {"mailing_id": of.id, "low": page[0].first, "high": page[-1].last}
    people = {position: (address, person) for position, address, person in _PEOPLE.run(connection, between)}
    receipts: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for position, provider_id, at in _RECEIPTS.run(connection, between):
        receipts[position].append((provider_id, at))
    for first, last, state, row in page:
        accepted = state == BatchState.ACCEPTED
        code, detail = ("", "") if accepted else (row.code, row.detail)
        common = (row.provider_id,) if row.provider_id else ()
        for position in range(first, last + 1):
            if position not in people:
                raise missing(of, position)
            theirs = receipts.get(position, ())
            at = min(at for _, at in theirs) if theirs and accepted else row.at
            ids = (*common, *(provider_id for provider_id, _ in theirs if provider_id))
            address, person = people[position]
            yield Fate(position, address, person, state, code, detail, ids, at)


def _stretches(connection: Connection, of: Mailing) -> Iterator[_Stretch]:
    """The rows of a mailing, taken apart where others stand between their positions, from position 1 to the last."""
    rows = _rows(connection, of)
    row = next(rows, None)
    open_rows: dict[int, tuple[_Stretch, Iterator[_Stretch]]] = {}  # by the position at which each goes on
    position = 1
    while position <= of.audience:
        if row and row.first == position:
            parts = _parts(row)
            stretch, row = next(parts), next(rows, None)
        elif position in open_rows:
            stretch, parts = open_rows.pop(position)
        else:
            raise missing(of, position)
        yield stretch
        position = stretch.last + 1
        if following := next(parts, None):
            open_rows[following.first] = following, parts


def _rows(connection: Connection, of: Mailing) -> Iterator[_Row]:
    """The rows of a mailing in order of their first positions."""
    after = 0
    while found := _ROWS.run(connection, {"mailing_id": of.id, "after": after}).fetchall():
        yield from map(_Row._make, found)
        after = found[-1][0]


def _parts(row: _Row) -> Iterator[_Stretch]:
    """A row's positions; within one that is being submitted, the first `done` are accepted already."""
    state, left = (BatchState.PENDING if row.state in OPEN_STATES else row.state), row.done
    for run in runs_of(row.positions):
        first, last = run.start, run.stop - 1
        while first <= last:
            end = min(last, first + (left or _PAGE) - 1)
            yield _Stretch(first, end, BatchState.ACCEPTED if left else state, row)
            left -= min(left, end - first + 1)
            first = end + 1
