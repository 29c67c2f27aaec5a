"""Messages for tests, made by hand: what a provider gets, without an issue, a theme or a newsletter."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache

from dispatch.addresses import Mailbox, encode_words, format_header
from dispatch.messages.message import Envelope, Message
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
) -> Message:
    """One message to `person<position>@example.org`, or to `address`; `mime` replaces the bytes that would be made."""
    to = Mailbox(address or f"person{position}@example.org", name)
    leave = LEAVE.format(position=position)
    shared = _variant(subject, text, html, tuple(pictures))
    values = {"number": str(position), "unsubscribe_url": leave}
    text, html = shared.text_form.fill(values), shared.html_form.fill(values)
    fields = {
        "From": format_header(Mailbox("joy@example.com", "Joy")),
        "To": format_header(to),
        "Reply-To": "answers@example.com",
        "Subject": subject if subject.isascii() else encode_words(subject),
        "Date": "Mon, 02 Mar 2026 08:00:00 +0000",
        "Message-ID": f"<{position}.rivers@example.com>",
    }
    headers = {
        "List-Unsubscribe": f"<{leave}>, <mailto:leave@example.com?subject=unsubscribe%20{position}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": "<rivers.example.com>",
    }
    made = _head({**fields, **headers}) + _body(text, html, pictures) if mime is None else mime
    return Message(
        position=position,
        reference=f"{mailing}.{position}.{position:020x}",
        envelope=Envelope("joy@example.com", to.address),
        from_=Mailbox("joy@example.com", "Joy"),
        to=to,
        reply_to=Mailbox("answers@example.com"),
        subject=subject,
        date=fields["Date"],
        message_id=fields["Message-ID"],
        headers=tuple(headers.items()),
        shared=shared,
        values=values,
        mime=lambda: made,
    )


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
