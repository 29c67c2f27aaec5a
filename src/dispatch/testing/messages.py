"""Messages for tests, made by hand: what a provider gets, without an issue, a theme or a newsletter."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dispatch.addresses import Mailbox, encode_words, format_header
from dispatch.messages.message import Edition, Message, Recipient
from dispatch.messages.template import Variant
from dispatch.rendering.compiled import Context, Picture, Slot, Slots

LEAVE = "https://news.example.org/u/{position}"

PICTURE = Picture(
    name="0f" * 32 + ".png",
    content_type="image/png",
    content=base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
    ),
    width=1,
    height=1,
)

_JOY = Mailbox("joy@example.com", "Joy")
_HEADERS = (("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"), ("List-Id", "<rivers.example.com>"))

_WAY_OUT = (f"<{LEAVE.format(position='')}", ">, <mailto:leave@example.com?subject=unsubscribe%20", ">")


def make_message(
    position: int = 1,
    address: str = "",
    *,
    name: str = "",
    subject: str = "A river without a bridge",
    text: str = "",
    html: str = "",
    mailing: str = "rivers.1",
    pictures: Sequence[Picture] = (),
    mime: bytes | None = None,
    from_: Mailbox = _JOY,
    date: str = "Mon, 02 Mar 2026 08:00:00 +0000",
    headers: tuple[tuple[str, str], ...] = _HEADERS,
    way_out_parts: tuple[str, ...] = _WAY_OUT,
    variant: Variant | None = None,
    values: Mapping[str, str] | None = None,
) -> Message:
    """One message to `person<position>@example.org`, or to `address`; `mime` replaces the bytes that would be made.

    `variant` replaces subject, bodies and pictures, and `values` what the person fills in.
    """
    edition = MadeEdition(
        variant=variant or _variant(subject, text, html, tuple(pictures)),
        from_=from_,
        reply_to=Mailbox("answers@example.com") if from_ is _JOY else None,
        date=date,
        headers=headers,
        fixed={},
        link_before=LEAVE.format(position=""),
        way_out_parts=way_out_parts,
        ready_for_smtp=False,
        mailing=mailing,
        made=mime,
    )
    address = address or f"person{position}@example.org"
    person = Recipient(position, f"{position:032x}", address, name, values=values or {"number": str(position)})
    return Message(person, edition, format_header(Mailbox(address, name)) if address.isascii() else address)


@dataclass(frozen=True, eq=False)
class MadeEdition(Edition):
    """What writes messages whose every byte is plain to see."""

    mailing: str
    made: bytes | None = None  # in the place of what mime() would give

    def tokens(self, people: Sequence[Recipient]) -> list[str]:
        """The positions."""
        return [str(one.position) for one in people]

    def references(self, people: Sequence[Recipient]) -> list[str]:
        """With the position where others have a MAC."""
        return [f"{self.mailing}.{one.position}.{one.position:020x}" for one in people]

    def message_id(self, recipient: Recipient) -> str:
        """With the position."""
        return f"<{recipient.position}.rivers@example.com>"

    def mimes(self, messages: Sequence[Message]) -> Iterator[bytes]:
        """All bodies in base64."""
        return map(self._mime, messages)

    def _mime(self, message: Message) -> bytes:
        if self.made is not None:
            return self.made
        fields = {
            "From": format_header(self.from_),
            "To": message.to_header,
            "Reply-To": "answers@example.com",
            "Subject": message.subject if message.subject.isascii() else encode_words(message.subject),
            "Date": self.date,
            "Message-ID": message.message_id,
        }
        return _head({**fields, **dict(message.headers)}) + _body(message.text, message.html, message.pictures)


@lru_cache(maxsize=64)
def _variant(subject: str, text: str, html: str, pictures: tuple[Picture, ...]) -> Variant:
    """What messages have in common; empty bodies are those of the morning, with two merge fields."""
    morning = _slots(("Good morning, number ", ".\n\nLeave: ", "\n"), Context.PLAIN, Context.PLAIN)
    page = ("<!doctype html><p>Good morning, number ", '.</p><a href="', '">Leave</a>\n')
    return Variant(
        Slots((subject,)),
        Slots((html,)) if html else _slots(page, Context.TEXT, Context.URL),
        Slots((text,)) if text else morning,
        pictures,
    )


def _slots(literals: tuple[str, ...], number: Context, leave: Context) -> Slots:
    return Slots(literals, (Slot("number", "", number), Slot("unsubscribe_url", "", leave)))


def make_messages(count: int, first: int = 1) -> tuple[Message, ...]:
    """Messages to `count` different people."""
    return tuple(make_message(position) for position in range(first, first + count))


def _head(fields: dict[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode("ascii") + b"MIME-Version: 1.0\r\n"


def _body(text: str, html: str, pictures: Sequence[Picture]) -> bytes:
    parts = [_part("text/plain; charset=utf-8", text.encode()), _part("text/html; charset=utf-8", html.encode())]
    parts += [_part(picture.content_type, picture.content, f"<{picture.content_id}>") for picture in pictures]
    kind = "related" if pictures else "alternative"
    inner = b"".join(b"--=_b\r\n" + part for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="=_b"\r\n\r\n'.encode() + inner + b"--=_b--\r\n"


def _part(content_type: str, content: bytes, content_id: str = "") -> bytes:
    identity = f"Content-ID: {content_id}\r\n" if content_id else ""
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n{identity}\r\n"
    return head.encode() + base64.encodebytes(content).replace(b"\n", b"\r\n") + b"\r\n"
