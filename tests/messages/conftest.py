"""A key ring and a template, small and with everything in them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dispatch.addresses import Mailbox
from dispatch.messages.list_headers import feedback_id, list_id
from dispatch.messages.message import Recipient
from dispatch.messages.template import MessageTemplate, Variant
from dispatch.messages.tokens import KeyRing
from dispatch.rendering.compiled import Context, Slot, Slots

NAME = Slot("first_name", "reader", Context.TEXT)
LINK = Slot("unsubscribe_url", "", Context.URL)


@pytest.fixture(scope="session")
def ring() -> KeyRing:
    return KeyRing(["the newest key of them, which is long enough", "an older key, still good, which is long enough"])


@pytest.fixture(scope="session")
def variant() -> Variant:
    return Variant(
        subject=Slots(("Grain for ", ""), (Slot("first_name", "you", Context.HEADER),)),
        html=Slots(
            ("<!DOCTYPE html>\n<p>Dear ", ',</p>\n.\n<a href="', '">leave</a>\n<a href="', '">online</a>\n'),
            (NAME, LINK, Slot("view_online_url", "", Context.URL)),
        ),
        text=Slots(
            ("Dear ", ",\n\n.\nFrom here: ", "\n"),
            (Slot("first_name", "reader", Context.PLAIN), Slot("unsubscribe_url", "", Context.PLAIN)),
        ),
    )


@pytest.fixture(scope="session")
def template(ring: KeyRing, variant: Variant) -> MessageTemplate:
    return MessageTemplate(
        mailing="grain.1",
        nonce="5f0c",
        key_id=ring.key_id,
        from_=Mailbox("joy@geopolitiks.example", "GEOPOLITIKS"),
        reply_to=Mailbox("answers@geopolitiks.example", "Joy Ríos"),
        domain="geopolitiks.example",
        list_id=list_id("GEOPOLITIKS", "geopolitiks.example"),
        feedback_id=feedback_id("grain", "GEOPOLITIKS", "geopolitiks.example"),
        unsubscribe_url="https://geopolitiks.example/u/",
        unsubscribe_mailto="leave@geopolitiks.example",
        view_online_url="https://geopolitiks.example/posts/grain/",
        archive_url="https://geopolitiks.example/posts/",
        help_url="https://geopolitiks.example/about/",
        variants=(variant,),
    )


@pytest.fixture(scope="session")
def recipient() -> Recipient:
    return Recipient(7, "ab" * 16, "amara@example.org", "Amara Okafor", values={"first_name": "Amara"})


@pytest.fixture(scope="session")
def date() -> datetime:
    return datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
