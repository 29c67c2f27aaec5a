"""Template and recipient become a message: fills the merge fields, signs the links, adds nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from dispatch.addresses import format_header, headers_of
from dispatch.errors import InvalidAddress, Unsupported
from dispatch.messages.list_headers import common_headers, list_unsubscribe, unsubscribe_link
from dispatch.messages.message import Edition, Message, Recipient, columns_of
from dispatch.messages.mime import Body, address_field, fixed_field, subject_field
from dispatch.messages.proof import prove
from dispatch.messages.template import MessageTemplate
from dispatch.messages.tokens import KeyRing, Purpose, message_ids, message_references, sign_tokens


class Personalizer:
    """Makes the messages of one mailing; the same recipient and date give the same bytes. Threads may share one."""

    def __init__(self, template: MessageTemplate, ring: KeyRing, *, proven: bool = False) -> None:
        """Encode once what is the same for all; raises InvalidConfig where the template cannot become mail.

        `proven` is for messages that are only looked at, where others of this template are read back.
        """
        self._template = template
        self._ring = ring.signing_with(template.key_id)
        self._bodies = tuple(map(Body, template.variants))
        self._headers = common_headers(template)
        self._common_fields = b"".join(fixed_field(name, value) for name, value in self._headers)
        self._sender_fields = address_field("From", format_header(template.from_))
        if template.reply_to:
            self._sender_fields += address_field("Reply-To", format_header(template.reply_to))
        self._proven = set(range(len(template.variants))) if proven else set()
        self._edition = lru_cache(maxsize=64)(self._new_edition)  # the messages of a call share one

    def message(self, recipient: Recipient, date: datetime, *, purpose: Purpose = "unsubscribe") -> Message:
        """The message for one person, dated `date` (aware); raises as `messages` does."""
        return self.messages((recipient,), date, purpose=purpose)[0]

    def messages(
        self, people: Sequence[Recipient], date: datetime, *, purpose: Purpose = "unsubscribe"
    ) -> list[Message]:
        """A message for each, in order; two thirds of the work of asking one by one.

        Raises Unsupported where there is somebody to whom no valid message can be written. The first message of each
        variant is read back before it is given out (see prove()).
        """
        editions = {variant: self._edition(variant, date, purpose) for variant in {one.variant for one in people}}
        messages = [
            Message(one, editions[one.variant], header) for one, header in zip(people, _to_headers(people), strict=True)
        ]
        for variant in editions.keys() - self._proven:
            prove(next(message for message in messages if message.recipient.variant == variant))
            self._proven.add(variant)
        return messages

    def _new_edition(self, variant: int, date: datetime, purpose: Purpose) -> _Edition:
        template = self._template
        day = format_datetime(date.astimezone(UTC))
        return _Edition(
            variant=template.variants[variant],
            from_=template.from_,
            reply_to=template.reply_to,
            date=day,
            headers=self._headers,
            fixed={"view_online_url": template.view_online_url},
            link_before=unsubscribe_link(template, ""),
            way_out_parts=tuple(list_unsubscribe(template, "\0").split("\0")),
            ready_for_smtp=True,  # see quoted_printable()
            template=template,
            ring=self._ring,
            purpose=purpose,
            body=self._bodies[variant],
            first_fields=fixed_field("Date", day) + self._sender_fields,
            last_fields=self._common_fields,
        )


@dataclass(frozen=True, eq=False)
class _Edition(Edition):
    template: MessageTemplate = field(repr=False)
    ring: KeyRing = field(repr=False)
    purpose: Purpose
    body: Body = field(repr=False)
    first_fields: bytes = field(repr=False)  # those before To
    last_fields: bytes = field(repr=False)  # those after List-Unsubscribe

    def tokens(self, people: Sequence[Recipient]) -> list[str]:
        return sign_tokens(self.ring, self.purpose, [one.subscriber_id for one in people], self.template.mailing)

    def references(self, people: Sequence[Recipient]) -> list[str]:
        return message_references(self.ring, self.template.mailing, [one.position for one in people])

    def message_id(self, recipient: Recipient) -> str:
        return self._message_ids((recipient,))[0]

    def mimes(self, messages: Sequence[Message]) -> Iterator[bytes]:
        people = [message.recipient for message in messages]
        tokens, subject = self.tokens(people), self.variant.subject_form
        columns = columns_of(messages, tokens, self.body.names | subject.names)
        subjects, bodies = subject.pieces_of_all(columns), self.body.pieces_of_all(columns)
        each = zip(messages, tokens, self._message_ids(people), subjects, bodies, strict=False)
        for message, token, message_id, words, body in each:
            fields = (
                self.first_fields,
                address_field("To", message.to_header),
                subject_field("".join(words)),
                fixed_field("Message-ID", message_id),
                fixed_field("List-Unsubscribe", token.join(self.way_out_parts)),
                self.last_fields,
            )
            yield b"".join([*fields, *body])

    def _message_ids(self, people: Sequence[Recipient]) -> list[str]:
        template = self.template
        return message_ids(self.ring, template.nonce, [one.position for one in people], template.domain)


def _to_headers(people: Sequence[Recipient]) -> list[str]:
    try:
        headers = headers_of((one.address, one.name) for one in people)
    except InvalidAddress as error:
        problem = error.problems[0]
        raise Unsupported(problem.message, remedy=problem.remedy) from error
    for header in headers:
        if len(header) > _SURELY_SHORT:
            address_field("To", header)  # raises Unsupported
    return headers


_SURELY_SHORT = 900  # characters of a field that no line of it can be too long for
