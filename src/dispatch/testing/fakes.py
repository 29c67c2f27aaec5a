"""A provider that does as it is told, a database that dies when it is told, and a clock that waits for nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from threading import Event, Lock
from typing import ClassVar, TypeVar

from sqlalchemy import Connection

from dispatch.database.database import Database
from dispatch.messages.message import Message, Recipient
from dispatch.providers.outcome import Accepted, Outcome, Uncertain
from dispatch.providers.provider import Batch, Begin, Capabilities, Provider
from dispatch.testing.messages import make_message

T = TypeVar("T")
Item = TypeVar("Item")


class Crash(BaseException):
    """The end of the process, as far as a test within one process can have it: nothing of ours catches it."""


@dataclass(frozen=True)
class Act:
    """What the service does with one call; with one round where each message has an answer of its own.

    The first messages are answered with `outcomes`, the others are accepted; `takes` says whether an Uncertain one was
    accepted in truth. An error is raised `before` the call begins, or `after` it
    was taken, before any answer. `answers` are so many more (or fewer) answers than messages.
    """

    outcomes: tuple[Outcome, ...] = ()
    takes: bool = True
    before: BaseException | None = None
    after: BaseException | None = None
    answers: int = 0


class FakeService:
    """What is behind the fake providers of all threads: its acts, one after the other, and its own truth."""

    def __init__(self, capabilities: Capabilities, acts: Iterable[Act] = ()) -> None:
        """When the acts are used up, everything is accepted."""
        self.capabilities = capabilities
        self.taken: Counter[str] = Counter()  # address to copies
        self.calls: list[tuple[str, tuple[int, ...]]] = []  # key and positions, as far as begun
        self.messages: list[Message] = []  # that were taken, in order
        self.on_call: Callable[[Batch], None] = lambda _: None
        self._acts = iter(acts)
        self._keys: dict[tuple[str, int], str] = {}
        self._lock = Lock()

    def open(self) -> FakeProvider:
        """A provider for one thread."""
        return FakeProvider(self)

    def act(self) -> Act:
        """The next act."""
        with self._lock:
            return next(self._acts, Act())

    def begun(self, batch: Batch, messages: Sequence[Message]) -> None:
        """Note a call whose bytes leave now."""
        with self._lock:
            self.calls.append((batch.key, tuple(message.position for message in messages)))

    def take(self, batch: Batch, message: Message) -> None:
        """Accept a message; an idempotent service takes the same key for the same message, and no second copy."""
        known = (batch.key, message.position)
        with self._lock:
            if self.capabilities.idempotent and known in self._keys:
                assert self._keys[known] == _digest(message), "the repeat of a request is another request"
                return
            self._keys[known] = _digest(message)
            self.taken[message.envelope.rcpt_to] += 1
            self.messages.append(message)


class FakeProvider(Provider):
    """Carries messages to a FakeService."""

    name: ClassVar[str] = "fake"

    def __init__(self, service: FakeService) -> None:
        self.service = service
        self.closed = False

    @property
    def capabilities(self) -> Capabilities:
        """Those of the service."""
        return self.service.capabilities

    def submit(self, batch: Batch, begin: Begin) -> Iterator[Outcome]:
        """As one call, or round by round."""
        assert not self.closed
        self.service.on_call(batch)
        messages = batch.messages
        width = batch.lanes if self.capabilities.answers_each else len(messages)
        for start in range(0, len(messages), width):
            yield from self._call(batch, messages[start : start + width], begin)

    def reconcile(self, people: Mapping[str, str]) -> dict[str, str]:
        """Find what was taken."""
        return {
            message.reference: _receipt(message)
            for message in self.service.messages
            if people.get(message.reference) == message.to.address
        }

    def close(self) -> None:
        """Be of no use any more."""
        self.closed = True

    def _call(self, batch: Batch, messages: tuple[Message, ...], begin: Begin) -> Iterator[Outcome]:
        act = self.service.act()
        if act.before:
            raise act.before
        whole = "" if self.capabilities.answers_each else sha256("".join(map(_digest, messages)).encode()).hexdigest()
        begin(len(messages), whole)
        self.service.begun(batch, messages)
        outcomes: list[Outcome] = [*act.outcomes[: len(messages)]]
        outcomes += [Accepted(_receipt(message)) for message in messages[len(outcomes) :]]
        for message, outcome in zip(messages, outcomes, strict=True):
            if isinstance(outcome, Accepted) or (act.takes and isinstance(outcome, Uncertain)):
                self.service.take(batch, message)
        if act.after:
            raise act.after
        surplus = [Accepted("nobody's")] * act.answers
        yield from [*outcomes, *surplus][: len(messages) + act.answers]


@dataclass
class MortalDatabase:
    """A database whose process dies at the n-th commit: just before it, or just after."""

    inner: Database
    die_at: int = 0
    before: bool = True
    commits: int = 0

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction in which it may die."""
        with self.inner.writing() as connection:
            yield connection
            self.commits += 1
            if self.before and self.commits == self.die_at:
                raise Crash
        if not self.before and self.commits == self.die_at:
            raise Crash

    def together(self, act: Callable[[Connection], T]) -> T:
        """Each act in a transaction of its own, so that their number is known."""
        with self.writing() as connection:
            return act(connection)

    def together_with(self, act: Callable[[Connection, Sequence[Item]], Sequence[T]], item: Item) -> T:
        """The same."""
        return self.together(lambda connection: act(connection, [item])[0])

    def reading(self) -> AbstractContextManager[Connection]:
        """As the database itself."""
        return self.inner.reading()

    def look(self, act: Callable[[Connection], T]) -> T:
        """As the database itself."""
        return self.inner.look(act)

    def alone(self, connection: Connection, what: str) -> None:
        """As the database itself."""
        self.inner.alone(connection, what)


class ManualClock:
    """A clock that a test moves; waiting for it takes no time."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._lock = Lock()

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self.now += timedelta(seconds=seconds)


class ManualStop(Event):
    """An event whose `wait` moves the clock instead of waiting."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock = clock
        self.waited = 0.0  # seconds

    def wait(self, timeout: float | None = None) -> bool:
        """Let the time pass at once."""
        if not self.is_set():
            self._clock.advance(timeout or 0.0)
            self.waited += timeout or 0.0
        return self.is_set()


def write_messages(people: Sequence[Recipient], date: datetime) -> list[Message]:
    """A message for each, without an issue."""
    return [make_message(one.position, one.address, name=one.name, date=format_datetime(date)) for one in people]


def _receipt(message: Message) -> str:
    return f"fake-{message.position}"


def _digest(message: Message) -> str:
    return sha256(f"{message.edition.date}\n{message.to}\n{message.text}".encode()).hexdigest()
