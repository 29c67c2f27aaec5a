"""Postmark: what is built, and what is read, against a lookalike and its official specification."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import closing
from email.header import decode_header, make_header
from pathlib import Path
from typing import Literal

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dispatch.addresses import Mailbox
from dispatch.errors import Unsupported
from dispatch.messages.message import Message
from dispatch.messages.template import Variant
from dispatch.providers.http import Response
from dispatch.providers.outcome import Accepted, Outcome, Postponed, Refused, Uncertain
from dispatch.providers.postmark import Postmark
from dispatch.rendering.compiled import Context, Slot, Slots
from dispatch.testing.messages import PICTURE, MadeEdition, make_message, make_messages
from dispatch.testing.postmark_server import TOKEN, PostmarkServer
from dispatch.testing.providers import EachAnsweredContract, Intents, batch
from providers.carriers import PostmarkCarrier

SPECIFICATION = Path(__file__).parents[2].parent / "shared/specs/postmark-server.yaml"


class TestContract(EachAnsweredContract):
    pass


class TestContractWhereTheProviderHandlesLeaving(EachAnsweredContract):
    @pytest.fixture
    def carrier(self, tmp_path: Path) -> Iterator[PostmarkCarrier]:
        with PostmarkServer(tmp_path / "truth") as server:
            server.stream["SubscriptionManagementConfiguration"] = {"UnsubscribeHandlingType": "Postmark"}
            yield PostmarkCarrier(server, tmp_path, unsubscribe="provider")


# --- what is built -------------------------------------------------------------------------------------------


def test_the_request_is_what_the_official_specification_wants(postmark: Postmark) -> None:
    if not SPECIFICATION.exists():
        pytest.skip(f"{SPECIFICATION} is not there: the folder `shared` lies beside the repository")
    specification = yaml.safe_load(SPECIFICATION.read_text())
    schema = {"$ref": "#/definitions/SendEmailBatchRequest", "definitions": specification["definitions"]}
    # The specification says nothing of fields that came after it, nor which are required; the checks below do.
    known = set(specification["definitions"]["SendEmailRequest"]["properties"]) | {"Metadata", "MessageStream"}
    messages = [*make_messages(3), make_message(4, name="Zoë", subject="Çà", pictures=[PICTURE])]
    request = postmark.build(batch(messages))
    document = json.loads(request.body)
    jsonschema.Draft4Validator(schema).validate(document)
    assert "/email/batch" in specification["paths"]
    assert request.url == "https://api.postmarkapp.com/email/batch"
    for message in document:
        assert message.keys() <= known
        assert {"From", "To", "Subject", "HtmlBody", "TextBody"} <= message.keys()


def test_a_message_is_built_field_by_field(postmark: Postmark) -> None:
    message = make_message(7, name="Ada", pictures=[PICTURE])
    (built,) = json.loads(postmark.build(batch([message])).body)
    assert built.pop("HtmlBody") == message.html
    assert built.pop("TextBody") == message.text
    assert built == {
        "From": "Joy <joy@example.com>",
        "To": "Ada <person7@example.org>",
        "ReplyTo": "answers@example.com",
        "Subject": "A river without a bridge",
        "Headers": [{"Name": name, "Value": value} for name, value in message.headers],
        "Metadata": {"dispatch": "rivers.1.7.00000000000000000007"},
        "MessageStream": "broadcast",
        "TrackOpens": False,
        "TrackLinks": "None",
        "Attachments": [
            {
                "Name": PICTURE.name,
                "Content": base64.b64encode(PICTURE.content).decode(),
                "ContentType": "image/png",
                "ContentID": f"cid:{PICTURE.content_id}",
            }
        ],
    }


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.text(max_size=20))
def test_any_text_comes_out_as_it_went_in(text: str, name: str) -> None:
    parts = {"text": text or "-", "html": f"<p>{text}"}
    messages = [make_message(1, **parts, subject=text), make_message(2, **parts, subject="x")]
    with closing(Postmark(token=TOKEN)) as postmark:
        body = postmark.build(batch(messages)).body
    assert body.isascii()
    first, second = json.loads(body)
    assert (first["Subject"], first["HtmlBody"], second["TextBody"]) == (text, f"<p>{text}", text or "-")


@given(st.dictionaries(st.sampled_from(["name", "city"]), st.text(max_size=20)), st.text(max_size=10))
def test_bodies_spliced_from_encoded_pieces_are_those_of_the_message(values: dict[str, str], literal: str) -> None:
    slots = (Slot("name", "\u2028x", Context.TEXT), Slot("city", "", Context.URL_PART), Slot("name", "", Context.PLAIN))
    shared = Variant(Slots(("s",)), Slots(("<p>é", literal, '"', "\\</p>"), slots), Slots((literal, "\n"), slots[2:]))
    messages = [make_message(n, variant=shared, values=given) for n, given in ((1, values), (2, {"city": ""}))]
    with closing(Postmark(token=TOKEN)) as postmark:
        body = postmark.build(batch(messages)).body
        assert sum(map(postmark.weight, messages)) + 1 == len(body)
    assert [(built["HtmlBody"], built["TextBody"]) for built in json.loads(body)] == [
        (message.html, message.text) for message in messages
    ]


def test_messages_of_several_variants_and_senders_may_share_a_call(postmark: Postmark) -> None:
    first, second = make_messages(2)
    other = make_message(2, from_=Mailbox("ada@example.com"))
    built = json.loads(postmark.build(batch([first, Message(first.recipient, first.edition, "x"), other, second])).body)
    assert [entry["From"] for entry in built] == ["Joy <joy@example.com>"] * 2 + [
        "ada@example.com",
        "Joy <joy@example.com>",
    ]
    assert ["ReplyTo" in entry for entry in built] == [True, True, False, True]
    assert [entry["HtmlBody"] for entry in built] == [first.html, first.html, second.html, second.html]


def test_the_hash_is_of_the_call_and_not_of_the_token(postmark: Postmark) -> None:
    messages = make_messages(2)
    with closing(Postmark(token="another")) as other:
        assert other.build(batch(messages)).sha256 == postmark.build(batch(messages)).sha256
    assert postmark.build(batch(messages[:1])).sha256 != postmark.build(batch(messages)).sha256


def test_their_way_to_leave_takes_the_place_of_ours() -> None:
    class Elsewhere(MadeEdition):
        def link(self, token):
            return f"https://news.example.org/u/{token}?a=1&b=2"

    made = make_message(
        7,
        html='<a href="https://news.example.org/u/7?a=1&amp;b=2">Leave</a>',
        text="Leave: https://news.example.org/u/7?a=1&b=2 now",
        way_out_parts=("<https://news.example.org/u/", "?a=1&b=2>, <mailto:a@b.c>"),
        headers=(("list-unsubscribe-post", "List-Unsubscribe=One-Click"), ("X-Other", "kept")),
    )
    message = Message(made.recipient, Elsewhere(**vars(made.edition)), made.to_header)
    with closing(Postmark(token=TOKEN, unsubscribe="provider")) as postmark:
        (built,) = json.loads(postmark.build(batch([message])).body)
        assert postmark.capabilities.replaces_unsubscribe
    assert built["HtmlBody"] == '<a href="{{{ pm:unsubscribe }}}">Leave</a>'
    assert built["TextBody"] == "Leave: {{{ pm:unsubscribe }}} now"
    assert built["Headers"] == [{"Name": "X-Other", "Value": "kept"}]


def test_a_reference_that_metadata_cannot_hold_is_unsupported(postmark: Postmark) -> None:
    with pytest.raises(Unsupported, match="slug"):
        postmark.plan([make_message(mailing="x" * 70 + ".1")])


# --- what is read ----------------------------------------------------------------------------------------------


def test_ids_stay_with_their_recipients_when_one_in_the_middle_is_refused(carrier: PostmarkCarrier) -> None:
    carrier.server.inactive.add("person2@example.org")
    outcomes = carrier.submit(3)
    ids = {entry["recipient"]: entry["id"] for entry in carrier.server.truth.entries()}
    assert outcomes[0] == Accepted(ids["person1@example.org"], "OK")
    said = "You tried to send to a recipient that has been marked as inactive."
    assert outcomes[1] == Refused("406", said, suppress="bounced")
    assert outcomes[2] == Accepted(ids["person3@example.org"], "OK")


@pytest.mark.parametrize("action", ["no-codes", "nameless"])
def test_an_accepted_result_may_lack_a_field(carrier: PostmarkCarrier, action: str) -> None:
    carrier.server.faults.add("batch", action)
    ids = [outcome.provider_id for outcome in carrier.submit(3) if isinstance(outcome, Accepted)]
    assert ids == [entry["id"] for entry in carrier.server.truth.entries()]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("short", [Accepted, Accepted, Uncertain]),
        ("surplus", [Uncertain] * 3),
        ("shuffled", [Uncertain, Accepted, Uncertain]),
        ("html", [Uncertain] * 3),
        ("empty", [Uncertain] * 3),
        ("truncated", [Uncertain] * 3),
        ("nested", [Uncertain] * 3),
        ("long", [Uncertain] * 3),
        ("utf-16", [Accepted] * 3),
        ("accept 500", [Uncertain] * 3),
        ("500", [Uncertain] * 3),
        ("502 <html>Bad gateway</html>", [Uncertain] * 3),
        ("503 <html>Try later</html>", [Uncertain] * 3),
        ("504", [Uncertain] * 3),
        ('503 {"ErrorCode":100,"Message":"Maintenance"}', [Postponed] * 3),
        ('500 {"ErrorCode":100,"Message":"Maintenance, or was it?"}', [Uncertain] * 3),
        ("429", [Postponed] * 3),
        ("cut", [Uncertain] * 3),
    ],
)
def test_every_answer_has_its_meaning(carrier: PostmarkCarrier, action: str, expected: list[type[Outcome]]) -> None:
    carrier.server.faults.add("batch", action)
    with closing(carrier.open()) as provider:
        outcomes = list(provider.submit(batch(make_messages(3)), Intents(carrier)))
        assert [type(outcome) for outcome in outcomes] == expected
        again = list(provider.submit(batch(make_messages(1, first=4)), Intents(carrier)))
    assert [type(outcome) for outcome in again] == [Accepted]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"ErrorCode": 0, "MessageID": "m"}, Accepted("m")),
        ({"MessageID": "m", "Message": "a\x1b[31m\nb"}, Accepted("m", "a [31m b")),
        ({"ErrorCode": 300, "Message": "Invalid 'To' address"}, Refused("300", "Invalid 'To' address")),
        ({"ErrorCode": 406, "Message": "inactive"}, Refused("406", "inactive", suppress="bounced")),
        ({"ErrorCode": 100, "Message": "maintenance"}, Postponed("100", "maintenance")),
        ({"ErrorCode": 429, "Message": "too fast"}, Postponed("429", "too fast")),
        ({"ErrorCode": 503, "Message": "unavailable"}, Postponed("503", "unavailable")),
        ({"ErrorCode": 500, "Message": "oops"}, Uncertain("500", "oops")),
        *(
            ({"ErrorCode": code, "Message": "account"}, Postponed(str(code), "account"))
            for code in (10, 400, 401, 405, 412, 413)
        ),
        ({"ErrorCode": 406, "MessageID": "m"}, Uncertain("unreadable", "the result says neither yes nor no")),
        ({"ErrorCode": "406"}, Uncertain("unreadable", "the result says neither yes nor no")),
        ({"MessageID": 7}, Uncertain("unreadable", "the result says neither yes nor no")),
        ({}, Uncertain("unreadable", "the result says neither yes nor no")),
        ([], Uncertain("unreadable", "the result is not an object")),
        (None, Uncertain("unreadable", "the result is not an object")),
        ({"To": "who@example.org", "MessageID": "m"}, Uncertain("out of order", "the result names somebody else")),
        ({"To": "PERSON1@EXAMPLE.ORG", "MessageID": "m"}, Accepted("m")),
    ],
)
def test_a_result_is_read_with_care(postmark: Postmark, result: object, expected: Outcome) -> None:
    request = postmark.build(batch(make_messages(1)))
    response = Response(200, {}, json.dumps([result]).encode())
    assert postmark.read(request, response) == [expected]


@pytest.mark.parametrize(
    ("said", "unsubscribe", "reason"),
    [
        (
            "Found inactive addresses: a@b. Inactive recipients are ones that have generated a hard bounce.",
            "own",
            "bounced",
        ),
        ("Inactive recipients are ones that have generated a spam complaint.", "own", "complained"),
        ("Inactive recipients are ones that have generated a Manual Suppression.", "own", "unsubscribed"),
        ("… a hard bounce, a spam complaint, or a manual suppression.", "own", "bounced"),
        ("… a hard bounce, a spam complaint, or a manual suppression.", "provider", "unsubscribed"),
        ("inactive", "provider", "unsubscribed"),
    ],
)
def test_who_is_on_postmarks_suppression_list_is_not_to_be_mailed_by_others_either(
    said: str, unsubscribe: Literal["own", "provider"], reason: str
) -> None:
    with closing(Postmark(token=TOKEN, unsubscribe=unsubscribe)) as postmark:
        request = postmark.build(batch(make_messages(1)))
        answer = Response(200, {}, json.dumps([{"ErrorCode": 406, "Message": said}]).encode())
        assert postmark.read(request, answer) == [Refused("406", said, suppress=reason)]  # type: ignore[arg-type]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["To", "ErrorCode", "MessageID", "Message", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.integers(100, 599), JSON | st.binary(max_size=40))
def test_no_answer_at_all_breaks_the_reading(status: int, answer: object) -> None:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    with closing(Postmark(token=TOKEN)) as postmark:
        outcomes = postmark.read(postmark.build(batch(make_messages(2))), Response(status, {}, body))
    assert len(outcomes) == 2
    assert not any(isinstance(outcome, Accepted) and not outcome.provider_id for outcome in outcomes)


def test_names_travel_as_headers_would(postmark: Postmark) -> None:
    message = make_message(1, "a@example.org", name='Zoë "Z", <x@y>')
    (built,) = json.loads(postmark.build(batch([message])).body)
    assert built["To"].isascii()
    assert str(make_header(decode_header(built["To"]))) == 'Zoë "Z", <x@y> <a@example.org>'
