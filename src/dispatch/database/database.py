"""One database, opened: brought to the newest version, and ready for reading and writing."""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, RootTransaction, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from dispatch.database.group_commit import GroupCommit
from dispatch.database.postgresql import PostgreSQL
from dispatch.database.sqlite import SQLite, make_file
from dispatch.database.workbench import Workbench
from dispatch.errors import DatabaseTrouble, TransactionLost
from dispatch.location import Location

T = TypeVar("T")
Item = TypeVar("Item")

HEAD = "0003"
"""The newest version in migrations/versions."""

_PATIENCE = 60.0
"""Seconds for which a server that was there before is waited for: its restart takes less."""

_PAUSE = 0.2  # seconds between two attempts

_EXAMPLES = "Write for example: sqlite:///.dispatch/dispatch.db, or postgresql://user@host/name"


class Database:
    """Subscribers and ledger. Threads may share one; processes open their own."""

    def __init__(self, dialect: SQLite | PostgreSQL) -> None:
        self._dialect = dialect
        self._writer: Engine = dialect.writer
        self._reader: Engine = dialect.reader
        self._writing_threads: set[int] = set()
        self._was_there = False
        self._group_commit = GroupCommit(self._standing)
        self._kept: Connection | None = None

    @classmethod
    def open(cls, url: str, *, folder: Path, location: Location | None = None) -> Database:
        """Open the database at `sqlite:///path` (a relative path counts from the newsletter's folder) or `postgresql://…`.

        Makes the tables where they are missing, and a file and its folder. Several processes may open a new database
        at once. Raises DatabaseTrouble; `location` is where the URL stands, should it be wrong.
        """
        dialect = _dialect_of(url, folder, location)
        if dialect.path:
            make_file(dialect.path, private_folder=folder / ".dispatch")
        database = cls(dialect)
        try:
            if database.version() != HEAD:
                database._upgrade()
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def as_it_is(cls, url: str, *, folder: Path, location: Location | None = None) -> Database:
        """The database at a URL, whatever its version; nothing is made or changed. Raises DatabaseTrouble."""
        return cls(_dialect_of(url, folder, location))

    def __str__(self) -> str:
        return str(self._dialect)

    @property
    def several_senders(self) -> bool:
        """Whether processes on several machines may send from it at once."""
        return self._dialect.several_senders

    @property
    def path(self) -> Path | None:
        """The file, where it is one."""
        return self._dialect.path

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction; durable once the block has ended.

        On SQLite it is the only one that writes, from its beginning. On PostgreSQL others write meanwhile: each
        statement sees what they have committed, and what was read may have changed since, unless the row was locked
        (`with_for_update`) or both are `alone`. One within another is a mistake: the inner one would wait for the outer.
        """
        with self._taking_turns(), self._transaction(self._writer) as connection:
            yield connection

    @contextmanager
    def _standing(self) -> Iterator[Connection]:
        """The same on a connection that stays open: opening it anew takes as long as what a message writes."""
        with self._taking_turns(), self._dialect.telling():
            connection, transaction = self._begin(self._writer, self._kept)
            self._kept, self._was_there = None, True
            try:
                with transaction:
                    yield connection
            except BaseException:
                connection.close()
                raise
            self._kept = connection

    @contextmanager
    def _taking_turns(self) -> Iterator[None]:
        thread = threading.get_ident()
        if thread in self._writing_threads:
            raise RuntimeError("writing() within writing()")
        with self._dialect.turn():
            self._writing_threads.add(thread)
            try:
                yield
            finally:
                self._writing_threads.discard(thread)

    def together(self, act: Callable[[Connection], T]) -> T:
        """Write within a transaction that threads share; gives the act's result when it is durable.

        The act may be carried out more than once (see GroupCommit), so it changes nothing but through the connection.
        Where a server gave the transaction up or the connection was lost, perhaps after the COMMIT, it is carried out
        anew for a minute; so it must also bear having been carried out already.
        """
        return _persistently(lambda: self._group_commit.run(act))

    def together_with(self, act: Callable[[Connection, Sequence[Item]], Sequence[T]], item: Item) -> T:
        """The same where many threads do the same: `act` is called for the items of all, and gives a result for each."""
        return _persistently(lambda: self._group_commit.run_among(act, item))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One moment of the database, whatever others write meanwhile; writing in it is an error."""
        with self._transaction(self._reader) as connection:
            yield connection
            with suppress(DBAPIError):  # all that was asked for is here
                connection.rollback()

    def look(self, act: Callable[[Connection], T]) -> T:
        """What an act finds in one moment of the database; carried out anew where the connection was lost in it."""

        def looked() -> T:
            with self.reading() as connection:
                return act(connection)

        return _persistently(looked)

    @contextmanager
    def workbench(self) -> Iterator[Workbench]:
        """A connection with private tables, on which a large change is made ready beside others that write.

        On PostgreSQL it is one transaction: writers do not wait for each other there, and PgBouncer may give the next
        transaction another session. On SQLite it lives through several, of which only those that write have the lock.
        """
        if self.several_senders:
            with self.writing() as connection:
                yield Workbench(connection, None)
            return
        with self._dialect.telling(), self._writer.connect() as connection:
            try:
                yield Workbench(connection, self._taking_turns)
            finally:
                connection.invalidate()  # closed, and its tables with it, instead of kept for others

    def alone(self, connection: Connection, what: str) -> None:
        """Wait until no other transaction that writes does `what`, and keep others from it until this one ends."""
        self._dialect.alone(connection, what)

    def version(self) -> str | None:
        """Its version as migrations count; None where there are no tables yet. Raises DatabaseTrouble."""
        with self.reading() as connection:
            return self._version(connection)

    def doubts(self, connection: Connection) -> list[str]:
        """What would make it lose a commit when the power fails, or keep it from being written, in sentences."""
        return list(self._dialect.doubts(connection))

    def now(self, connection: Connection) -> float:
        """Seconds since 1970 by the database's clock, which is the same for all who use it."""
        return self._dialect.now(connection)

    def empty_log(self) -> None:
        """Where the database is a file, bring all that was written from its log into it, so that what was erased stands in neither.

        A reader that is in the way is waited for one second; then the closing of the database does it.
        """
        self._dialect.empty_log()

    def close(self) -> None:
        """Let go of the file, or of all connections."""
        if self._kept:
            self._kept.close()
            self._kept = None
        self._writer.dispose()
        self._reader.dispose()

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        with self._dialect.telling(), self._begun(engine) as connection:
            self._was_there = True
            yield connection

    @contextmanager
    def _begun(self, engine: Engine) -> Iterator[Connection]:
        connection, transaction = self._begin(engine)
        with connection, transaction:
            yield connection

    def _begin(self, engine: Engine, kept: Connection | None = None) -> tuple[Connection, RootTransaction]:
        """A transaction. Nothing has been done when it does not begin: a server that is away for a moment is waited for."""
        deadline = time.monotonic() + (_PATIENCE if self._was_there else 0.0)
        while True:
            connection, kept = kept, None
            try:
                connection = connection or engine.connect()
                return connection, connection.begin()
            except Exception as error:
                if connection:
                    connection.close()
                # A connection that died while nobody used it; all others in the pool are replaced with it.
                stale = connection is not None and isinstance(error, DBAPIError) and error.connection_invalidated
                transient = isinstance(self._dialect.trouble(error), TransactionLost)
                if not stale and not (transient and time.monotonic() < deadline):
                    raise
                time.sleep(0 if stale else _PAUSE)

    def _version(self, connection: Connection) -> str | None:
        """What alembic_version says, in plain SQL: importing alembic takes 0.2 s of every command. None: no table."""
        tables = self._dialect.tables(connection)
        if not tables:
            return None
        if not {"alembic_version", "suppression"} <= tables:
            raise DatabaseTrouble(
                f"the database {self._dialect} belongs to another program: it has the tables {', '.join(sorted(tables))}",
                remedy=self._dialect.foreign_remedy,
            )
        version: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return version

    def _upgrade(self) -> None:
        from dispatch.database import migrations  # noqa: PLC0415 - see _version

        with self._dialect.making(), self.writing() as connection:
            self.alone(connection, "migration")
            version = self._version(connection)
            if version is not None and version not in migrations.known_versions():
                raise DatabaseTrouble(
                    f"the database {self._dialect} was made by a newer dispatch: its version is {version}, "
                    f"and this program knows them up to {HEAD}",
                    remedy="Install the newer dispatch, or restore a backup from before the upgrade.",
                )
            migrations.upgrade(connection)


def _persistently(do: Callable[[], T]) -> T:
    """Do what may be done anew where a server gave it up, or lost the connection."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return do()
        except TransactionLost:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE * random.uniform(0.5, 1.5))  # noqa: S311 - so that two do not meet again


def _dialect_of(url: str, folder: Path, location: Location | None) -> SQLite | PostgreSQL:
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise DatabaseTrouble(
            f"{_masked(url)!r} is not the URL of a database", remedy=_EXAMPLES, location=location
        ) from None
    backend = parts.get_backend_name()
    if backend == "sqlite":
        if not parts.database or parts.database == ":memory:" or parts.query or parts.host:
            raise DatabaseTrouble(
                f"{parts.render_as_string()!r} does not name a file",
                remedy="Write three slashes and a path: sqlite:///.dispatch/dispatch.db",
                location=location,
            )
        return SQLite(Path(os.path.abspath(folder / parts.database)))  # noqa: PTH100 - resolve() would follow links
    if parts.drivername in {"postgresql", "postgresql+psycopg"}:
        if not parts.database or "password" in parts.query:
            raise DatabaseTrouble(
                f"{_masked(url)!r} names no database"
                if not parts.database
                else "the password stands behind the ? of the database's URL",
                remedy="Write: postgresql://user:${PASSWORD}@host/name",
                location=location,
            )
        return PostgreSQL(parts, location)
    raise DatabaseTrouble(f"{parts.drivername} databases are not known here", remedy=_EXAMPLES, location=location)


def _masked(url: str) -> str:
    return re.sub(r"//[^@]*@", "//***@", url)
