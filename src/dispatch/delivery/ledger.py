"""The crash-safe record of who was handed over, in verbs; all SQL on mailings and receipts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import chain, compress, islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, bindparam, exists, func, insert, literal_column, select, update

from dispatch.database.database import Database
from dispatch.database.news import news_number, tell_news
from dispatch.database.prepared import Prepared
from dispatch.database.schema import batch, mailing, receipt
from dispatch.delivery.batch_rows import (
    Step,
    advance_rows,
    change_row,
    check_division,
    count_fates,
    delete_rows,
    find_claimed,
    find_done,
    find_next,
    insert_receipts,
    insert_rows,
    row_from,
)
from dispatch.delivery.mailing import OPEN_STATES, BatchRow, BatchState, Mailing, Tally, missing, time_from, time_text
from dispatch.delivery.positions import positions_between
from dispatch.delivery.recipient_rows import count_people, find_people, find_place, find_places, insert_people
from dispatch.delivery.transitions import LONGEST_WAIT
from dispatch.errors import DatabaseTrouble, Fenced, NotFound
from dispatch.messages.message import Recipient

T = TypeVar("T")
_SECOND = timedelta(seconds=1)

_MAILING = [column for column in mailing.c if column is not mailing.c.content]
_THAT_CHANGE = ("started_at", "finished_at", "paused_at", "cancelled_at", "pause_after", "claim")  # once it is frozen
_CHANGING = Prepared(select(*(mailing.c[name] for name in _THAT_CHANGE)).where(mailing.c.id == bindparam("mailing_id")))
_FINISH = Prepared(
    update(mailing)
    .where(mailing.c.id == bindparam("mailing_id"), mailing.c.finished_at.is_(None))
    .where(
        ~exists().where(
            batch.c.mailing_id == mailing.c.id,
            batch.c.state.in_([literal_column(f"'{state}'") for state in sorted(OPEN_STATES)]),
        )
    )
    .values(finished_at=bindparam("now"))
)


class Ledger:
    """Every change of anybody's fate goes through `exchange`, which keeps the rows a partition of the audience."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def writing(self) -> AbstractContextManager[Connection]:
        """One transaction, durable when its block has ended."""
        return self._database.writing()

    def together(self, act: Callable[[Connection], T]) -> T:
        """The act's result, durable, from a transaction that threads share; the act may be carried out twice."""
        return self._database.together(act)

    def reading(self) -> AbstractContextManager[Connection]:
        """One moment of the ledger."""
        return self._database.reading()

    def look(self, act: Callable[[Connection], T]) -> T:
        """What the act finds in one moment of the ledger; it may be carried out twice."""
        return self._database.look(act)

    def now(self, connection: Connection) -> float:
        """Seconds since 1970, by the clock that all who send go by."""
        return self._database.now(connection) if self._database.several_senders else self._clock().timestamp()

    def alone(self, connection: Connection, what: str) -> None:
        """Wait until no other transaction does this, and keep others from it until this one ends."""
        self._database.alone(connection, what)

    # --- batch rows ----------------------------------------------------------------------------------

    def exchange(
        self,
        connection: Connection,
        row: BatchRow,
        parts: Sequence[BatchRow],
        receipts: dict[int, str] | None = None,
    ) -> list[BatchRow]:
        """Put rows into the place of one, the first under its id; gives them as they are stored.

        `receipts` are provider ids by position. The parts must hold the row's positions, each once: nobody is lost,
        nobody is in two rows. The row must still stand as it was read: of two senders, only one gets further; raises
        Fenced for the other. Keeps the mailing's `finished_at` true. Repeating an exchange that is done does nothing.
        """
        check_division([row], parts)
        now = time_text(self._clock())
        first, *others = parts
        changed = change_row(connection, row, first, now)
        if changed is None:
            done = find_done(connection, row, parts)
            if done is None:
                raise _fenced()
            return done
        added = insert_rows(connection, others, now)
        if receipts:
            insert_receipts(connection, row, receipts, now)
        self._keep_finished_at(connection, row, parts, now)
        return [changed, *added]

    def advance(self, step: Step) -> bool:
        """The usual exchange, durable, and made for the messages of all threads at once.

        False where there is news, or the row is not as it was read: then nothing was written, and somebody has to look.
        """
        return self._database.together_with(self._advance_all, step)

    def _advance_all(self, connection: Connection, steps: Sequence[Step]) -> list[bool]:
        news = news_number(connection)
        usual = [step.news == news for step in steps]
        if advance_rows(connection, list(compress(steps, usual)), time_text(self._clock())):
            return usual
        if len(steps) == 1:
            return [False]
        raise _fenced()  # which of them it is shows when each is tried alone

    def merge(self, connection: Connection, rows: Sequence[BatchRow]) -> BatchRow:
        """Put one row into the place of several of the same kind, under the first one's id; raises Fenced."""
        first, *others = rows
        whole = replace(first, positions=tuple(sorted(chain.from_iterable(row.positions for row in rows))))
        changed = change_row(connection, first, whole, time_text(self._clock()))
        if changed is None:
            done = find_done(connection, first, [whole])
            changed = done[0] if done else None
        if changed is None or not delete_rows(connection, others):
            raise _fenced()
        return changed

    def next_row(self, connection: Connection, of: Mailing, now: datetime) -> BatchRow | None:
        """The row that is next, and free: one whose request is to be repeated, else the oldest pending one."""
        too_far = now + timedelta(seconds=LONGEST_WAIT)  # set by a clock that was ahead
        for state in (BatchState.SUBMITTING, BatchState.PENDING):
            found = find_next(connection, of.id, state, soon=now + _SECOND, too_far=too_far)
            if found:
                return found
        return None

    def claimed(self, connection: Connection, of: Mailing, by: str) -> BatchRow | None:
        """The row that was taken by this very claim."""
        return find_claimed(connection, of.id, by)

    def next_due(self, connection: Connection, of: Mailing) -> datetime | None:
        """When the first of the free rows that wait may be tried again."""
        waiting = (*_in_state(of, *OPEN_STATES), batch.c.claimed_by.is_(None))
        earliest = connection.execute(select(func.min(batch.c.not_before)).where(*waiting)).scalar()
        return time_from(earliest) if earliest else None

    def rows(self, connection: Connection, of: Mailing, *states: BatchState) -> list[BatchRow]:
        """The rows in these states, in order of age."""
        found = connection.execute(select(batch).where(*_in_state(of, *states)).order_by(batch.c.id))
        return [row_from(row) for row in found]

    def row_of(self, connection: Connection, of: Mailing, position: int) -> tuple[BatchRow, str]:
        """The row in which somebody stands, and when it last changed."""
        around = (batch.c.mailing_id == of.id, batch.c.first <= position, batch.c.last >= position)
        for found in connection.execute(select(batch).where(*around)):
            row = row_from(found)
            if position in row.positions:
                return row, found.updated_at
        raise missing(of, position)

    def recipients(self, connection: Connection, row: BatchRow) -> tuple[Recipient, ...]:
        """The people of a row, in order."""
        return find_people(connection, row.mailing_id, row.variant, row.positions)

    def position_of(self, connection: Connection, of: Mailing, subscriber_id: str) -> int | None:
        """Where somebody stands in a mailing, if they are a recipient."""
        return find_place(connection, of.id, subscriber_id)

    def receipts(self, connection: Connection, of: Mailing, position: int) -> dict[str, str]:
        """The provider's ids of what it accepted for somebody, and when each came."""
        query = select(receipt.c.provider_id, receipt.c.at)
        query = query.where(receipt.c.mailing_id == of.id, receipt.c.position == position)
        row, at = self.row_of(connection, of, position)
        common = {row.provider_id: at} if row.provider_id else {}
        return {**common, **dict(connection.execute(query.order_by(receipt.c.provider_id)).all())}

    def tally(self, connection: Connection, of: Mailing) -> Tally:
        """Where the audience stands. One statement, so it adds up at any moment."""
        return sum(self.tallies(connection, of).values(), Tally())

    def tallies(self, connection: Connection, of: Mailing) -> dict[int, Tally]:
        """The same apart for those who get each variant, by its number."""
        return count_fates(connection, of.id)

    def untaken(self, connection: Connection, of: Mailing) -> int:
        """How many people stand in pending rows: nobody is at work on them."""
        query = select(func.coalesce(func.sum(batch.c["count"]), 0)).where(*_in_state(of, BatchState.PENDING))
        return int(connection.execute(query).scalar_one())

    # --- mailings ------------------------------------------------------------------------------------

    def find(self, name: str) -> Mailing:
        """The mailing `<slug>.<n>`, or the latest of the issue `<slug>`; raises NotFound."""
        latest = mailing.c.number.desc()
        with self._database.reading() as connection:
            for wanted in (mailing.c.name == name, mailing.c.issue == name):
                found = connection.execute(select(*_MAILING).where(wanted).order_by(latest).limit(1)).first()
                if found:
                    return _mailing(found)
        raise NotFound(f"There is no mailing {name}", remedy="`dispatch send ISSUE` makes one.")

    def latest(self, *, unfinished: bool = False) -> Mailing:
        """The mailing made last, or the last one that is not at its end; raises NotFound."""
        query = select(*_MAILING).order_by(mailing.c.id.desc()).limit(1)
        if unfinished:
            query = query.where(mailing.c.finished_at.is_(None))
        with self._database.reading() as connection:
            found = connection.execute(query).first()
        if not found:
            remedy = "`dispatch status` shows the latest one." if unfinished else "`dispatch send ISSUE` makes one."
            raise NotFound(f"There is no {'unfinished ' if unfinished else ''}mailing", remedy=remedy)
        return _mailing(found)

    def mailings(self, connection: Connection, issue: str | None = None) -> list[Mailing]:
        """All mailings, or those of an issue, the oldest first."""
        query = select(*_MAILING).order_by(mailing.c.id)
        found = connection.execute(query if issue is None else query.where(mailing.c.issue == issue))
        return [_mailing(row) for row in found]

    def refreshed(self, connection: Connection, of: Mailing) -> Mailing:
        """The mailing as it is now: the operator's wishes may have changed."""
        found = _CHANGING.run(connection, {"mailing_id": of.id}).fetchone()
        return replace(of, **dict(zip(_THAT_CHANGE, found, strict=True)))

    def held(self, connection: Connection, of: Mailing) -> Mailing:
        """The same, and nobody else changes or holds the mailing until this transaction ends."""
        query = select(*_MAILING).where(mailing.c.id == of.id)
        return _mailing(connection.execute(query.with_for_update(key_share=True)).one())

    def content(self, of: Mailing) -> bytes:
        """The message template that was frozen with the mailing; raises DatabaseTrouble if it is not the same now."""
        with self._database.reading() as connection:
            content: bytes = connection.execute(select(mailing.c.content).where(mailing.c.id == of.id)).scalar_one()
        if sha256(content).hexdigest() != of.content_sha256:
            raise DatabaseTrouble(
                f"What was frozen for {of.name} has changed since", remedy="Restore the database from a backup."
            )
        return content

    def start(self, of: Mailing) -> None:
        """Note that a run began, the first time."""
        self._wish(of, started_at=func.coalesce(mailing.c.started_at, time_text(self._clock())))

    def pause(self, of: Mailing) -> None:
        """Wish that the mailing stops; a live sender sees it before its next request."""
        self._wish(of, paused_at=func.coalesce(mailing.c.paused_at, time_text(self._clock())))

    def resume(self, of: Mailing) -> None:
        """Take back the wish for a pause, and the limit."""
        self._wish(of, paused_at=None, pause_after=None)

    def cancel(self, of: Mailing) -> None:
        """Wish that the mailing stops for good; a live sender sees it before its next request."""
        self._wish(of, cancelled_at=func.coalesce(mailing.c.cancelled_at, time_text(self._clock())))

    def note_end(self, of: Mailing) -> None:
        """Keep `finished_at` true at the end of a run.

        On PostgreSQL two processes may close the last two rows at once, and neither sees that the other one has.
        """

        def note(connection: Connection) -> None:
            if self.held(connection, of).finished_at is None:
                self._finish_if_done(connection, of.id, time_text(self._clock()))

        self._database.together(note)

    def wish_claim(self, of: Mailing, claim: str, *, instead_of: str) -> bool:
        """Record what is about to be claimed for the mailing; False where another process has done so meanwhile."""
        with self._database.writing() as connection:
            as_read = (mailing.c.id == of.id, mailing.c.claim == instead_of)
            return connection.execute(update(mailing).where(*as_read).values(claim=claim)).rowcount == 1

    def _wish(self, of: Mailing, **wish: object) -> None:
        def note(connection: Connection) -> None:
            connection.execute(update(mailing).where(mailing.c.id == of.id).values(**wish))
            if wish.keys() & {"paused_at", "cancelled_at"} and any(value is not None for value in wish.values()):
                tell_news(connection)

        self._database.together(note)

    def _keep_finished_at(self, connection: Connection, row: BatchRow, parts: Sequence[BatchRow], now: str) -> None:
        if all(part.state not in OPEN_STATES for part in parts):
            self._finish_if_done(connection, row.mailing_id, now)
        elif row.state not in OPEN_STATES:
            connection.execute(update(mailing).where(mailing.c.id == row.mailing_id).values(finished_at=None))

    def _finish_if_done(self, connection: Connection, mailing_id: int, now: str) -> None:
        _FINISH.run(connection, {"mailing_id": mailing_id, "now": now})

    # --- the freeze ----------------------------------------------------------------------------------

    def next_number(self, connection: Connection, issue: str, *, above: int = 0) -> int:
        """The number of an issue's next mailing, from 1; those up to `above` are taken elsewhere."""
        highest = connection.execute(select(func.max(mailing.c.number)).where(mailing.c.issue == issue)).scalar()
        return max(int(highest or 0), above) + 1

    def already_mailed(self, connection: Connection, issue: str, ids: Collection[str]) -> set[str]:
        """Which of these subscribers are recipients in some mailing of the issue and were not withdrawn from it."""
        places = find_places(connection, issue, ids)
        mailed: set[str] = set()
        for mailing_id, people in places.items():
            withdrawn = self._withdrawn_between(connection, mailing_id, min(people), max(people))
            mailed.update(person for position, person in people.items() if position not in withdrawn)
        return mailed

    def _withdrawn_between(self, connection: Connection, mailing_id: int, low: int, high: int) -> set[int]:
        texts = select(batch.c.positions).where(
            batch.c.mailing_id == mailing_id,
            batch.c.state == BatchState.WITHDRAWN,
            batch.c["last"] >= low,
            batch.c["first"] <= high,
        )
        found = connection.execute(texts).scalars()
        return {position for text in found for position in positions_between(text, low, high)}

    def add_mailing(self, connection: Connection, facts: Mapping[str, object]) -> int:
        """Record a mailing whose audience follows; gives its id."""
        new = {**facts, "created_at": time_text(self._clock()), "audience": 0, "excluded": {}}
        new["news"] = news_number(connection)
        return int(connection.execute(insert(mailing).values(new).returning(mailing.c.id)).scalar_one())

    def add_recipients(
        self, connection: Connection, mailing_id: int, people: Iterable[tuple[int, str, str, str, int, str]]
    ) -> None:
        """Record some recipients, each by position, subscriber's id, address, name, variant, and values as JSON."""
        insert_people(connection, mailing_id, people)

    def complete(
        self,
        connection: Connection,
        mailing_id: int,
        positions: Mapping[int, Sequence[range]],
        excluded: Mapping[str, int],
        unit: int,
    ) -> Mailing:
        """Record the size of the audience, and a pending row for each `unit` of those who get one variant.

        `positions` are everybody's, by the number of the variant and rising.
        """
        audience = sum(len(run) for runs in positions.values() for run in runs)
        written = count_people(connection, mailing_id)
        if written != (audience, audience):
            raise AssertionError(f"{written} recipients are recorded of {audience}")
        now = time_text(self._clock())
        this = update(mailing).where(mailing.c.id == mailing_id)
        connection.execute(this.values(audience=audience, excluded=dict(excluded)))
        for variant, runs in sorted(positions.items()):
            alike = chain.from_iterable(runs)
            while taken := tuple(islice(alike, unit)):
                insert_rows(connection, [BatchRow(0, mailing_id, taken, BatchState.PENDING, variant)], now)
        return _mailing(connection.execute(select(*_MAILING).where(mailing.c.id == mailing_id)).one())


def _in_state(of: Mailing, *states: BatchState) -> tuple[ColumnElement[bool], ...]:
    return (batch.c.mailing_id == of.id, batch.c.state.in_(states))


def _fenced() -> Fenced:
    return Fenced(
        "The ledger was changed by another process while this one was sending",
        remedy="`dispatch status` shows who is at work; `dispatch resume` goes on.",
    )


def _mailing(found: Row[Any]) -> Mailing:
    return Mailing(**found._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
