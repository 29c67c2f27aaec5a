"""Mailgun: what is built, and what is read, against a lookalike and its official specification."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import getaddresses, parseaddr
from pathlib import Path

import jsonschema
import pytest
import requests
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dispatch.addresses import Mailbox
from dispatch.errors import AccountTrouble, AccountUnseen, InvalidConfig
from dispatch.messages.list_headers import list_id
from dispatch.messages.message import Message, Recipient
from dispatch.messages.personalize import Personalizer
from dispatch.messages.template import MessageTemplate, Variant
from dispatch.messages.tokens import TOKEN_LENGTH, KeyRing
from dispatch.providers.http import Response
from dispatch.providers.mailgun import Mailgun
from dispatch.providers.outcome import Accepted, Postponed, Refused, Uncertain
from dispatch.rendering.compiled import Context, Slot, Slots
from dispatch.testing.mailgun_server import (
    DOMAIN,
    KEY,
    PASSES,
    SENDING_KEY,
    MailgunServer,
    Pass,
    delivered,
    form_fields,
    shown,
)
from dispatch.testing.messages import make_message, make_messages
from dispatch.testing.providers import OneAnswerContract, accepted, addresses_of, batch, submit
from providers.carriers import MailgunCarrier

SPECIFICATION = Path(__file__).parents[2].parent / "shared/specs/mailgun.yaml"
DATE = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
RING = KeyRing(["a key for these tests that is long enough"])
HOSTILE = (
    "%recipient.s0%",
    "%recipient%",
    "%unsubscribe_url%",
    "100 % of {{first_name}} and *|NAME|* and ${x}",
    "%tag_unsubscribe_url% %mailing_list_unsubscribe_url%",
    "<b>&amp;\"'</b>",
    "100%",
    "\U0001f682 שלום a\u0301",
    "%recipient.percent%recipient.s0%",
    "%recipient.leave%unsubscribe_url%recipient.leave%",
    "unsubscribe_url% recipient",
)


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[MailgunCarrier]:
    with MailgunServer(tmp_path / "truth") as server:
        yield MailgunCarrier(server, tmp_path)


@pytest.fixture
def mailgun() -> Iterator[Mailgun]:
    with closing(Mailgun(api_key=KEY, domain=DOMAIN)) as provider:
        yield provider


class TestContract(OneAnswerContract):
    pass


# --- what is built -------------------------------------------------------------------------------------------


def test_the_request_is_what_the_official_specification_wants(mailgun: Mailgun) -> None:
    if not SPECIFICATION.exists():
        pytest.skip(f"{SPECIFICATION} is not there: the folder `shared` lies beside the repository")
    specification = yaml.safe_load(SPECIFICATION.read_text())
    schemas = specification["components"]["schemas"]
    schema = dict(schemas["POST-v3-domain_name-messages-multipart-form-data-RequestBody"])
    request = mailgun.build(batch(make_messages(3)))
    fields = form_fields(request.headers["Content-Type"], request.body)
    lists = {name for name, of in schema["properties"].items() if of.get("type") == "array"}
    document = {name: values if name in lists else values[0] for name, values in fields.items()}
    jsonschema.Draft202012Validator(schema).validate(document)
    assert "/v3/{domain_name}/messages" in specification["paths"]
    assert request.url == f"https://api.mailgun.net/v3/{DOMAIN}/messages"
    known = {*schema["properties"]}
    assert {name for name in document if name not in known and name[:2] not in ("h:", "v:")} == set()


def test_the_region_decides_where_to() -> None:
    with closing(Mailgun(api_key=KEY, domain=DOMAIN, region="eu")) as provider:
        assert provider.build(batch(make_messages(1))).url.startswith("https://api.eu.mailgun.net/v3/")
    with pytest.raises(InvalidConfig):
        Mailgun(api_key=KEY, domain=DOMAIN, base_url="http://mail.example.com")


def test_nobody_is_shown_to_anybody_and_nothing_is_tracked(mailgun: Mailgun) -> None:
    request = mailgun.build(batch(make_messages(2)))
    fields = form_fields(request.headers["Content-Type"], request.body)
    assert fields["recipient-variables"]
    assert "cc" not in fields
    assert "bcc" not in fields
    assert [fields[f"o:tracking{what}"] for what in ("", "-clicks", "-opens")] == [["no"]] * 3


def test_the_same_call_has_the_same_bytes(mailgun: Mailgun) -> None:
    messages = make_messages(3)
    once, again = mailgun.build(batch(messages)), mailgun.build(batch(make_messages(3)))
    assert (once.body, once.sha256) == (again.body, again.sha256)


def test_a_thousand_fit_into_a_call(mailgun: Mailgun) -> None:
    assert [len(call) for call in mailgun.plan(make_messages(2500))] == [1000, 1000, 500]


def test_a_call_over_the_byte_limit_is_split(mailgun: Mailgun) -> None:
    slot = Slot("story", "", Context.PLAIN)
    variant = Variant(Slots(("News",)), Slots(("<!doctype html><p>News</p>",)), Slots(("", "\n"), (slot,)))
    messages = [personal(variant, number, {"story": "x" * 50_000}) for number in range(1, 1001)]
    calls = mailgun.plan(messages)
    assert [message for call in calls for message in call] == messages
    assert len(calls) > 1
    assert all(len(mailgun.build(batch(call)).body) <= 25_000_000 for call in calls)


@pytest.mark.parametrize("character", ["x", "&", "é", "\U0001f682", '"', "\x1f"])
@pytest.mark.parametrize("is_fallback", [True, False])
def test_what_is_written_for_one_person_is_never_more_than_was_reckoned(
    mailgun: Mailgun, character: str, is_fallback: bool
) -> None:
    value = character * 20_000
    fallback = value if is_fallback else ""
    fields = [Slot("story", fallback, context) for context in (Context.TEXT, Context.ATTRIBUTE, Context.URL_PART)]
    page = Slots(
        ("<!doctype html><p>", '</p><p title="', '"></p><a href="https://example.org/?q=', '">x</a>'), (*fields,)
    )
    text = Slots(("", "\n"), (Slot("story", fallback, Context.PLAIN),))
    variant = Variant(Slots(("News",)), page, text)
    messages = [personal(variant, number, {"story": "" if is_fallback else value}) for number in (1, 2)]
    [call] = mailgun.plan(messages)
    assert len(mailgun.build(batch(call)).body) <= sum(map(mailgun.weight, messages))


# --- what arrives is what full rendering gives -----------------------------------------------------------------


def personal(
    variant: Variant, position: int, values: dict[str, str], name: str = "", newsletter: str = "Joy"
) -> Message:
    template = MessageTemplate(
        mailing="rivers.1",
        nonce="n",
        key_id=RING.key_id,
        from_=Mailbox("joy@example.com", newsletter),
        reply_to=None,
        domain="example.com",
        list_id=list_id(newsletter, "example.com"),
        feedback_id="rivers:rivers:example.com",
        unsubscribe_url="https://news.example.org/u/",
        unsubscribe_mailto="leave@example.com",
        view_online_url="https://news.example.org/rivers/",
        archive_url="https://news.example.org/",
        help_url="https://news.example.org/",
        variants=(variant,),
    )
    key = (id(variant), newsletter)
    if key not in PERSONALIZERS:
        PERSONALIZERS[key] = (variant, Personalizer(template, RING))
    person = Recipient(position, f"{position:032x}", f"person{position}@example.org", name, values=values)
    return PERSONALIZERS[key][1].message(person, DATE)


PERSONALIZERS: dict[tuple[int, str], tuple[Variant, Personalizer]] = {}


def variant_of(subject: str, text: str, html: str) -> Variant:
    """A text before, between and after two fields in each part, all escaped as they must be."""

    def slots(literal: str, context: Context, beginning: str = "", end: str = "\n") -> Slots:
        fields = (Slot("first_name", "there", context), Slot("unsubscribe_url", "", context))
        return Slots((f"{beginning}{literal} ", f" {literal} ", f" {literal}{end}"), fields)

    escaped = html.replace("&", "&amp;").replace("<", "&lt;")
    page = slots(escaped, Context.TEXT, "<!doctype html><html><body><p>", "</p></body></html>")
    return Variant(slots(subject, Context.HEADER, end=""), page, slots(text, Context.PLAIN))


def check_equality(messages: list[Message]) -> None:
    """What each person gets reads as their own message does, however often and in whatever order Mailgun replaces."""
    for passes in PASSES:
        check_equality_after(passes, messages)


def check_equality_after(passes: Sequence[Pass], messages: list[Message]) -> None:
    with closing(Mailgun(api_key=KEY, domain=DOMAIN)) as provider:
        arrived = {}
        for call in provider.plan(messages):
            request = provider.build(batch(call))
            fields = form_fields(request.headers["Content-Type"], request.body)
            people = getaddresses(fields["to"])
            arrived |= {entry["recipient"]: entry for entry in delivered(fields, people, "<1>", passes)}
    assert arrived.keys() == {message.to.address for message in messages}
    for message in messages:
        mail = arrived[message.to.address]
        assert shown(mail["subject"]) == message.subject
        assert shown(mail["text"].replace("\r\n", "\n")) == message.text
        assert shown(mail["html"].replace("\r\n", "\n")) == shown(message.html)
        assert shown(str(make_header(decode_header(parseaddr(mail["from"])[0])))) == message.edition.from_.name
        assert shown(str(make_header(decode_header(mail["name"])))) == message.to.name
        assert mail["variables"] == {"dispatch": message.reference}
        for name, value in message.headers:
            assert mail["headers"][name].replace(" ", "") == value.replace(" ", "")
        if "%" not in message.text:
            assert mail["text"].replace("\r\n", "\n") == message.text


@pytest.mark.parametrize("content", HOSTILE)
@pytest.mark.parametrize("where", ["subject", "text", "html", "value", "name", "newsletter"])
def test_hostile_words_arrive_as_they_are_rendered(content: str, where: str) -> None:
    parts = {name: content if name == where else "plain" for name in ("subject", "text", "html")}
    variant = variant_of(**parts)
    values = [{"first_name": content if where == "value" else "Ann"}, {"first_name": "Bo"}, {}]
    name = content if where == "name" else ""
    newsletter = content if where == "newsletter" else "Joy"
    messages = [personal(variant, number, value, name, newsletter) for number, value in enumerate(values, 1)]
    check_equality(messages)


@pytest.mark.parametrize("passes", PASSES)
def test_the_lookalike_replaces_what_is_left_open(passes: Sequence[Pass]) -> None:
    fields = {
        "from": ["joy@example.com"],
        "subject": ["%recipient%"],
        "text": ["%recipient.x%|%recipient.unknown%"],
        "html": ["%unsubscribe_url% %tag_unsubscribe_url%"],
        "h:X-Own": ["%mailing_list_unsubscribe_url%"],
        "recipient-variables": ['{"a@example.org": {"x": "1"}}'],
    }
    [mail] = delivered(fields, [("", "a@example.org")], "<1>", passes)
    assert (mail["subject"], mail["text"]) == ("a@example.org", "1|")
    assert "%" not in mail["html"] + mail["headers"]["X-Own"]


def test_what_is_too_large_for_mailgun_is_too_large_for_the_lookalike(carrier: MailgunCarrier) -> None:
    with closing(carrier.open()) as provider:
        assert isinstance(provider, Mailgun)
        request = provider.build(batch(make_messages(1)))
        boundary = b"--" + request.headers["Content-Type"].partition("boundary=")[2].encode()

        def answer_with(name: str, size: int) -> int:
            part = b'\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), b"x" * size)
            return requests.post(request.url, data=boundary + part + request.body, headers=request.headers).status_code

        assert answer_with("v:long", 15_000) == 200
        assert answer_with("v:long", 16_400) == 400
        assert answer_with("amp-html", 25_000_000) == 413


PIECES = st.sampled_from([*"%%% s0_<&\"'", "recipient", ".t0", "tag_", "unsubscribe_url", "mailing_list_", "Ann"])


@given(st.lists(st.lists(PIECES, max_size=8).map("".join), min_size=4, max_size=4))
def test_no_words_at_all_arrive_as_something_else(words: list[str]) -> None:
    variant = variant_of(*("".join(word.split()) for word in words[:3]))
    check_equality([personal(variant, 1, {"first_name": words[3]}), personal(variant, 2, {"first_name": "Bo"})])


def test_links_that_look_like_a_token_themselves_stay_whole() -> None:
    like_a_token = "https://news.example.org/" + "x" * TOKEN_LENGTH
    links = Slots(
        ("", " ", "\n"), (Slot("view_online_url", "", Context.PLAIN), Slot("unsubscribe_url", "", Context.PLAIN))
    )
    variant = Variant(Slots(("News",)), Slots(("<!doctype html><p>News</p>",)), links)
    messages = [personal(variant, number, {}) for number in (1, 2, 3)]
    edition = replace(messages[0].edition, link_before=like_a_token, fixed={"view_online_url": like_a_token})
    check_equality([Message(message.recipient, edition, message.to_header) for message in messages])


def test_only_whoever_has_to_travels_alone(mailgun: Mailgun) -> None:
    variant = variant_of("plain", "plain", "plain")
    values = [{"first_name": name} for name in ("Ann", "%recipient.s0%", "Bo", "Cy")]
    calls = mailgun.plan([personal(variant, number, value) for number, value in enumerate(values, 1)])
    assert [len(call) for call in calls] == [1, 1, 2]


def test_a_text_with_their_words_in_it_goes_to_each_alone(carrier: MailgunCarrier) -> None:
    variant = variant_of("plain", "Write %recipient.name% there", "Write %recipient.name% there")
    messages = [personal(variant, number, {"first_name": "Ann"}) for number in (1, 2, 3)]
    with closing(carrier.open()) as provider:
        assert [len(call) for call in provider.plan(messages)] == [1, 1, 1]
        for call in provider.plan(messages):
            assert accepted(list(provider.submit(batch(call), lambda *_: None))) == 1
    assert [mail.text for mail in carrier.delivered()] == [message.text for message in messages]


# --- what is read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["greeting", "html", "empty", "nameless", "truncated", "accept 500"])
def test_an_answer_of_another_shape_is_uncertain(carrier: MailgunCarrier, action: str) -> None:
    carrier.server.faults.add("messages", action)
    outcomes = submit(carrier, make_messages(3))
    assert [type(outcome) for outcome in outcomes] == [Uncertain] * 3


@pytest.mark.parametrize(("action", "seconds"), [("429 30", 30.0), ("too fast", 120.0), ("429", None)])
def test_too_fast_is_postponed_for_as_long_as_is_said(
    carrier: MailgunCarrier, action: str, seconds: float | None
) -> None:
    carrier.server.faults.add("messages", action)
    assert {outcome.retry_after for outcome in submit(carrier, make_messages(2)) if isinstance(outcome, Postponed)} == {
        seconds
    }
    assert carrier.delivered() == []


@pytest.mark.parametrize("action", ["400", "413"])
def test_a_refused_call_may_be_tried_in_parts(carrier: MailgunCarrier, action: str) -> None:
    carrier.server.faults.add("messages", action)
    outcomes = submit(carrier, make_messages(2))
    assert all(isinstance(outcome, Refused) and outcome.of_call for outcome in outcomes)


@pytest.mark.parametrize("action", ["sandbox", "403"])
def test_an_account_that_may_not_send_stops_the_mailing(carrier: MailgunCarrier, action: str) -> None:
    carrier.server.faults.add("messages", action)
    with pytest.raises(AccountTrouble):
        submit(carrier, make_messages(2))


def test_another_region_is_told(carrier: MailgunCarrier) -> None:
    carrier.options["domain"] = "elsewhere.example.com"
    with pytest.raises(AccountTrouble, match="region"):
        submit(carrier, make_messages(1))


def test_whatever_comes_back_each_message_has_one_outcome(mailgun: Mailgun) -> None:
    request = mailgun.build(batch(make_messages(3)))
    for status in (200, 201, 302, 400, 401, 404, 413, 429, 500, 503):
        for body in (b"", b"[]", b"{}", b'{"id": 7}', b'{"id": " "}', b"\xff", b'{"id": "<1>"}'):
            outcomes = mailgun.read(request, Response(status, {}, body))
            assert len(outcomes) == 3
            assert isinstance(outcomes[0], Accepted) == (status in (200, 201) and body == b'{"id": "<1>"}')


# --- the account ---------------------------------------------------------------------------------------------


def test_what_is_wrong_with_the_domain_is_told(carrier: MailgunCarrier) -> None:
    carrier.server.state = "unverified"
    carrier.server.tracking = {"unsubscribe": {"active": True}}
    with closing(carrier.open()) as provider:
        state, way_out = provider.check()
    assert "unverified" in state
    assert "unsubscribe tracking" in way_out


def test_a_key_that_may_only_send_is_told_from_a_wrong_one(carrier: MailgunCarrier) -> None:
    carrier.options["api_key"] = SENDING_KEY
    with closing(carrier.open()) as provider:
        with pytest.raises(AccountUnseen, match="good for sending"):
            provider.check()
        with pytest.raises(AccountUnseen, match="which messages were accepted"):
            provider.reconcile(addresses_of(make_messages(1)))
        assert accepted(list(provider.submit(batch(make_messages(2)), lambda *_: None))) == 2
    carrier.options["api_key"] = "another"
    with closing(carrier.open()) as provider, pytest.raises(AccountTrouble) as trouble:
        provider.check()
    assert not isinstance(trouble.value, AccountUnseen)
    assert len(carrier.delivered()) == 2


def test_a_message_that_is_not_there_is_not_found(carrier: MailgunCarrier) -> None:
    submit(carrier, make_messages(5))
    with closing(carrier.open()) as provider:
        found = provider.reconcile(addresses_of([make_message(5), make_message(9)]))
    assert list(found) == [make_message(5).reference]
    assert email.policy.default.header_factory("Message-ID", found[make_message(5).reference])


def test_a_call_is_found_in_a_mailing_of_any_size(carrier: MailgunCarrier) -> None:
    submit(carrier, make_messages(900))
    carrier.server.page = 300
    carrier.lose_reply()
    lost = [make_message(position) for position in range(20_001, 20_701)]
    submit(carrier, lost)
    submit(carrier, [make_message(position) for position in range(30_001, 30_901)])
    with closing(carrier.open()) as provider:
        assert provider.reconcile(addresses_of(lost)).keys() == addresses_of(lost).keys()
        assert carrier.server.questions <= 6  # for one of them, and for all in their call
        assert provider.reconcile(addresses_of([make_message(position) for position in range(50_001, 51_001)])) == {}
        assert carrier.server.questions <= 16


def test_whoever_is_forgotten_is_found_with_the_others(carrier: MailgunCarrier) -> None:
    carrier.lose_reply()
    messages = make_messages(3)
    submit(carrier, messages)
    with closing(carrier.open()) as provider:
        found = provider.reconcile({**addresses_of(messages), messages[0].reference: ""})
    assert found.keys() == addresses_of(messages).keys()


def test_a_call_shares_the_bodies_of_one_variant_and_no_other(carrier: MailgunCarrier) -> None:
    variants = [variant_of("News", words, words) for words in ("for all", "for those who pay")]
    messages = [personal(variants[number % 2], number, {"first_name": f"Ann {number}"}) for number in range(1, 7)]
    with closing(carrier.open()) as provider:
        assert [len(call) for call in provider.plan(messages)] == [1] * 6  # one after the other as they come
        in_rows = [message for variant in variants for message in messages if message.edition.variant is variant]
        calls = provider.plan(in_rows)
        assert [len(call) for call in calls] == [3, 3]
        for call in calls:
            assert accepted(list(provider.submit(batch(call), lambda *_: None))) == 3
    delivered = [(mail.html, mail.text) for mail in carrier.delivered()]
    assert delivered == [(message.html, message.text) for message in in_rows]
