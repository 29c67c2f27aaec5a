"""A newsletter of invented people with a ledger of its own, and everything a run needs."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from dispatch.database.database import Database
from dispatch.delivery.crew import Crew
from dispatch.delivery.ledger import Ledger
from dispatch.delivery.lock import SenderLock
from dispatch.delivery.mailing import BatchState, Mailing, Tally
from dispatch.delivery.preparation import Audience, Plan, prepare, survey
from dispatch.delivery.report import Status, status
from dispatch.delivery.worker import Progress, Sender
from dispatch.subscribers.store import SubscriberStore
from dispatch.testing.fakes import FakeService, ManualClock, ManualStop, write_message

KEY = b"an old key for ids"
MORNING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


class Desk:
    """A database with subscribers, and what one does with it."""

    def __init__(self, folder: Path, wrap: Callable[[Database], Database] = lambda database: database) -> None:
        self.folder = folder
        self.clock = ManualClock(MORNING)
        self.database = Database.open("sqlite:///.dispatch/dispatch.db", folder=folder)
        self.store = SubscriberStore(self.database, self.clock, KEY)
        self.ledger = Ledger(wrap(self.database), self.clock)
        self.lock = SenderLock(folder / ".dispatch" / "send.lock")
        self.crew = Crew(self.database)
        self.progress: list[Progress] = []

    def close(self) -> None:
        self.database.close()

    def join(self, *rows: str, header: str = "email") -> None:
        """Make these rows the subscribers' file."""
        path = self.folder / "subscribers.csv"
        path.write_text("\n".join([header, *rows]) + "\n")
        self.store.sync_file(path)

    def plan(self, service: FakeService, **wishes: object) -> Plan:
        fixed = {"issue": "rivers", "provider": "fake", "fields": frozenset(), "nonce": "n", "key_id": "k"}
        return Plan(**{**fixed, "capabilities": service.capabilities, **wishes})

    def prepare(self, service: FakeService, **wishes: object) -> Mailing:
        return prepare(self.ledger, self.store, self.plan(service, **wishes), lambda name: name.encode())

    def survey(self, service: FakeService, **wishes: object) -> Audience:
        with self.ledger.reading() as connection:
            return survey(self.ledger, self.store, self.plan(service, **wishes), connection)

    def sender(self, mailing: Mailing, service: FakeService, **options: object) -> Sender:
        usual = {"rate": None, "concurrency": 1, "stop": ManualStop(self.clock), "clock": self.clock}
        return Sender(
            mailing,
            write_message,
            ledger=self.ledger,
            store=self.store,
            lock=self.lock,
            crew=self.crew,
            open_provider=service.open,
            on_progress=self.progress.append,
            **{**usual, **options},
        )

    def send(self, mailing: Mailing, service: FakeService, **options: object) -> Status:
        self.sender(mailing, service, **options).run()
        return self.status(mailing)

    def status(self, mailing: Mailing) -> Status:
        return status(self.ledger, self.lock, mailing, self.clock())

    def tally(self, mailing: Mailing) -> Tally:
        with self.ledger.reading() as connection:
            return self.ledger.tally(connection, mailing)

    def fates(self, mailing: Mailing) -> dict[int, str]:
        """Position to fate, after checking that the rows partition the audience and the sums are theirs."""
        with self.ledger.reading() as connection:
            rows = self.ledger.rows(connection, mailing, *BatchState)
            tally = self.ledger.tally(connection, mailing)
        fates: list[tuple[int, str]] = []
        for row in rows:
            state = "pending" if row.state in {"claimed", "submitting"} else str(row.state)
            fates += [(position, "accepted") for position in row.accepted]
            fates += [(position, state) for position in row.positions[row.done :]]
        assert sorted(position for position, _ in fates) == list(range(1, mailing.audience + 1))
        assert Counter(fate for _, fate in fates) == Counter(vars(tally))
        return dict(sorted(fates))

    def address(self, mailing: Mailing, position: int) -> str:
        with self.ledger.reading() as connection:
            row, _ = self.ledger.row_of(connection, mailing, position)
            (person,) = self.ledger.recipients(connection, replace(row, positions=(position,)))
        return person.address

    def leave(self, address: str) -> None:
        self.store.unsubscribe(self.store.id_of(address), "one-click rivers.1")


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A newsletter folder with twelve subscribers: made once, for making it takes longer than most tests."""
    folder = tmp_path_factory.mktemp("blank")
    desk = Desk(folder)
    desk.join(*(f"person{number}@example.org" for number in range(1, 13)))
    desk.close()
    return folder


@pytest.fixture
def open_desk(blank: Path, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Open copies of the newsletter, as many as a test wants."""
    desks: list[Desk] = []

    def open_copy(**options: object) -> Desk:
        folder = tmp_path / f"copy{len(desks)}"
        shutil.copytree(blank, folder)
        desks.append(Desk(folder, **options))
        return desks[-1]

    yield open_copy
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk()


@pytest.fixture
def real_stop() -> Event:
    return Event()


@pytest.fixture(scope="session")
def new_desk() -> type[Desk]:
    """For tests that make their own folders."""
    return Desk
