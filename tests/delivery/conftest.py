"""A newsletter of invented people with a ledger of its own, and everything a run needs."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from dispatch.addresses import Mailbox
from dispatch.database.database import Database
from dispatch.delivery.crew import Crew, Leases
from dispatch.delivery.ledger import Ledger
from dispatch.delivery.lock import SenderLock
from dispatch.delivery.mailing import BatchState, Mailing, Tally
from dispatch.delivery.preparation import Audience, Plan, prepare, survey
from dispatch.delivery.report import Status, status
from dispatch.delivery.roll import FATES, Fate, call_roll
from dispatch.delivery.worker import Progress, Sender
from dispatch.location import Location
from dispatch.messages.template import MessageTemplate, Variant
from dispatch.rendering.compiled import Slots
from dispatch.rendering.readership import EVERYBODY, Readership
from dispatch.subscribers.segments import parse_segment
from dispatch.subscribers.sorting import Sorter
from dispatch.subscribers.store import SubscriberStore
from dispatch.testing.databases import PostgresServer
from dispatch.testing.fakes import FakeService, ManualClock, ManualStop, write_messages

KEY = b"an old key for ids"

_SOME = parse_segment('email in ["person3@example.org", "person4@example.org", "person11@example.org"]', Location("s"))
MIXED = {
    "sorter": Sorter({"some": _SOME}, lambda language: language),
    "readerships": (EVERYBODY, Readership(("some",))),
}
"""Of a plan: three of the twelve get another variant."""
MORNING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


def content_of(name: str, readerships: Sequence[Readership]) -> bytes:
    """What is frozen; a mailing of one variant does without a template, for its messages are made by hand."""
    if len(readerships) == 1:
        return name.encode()
    variants = tuple(Variant(Slots(("A river",)), Slots(("",)), Slots(("",)), readers=each) for each in readerships)
    links = dict.fromkeys(("unsubscribe_url", "view_online_url", "archive_url", "help_url"), "https://rivers.example/")
    ids = dict.fromkeys(("nonce", "key_id", "domain", "list_id", "feedback_id", "unsubscribe_mailto"), "rivers.example")
    return MessageTemplate(
        name, from_=Mailbox("joy@rivers.example"), reply_to=None, variants=variants, **links, **ids
    ).to_bytes()


class Desk:
    """A database with subscribers, and what one does with it."""

    def __init__(
        self,
        folder: Path,
        url: str = "sqlite:///.dispatch/dispatch.db",
        wrap: Callable[[Database], Database] = lambda database: database,
    ) -> None:
        self.folder = folder
        self.clock = ManualClock(MORNING)
        self.database = Database.open(url, folder=folder)
        self.store = SubscriberStore(self.database, self.clock, KEY)
        self.ledger = Ledger(wrap(self.database), self.clock)
        on_file = self.database.path is not None
        self.lock = SenderLock(folder / ".dispatch" / "send.lock") if on_file else Leases(self.database)
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
        plan = self.plan(service, **wishes)
        return prepare(self.ledger, self.store, plan, lambda name: content_of(name, plan.readerships))

    def survey(self, service: FakeService, **wishes: object) -> Audience:
        with self.ledger.reading() as connection:
            return survey(self.ledger, self.store, self.plan(service, **wishes), connection)

    def sender(self, mailing: Mailing, service: FakeService, **options: object) -> Sender:
        usual = {"rate": None, "concurrency": 1, "stop": ManualStop(self.clock), "clock": self.clock}
        return Sender(
            mailing,
            write_messages,
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
            tallies = self.ledger.tallies(connection, mailing)
            if len(tallies) > 1:  # found are those who get the variant of their row
                assert all(len(self.ledger.recipients(connection, row)) == len(row.positions) for row in rows)
        assert sum(tallies.values(), Tally()) == tally
        fates: list[tuple[int, str]] = []
        for row in rows:
            state = "pending" if row.state in {"claimed", "submitting"} else str(row.state)
            fates += [(position, "accepted") for position in row.accepted]
            fates += [(position, state) for position in row.positions[row.done :]]
        assert sorted(position for position, _ in fates) == list(range(1, mailing.audience + 1))
        assert Counter(fate for _, fate in fates) == Counter(vars(tally))
        assert [(fate.position, fate.state) for fate in self.roll(mailing)] == sorted(fates)
        return dict(sorted(fates))

    def roll(self, mailing: Mailing, *only: str) -> list[Fate]:
        """Who got what."""
        with self.ledger.reading() as connection:
            return list(call_roll(connection, mailing, only or FATES))

    def address(self, mailing: Mailing, position: int) -> str:
        with self.ledger.reading() as connection:
            row, _ = self.ledger.row_of(connection, mailing, position)
            (person,) = self.ledger.recipients(connection, replace(row, positions=(position,)))
        return person.address

    def leave(self, address: str) -> None:
        self.store.unsubscribe(self.store.id_of(address), "one-click rivers.1")


class Blank:
    """A newsletter folder with twelve subscribers: made once, for making it takes longer than most tests."""

    def __init__(self, folder: Path, server: PostgresServer | None) -> None:
        self._folder = folder
        self._server = server
        self.is_quick = server is None  # to copy, and to write to
        self._name = ""
        self._idle: list[str] = []
        url = "sqlite:///.dispatch/dispatch.db"
        if server:
            self._name = server.make("blank")
            url = server.url(self._name)
            (folder / ".dispatch").mkdir()
        desk = Desk(folder, url)
        desk.join(*(f"person{number}@example.org" for number in range(1, 13)))
        desk.close()
        if server:
            server.keep(self._name)

    @contextmanager
    def copied_to(self, folder: Path, through: Callable[[str], str] | None = None, **options: object) -> Iterator[Desk]:
        """A copy with a database of its own; `through` gives the URL by which to reach a server's."""
        shutil.copytree(self._folder, folder, dirs_exist_ok=True)
        if self._server is None:
            desk = Desk(folder, **options)
            yield desk
            desk.close()
        else:
            name = self._idle.pop() if self._idle else self._server.make(self._name)
            desk = Desk(folder, (through or self._server.url)(name), **options)
            yield desk
            desk.close()
            self._server.reset(name)
            self._idle.append(name)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def blank(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Blank:
    """On either kind of database: every test of the delivery runs on both."""
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    return Blank(tmp_path_factory.mktemp("blank"), server)


@pytest.fixture(scope="session")
def blanks(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer) -> list[Blank]:
    """The same on each kind of database, for tests that compare them."""
    return [Blank(tmp_path_factory.mktemp("blank"), server) for server in (None, postgres)]


@pytest.fixture
def open_desk(blank: Blank, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Open copies of the newsletter, as many as a test wants."""
    with ExitStack() as copies:
        numbers = count()
        yield lambda **options: copies.enter_context(blank.copied_to(tmp_path / f"copy{next(numbers)}", **options))


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk()


@pytest.fixture
def real_stop() -> Event:
    return Event()


@pytest.fixture(scope="session")
def new_desk() -> type[Desk]:
    """For tests that make their own folders, and servers."""
    return Desk
