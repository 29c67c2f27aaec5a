"""One issue for one person: the right person, the right links, the same bytes each time."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InvalidConfig, Stopped, Unsupported
from dispatch.messages.message import Envelope, Message, Recipient, mimes_of
from dispatch.messages.personalize import Personalizer
from dispatch.messages.template import MessageTemplate, Variant
from dispatch.messages.tokens import KeyRing, Reference, mailing_tag, read_reference, read_token
from dispatch.rendering.compiled import Context, Picture, Slot, Slots
from dispatch.rendering.slots import fill

HOSTILE = st.text(max_size=60) | st.sampled_from(
    [
        "=?utf-8?q?=0ABcc=3A_e=40x.org?=",
        "x\r\nBcc: e@x.org\r\n\r\n<script>",
        "\r\n.\r\nMAIL FROM:<e@x.org>\r\n",
        "</p><img src=x onerror=alert(1)>",
        '"><a href="javascript:x">',
        "\u202egro.elpmaxe\u202c",
        "{{unsubscribe_url|}}",
        "." * 100,
        "=" * 100,
        "long" * 600,
        "🧑‍🧑‍🧒‍🧒" * 40,
        "\0\x01\x1b[31m",
        "   ",
    ]
)


def parse(message: Message) -> EmailMessage:
    parsed = email.message_from_bytes(message.mime(), policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed


def body(message: Message, kind: str) -> str:
    part = parse(message).get_body((kind,))
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")


def test_a_message_has_exactly_these_headers_in_this_order(
    template: MessageTemplate, ring: KeyRing, recipient: Recipient, date: datetime
) -> None:
    message = Personalizer(template, ring).message(recipient, date)
    parsed = parse(message)
    token = read_token(ring, message.html.split("/u/")[1].split('"')[0])
    assert (token.purpose, token.subscriber_id, token.mailing_tag) == (
        *("unsubscribe", recipient.subscriber_id),
        mailing_tag("grain.1"),
    )
    assert parsed.keys() == [
        *("Date", "From", "Reply-To", "To", "Subject", "Message-ID"),
        *("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "List-Help", "List-Archive", "List-Owner"),
        *("Feedback-ID", "Precedence", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type"),
    ]
    assert parsed["Date"] == "Mon, 02 Mar 2026 07:30:00 +0000" == message.edition.date
    assert parsed["To"] == "Amara Okafor <amara@example.org>"
    assert parsed["Reply-To"] == "Joy Ríos <answers@geopolitiks.example>"
    assert parsed["Subject"] == "Grain for Amara" == message.subject
    assert parsed["Message-ID"] == message.message_id
    assert re.fullmatch(r"<[0-9a-f]{32}@geopolitiks\.example>", message.message_id)
    assert message.envelope == Envelope("joy@geopolitiks.example", "amara@example.org")
    assert read_reference(ring, message.reference) == Reference("grain.1", 7)
    for name, value in message.headers:
        assert parsed[name] == value


def test_the_one_click_pair_is_on_the_wire_as_rfc_8058_wants_it(
    template: MessageTemplate, ring: KeyRing, recipient: Recipient, date: datetime
) -> None:
    raw = Personalizer(template, ring).message(recipient, date).mime().partition(b"\r\n\r\n")[0]
    assert re.search(
        rb"\r\nList-Unsubscribe: <https://geopolitiks\.example/u/[A-Za-z0-9_-]{56}>,\r\n"
        rb" <mailto:leave@geopolitiks\.example\?subject=unsubscribe%20[A-Za-z0-9_-]{56}>\r\n"
        rb"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        raw,
    )


def test_merge_fields_are_filled_with_values_fallbacks_and_links(
    template: MessageTemplate, ring: KeyRing, recipient: Recipient, date: datetime
) -> None:
    personalizer = Personalizer(template, ring)
    message = personalizer.message(recipient, date)
    link = re.search(r"https://geopolitiks\.example/u/[A-Za-z0-9_-]{56}", message.text)
    assert link
    assert message.text == f"Dear Amara,\n\n.\nFrom here: {link[0]}\n"
    assert f'<a href="{link[0]}">leave</a>' in message.html
    assert '<a href="https://geopolitiks.example/posts/grain/">online</a>' in message.html
    nameless = personalizer.message(recipient._replace(name="", values={"first_name": " "}), date)
    assert nameless.text.startswith("Dear reader,")
    assert nameless.subject == "Grain for you"


def test_nobody_can_choose_where_the_way_out_leads(
    template: MessageTemplate, ring: KeyRing, recipient: Recipient, date: datetime
) -> None:
    values = {"unsubscribe_url": "https://evil.example/", "view_online_url": "https://evil.example/"}
    message = Personalizer(template, ring).message(recipient._replace(values=values), date)
    assert b"evil.example" not in message.mime()


@given(name=HOSTILE, extra=HOSTILE)
def test_what_is_filled_in_is_what_is_read_whatever_people_call_themselves(
    template: MessageTemplate, ring: KeyRing, recipient: Recipient, date: datetime, name: str, extra: str
) -> None:
    variant = replace(
        template.variants[0],
        html=Slots(
            ("<!DOCTYPE html>\n<p>", '<br>\n.<a title="', '" href="https://x.example/?q=', '">x</a>\n'),
            (
                Slot("first_name", "é", Context.TEXT),
                Slot("extra", "", Context.ATTRIBUTE),
                Slot("extra", "", Context.URL_PART),
            ),
        ),
    )
    values = {"first_name": name, "extra": extra}
    message = Personalizer(replace(template, variants=(variant,)), ring).message(
        recipient._replace(values=values), date
    )
    assert message.html == fill(variant.html, values) == body(message, "html")
    assert message.text == body(message, "plain")
    assert message.subject == fill(variant.subject, values) == parse(message)["Subject"]
    assert len(parse(message).keys()) == 17
    raw = message.mime()
    assert raw.isascii()
    assert message.ready_for_smtp
    assert raw.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\r\n\.|[^\r\n]{999}", raw)
    assert max(map(len, raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76


def test_the_same_input_gives_the_same_bytes(
    template: MessageTemplate, ring: KeyRing, recipient: Recipient, date: datetime
) -> None:
    first = Personalizer(template, ring).message(recipient, date)
    other = Personalizer(MessageTemplate.from_bytes(template.to_bytes()), ring)
    other.message(recipient._replace(position=1, subscriber_id="cd" * 16, address="b@example.org"), date)
    second = other.message(recipient, date.astimezone(timezone(timedelta(hours=-7))))
    assert first.mime() == first.mime() == second.mime()
    for attribute in ("reference", "message_id", "headers", "to_header", "subject", "text", "html"):
        assert getattr(first, attribute) == getattr(second, attribute)
    assert first.edition.date == second.edition.date


def test_a_mailing_goes_on_under_the_key_it_was_frozen_with(
    template: MessageTemplate, ring: KeyRing, recipient: Recipient, date: datetime
) -> None:
    rotated = KeyRing(
        [
            "a key that came in the middle, which is long enough",
            "the newest key of them, which is long enough",
            "an older key, still good, which is long enough",
        ]
    )
    before = Personalizer(template, ring).message(recipient, date)
    after = Personalizer(template, rotated).message(recipient, date)
    assert before.mime() == after.mime()
    assert before.reference == after.reference
    with pytest.raises(InvalidConfig, match="no longer among"):
        Personalizer(template, KeyRing(["a key that came too late, which is long enough"]))


def test_two_people_share_nothing_that_tells_them_apart(
    template: MessageTemplate, ring: KeyRing, recipient: Recipient, date: datetime
) -> None:
    personalizer = Personalizer(template, ring)
    one = personalizer.message(recipient, date)
    two = personalizer.message(recipient._replace(position=8, subscriber_id="cd" * 16), date)
    for attribute in ("message_id", "reference", "html", "text"):
        assert getattr(one, attribute) != getattr(two, attribute)
    assert dict(one.headers)["List-Unsubscribe"] != dict(two.headers)["List-Unsubscribe"]


def test_a_test_message_carries_a_test_token(
    template: MessageTemplate, ring: KeyRing, recipient: Recipient, date: datetime
) -> None:
    message = Personalizer(template, ring).message(recipient, date, purpose="test")
    link = dict(message.headers)["List-Unsubscribe"].split(">")[0]
    assert read_token(ring, link.rpartition("/")[2]).purpose == "test"


def test_recipients_get_their_variant_with_its_pictures(
    template: MessageTemplate, ring: KeyRing, recipient: Recipient, date: datetime
) -> None:
    picture = Picture("0a" * 32 + ".png", "image/png", b"\x89PNG\r\n", 10, 10)
    html = Slots((f'<img src="cid:{picture.content_id}" alt="A map">',))
    pictured = Variant(Slots(("Carte",)), html, Slots(("Une carte",)), (picture,))
    personalizer = Personalizer(replace(template, variants=(*template.variants, pictured)), ring)
    assert personalizer.message(recipient, date).pictures == ()
    message = personalizer.message(recipient._replace(variant=1), date)
    assert message.pictures == (picture,)
    assert message.subject == "Carte"
    assert [part["Content-ID"] for part in parse(message).walk()][-1] == f"<{picture.content_id}>"


def test_many_messages_are_written_as_each_of_them_is(
    template: MessageTemplate, recipient: Recipient, ring: KeyRing, date: datetime
) -> None:
    personalizer = Personalizer(replace(template, variants=(*template.variants, *template.variants)), ring)
    people = [
        recipient._replace(position=n, subscriber_id=f"{n:032x}", variant=n // 3 % 2, values={"first_name": name})
        for n, name in enumerate(["Zoë", "", "Zoë", ".dot", "From me", "=", "x" * 90, "é" * 60, "Zoë"], 1)
    ]
    messages = [personalizer.message(person, date) for person in people]
    apart = [Personalizer(template, ring).message(person._replace(variant=0), date).mime() for person in people]
    assert [*mimes_of(messages)] == [message.mime() for message in messages] == apart


def test_a_picture_that_does_not_travel_stops_the_mailing(
    template: MessageTemplate, ring: KeyRing, recipient: Recipient, date: datetime
) -> None:
    broken = replace(template.variants[0], html=Slots(('<img src="cid:gone.png" alt="A map">',)))
    with pytest.raises(Stopped, match=r"shows a picture gone\.png"):
        Personalizer(replace(template, variants=(broken,)), ring).message(recipient, date)
    looked_at = Personalizer(replace(template, variants=(broken,)), ring, proven=True).message(recipient, date)
    assert looked_at.html == '<img src="cid:gone.png" alt="A map">'


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("amara@example.org\r\nBcc: e@x.org", ""),
        ("a@example.org, b@example.org", ""),
        ("amara@example.org", "Amara\r\nBcc: e@x.org"),
        ("amara@example.org", "=?utf-8?q?=0ABcc=3A_e=40x.org?="),
        ("амара@example.org", ""),
        ("amara@example.org", "x" * 1000),
    ],
)
def test_a_recipient_that_no_header_can_hold_is_unsupported_and_the_others_go_on(
    template: MessageTemplate, ring: KeyRing, recipient: Recipient, date: datetime, address: str, name: str
) -> None:
    personalizer = Personalizer(template, ring)
    with pytest.raises(Unsupported):
        personalizer.message(recipient._replace(address=address, name=name), date)
    assert personalizer.message(recipient, date).envelope.rcpt_to == recipient.address
