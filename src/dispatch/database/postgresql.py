"""PostgreSQL as a ledger needs it: durable, several writers at once, and errors as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from hashlib import blake2b
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from dispatch.errors import DatabaseTrouble, TransactionLost
from dispatch.location import Location

LOCK_SECONDS = 30
IDLE_SECONDS = 20
"""Seconds for which the server waits for the next statement of a transaction that writes, and then gives it up.

Less than others wait for its locks: a machine that is paused, or cut off, in the midst of one stops nobody else.
"""

# Everything that a session could be told is told to each transaction instead, in the round trip that begins it:
# so PgBouncer may hand each transaction another session.
# synchronous_commit: an operator may want more than `on` (remote_apply), but a ledger must not have less.
_BEGIN_WRITING = (
    "BEGIN ISOLATION LEVEL READ COMMITTED;"
    " SET LOCAL lock_timeout = '{lock}s';"
    " SET LOCAL idle_in_transaction_session_timeout = '{idle}s';"
    " SELECT set_config('synchronous_commit', 'on', true)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')"
)
_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

_REPEAT = "Then repeat the command; all that was recorded before is kept."
_LATER = "Repeat the command; nothing of this step was written."
_RIGHTS = "Let the database be owned by this user: ALTER DATABASE … OWNER TO …"

# By the beginning of SQLSTATE (https://www.postgresql.org/docs/18/errcodes-appendix.html): what happened, the remedy.
_SENTENCES = {
    "53100": ("cannot grow: the disk is full", f"Make room on the server. {_REPEAT}"),
    "53200": ("is out of memory", f"Give the server more memory. {_REPEAT}"),
    "53300": ("takes no more connections", "End other programs that use it, or raise max_connections on the server."),
    "25006": (
        "may be read but not written: it is a standby, or set to read only",
        "Name the primary server under `database:` in dispatch.yaml.",
    ),
    "42501": ("does not let this user do what dispatch needs to do", _RIGHTS),
    "3F000": ("has no schema that this user may make tables in", _RIGHTS),
    "55P03": (f"has been in use by another process for more than {LOCK_SECONDS} seconds", _LATER),
    "40P01": ("had two transactions that waited for each other, and gave this one up", _LATER),
    "40001": ("could not put two transactions into an order, and gave this one up", _LATER),
    "25P03": (f"heard nothing for {IDLE_SECONDS} seconds in the midst of a transaction, and gave it up", _LATER),
    "57014": (
        "took longer than its statement_timeout allows",
        "Raise statement_timeout for this user, or set it to 0.",
    ),
    "58": ("cannot be read or written: the server's disk reports an error", f"Look at the disk. {_REPEAT}"),
    "XX001": ("is damaged", "Restore it from a backup."),
    "XX002": ("is damaged", "Restore it from a backup."),
    "08": ("has lost the connection", "Repeat the command: what was confirmed is kept."),
    "57P": ("has been shut down, or is starting", "Wait until the server runs, then repeat the command."),
}

# Beginnings of those after which the same transaction, carried out anew, may succeed.
_TRANSIENT = {"25P03", "40P01", "40001", "53300", "08", "57P"}

# What a server says before there is a session has no SQLSTATE that libpq would tell; by its words, then.
_REFUSALS = {
    "too many connections": _SENTENCES["53300"],
    "remaining connection slots": _SENTENCES["53300"],
    "too many clients": _SENTENCES["53300"],
    "password authentication failed": (
        "refuses the login",
        "Look at the user's name and at the password, which may come from ${NAME} in the URL, PGPASSWORD or ~/.pgpass.",
    ),
    "no password supplied": (
        "asks for a password",
        "Write it as ${NAME} into the URL (postgresql://user:${NAME}@host/name), or put it into ~/.pgpass.",
    ),
    "no pg_hba.conf entry": ("lets nobody in from here", "Add this machine and user to pg_hba.conf on the server."),
    'role "': ("does not know this user", "Make it on the server: createuser NAME"),
    'database "': ("is not there", "Make it on the server: createdb NAME"),
    "permission denied for database": ("does not let this user in", _RIGHTS),
}
_AWAY = "Look at host and port, and whether the server runs and may be reached from this machine."


class PostgreSQL:
    """One database of a server. Threads may share it; processes make their own, after a fork."""

    several_senders = True
    path = None
    foreign_remedy = "Make one for dispatch alone (createdb dispatch), and name it under `database:` in dispatch.yaml."

    def __init__(self, url: URL, location: Location | None) -> None:
        """Nothing is connected yet. Raises DatabaseTrouble where the driver is not installed."""
        self._name = f"{url.database} on {url.host or url.query.get('host') or 'this machine'}"
        wishes = {"connect_timeout": 10, "application_name": "dispatch"}
        try:
            engine = create_engine(
                url.set(drivername="postgresql+psycopg"),
                connect_args={
                    "autocommit": True,  # the driver begins nothing of its own accord, our "begin" does
                    "prepare_threshold": None,  # PgBouncer may hand the next transaction another session
                    "client_encoding": "utf8",
                    **{name: value for name, value in wishes.items() if name not in url.query},
                },
                poolclass=QueuePool,
                max_overflow=-1,  # a connection belongs to one thread while it is used, and no thread waits for one
                hide_parameters=True,  # addresses do not belong in error messages
                use_native_hstore=False,
            )
        except ModuleNotFoundError:
            raise DatabaseTrouble(
                "for PostgreSQL, dispatch needs the driver psycopg, which is not installed",
                remedy="pip install 'dispatch-newsletter[postgres]'",
                location=location,
            ) from None
        event.listen(engine, "begin", _begin)
        begin = _BEGIN_WRITING.format(lock=LOCK_SECONDS, idle=IDLE_SECONDS)
        self.writer: Engine = engine.execution_options(dispatch_begin=begin)
        self.reader: Engine = engine.execution_options(dispatch_begin=_BEGIN_READING)

    def __str__(self) -> str:
        return self._name

    def turn(self) -> AbstractContextManager[None]:
        """Writers do not wait for each other, but for the rows and locks that they take."""
        return nullcontext()

    def making(self) -> AbstractContextManager[None]:
        """Those who make one database at once are kept apart by `alone`."""
        return nullcontext()

    def tables(self, connection: Connection) -> set[str]:
        """The tables that are there. Raises DatabaseTrouble where there is no schema to make them in, or no UTF-8."""
        schema, encoding = connection.exec_driver_sql(
            "SELECT current_schema(), current_setting('server_encoding')"
        ).one()
        if encoding != "UTF8":
            raise DatabaseTrouble(
                f"the database {self} keeps its text in {encoding}",
                remedy="Make one that keeps UTF-8: createdb --encoding=UTF8 --template=template0 dispatch",
            )
        if schema is None:
            sentence, remedy = _SENTENCES["3F000"]
            raise DatabaseTrouble(f"the database {self} {sentence}", remedy=remedy)
        names = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"
        return set(connection.exec_driver_sql(names).scalars())

    def alone(self, connection: Connection, what: str) -> None:
        """Wait until no other transaction does this; let go of when this one ends."""
        key = int.from_bytes(blake2b(f"dispatch {what}".encode(), digest_size=8).digest(), "big", signed=True)
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({key})")

    def now(self, connection: Connection) -> float:
        """Seconds since 1970 by the server's clock, and not of when the transaction began."""
        seconds = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())::float8").scalar_one()
        return float(seconds)

    def doubts(self, connection: Connection) -> Iterator[str]:
        """What would make it lose a commit when the power fails, or keep it from being written."""
        standby, read_only, fsync, whole_pages = connection.exec_driver_sql(
            "SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only'),"
            " current_setting('fsync'), current_setting('full_page_writes')"
        ).one()
        if standby or read_only == "on":
            yield "it may be read but not written: it is a standby, or set to read only"
        if fsync == "off":
            yield "its server does not wait for the disk: fsync is off"
        if whole_pages == "off":
            yield "its server may tear pages: full_page_writes is off"

    def empty_log(self) -> None:
        """Nothing that dispatch could do: what was erased goes with the next vacuum, and from the log as it turns."""

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Turn what the server says into a DatabaseTrouble; a broken constraint stays what it is."""
        try:
            yield
        except Exception as error:
            trouble = self.trouble(error)
            if trouble is None:
                _hide_values(error)
                raise
            raise trouble from error

    def trouble(self, error: Exception) -> DatabaseTrouble | None:
        """What the server says, in a sentence; None for what is no trouble with it."""
        cause = _cause(error)
        if not _is_psycopg(cause):
            return None
        state = getattr(cause, "sqlstate", None)
        said = next((line.strip() for line in str(cause).splitlines() if line.strip()), "")
        if state is None and type(cause).__name__ == "OperationalError":
            for words, (sentence, remedy) in _REFUSALS.items():
                if words in said:
                    return DatabaseTrouble(f"the database {self} {sentence}", remedy=remedy)
            if any(words in said for words in ("connection to server", "failed to resolve", "connection timeout")):
                return TransactionLost(f"the database {self} cannot be reached: {said}", remedy=_AWAY)
            state = "08"
        for beginning, (sentence, remedy) in _SENTENCES.items():
            if state is not None and state.startswith(beginning):
                kind = TransactionLost if beginning in _TRANSIENT else DatabaseTrouble
                return kind(f"the database {self} {sentence}", remedy=remedy)
        return None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options()["dispatch_begin"])


def _cause(error: BaseException) -> Any:
    return error.orig if isinstance(error, DBAPIError) else error


def _hide_values(error: Exception) -> None:
    """PostgreSQL quotes a whole row behind what is wrong with it, and addresses do not belong in error messages."""
    cause = _cause(error)
    if _is_psycopg(cause) and cause.diag.message_primary:
        cause.args = (cause.diag.message_primary,)
        error.args = cause.args


def _is_psycopg(error: object) -> bool:
    """Without importing it, as it need not be installed."""
    return type(error).__module__.startswith("psycopg")
