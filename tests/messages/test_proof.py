"""The guard: a message that does not read back as it should goes nowhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from dispatch.errors import Stopped
from dispatch.messages.message import Message, Recipient
from dispatch.messages.personalize import Personalizer
from dispatch.messages.proof import prove
from dispatch.messages.template import MessageTemplate
from dispatch.messages.tokens import KeyRing


@pytest.fixture
def message(template: MessageTemplate, ring: KeyRing, recipient: Recipient, date: datetime) -> Message:
    return Personalizer(template, ring).message(recipient, date)


class Sealed(Message):
    """A message that says what another one does, and has these bytes."""

    def __init__(self, recipient: Recipient, like: Message, content: bytes) -> None:
        super().__init__(recipient, like.edition, like.to_header)
        self.content = content

    def mime(self) -> bytes:
        return self.content


def test_a_good_message_passes(message: Message) -> None:
    prove(message)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda raw: raw.replace(b"\r\nSubject:", b"\r\nBcc: e@x.org\r\nSubject:"), "header fields are .*Bcc"),
        (lambda raw: raw.replace(b"\r\nMessage-ID:", b"\r\nSubject: again\r\nMessage-ID:"), "header fields"),
        (lambda raw: raw.replace(b"To: Amara", b"To: b@x.org, Amara"), "To is"),
        (lambda raw: raw.replace(b"joy@", b"toy@"), "From is"),
        (lambda raw: raw.replace(b"Grain for", b"Grain of"), "subject is"),
        (lambda raw: raw.replace(b"<https://geopolitiks.example/u/", b"=?utf-8?q?=3Chttps=3A//"), "List-Unsubscribe"),
        (lambda raw: raw.replace(b"Dear=20", b"Dead=20", 1), "plain part"),
        (lambda raw: raw.replace(b"<p>", b"<b>"), "html part"),
        (lambda raw: raw.replace(b"\r\n", b"\n"), "RFC 5322"),
        (lambda raw: raw.replace(b"<p>", b"<p>\0"), "RFC 5322"),
        (lambda raw: raw.replace(b"<p>", "é".encode()), "RFC 5322"),
        (lambda raw: raw.replace(b"<p>", b"x" * 999), "RFC 5322"),
        (lambda raw: raw[: raw.rindex(b"--=_")], "Defect"),
        (lambda raw: raw.replace(b"\r\n=2E", b"\r\n.", 1), "SMTP"),
        (lambda raw: raw.removesuffix(b"\r\n"), "SMTP"),
    ],
)
def test_a_message_that_was_altered_anywhere_is_stopped(
    message: Message, change: Callable[[bytes], bytes], problem: str
) -> None:
    altered = change(message.mime())
    assert altered != message.mime()
    with pytest.raises(Stopped, match=problem):
        prove(Sealed(message.recipient, message, altered))


def test_a_message_to_somebody_else_is_stopped(message: Message) -> None:
    with pytest.raises(Stopped, match="To is"):
        prove(Sealed(message.recipient._replace(address="somebody.else@example.org"), message, message.mime()))
