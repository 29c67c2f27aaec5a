"""The subscribers and suppressions in the database: who is known, who may be mailed, and what happened to them."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from itertools import count, islice
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    bindparam,
    cast,
    delete,
    insert,
    literal,
    select,
    text,
    update,
)

from dispatch.database.byte_order import Text
from dispatch.database.database import Database
from dispatch.database.news import tell_news
from dispatch.database.schema import setting, subscriber, subscriber_event, suppression
from dispatch.errors import DatabaseTrouble
from dispatch.subscribers.barred import BARRED, PAGE, PEOPLE, barred_among
from dispatch.subscribers.csv_import import open_subscribers
from dispatch.subscribers.erasure import blank_mailings
from dispatch.subscribers.file_sync import ImportReport, Overtaken, as_if_imported, import_file, read_state, write_state
from dispatch.subscribers.subscriber import (
    MERGE_COLUMNS,
    STANDARD_COLUMNS,
    Candidate,
    HistoryEntry,
    Reason,
    Status,
    Subscriber,
    Suppression,
    subscriber_id,
)

# In one statement: of two who suppress one id at once the second finds what the first has written.
_SUPPRESS = text(
    "INSERT INTO suppression (subscriber_id, reason, since, source, email) VALUES (:id, :reason, :since, :source, :email)"
    " ON CONFLICT (subscriber_id) DO UPDATE SET reason = excluded.reason, since = excluded.since,"
    " source = excluded.source, email = excluded.email WHERE suppression.reason IN :weaker"
).bindparams(bindparam("weaker", expanding=True, type_=String))

# As subscriber_of() reads it: JSON stays the text that it is, which the freeze needs of nobody but those in the audience.
_KNOWN = [cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column for column in subscriber.c]

_NEW_SETTING = text("INSERT INTO setting (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING")

# At bringing a file in while others do the same: whoever is overtaken waits for nobody who will not end, but a long file
# could be overtaken for ever by short ones.
_ATTEMPTS = 5
_PATIENCE = 30.0  # seconds, in which there may be more attempts


class SubscriberStore:
    """All that reads or writes subscribers, suppressions and their history.

    `id_key` is the newsletter's oldest key, from which the ids come (KeyRing.id_key). A database belongs to one such
    key: under another, every suppression would silently stand for nobody. Raises DatabaseTrouble then.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime], id_key: bytes) -> None:
        self._database = database
        self._clock = clock
        self._id_key = id_key
        self._refuse_another_key()

    # --- the file ------------------------------------------------------------------------------

    def sync_file(
        self, path: Path, *, name: str = "", dry_run: bool = False, skip_rejected: bool = True
    ) -> ImportReport:
        """Make the file the membership; a file that is in already costs a glance.

        Whoever is not in it any more is kept, and excluded as not_in_file. Nobody is re-subscribed. Rejected lines are
        in the report; without `skip_rejected` a single one leaves everything as it was. `name` is what messages call
        the file. Others can write meanwhile but for moments; killed in the midst of a large change, it has brought in
        some people, and the next call the others. Raises NotFound, InvalidSubscribers and DatabaseTrouble, and nothing
        is written then.
        """
        deadline = monotonic() + _PATIENCE
        for attempt in count(1):
            with open_subscribers(path, name) as file, suppress(Overtaken):
                return import_file(
                    self._database,
                    file,
                    id_key=self._id_key,
                    now=self._now(),
                    dry_run=dry_run,
                    skip_rejected=skip_rejected,
                )
            if attempt >= _ATTEMPTS and monotonic() > deadline:
                break
        raise DatabaseTrouble("other commands keep changing the list", remedy="Wait for them to end, then repeat this.")

    @contextmanager
    def as_in_file(self, path: Path, *, name: str = "") -> Iterator[tuple[ImportReport, Connection]]:
        """The list as sync_file would make it, to be looked at through the connection; nothing of it is written.

        Raises as sync_file does.
        """
        with (
            open_subscribers(path, name) as file,
            as_if_imported(self._database, file, self._id_key) as (report, connection),
        ):
            yield report, connection

    # --- who is there --------------------------------------------------------------------------

    def id_of(self, address: str) -> str:
        """The subscriber's id that an address has, known or not; raises InvalidAddress."""
        return subscriber_id(address, self._id_key)

    def find(self, address: str) -> Subscriber | None:
        """The subscriber with this address in any spelling; raises InvalidAddress."""
        candidate = self.candidate(address)
        return candidate.subscriber if candidate else None

    def candidate(self, address: str) -> Candidate | None:
        """The same with the reason why a mailing leaves them out."""
        return next(self._candidates(subscriber.c.id == self.id_of(address), order=subscriber.c.id), None)

    def language_of(self, id: str) -> str:  # noqa: A002
        """The language of a subscriber (BCP 47); "" where none is known, or nobody has this id."""
        with self._database.reading() as connection:
            return connection.execute(select(subscriber.c.language).where(subscriber.c.id == id)).scalar() or ""

    def candidates(self, connection: Connection | None = None) -> Iterator[Candidate]:
        """Everybody who is known, in order of id, with the reason why a mailing leaves them out.

        Streamed from one moment of the database, or from within the transaction of `connection`; never the forgotten.
        """
        return self._candidates(literal(value=True), order=subscriber.c.id, connection=connection)

    def pages(self, connection: Connection) -> Iterator[Sequence[Row[Any]]]:
        """The same as plain rows, a page at a time: the columns of the table, `tags` and `fields` as JSON, and `barred`.

        For who looks at a million; subscriber_of() makes a Subscriber of a row.
        """
        return self._pages(literal(value=True), subscriber.c.id, connection)

    def by_address(self, connection: Connection | None = None) -> Iterator[Candidate]:
        """The same in order of address, for people."""
        return self._candidates(literal(value=True), order=subscriber.c.email, connection=connection)

    def merge_fields(self, connection: Connection | None = None) -> tuple[str, ...]:
        """The merge fields that subscribers can fill: the standard ones, then the file's own columns."""
        return (*MERGE_COLUMNS, *self._own_fields(connection))

    def segment_fields(self, connection: Connection | None = None) -> frozenset[str]:
        """The fields that a segment may ask for."""
        return frozenset({*STANDARD_COLUMNS, *self._own_fields(connection)})

    # --- who may be mailed ---------------------------------------------------------------------

    def suppressed(self, ids: Collection[str], connection: Connection | None = None) -> dict[str, str]:
        """Which of these may not be mailed now, each with the reason (see barred.py)."""
        with self._within(connection) as open_connection:
            return barred_among(open_connection, ids)

    def suppression(self, id: str) -> Suppression | None:  # noqa: A002 - the word of the design
        """The suppression of an id, whether or not there is a subscriber."""
        with self._database.reading() as connection:
            row = connection.execute(select(suppression).where(suppression.c.subscriber_id == id)).one_or_none()
            return Suppression(Reason(row.reason), row.since, row.source) if row else None

    def suppress(self, id: str, reason: str, source: str, email: str | None = None) -> bool:  # noqa: A002
        """See to it that nobody mails this id again; works for ids of nobody, and twice.

        `source` says what did it. A stronger reason replaces a weaker one (see Reason). Durable when it returns; True
        if it changed anything.
        """
        return self._database.together(lambda connection: self.suppress_within(connection, id, reason, source, email))

    def suppress_within(
        self,
        connection: Connection,
        id: str,  # noqa: A002
        reason: str,
        source: str,
        email: str | None = None,
    ) -> bool:
        """The same as part of a transaction."""
        return self._suppress(connection, id, Reason(reason), source, email)

    def unsubscribe(self, id: str, source: str) -> bool:  # noqa: A002
        """Record that somebody leaves; works for ids of nobody, and twice.

        Durable when it returns; True if it changed anything.
        """
        return self.suppress(id, Reason.UNSUBSCRIBED, source)

    def unsubscribe_all(self, leaving: Mapping[str, str]) -> None:
        """The same for many ids, each with what did it; a page at a time, so that nobody else waits for all of them."""
        people = iter(leaving.items())
        while page := list(islice(people, PAGE)):
            with self._database.writing() as connection:
                for person, source in page:
                    self._suppress(connection, person, Reason.UNSUBSCRIBED, source, None)

    @contextmanager
    def expecting(self, probe: str) -> Iterator[None]:
        """Keep a probe on record while it is asked, so that only a service with this very database can tell it."""
        name = f"probe {probe}"
        with self._database.writing() as connection:
            connection.execute(insert(setting).values(name=name, value=self._now()))
        try:
            yield
        finally:
            with self._database.writing() as connection:
                connection.execute(delete(setting).where(setting.c.name == name))

    def expects(self, probe: str) -> bool:
        """Whether a probe is on record here."""
        with self._database.reading() as connection:
            query = select(setting.c.name).where(setting.c.name == f"probe {probe}")
            return connection.execute(query).scalar() is not None

    def forget(self, address: str) -> bool:
        """Erase a person from the database: row, history's details, and what the mailings hold of them.

        Neither the subscribers' file nor what a provider was handed (the outbox's files) is touched.

        What stays is the id, which tells nobody the address, so that no import brings the person back. True if
        anything was known of them. Raises InvalidAddress.
        """
        person = self.id_of(address)
        with self._database.writing() as connection:
            self._database.alone(connection, "import")  # which may be adding them
            blanked = blank_mailings(connection, person, address)
            known = self._delete(connection, person)
            connection.execute(
                update(subscriber_event).where(subscriber_event.c.subscriber_id == person).values(detail="")
            )
            self._suppress(connection, person, Reason.FORGOTTEN, "forget", None)
        self._database.empty_log()
        return bool(known or blanked)

    def history(self, id: str) -> tuple[HistoryEntry, ...]:  # noqa: A002
        """What happened to a subscriber, the oldest first."""
        query = (
            select(subscriber_event.c.at, subscriber_event.c.event, subscriber_event.c.detail)
            .where(subscriber_event.c.subscriber_id == id)
            .order_by(subscriber_event.c.id)
        )
        with self._database.reading() as connection:
            return tuple(HistoryEntry(*row) for row in connection.execute(query))

    # --- within --------------------------------------------------------------------------------

    def _candidates(
        self, whom: ColumnElement[bool], *, order: ColumnElement[Any], connection: Connection | None = None
    ) -> Iterator[Candidate]:
        for page in self._pages(whom, order, connection):
            for row in page:
                yield Candidate(subscriber_of(row), row.barred)

    def _pages(
        self, whom: ColumnElement[bool], order: ColumnElement[Any], connection: Connection | None
    ) -> Iterator[Sequence[Row[Any]]]:
        query: Select[Any] = select(*_KNOWN, BARRED.label("barred")).select_from(PEOPLE).where(whom).order_by(order)
        paged = query.execution_options(yield_per=PAGE)
        # Closed in the end: PostgreSQL keeps a cursor for the rows.
        with self._within(connection) as open_connection, open_connection.execute(paged) as rows:
            yield from rows.partitions()

    def _delete(self, connection: Connection, person: str) -> bool:
        was_in_file = connection.execute(
            delete(subscriber).where(subscriber.c.id == person).returning(subscriber.c.in_file)
        ).scalar()
        if was_in_file:
            state = read_state(connection)
            write_state(connection, replace(state, known=state.known - 1))
        return was_in_file is not None

    def _suppress(
        self,
        connection: Connection,
        id: str,  # noqa: A002
        reason: Reason,
        source: str,
        email: str | None,
    ) -> bool:
        if email is None and reason is not Reason.FORGOTTEN:
            email = connection.execute(select(subscriber.c.email).where(subscriber.c.id == id)).scalar()
        row = {"id": id, "reason": reason.value, "since": self._now(), "source": source, "email": email}
        weaker = [other.value for other in Reason if reason.outweighs(other)]
        changed = bool(connection.execute(_SUPPRESS, {**row, "weaker": weaker}).rowcount)
        if reason is Reason.UNSUBSCRIBED:
            left = connection.execute(
                update(subscriber)
                .where(subscriber.c.id == id, subscriber.c.status != Status.UNSUBSCRIBED)
                .values(status=Status.UNSUBSCRIBED.value, updated_at=self._now())
            ).rowcount
            changed = changed or bool(left)
        if changed:
            connection.execute(
                insert(subscriber_event).values(subscriber_id=id, at=self._now(), event=reason.value, detail=source)
            )
            tell_news(connection)
        return changed

    def _own_fields(self, connection: Connection | None) -> tuple[str, ...]:
        with self._within(connection) as open_connection:
            return read_state(open_connection).merge_fields

    def _refuse_another_key(self) -> None:
        mark = hmac.digest(self._id_key, b"dispatch: this database's ids", "sha256")[:8].hex()
        query = select(setting.c.value).where(setting.c.name == "id_key")
        with self._database.reading() as connection:
            stored = connection.execute(query).scalar()
        if stored is None:
            with self._database.writing() as connection:
                stored = connection.execute(query).scalar()
                if stored is None:
                    connection.execute(_NEW_SETTING, {"name": "id_key", "value": mark})
                    stored = connection.execute(query).scalar_one()
        if not hmac.compare_digest(stored, mark):
            raise DatabaseTrouble(
                "the oldest key under `keys:` is not the one that this database's subscribers are known by, "
                "so nobody who left would be recognised",
                remedy="Put the first key this newsletter ever had back as the last of `keys:` "
                '(the one that dispatch made itself is "${file:.dispatch/key}").',
            )

    @contextmanager
    def _within(self, connection: Connection | None) -> Iterator[Connection]:
        if connection is not None:
            yield connection
        else:
            with self._database.reading() as own:
                yield own

    def _now(self) -> str:
        return self._clock().strftime("%Y-%m-%dT%H:%M:%SZ")


def subscriber_of(row: Row[Any]) -> Subscriber:
    """The person of a row as SubscriberStore.pages() gives it."""
    return Subscriber(
        id=row.id,
        email=row.email,
        name=row.name,
        first_name=row.first_name,
        language=row.language,
        tags=tuple(json.loads(row.tags)),
        status=Status(row.status),
        fields=json.loads(row.fields),
        consent_source=row.consent_source,
        consent_at=row.consent_at,
        origin=row.origin,
    )
