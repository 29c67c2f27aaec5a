"""What a newsletter folder has on record, opened: its settings, its list and its ledger, without any rendering."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Self

from dispatch.database.database import HEAD, Database
from dispatch.delivery.crew import Crew, Leases
from dispatch.delivery.ledger import Ledger
from dispatch.delivery.lock import SenderLock
from dispatch.delivery.mailing import Mailing
from dispatch.errors import DatabaseTrouble
from dispatch.folder import Folder
from dispatch.subscribers.file_sync import ImportReport
from dispatch.subscribers.store import SubscriberStore


@dataclass(frozen=True)
class Sent:
    """What became of an issue, all its mailings together."""

    began: str  # when the first mailing was made, as stored
    audience: int
    accepted: int
    pending: int  # of mailings that are not cancelled
    fingerprint: str  # of the issue as it was mailed last; empty: unknown


class Records(Folder):
    """A folder with its database. Parts are opened when they are first asked for; close() lets go of the database."""

    def close(self) -> None:
        """Let go of the database, if it was opened."""
        if "database" in self.__dict__:
            self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    # --- people ------------------------------------------------------------------------------------

    @cached_property
    def database(self) -> Database:
        """Subscribers and ledger."""
        location = self.config.locate(("database",))
        return Database.open(self.config.database, folder=self.config.folder, location=location)

    @cached_property
    def store(self) -> SubscriberStore:
        """Subscribers and suppressions."""
        return SubscriberStore(self.database, self.clock, self.ring.id_key)

    def sync_subscribers(self, *, skip_rejected: bool, dry_run: bool = False) -> ImportReport:
        """Make subscribers.csv the membership; raises NotFound and InvalidSubscribers."""
        return self.store.sync_file(
            self.subscribers_file, name=self.subscribers_name, dry_run=dry_run, skip_rejected=skip_rejected
        )

    # --- mailings ----------------------------------------------------------------------------------

    @cached_property
    def ledger(self) -> Ledger:
        """The record of what was handed over."""
        return Ledger(self.database, self.clock)

    @cached_property
    def lock(self) -> SenderLock | Leases:
        """One sender at a time, of all that use a database in a file, beside which it lies; any number with a server."""
        path = self.database.path
        # Beside the file itself, whatever symbolic links lead to it: all who use it have to find the same lock.
        return SenderLock(path.resolve().with_name("send.lock")) if path else Leases(self.database)

    @cached_property
    def crew(self) -> Crew:
        """Which processes are sending, this one perhaps among them."""
        return Crew(self.database)

    def mailing(self, name: str | None = None, *, unfinished: bool = False) -> Mailing:
        """A mailing by `<slug>.<n>` or `<slug>`, else the latest (unfinished) one; raises NotFound."""
        if name:
            return self.ledger.find(name)
        return self.ledger.latest(unfinished=unfinished)

    def mailed_issues(self) -> set[str]:
        """The slugs of all issues that have a mailing; no database is made to find that out."""
        there = self._database_as_it_is()
        if there.path and not there.path.exists():
            return set()
        with self.ledger.reading() as connection:
            return {mailing.issue for mailing in self.ledger.mailings(connection)}

    def sent(self) -> dict[str, Sent]:
        """What was sent, by the issue's slug; raises DatabaseTrouble.

        For a look from outside: no database is made, none is brought to a newer version, and none stays open.
        """
        with closing(self._database_as_it_is()) as database:
            version = None if database.path and not database.path.exists() else database.version()
            if version is None:
                return {}
            if version != HEAD:
                raise DatabaseTrouble(f"the database {database} is of another version", remedy="Run `dispatch status`.")
            ledger, of_issues = Ledger(database, self.clock), defaultdict(list)
            with ledger.reading() as connection:
                for mailing in ledger.mailings(connection):
                    of_issues[mailing.issue].append((mailing, ledger.tally(connection, mailing)))
        return {
            issue: Sent(
                began=mailings[0][0].created_at,
                audience=sum(mailing.audience for mailing, _ in mailings),
                accepted=sum(tally.accepted for _, tally in mailings),
                pending=sum(tally.pending for mailing, tally in mailings if not mailing.cancelled_at),
                fingerprint=mailings[-1][0].fingerprint,
            )
            for issue, mailings in of_issues.items()
        }

    def _database_as_it_is(self) -> Database:
        location = self.config.locate(("database",))
        return Database.as_it_is(self.config.database, folder=self.config.folder, location=location)
