"""Message and envelope in the words of RFC 5322 and RFC 5321, for one recipient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dispatch.addresses import Mailbox
from dispatch.messages.template import Variant
from dispatch.rendering.compiled import Picture


@dataclass(frozen=True)
class Recipient:
    """A subscriber as frozen in one mailing."""

    position: int  # 1 … audience
    subscriber_id: str  # 32 hex digits
    address: str
    name: str = ""
    variant: int = 0
    values: Mapping[str, str] = field(default_factory=dict)  # merge fields


@dataclass(frozen=True)
class Envelope:
    """What the transport reads (RFC 5321): the reverse-path and the forward-path."""

    mail_from: str
    rcpt_to: str


@dataclass(frozen=True)
class Message:
    """What one person reads, ready for any provider.

    `headers` are all fields besides From, To, Reply-To, Subject, Date, Message-ID and the MIME ones,
    in order, values unfolded US-ASCII without CR or LF. `mime()` gives the whole message as bytes with
    CRLF line ends; providers with a JSON API use the parts instead. All of these are written when they are asked for:
    what a message holds is its recipient's `values` and the variant that it shares with others.
    """

    position: int
    reference: str  # <slug>.<n>.<position>.<mac>: comes back in the provider's events
    envelope: Envelope
    from_: Mailbox
    to: Mailbox
    reply_to: Mailbox | None
    subject: str
    date: str  # RFC 5322 date-time
    message_id: str  # with angle brackets
    headers: tuple[tuple[str, str], ...]
    shared: Variant = field(repr=False)  # the same object in all messages of a variant
    values: Mapping[str, str] = field(repr=False)  # merge fields, and what dispatch itself fills in
    mime: Callable[[], bytes] = field(repr=False)
    ready_for_smtp: bool = False  # mime() has no line that begins with a full stop, and ends in CRLF: nobody need look

    @property
    def html(self) -> str:
        """The HTML body."""
        return self.shared.html_form.fill(self.values)

    @property
    def text(self) -> str:
        """The text body."""
        return self.shared.text_form.fill(self.values)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Those that travel inside."""
        return self.shared.pictures
