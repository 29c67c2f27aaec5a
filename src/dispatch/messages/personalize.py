"""Template and recipient become a message: fills the merge fields, signs the links, adds nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache, partial

from dispatch.addresses import Mailbox
from dispatch.errors import InvalidAddress, Unsupported
from dispatch.messages.list_headers import common_headers, list_unsubscribe, unsubscribe_link
from dispatch.messages.message import Envelope, Message, Recipient
from dispatch.messages.mime import Body, address_field, fixed_field, subject_field
from dispatch.messages.proof import prove
from dispatch.messages.template import MessageTemplate
from dispatch.messages.tokens import KeyRing, Purpose, message_id, message_reference, sign_token


class Personalizer:
    """Makes the messages of one mailing; the same recipient and date give the same bytes. Threads may share one."""

    def __init__(self, template: MessageTemplate, ring: KeyRing) -> None:
        """Encode once what is the same for all; raises InvalidConfig where the template cannot become mail."""
        self._template = template
        self._ring = ring.signing_with(template.key_id)
        self._bodies = tuple(map(Body, template.variants))
        self._common_headers = common_headers(template)
        self._common_fields = b"".join(fixed_field(name, value) for name, value in self._common_headers)
        self._sender_fields = address_field("From", template.from_)
        if template.reply_to:
            self._sender_fields += address_field("Reply-To", template.reply_to)
        self._proven: set[int] = set()

    def message(self, recipient: Recipient, date: datetime, *, purpose: Purpose = "unsubscribe") -> Message:
        """The message for one person, dated `date` (aware).

        Raises Unsupported for a recipient to whom no valid message can be written. The first message of each variant
        is read back before it is given out (see prove()).
        """
        template, variant = self._template, self._template.variants[recipient.variant]
        token = sign_token(self._ring, purpose, recipient.subscriber_id, template.mailing)
        values = {**recipient.values, **self._reserved_values(token)}
        to, to_field = _addressed(recipient)
        subject = variant.subject_form.fill(values)
        day = _day(date)
        identity = message_id(self._ring, template.nonce, recipient.position, template.domain)
        way_out = list_unsubscribe(template, token)
        # Written now, for what cannot be written to somebody is told before anything leaves; the rest when it travels.
        own_fields = to_field + _subject_field(subject)
        message = Message(
            position=recipient.position,
            reference=message_reference(self._ring, template.mailing, recipient.position),
            envelope=Envelope(template.from_.address, recipient.address),
            from_=template.from_,
            to=to,
            reply_to=template.reply_to,
            subject=subject,
            date=day,
            message_id=identity,
            headers=(("List-Unsubscribe", way_out), *self._common_headers),
            shared=variant,
            values=values,
            mime=partial(self._mime, own_fields, day, identity, way_out, self._bodies[recipient.variant], values),
            ready_for_smtp=True,  # see quoted_printable()
        )
        if recipient.variant not in self._proven:
            prove(message)
            self._proven.add(recipient.variant)
        return message

    def _mime(
        self, own_fields: bytes, day: str, identity: str, way_out: str, body: Body, values: Mapping[str, str]
    ) -> bytes:
        """A whole message."""
        fields = (
            _date_field(day),
            self._sender_fields,
            own_fields,
            fixed_field("Message-ID", identity),
            fixed_field("List-Unsubscribe", way_out),
            self._common_fields,
        )
        return b"".join([*fields, *body.pieces(values)])

    def _reserved_values(self, token: str) -> dict[str, str]:
        """The merge fields that are always there. Leaving is the one preference that can be set so far."""
        link = unsubscribe_link(self._template, token)
        return {"unsubscribe_url": link, "preferences_url": link, "view_online_url": self._template.view_online_url}


_subject_field = lru_cache(maxsize=16)(subject_field)  # most often the same for all


@lru_cache(maxsize=16)  # the messages of a call share it
def _day(date: datetime) -> str:
    return format_datetime(date.astimezone(UTC))


@lru_cache(maxsize=16)
def _date_field(day: str) -> bytes:
    return fixed_field("Date", day)


def _addressed(recipient: Recipient) -> tuple[Mailbox, bytes]:
    try:
        mailbox = Mailbox(recipient.address, recipient.name)
        return mailbox, address_field("To", mailbox)
    except InvalidAddress as error:
        raise Unsupported(str(error)) from error
