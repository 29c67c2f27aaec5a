"""Message and envelope in the words of RFC 5322 and RFC 5321, for one recipient."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from dispatch.addresses import Mailbox
from dispatch.messages.template import Variant
from dispatch.rendering.compiled import Picture

_LINKS = ("unsubscribe_url", "preferences_url")  # leaving is the one preference that can be set so far


class Recipient(NamedTuple):
    """A subscriber as frozen in one mailing."""

    position: int  # 1 … audience
    subscriber_id: str  # 32 hex digits
    address: str
    name: str = ""
    variant: int = 0
    values: Mapping[str, str] = MappingProxyType({})  # merge fields


@dataclass(frozen=True)
class Envelope:
    """What the transport reads (RFC 5321): the reverse-path and the forward-path."""

    mail_from: str
    rcpt_to: str


@dataclass(frozen=True, eq=False)
class Edition(ABC):
    """What messages of a variant have in common, and what writes the rest of each when it is asked for."""

    variant: Variant = field(repr=False)
    from_: Mailbox
    reply_to: Mailbox | None
    date: str  # RFC 5322 date-time
    headers: tuple[tuple[str, str], ...]  # the same for everybody: all of Message.headers but List-Unsubscribe
    fixed: Mapping[str, str] = field(repr=False)  # merge fields that are the same for everybody
    link_before: str  # where one person leaves, up to the token that tells them from all others
    way_out_parts: tuple[str, ...]  # List-Unsubscribe without that token, which stands between each two
    ready_for_smtp: bool  # see Message

    def is_like(self, other: Edition) -> bool:
        """Whether messages of both differ in nothing but the date and what is told for each person."""
        return self is other or (
            self.variant is other.variant
            and self.from_ == other.from_
            and self.reply_to == other.reply_to
            and self.headers == other.headers
        )

    def link(self, token: str) -> str:
        """Where one person leaves."""
        return self.link_before + token

    def filled_in(self, token: str) -> dict[str, str]:
        """The merge fields that dispatch itself fills in, for whom has this token."""
        return {**dict.fromkeys(_LINKS, self.link(token)), **self.fixed}

    @abstractmethod
    def tokens(self, people: Sequence[Recipient]) -> list[str]:
        """What tells each of them from all others in the link by which they leave."""

    @abstractmethod
    def references(self, people: Sequence[Recipient]) -> list[str]:
        """What comes back in the provider's events, for each of them."""

    @abstractmethod
    def message_id(self, recipient: Recipient) -> str:
        """With angle brackets."""

    @abstractmethod
    def mimes(self, messages: Sequence[Message]) -> Iterator[bytes]:
        """The whole messages, each written when it is asked for."""


class Message:
    """What one person reads, ready for any provider: a recipient, and the edition that they get.

    Everything is written when it is asked for, since each provider asks for something else. A mailing makes a million
    of these, and providers that take a thousand in a call spend most of their time on them.
    """

    __slots__ = ("_token", "_values", "edition", "recipient", "to_header")

    def __init__(self, recipient: Recipient, edition: Edition, to_header: str) -> None:
        """`to_header` is the value of To, as format_header() writes it."""
        self.recipient = recipient
        self.edition = edition
        self.to_header = to_header
        self._token = ""
        self._values: dict[str, str] | None = None

    def __repr__(self) -> str:
        return f"Message({self.recipient!r})"

    @property
    def position(self) -> int:
        """The recipient's."""
        return self.recipient.position

    @property
    def token(self) -> str:
        """What tells the recipient from all others in the link by which they leave."""
        if not self._token:
            (self._token,) = self.edition.tokens((self.recipient,))
        return self._token

    @property
    def values(self) -> Mapping[str, str]:
        """The recipient's merge fields, and what dispatch itself fills in."""
        if self._values is None:
            self._values = {**self.recipient.values, **self.edition.filled_in(self.token)}
        return self._values

    @property
    def reference(self) -> str:
        """`<slug>.<n>.<position>.<mac>`: comes back in the provider's events."""
        return self.edition.references((self.recipient,))[0]

    @property
    def envelope(self) -> Envelope:
        """What the transport reads."""
        return Envelope(self.edition.from_.address, self.recipient.address)

    @property
    def to(self) -> Mailbox:
        """The recipient's address and name."""
        return Mailbox(self.recipient.address, self.recipient.name)

    @property
    def subject(self) -> str:
        """Unfolded, not encoded."""
        return self.edition.variant.subject_form.fill(self.values)

    @property
    def message_id(self) -> str:
        """With angle brackets."""
        return self.edition.message_id(self.recipient)

    @property
    def way_out(self) -> str:
        """The value of List-Unsubscribe."""
        return self.token.join(self.edition.way_out_parts)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """All fields besides From, To, Reply-To, Subject, Date, Message-ID and the MIME ones.

        In order, values unfolded US-ASCII without CR or LF.
        """
        return (("List-Unsubscribe", self.way_out), *self.edition.headers)

    @property
    def html(self) -> str:
        """The HTML body."""
        return self.edition.variant.html_form.fill(self.values)

    @property
    def text(self) -> str:
        """The text body."""
        return self.edition.variant.text_form.fill(self.values)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Those that travel inside."""
        return self.edition.variant.pictures

    @property
    def ready_for_smtp(self) -> bool:
        """Whether mime() has no line that begins with a full stop, and ends in CRLF: nobody need look."""
        return self.edition.ready_for_smtp

    def mime(self) -> bytes:
        """The whole message with CRLF line ends; providers with a JSON API use the parts instead."""
        return next(self.edition.mimes((self,)))


def tokens_of(messages: Sequence[Message]) -> list[str]:
    """The token of each, of like editions of one mailing; half the work of asking one by one."""
    return messages[0].edition.tokens([message.recipient for message in messages])


def mimes_of(messages: Iterable[Message]) -> Iterator[bytes]:
    """`mime()` of each, written when it is asked for; less work than asking one by one."""
    for edition, alike in groupby(messages, attrgetter("edition")):
        yield from edition.mimes(list(alike))


def columns_of(messages: Sequence[Message], tokens: Sequence[str], names: Iterable[str]) -> dict[str, list[str]]:
    """`values` field by field, in each everybody's: for messages of like editions with their tokens."""
    edition = messages[0].edition
    fixed = {name: [value] * len(messages) for name, value in edition.fixed.items()}
    links = [edition.link(token) for token in tokens]
    reserved = {**dict.fromkeys(_LINKS, links), **fixed}
    values = [message.recipient.values for message in messages]
    return {name: reserved.get(name) or [its.get(name, "") for its in values] for name in names}
