"""What a newsletter folder has on record, opened: its settings, its list and its ledger, without any rendering."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import Self

from dispatch.database.database import Database
from dispatch.delivery.crew import Crew, Leases
from dispatch.delivery.ledger import Ledger
from dispatch.delivery.lock import SenderLock
from dispatch.delivery.mailing import Mailing
from dispatch.folder import Folder
from dispatch.subscribers.file_sync import ImportReport
from dispatch.subscribers.store import SubscriberStore


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
        there = Database.as_it_is(
            self.config.database, folder=self.config.folder, location=self.config.locate(("database",))
        )
        if there.path and not there.path.exists():
            return set()
        with self.ledger.reading() as connection:
            return {mailing.issue for mailing in self.ledger.mailings(connection)}
