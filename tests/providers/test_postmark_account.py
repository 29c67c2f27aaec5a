"""Postmark: the account, the stream, the look-up."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import trustme
from pytest_httpserver import HTTPServer

from dispatch.errors import AccountTrouble, InvalidConfig, ProviderUnreachable
from dispatch.providers import open_provider
from dispatch.providers.outcome import Accepted, Outcome, Postponed, Refused
from dispatch.providers.postmark import Postmark
from dispatch.testing.messages import make_message, make_messages
from dispatch.testing.postmark_server import TOKEN, PostmarkServer
from dispatch.testing.providers import Intents, accepted, addresses_of, batch, recipients
from providers.carriers import PostmarkCarrier


def test_credits_that_run_out_in_the_middle_stop_the_mailing_after_what_was_accepted(carrier: PostmarkCarrier) -> None:
    carrier.server.faults.add("batch", "out-of-credits 2")
    outcomes: list[Outcome] = []
    with closing(carrier.open()) as provider:
        answers = provider.submit(batch(make_messages(4)), Intents(carrier))
        outcomes += [next(answers) for _ in range(4)]
        with pytest.raises(AccountTrouble, match="credits"):
            next(answers)
    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted, Postponed, Postponed]
    assert recipients(carrier) == ["person1@example.org", "person2@example.org"]


@pytest.mark.parametrize(
    "action",
    [
        '422 {"ErrorCode":400,"Message":"Sender signature not found"}',
        '422 {"ErrorCode":412,"Message":"Account pending approval"}',
        "403 <html>Forbidden</html>",
        "404 <html>Not here</html>",
    ],
)
def test_a_call_refused_for_the_account_refuses_nobody(carrier: PostmarkCarrier, action: str) -> None:
    carrier.server.faults.add("batch", action)
    with closing(carrier.open()) as provider:
        answers = provider.submit(batch(make_messages(2)), Intents(carrier))
        assert [type(next(answers)) for _ in range(2)] == [Postponed, Postponed]
        with pytest.raises(AccountTrouble) as trouble:
            next(answers)
    assert trouble.value.problems[0].remedy


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ('422 {"ErrorCode":300,"Message":"Zero recipients specified"}', "300"),
        ('422 {"ErrorCode":402,"Message":"Invalid JSON"}', "402"),
        ('422 {"ErrorCode":410,"Message":"Too many batch messages."}', "410"),
        ("413 <html>Too large</html>", "HTTP 413"),
    ],
)
def test_a_call_refused_for_what_is_in_it_does_not_stop_the_mailing(
    carrier: PostmarkCarrier, action: str, code: str
) -> None:
    """One message may be why: the delivery loop looks for it among the messages of the call."""
    carrier.server.faults.add("batch", action)
    outcomes = carrier.submit(2)
    assert [(outcome.code, outcome.of_call) for outcome in outcomes if isinstance(outcome, Refused)] == [
        (code, True)
    ] * 2
    assert accepted(carrier.submit(2)) == 2


def test_the_token_travels_over_https_only(tmp_path: Path) -> None:
    for url in ("http://api.postmarkapp.com", "ftp://x", "//x", "postmark", "", "http://127.0.0.1.example.org"):
        with pytest.raises(InvalidConfig, match="base_url"):
            open_provider("postmark", {"token": TOKEN, "base_url": url}, folder=tmp_path)


def test_certificates_are_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with PostmarkServer(tmp_path / "truth", tls=context) as server:
        carrier = PostmarkCarrier(server, tmp_path)
        with pytest.raises(ProviderUnreachable, match="CERTIFICATE_VERIFY_FAILED"):
            carrier.submit()
        assert server.calls == []
        ca_file = tmp_path / "ca.pem"
        ca_file.write_bytes(authority.cert_pem.bytes())
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca_file))
        assert [type(outcome) for outcome in carrier.submit()] == [Accepted] * 3


@pytest.mark.parametrize(
    ("stream", "unsubscribe", "complaint"),
    [
        ({}, "own", ""),
        ({"SubscriptionManagementConfiguration": {"UnsubscribeHandlingType": "Postmark"}}, "own", "replaces"),
        ({"SubscriptionManagementConfiguration": {"UnsubscribeHandlingType": "Postmark"}}, "provider", ""),
        ({"SubscriptionManagementConfiguration": {"UnsubscribeHandlingType": "none"}}, "provider", "adds no way"),
        ({"SubscriptionManagementConfiguration": None}, "own", ""),
        ({"MessageStreamType": "Transactional"}, "own", "not a broadcast stream"),
        ({"ArchivedAt": "2026-01-01T00:00:00Z"}, "own", "archived"),
        ({"ID": "elsewhere"}, "own", "no message stream `broadcast`"),
    ],
)
def test_check_compares_the_stream_with_the_options(
    carrier: PostmarkCarrier, stream: dict[str, object], unsubscribe: str, complaint: str
) -> None:
    carrier.server.stream.update(stream)
    carrier.options["unsubscribe"] = unsubscribe
    with closing(carrier.open()) as provider:
        complaints = provider.check()
    assert len(complaints) == bool(complaint)
    assert complaint in "".join(complaints)


def test_a_look_up_goes_to_our_stream(carrier: PostmarkCarrier) -> None:
    carrier.submit(1)
    message = make_message(1)
    with closing(carrier.open()) as provider:
        found = provider.reconcile(addresses_of([message]))
        assert found == {message.reference: carrier.server.truth.entries()[0]["id"]}
    carrier.options["stream"] = "another"
    with closing(carrier.open()) as provider:
        assert provider.reconcile(addresses_of([message])) == {}


@pytest.mark.parametrize(
    "answer",
    [
        lambda document: document["Messages"][0]["Metadata"].update(dispatch="rivers.1.8.0"),
        lambda document: document["Messages"][0].pop("Metadata"),
        lambda document: document.update(Messages=["x", None, {"Metadata": None}]),
    ],
)
def test_an_entry_without_our_reference_is_not_found(
    httpserver: HTTPServer, answer: Callable[[dict[str, Any]], object]
) -> None:
    document: dict[str, Any] = {"Messages": [{"MessageID": "m", "Metadata": {"dispatch": "rivers.1.7.0"}}]}
    answer(document)
    httpserver.expect_request("/messages/outbound").respond_with_json(document)
    with closing(Postmark(token=TOKEN, base_url=httpserver.url_for("/"))) as postmark:
        assert postmark.reconcile({"rivers.1.7.0": "ann@example.org"}) == {}


@pytest.mark.parametrize("status", [429, 500])
def test_a_look_up_that_is_not_answered_proves_nothing(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/messages/outbound").respond_with_data("no", status=status)
    with (
        closing(Postmark(token=TOKEN, base_url=httpserver.url_for("/"))) as postmark,
        pytest.raises(ProviderUnreachable, match=str(status)),
    ):
        postmark.reconcile({"rivers.1.7.0": "ann@example.org"})
