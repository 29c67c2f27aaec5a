"""Reads a mailing's first message as a stranger would, and stops one that does not say what it should."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

from dispatch.errors import Stopped
from dispatch.messages.message import Message

# A line end must be CRLF (RFC 5322 §2.3), a line have 998 octets at most (§2.1.1), all of it be US-ASCII without NUL.
_BAD_BYTES = re.compile(rb"[^\x01-\x7f]|\r(?!\n)|(?<!\r)\n|[^\r\n]{999}")


def prove(message: Message) -> None:
    """Parse a message's bytes with the standard library and compare; raises Stopped before anything was sent.

    It holds the header fields that it should, each once and in order, one recipient, and exactly the subject, bodies
    and pictures that were filled in.
    """
    for problem in _problems(message):
        raise Stopped(
            f"The message made for recipient {message.position} does not read back as it should: {problem}",
            remedy="Nothing of it was sent. This is a fault in dispatch: please report it.",
        )


def _problems(message: Message) -> Iterator[str]:
    raw = message.mime()
    if bad := _BAD_BYTES.search(raw):
        yield f"its bytes break RFC 5322 at octet {bad.start()}"
    if message.ready_for_smtp and (b"\n." in raw or not raw.endswith(b"\r\n")):
        yield "SMTP would alter it, or end it early (RFC 5321 §4.5.2)"
    parsed = email.message_from_bytes(raw, policy=SMTP)
    assert isinstance(parsed, EmailMessage)  # noqa: S101 - what this policy makes
    if parsed.keys() != _expected_names(message):
        yield f"its header fields are {', '.join(parsed.keys())}"
    for part in parsed.walk():
        yield from (f"{part.get_content_type()}: {defect!r}" for defect in part.defects)
    for name, mailbox in (("From", message.edition.from_), ("To", message.to)):
        if [address.addr_spec for address in parsed[name].addresses] != [mailbox.address]:
            yield f"{name} is {parsed[name]}"
    if parsed["Subject"] != message.subject:
        yield f"its subject is {parsed['Subject']!r}"
    fixed = [(name, re.sub("\r\n", "", value)) for name, value in parsed.raw_items()]
    yield from (f"{name} was altered" for name, value in message.headers if (name, value) not in fixed)
    yield from _body_problems(message, parsed)


def _body_problems(message: Message, parsed: EmailMessage) -> Iterator[str]:
    for kind, expected in (("plain", message.text), ("html", message.html)):
        body = parsed.get_body((kind,))
        if body is None or body.get_content().replace("\r\n", "\n") != expected:
            yield f"its {kind} part is another"
    parts = {str(part["Content-ID"]): part for part in parsed.walk() if part["Content-ID"]}
    for picture in message.pictures:
        part = parts.get(f"<{picture.content_id}>")
        if part is None or part.get_payload(decode=True) != picture.content:
            yield f"the picture {picture.name} is missing"
    for name in re.findall(r"""["']cid:([^"']+)""", message.html):
        if f"<{name}>" not in parts:
            yield f"it shows a picture {name} that it does not carry"


def _expected_names(message: Message) -> list[str]:
    sender = ["From", "Reply-To"] if message.edition.reply_to else ["From"]
    return [
        *("Date", *sender, "To", "Subject", "Message-ID"),
        *(name for name, _ in message.headers),
        *("MIME-Version", "Content-Type"),
    ]
