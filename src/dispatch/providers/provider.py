"""What a provider must do: state its limits, and carry a batch of messages."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from dispatch.addresses import is_international
from dispatch.errors import Unsupported
from dispatch.messages.message import Message
from dispatch.providers.outcome import Outcome


@dataclass(frozen=True)
class Capabilities:
    """What a provider can do, as configured; the delivery loop asks this and never a name."""

    max_messages: int  # in one call; where each has an answer of its own the unit a worker takes at a time
    max_bytes: int | None = None  # of one call
    max_message_bytes: int | None = None
    lanes: int = 0  # messages that one thread may have under way, each with an answer of its own; 0: a call has one
    idempotency_seconds: float = 0  # a repeat of the same key within this time is not a second copy
    embeds_pictures: bool = True
    real: bool = True  # mail leaves this machine: needs keys, a working unsubscribe, a claim
    replaces_unsubscribe: bool = False  # it puts its own List-Unsubscribe in the place of ours
    default_rate: float | None = None  # recipients per second where the provider documents it
    shares_bodies: bool = False  # those of a call are carried once, beside everybody's values
    can_look_up: bool = False  # reconcile() can find messages by our reference

    @property
    def answers_each(self) -> bool:
        """Whether messages go one by one, as many at once as there are lanes, and not as one call."""
        return self.lanes > 0

    @property
    def idempotent(self) -> bool:
        """Whether a request may be repeated after a crash at all."""
        return self.idempotency_seconds > 0


FOREVER = math.inf


@dataclass(frozen=True)
class Authentication:
    """By which domains receivers will know a provider's mail, as far as it can be told before any was sent."""

    return_path: str = ""  # the domain of MAIL FROM, of which SPF is asked; empty: the provider's own, or not known
    spf: str = ""  # the mechanism that lets its servers send for that domain: include:spf.example.net
    spf_is_certain: bool = True  # False: perhaps others hand the mail on
    signer: str = ""  # the domain whose key signs; empty: that of From
    dkim: tuple[tuple[str, str], ...] = ()  # selector and domain of each key that signs, where they are known


@dataclass(frozen=True)
class Batch:
    """Messages handed over together, in order, under one idempotency key `mailing.batch.revision`."""

    key: str
    messages: tuple[Message, ...]
    lanes: int = 1  # of those that the provider has, how many it may use


class Begin(Protocol):
    """Called by a provider just before bytes leave that may make the next `count` messages accepted.

    It makes the intent durable. When it raises, nothing of those messages may leave.
    `request_sha256` identifies the exact bytes of a whole call (HTTP carriers).
    """

    def __call__(self, count: int, request_sha256: str = "") -> None: ...


class Provider(ABC):
    """Who carries it.

    A provider is constructed with keyword arguments that are its options in dispatch.yaml; unknown or missing
    ones are a configuration error. One instance serves one thread. It never retries.
    """

    name: ClassVar[str]
    default_images: ClassVar[str] = "hosted"  # what `images:` means when it is left out: hosted | embed

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What it can do, as configured."""

    @abstractmethod
    def submit(self, batch: Batch, begin: Begin) -> Iterator[Outcome]:
        """Hand the messages over; yield one outcome per message, in order.

        Calls `begin` before each point of no return: once for the whole call of a batch carrier, else once for each
        round of `batch.lanes` messages, before the first of their final dots; all of a round are answered before the
        next one's messages leave. What fails earlier (no connection, a refusal at RCPT TO) is an outcome without a
        `begin`, unless one further on in the round has one: it counts them in order.
        The consumer may close the iterator between two messages; then nothing further may leave.

        Raises AccountTrouble or ProviderUnreachable where the mailing must stop, after the outcomes of all messages
        for which `begin` was called: so read on after the last outcome. A message that has `begin` but no outcome
        counts as uncertain.
        """

    def plan(self, messages: Sequence[Message]) -> list[tuple[Message, ...]]:
        """Split messages into calls by count and by bytes; raises Unsupported, never drops one."""
        limits = self.capabilities
        room = limits.max_bytes or math.inf
        calls: list[list[Message]] = []
        used = 0
        for message in messages:
            weight = self._weight_of_supported(message)
            if not calls or len(calls[-1]) == limits.max_messages or used + weight > room:
                calls.append([])
                used = 0
            calls[-1].append(message)
            used += weight
        return [tuple(call) for call in calls]

    def weight(self, message: Message) -> int:
        """How many bytes a message takes in a call."""
        return len(message.mime())

    def _weight_of_supported(self, message: Message) -> int:
        """The weight where it matters, else 0; raises Unsupported for what cannot be carried."""
        recipient, limits = message.recipient.address, self.capabilities
        self._refuse_international(message)
        if not limits.max_bytes and not limits.max_message_bytes:
            return 0
        weight = self.weight(message)
        if weight > (limits.max_message_bytes or math.inf):
            raise Unsupported(
                f"The message to {recipient} takes {weight:,} bytes; {self.name} carries {limits.max_message_bytes:,}",
                remedy="Use smaller pictures, or `images: hosted`, which leaves them outside the message.",
            )
        return weight

    def _refuse_international(self, message: Message) -> None:
        recipient = message.recipient.address
        if is_international(recipient):
            raise Unsupported(
                f"{self.name} cannot carry mail to {recipient}: letters like these before the @ need SMTPUTF8 (RFC 6531)",
                remedy="Ask the subscriber for another address.",
            )

    def reconcile(self, people: Mapping[str, str]) -> dict[str, str]:
        """Look the uncertain messages of one call up: reference to provider id, for those that are found.

        `people` is reference to address, or to nothing for somebody who is forgotten. What is not found proves nothing.
        """
        return {}

    def check(self) -> list[str]:
        """Sentences about what is set up wrong at the provider; sends nothing, and changes nothing.

        Raises AccountTrouble or ProviderUnreachable where that could not be found out; AccountUnseen where the key is
        good for sending and for nothing else.
        """
        return []

    def authentication(self, from_domain: str) -> Authentication:
        """By which domains mail from an address at `from_domain` will be known; asks nobody."""
        return Authentication()

    @property
    def website(self) -> str:
        """An address at which the provider's own servers answer HTTP, and so tell the time; empty without one."""
        return ""

    def close(self) -> None:
        """Let go of connections."""
