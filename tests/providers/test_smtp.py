"""SMTP, against a server with a truth of its own."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from hypothesis import given
from hypothesis import strategies as st

from dispatch.addresses import Mailbox
from dispatch.errors import AccountTrouble, ProviderUnreachable, Unsupported
from dispatch.messages.message import Message, Recipient
from dispatch.providers import open_provider
from dispatch.providers.outcome import Accepted, Postponed, Refused, Uncertain
from dispatch.providers.smtp import Smtp
from dispatch.providers.smtp_connection import Patience
from dispatch.providers.smtp_lane import as_data
from dispatch.testing.messages import make_message, make_messages
from dispatch.testing.providers import (
    EachAnsweredContract,
    Intents,
    NotNow,
    accepted,
    batch,
    recipients,
)
from dispatch.testing.smtp_server import SmtpServer
from providers.carriers import SmtpCarrier


class TestContractPipelinedWithStartTlsAndLogin(EachAnsweredContract):
    @pytest.fixture
    def carrier(self, tmp_path: Path, certificate: ssl.SSLContext, ca_file: Path) -> Iterator[SmtpCarrier]:
        with SmtpServer(tmp_path / "truth", tls=certificate, login=("joy", "pässword-π")) as server:
            yield SmtpCarrier(
                server, tmp_path, tls="starttls", username="joy", password="pässword-π", ca_file=str(ca_file)
            )


class TestContractOneByOneWithImplicitTls(EachAnsweredContract):
    @pytest.fixture
    def carrier(self, tmp_path: Path, certificate: ssl.SSLContext, ca_file: Path) -> Iterator[SmtpCarrier]:
        server = SmtpServer(
            tmp_path / "truth",
            tls=certificate,
            implicit_tls=True,
            pipelining=False,
            login=("joy", "secret-enough"),
            mechanisms="LOGIN",
        )
        with server:
            yield SmtpCarrier(
                server, tmp_path, tls="tls", username="joy", password="secret-enough", ca_file=str(ca_file)
            )


# --- the stages: before the dot nothing is accepted, after it nobody knows ---------------------------------


@pytest.mark.parametrize(
    ("stage", "action"),
    [
        *((stage, "cut") for stage in ("mail", "rcpt", "data")),
        *((stage, "hang") for stage in ("mail", "rcpt", "data")),
        *((stage, "421 4.3.2 going down") for stage in ("mail", "rcpt", "data")),
        *((stage, "451 4.3.0 not now") for stage in ("mail", "rcpt", "data", "dot")),
        *((stage, "garbage") for stage in ("mail", "rcpt", "data")),
        ("data", "250 2.0.0 what 354?"),
        ("dot", "421 4.3.2 going down"),
        ("rcpt", "552 5.5.3 too many recipients"),
    ],
)
@pytest.mark.parametrize("pipelining", [True, False])
def test_what_fails_without_a_yes_to_the_dot_was_not_accepted(
    impatient: SmtpCarrier, stage: str, action: str, *, pipelining: bool
) -> None:
    impatient.server.pipelining = pipelining
    impatient.server.faults.add(stage, action)
    intents = Intents(impatient)
    outcomes = impatient.submit(3, intents)
    assert [type(outcome) for outcome in outcomes] == [Postponed, Accepted, Accepted]
    assert recipients(impatient) == ["person2@example.org", "person3@example.org"]
    assert intents.counts == [1] * (3 if stage == "dot" else 2)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("action", ["cut", "hang", "421 4.3.2 going down", "451 4.3.0 not now", "garbage"])
def test_what_befalls_a_message_that_was_announced_with_a_dot_befalls_no_other(
    impatient: SmtpCarrier, stage: str, action: str
) -> None:
    intents = Intents(impatient)

    def begin(count: int, request_sha256: str = "") -> None:
        intents(count)
        if len(intents.counts) == 2:  # the third travels with this one's dot
            impatient.server.faults.add(stage, action)

    with closing(impatient.open()) as provider:
        outcomes = list(provider.submit(batch(make_messages(4)), begin))
    assert [type(outcome) for outcome in (outcomes[0], outcomes[1], outcomes[3])] == [Accepted] * 3
    spared = [f"person{number}@example.org" for number in (1, 2, 3, 4) if number != 3 or accepted(outcomes) == 4]
    assert recipients(impatient) == spared
    assert isinstance(outcomes[2], Accepted | Postponed)


@pytest.mark.parametrize("action", ["cut", "lose"])
def test_a_lost_answer_to_a_dot_is_no_doubt_about_the_next(plain: SmtpCarrier, action: str) -> None:
    plain.server.faults.add("dot", action, match="person2@example.org")
    assert [type(outcome) for outcome in plain.submit(4)] == [Accepted, Uncertain, Accepted, Accepted]


@pytest.mark.parametrize("action", ["lose", "hang", "raw garbage\n", "raw 25", "raw 299\n", "raw 354 more?\n"])
def test_without_a_readable_answer_to_the_dot_nobody_knows(impatient: SmtpCarrier, action: str) -> None:
    impatient.server.faults.add("dot", action)
    outcomes = impatient.submit(3)
    expected = Accepted if action == "raw 299\n" else Uncertain
    assert [type(outcome) for outcome in outcomes] == [expected, Accepted, Accepted]
    assert recipients(impatient) == [f"person{position}@example.org" for position in (1, 2, 3)]


def test_a_message_cut_in_the_middle_was_not_accepted(plain: SmtpCarrier) -> None:
    plain.server.faults.add("body", "cut")
    long = make_message(mime=make_message().mime() + b"more than any buffer takes\r\n" * 500_000)
    intents = Intents(plain)
    with closing(plain.open()) as provider:
        outcomes = list(provider.submit(batch([long, make_message(2)]), intents))
    assert [type(outcome) for outcome in outcomes] == [Postponed, Accepted]
    assert intents.counts == [1]


def test_a_server_that_left_while_the_intent_was_written_has_not_accepted(plain: SmtpCarrier) -> None:
    def begin(count: int, request_sha256: str = "") -> None:
        plain.server.stop()

    with closing(plain.open()) as provider:
        assert [type(outcome) for outcome in provider.submit(batch(make_messages(1)), begin)] == [Postponed]


def test_a_server_that_closes_at_the_dot_may_have_accepted(plain: SmtpCarrier) -> None:
    plain.server.faults.add("dot", "cut")
    assert [type(outcome) for outcome in plain.submit(2)] == [Uncertain, Accepted]


def test_an_answer_in_several_lines_is_an_answer(plain: SmtpCarrier) -> None:
    plain.server.faults.add("dot", "raw 250-2.0.0 thank\n250-2.0.0 you\n250 2.0.0 queued as 7\n")
    assert plain.submit() == [Accepted("250 2.0.0 thank 2.0.0 you 2.0.0 queued as 7")]


def test_no_dot_leaves_when_begin_raises(plain: SmtpCarrier) -> None:
    with closing(plain.open()) as provider:
        with pytest.raises(NotNow):
            list(provider.submit(batch(make_messages(2)), Intents(plain, refuse_from=0)))
        assert plain.server.commands[-1] == "DATA"
        assert accepted(list(provider.submit(batch(make_messages(2, first=3)), Intents(plain)))) == 2
    assert recipients(plain) == ["person3@example.org", "person4@example.org"]


@pytest.mark.parametrize(
    ("stage", "action"),
    [("rcpt", "raw 250 fine\n250 also fine\n"), ("data", "raw 354 go on\n250 2.0.0 accepted, trust me\n")],
)
def test_a_yes_that_came_before_the_dot_is_no_answer_to_it(impatient: SmtpCarrier, stage: str, action: str) -> None:
    impatient.server.faults.add(stage, action)
    outcomes = impatient.submit(2)
    assert [type(outcome) for outcome in outcomes] == [Postponed, Accepted]
    assert recipients(impatient) == ["person2@example.org"]


def test_a_greeting_with_replies_in_it_gets_no_mail(impatient: SmtpCarrier) -> None:
    greeting = "raw 220 hello\n250-fake\n250 PIPELINING\n250 fine\n250 fine\n354 go on\n250 2.0.0 accepted, trust me\n"
    impatient.server.faults.add("connect", greeting)
    assert [type(outcome) for outcome in impatient.submit()] == [Postponed]
    assert impatient.delivered() == []


# --- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "action", "code"),
    [
        ("rcpt", "550 5.1.1 no such user", "550"),
        ("rcpt", "550 5.1.10 its domain takes no mail", "550"),
        ("rcpt", "554 5.1.1 who knows", "554"),
        ("rcpt", "554 5.7.1 <person1@example.org>: Relay access denied", "554"),
        ("rcpt", "550 relay not permitted", "550"),
        ("dot", "550 5.1.1 no such user", "550"),
        ("data", "554 5.7.1 not today, not ever", "554"),
        ("dot", "554 5.6.0 looks like spam", "554"),
        ("mail", "552 5.3.4 too large", "552"),
    ],
)
@pytest.mark.parametrize("pipelining", [True, False])
def test_a_5yz_refuses_this_message_and_keeps_the_connection(
    plain: SmtpCarrier, stage: str, action: str, code: str, *, pipelining: bool
) -> None:
    plain.server.pipelining = pipelining
    plain.server.faults.add(stage, action)
    outcomes = plain.submit(3)
    assert outcomes[0] == Refused(
        code,
        action[4:],
        suppress="bounced" if (stage, action[:9]) == ("rcpt", "550 5.1.1") and action[9] == " " else "",
    )
    assert accepted(outcomes) == 2
    assert plain.server.connections == 1


def test_data_after_a_refused_recipient_gets_no_dot(plain: SmtpCarrier) -> None:
    """RFC 2920 §3.1: a server may say 354 although no recipient was accepted; a dot would send to nobody or worse."""
    plain.server.faults.add("rcpt", "550 5.1.1 no such user", match="person1@")
    plain.server.faults.add("data", "354 go on")
    assert [type(outcome) for outcome in plain.submit(2)] == [Refused, Accepted]
    assert recipients(plain) == ["person2@example.org"]
    assert plain.server.connections == 2


@pytest.mark.parametrize(
    ("stage", "action"),
    [
        ("connect", "554 5.7.1 your address is blocked"),
        ("mail", "550 5.7.1 you may not use this sender"),
        ("mail", "530 5.7.0 authentication required"),
        ("rcpt", "530 5.7.0 authentication required"),
    ],
)
def test_what_would_hit_every_message_stops_the_mailing(plain: SmtpCarrier, stage: str, action: str) -> None:
    plain.server.faults.add(stage, action, times=-1)
    intents = Intents(plain)
    with pytest.raises(AccountTrouble, match=re.escape(action[4:])):
        plain.submit(3, intents)
    assert intents.counts == []


@pytest.mark.parametrize("action", ["421 4.7.0 too many connections", "cut", "450 4.3.2 later"])
def test_a_server_that_is_away_is_not_asked_for_each_message(plain: SmtpCarrier, action: str) -> None:
    plain.server.faults.add("connect", action, times=-1)
    assert [type(outcome) for outcome in plain.submit(5)] == [Postponed] * 5
    assert plain.server.connections == 1


# --- nothing can be injected ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org>\r\nRCPT TO:<b@example.org",
        "a@example.org\r\nDATA",
        "a@example.org\n",
        "a\0@example.org",
        "a b@example.org",
        "a@example.org> SIZE=1 <x",
        "é@example.org",
        "nowhere",
        "",
    ],
)
def test_an_address_cannot_end_its_command(plain: SmtpCarrier, address: str) -> None:
    sender = Mailbox("joy@example.com")
    object.__setattr__(sender, "address", address)  # which no Mailbox lets anybody write
    message = make_message(mime=b"a: b\r\n\r\nx\r\n", from_=sender)
    person = Message(Recipient(1, "0" * 32, address), make_message(mime=message.mime()).edition, address)
    for hostile in (message, person):
        with closing(plain.open()) as provider:
            with pytest.raises(Unsupported):
                provider.plan([hostile])
            with pytest.raises(Unsupported):
                list(provider.submit(batch([hostile]), Intents(plain)))
    assert not any(command.startswith(("MAIL", "RCPT", "DATA")) for command in plain.server.commands)


@pytest.mark.parametrize("mime", [b"a: b\r\n\r\nx\n.\n", b"a: b\r\n\r\nx\r.\r", b"a: b\r\n\r\nx\n.\r\ny"])
def test_a_bare_line_end_never_leaves(plain: SmtpCarrier, mime: bytes) -> None:
    with closing(plain.open()) as provider, pytest.raises(Unsupported, match="CRLF"):
        list(provider.submit(batch([make_message(mime=mime)]), Intents(plain)))
    assert plain.server.commands == []


@given(st.lists(st.sampled_from([".", "..", "", "a", ".a", "a.", " .", "From "]), max_size=12), st.booleans())
def test_dots_are_doubled_and_come_out_as_they_were(lines: list[str], ended: bool) -> None:
    mime = "\r\n".join(lines).encode() + (b"\r\n" if ended else b"")
    sent = as_data(mime)
    assert sent.endswith(b"\r\n")
    assert b"\r\n.\r\n" not in b"\r\n" + sent
    received = b"".join(line.removeprefix(b".") for line in sent.splitlines(keepends=True))
    assert received == (mime if mime.endswith(b"\r\n") else mime + b"\r\n")


def test_a_message_larger_than_any_buffer_arrives_whole(plain: SmtpCarrier) -> None:
    mime = make_message().mime().replace(b"MIME-Version", b"X: " + b"x" * 900 + b"\r\nMIME-Version")
    mime += b"".join(b".%06d\r\n" % number for number in range(800_000))
    with closing(plain.open()) as provider:
        assert accepted(list(provider.submit(batch([make_message(mime=mime)]), Intents(plain)))) == 1
    assert plain.server.truth.entries()[0]["content"].encode() == mime


# --- somebody else's server ---------------------------------------------------------------------------------------


class Inbox:
    """What aiosmtpd hands over."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 kept"


def test_an_independent_server_gets_exactly_the_bytes(
    tmp_path: Path, certificate: ssl.SSLContext, ca_file: Path
) -> None:
    dots = make_message(2, mime=make_message(2).mime() + b"\r\n.\r\n..\r\n.x\r\nend without a line end")
    messages = [make_message(1), dots, *make_messages(3, first=3)]
    mailbox = Inbox()
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(
        mailbox,
        hostname="localhost",
        port=port,
        tls_context=certificate,
        auth_required=True,
        authenticator=lambda _server, _session, _envelope, _mechanism, login: AuthResult(
            success=(login.login, login.password) == (b"joy", "pässword".encode())
        ),
    )
    controller.start()
    try:
        port = controller.server.sockets[0].getsockname()[1]
        options = {
            "host": "localhost",
            "port": port,
            "username": "joy",
            "password": "pässword",
            "ca_file": str(ca_file),
        }
        with closing(open_provider("smtp", options, folder=tmp_path)) as provider:
            assert provider.check() == []
            outcomes = list(provider.submit(batch(messages), lambda *_: None))
    finally:
        controller.stop()
    assert outcomes == [Accepted("250 kept")] * 5
    for message, envelope in zip(messages, mailbox.envelopes, strict=True):
        assert (envelope.mail_from, envelope.rcpt_tos) == ("joy@example.com", [message.envelope.rcpt_to])
        mime = message.mime()
        assert envelope.original_content == (mime if mime.endswith(b"\r\n") else mime + b"\r\n")


def test_a_server_that_says_nothing_keeps_nobody_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.providers.smtp._IMPATIENCE", Patience(connect=0.3, greeting=0.3, command=0.3))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        provider = Smtp(host="127.0.0.1", port=listening.getsockname()[1], tls="none")
        begun = time.monotonic()
        with closing(provider), pytest.raises(ProviderUnreachable, match="cannot be reached"):
            provider.check()
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    ("host", "mechanism"),
    [("smtp.example.org", "a:smtp.example.org"), ("192.0.2.7", "ip4:192.0.2.7"), ("2001:db8::7", "ip6:2001:db8::7")],
)
def test_what_spf_has_to_let_send_is_a_name_or_an_address(host: str, mechanism: str, tmp_path: Path) -> None:
    with closing(open_provider("smtp", {"host": host}, folder=tmp_path)) as provider:
        assert provider.authentication("example.org").spf == mechanism
