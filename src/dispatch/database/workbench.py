"""A connection with private tables, which outlive its transactions and disappear with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Index, MetaData, Table, insert
from sqlalchemy.schema import CreateIndex, CreateTable


class Workbench:
    """Where a large change is made ready without keeping others from writing.

    Its tables are temporary ones: nobody else sees them, and death removes them. Database.workbench() opens one.
    """

    def __init__(
        self, connection: Connection, turn_to_write: Callable[[], AbstractContextManager[None]] | None
    ) -> None:
        self._connection = connection
        self._turn_to_write = turn_to_write  # None: all of it is within one transaction, which has begun

    @property
    def is_one_transaction(self) -> bool:
        """Whether nobody sees anything of what is written before all of it is."""
        return self._turn_to_write is None

    @contextmanager
    def preparing(self) -> Iterator[Connection]:
        """The database, whatever others write meanwhile; only private tables may be written."""
        if self.is_one_transaction:
            yield self._connection
            return
        self._connection.execution_options(begin="BEGIN")
        with self._connection.begin():
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes, or its part in the one that all is in; on SQLite others wait for its end."""
        if self._turn_to_write is None:
            yield self._connection
            return
        with self._turn_to_write():
            self._connection.execution_options(begin="BEGIN IMMEDIATE")
            with self._connection.begin():
                yield self._connection

    def make(self, table: Table) -> None:
        """Make a private table; only within preparing()."""
        self._connection.execute(CreateTable(table))

    def index(self, index: Index) -> None:
        """Make an index of a filled table: a second for a million random ids, instead of ten if it came first."""
        self._connection.execute(CreateIndex(index))

    def hide(self, table: Table, rows: Callable[[Table], CompoundSelect[Any]]) -> None:
        """Let a private view of the same name stand before a table; `rows` makes it of the real one.

        Temporary names are looked up first, in SQLite as in PostgreSQL, and for this connection only.
        """
        # SQLite looks the name up whenever the view is used, PostgreSQL once and now: where it is still the table.
        real = table.to_metadata(MetaData(), schema="main") if self._connection.dialect.name == "sqlite" else table
        query = rows(real).compile(self._connection, compile_kwargs={"literal_binds": True})
        self._connection.exec_driver_sql(f"CREATE TEMPORARY VIEW {table.name} AS {query}")

    def fill(self, table: Table, rows: Iterable[Sequence[object]]) -> None:
        """Put rows into a private table, each in the order of its columns and with values as the driver takes them.

        Streamed past SQLAlchemy, whose part takes longer than SQLite's (7.3 and 3.1 µs a row).
        """
        cursor: Any = self._connection.connection.cursor()
        with closing(cursor):
            if self._connection.dialect.name == "sqlite":
                cursor.executemany(str(insert(table).compile(self._connection)), rows)
                return
            columns = ", ".join(column.name for column in table.columns)
            with cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
