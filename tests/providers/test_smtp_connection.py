"""Connections to a mail server: kept, encrypted, logged in, or not made at all."""

from __future__ import annotations

import socket
import ssl
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread
from threading import enumerate as enumerate_threads
from time import monotonic, sleep

import pytest
import trustme

from dispatch.errors import AccountTrouble, InvalidConfig, ProviderUnreachable
from dispatch.providers import open_provider
from dispatch.providers.outcome import Accepted, Postponed
from dispatch.testing.messages import make_message, make_messages
from dispatch.testing.providers import (
    Intents,
    accepted,
    batch,
    recipients,
)
from dispatch.testing.smtp_server import SmtpServer
from providers.carriers import SmtpCarrier

# --- connections ---------------------------------------------------------------------------------------------


def test_one_connection_carries_all_calls(plain: SmtpCarrier) -> None:
    with closing(plain.open()) as provider:
        for first in (1, 4, 7):
            assert accepted(list(provider.submit(batch(make_messages(3, first=first)), Intents(plain)))) == 3
    assert plain.server.connections == 1
    assert plain.server.commands[-1].upper() == "QUIT"


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_server_that_closes_every_n_messages_is_fine(plain: SmtpCarrier, *, pipelining: bool) -> None:
    plain.server.pipelining = pipelining
    plain.server.close_after = 2
    assert accepted(plain.submit(7)) == 7
    assert recipients(plain) == [f"person{position}@example.org" for position in range(1, 8)]
    assert plain.server.connections == 4


def test_a_421_on_a_kept_connection_is_a_reason_to_connect_again(plain: SmtpCarrier) -> None:
    with closing(plain.open()) as provider:
        list(provider.submit(batch(make_messages(2)), Intents(plain)))
        plain.server.faults.add("mail", "421 4.4.2 idle for too long")
        assert accepted(list(provider.submit(batch(make_messages(2, first=3)), Intents(plain)))) == 2
    assert len(plain.delivered()) == 4


def test_envelope_commands_travel_together_where_the_server_can(plain: SmtpCarrier) -> None:
    plain.submit()
    size = len(make_message(1).mime())
    assert plain.server.commands[1:4] == [
        f"MAIL FROM:<joy@example.com> SIZE={size}",
        "RCPT TO:<person1@example.org>",
        "DATA",
    ]


def announced(carrier: SmtpCarrier) -> list[str]:
    return [command for command in carrier.server.commands if command.startswith("RCPT")]


def test_the_next_message_is_announced_along_with_a_dot_and_waits_for_its_intent(plain: SmtpCarrier) -> None:
    with closing(plain.open()) as provider:
        outcomes = provider.submit(batch(make_messages(3)), Intents(plain))
        assert [type(next(outcomes)), type(next(outcomes))] == [Accepted, Accepted]
        limit = monotonic() + 10
        while plain.server.commands.count("DATA") < 3 and monotonic() < limit:
            sleep(0.01)
        assert announced(plain)[2:] == ["RCPT TO:<person3@example.org>"]
        outcomes.close()
        assert accepted(list(provider.submit(batch(make_messages(1, first=4)), Intents(plain)))) == 1
    assert recipients(plain) == ["person1@example.org", "person2@example.org", "person4@example.org"]


def test_nothing_is_announced_ahead_to_a_server_that_would_have_to_wait(
    plain: SmtpCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.providers.smtp._MOMENT", 0)
    with closing(plain.open()) as provider:
        outcomes = provider.submit(batch(make_messages(3)), Intents(plain))
        assert [type(next(outcomes)), type(next(outcomes))] == [Accepted, Accepted]
        outcomes.close()
    assert len(announced(plain)) == 2
    assert plain.server.commands[-1].upper() == "QUIT", "and so the server has heard all that was said"


# --- time limits ---------------------------------------------------------------------------------------------


def test_a_reply_that_comes_in_drops_ends_at_the_time_limit(impatient: SmtpCarrier) -> None:
    """Each octet comes well within the limit; RFC 5321 §4.5.3.2 limits the stage, and so do we."""

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.sendall(b"220 hello\r\n")
            connection.recv(4096)
            connection.sendall(b"250-hello\r\n250 PIPELINING\r\n")
            connection.recv(4096)
            while True:
                connection.sendall(b"2")
                sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=drip, args=(listening,))
        thread.start()
        impatient.options |= {"port": listening.getsockname()[1]}
        assert impatient.submit() == [Postponed("broken off", "timed out")]
        thread.join(5)
        assert not thread.is_alive()


def test_nobody_watches_when_there_is_nothing_to_watch(impatient: SmtpCarrier) -> None:
    assert accepted(impatient.submit(2)) == 2
    until = monotonic() + 5
    while any(thread.name == "SMTP time limits" for thread in enumerate_threads()):
        assert monotonic() < until
        sleep(0.02)


# --- nothing in the clear ------------------------------------------------------------------------------------


def test_a_server_without_starttls_gets_nothing(plain: SmtpCarrier) -> None:
    plain.options |= {"tls": "starttls", "username": "joy", "password": "canary-password"}
    with pytest.raises(ProviderUnreachable, match="STARTTLS"):
        plain.submit()
    assert all(command.upper().startswith("EHLO") for command in plain.server.commands)


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_a_certificate_that_does_not_hold_stops_the_mailing(
    tmp_path: Path, certificate: ssl.SSLContext, mode: str
) -> None:
    with SmtpServer(tmp_path / "truth", tls=certificate, implicit_tls=mode == "tls") as server:
        carrier = SmtpCarrier(server, tmp_path, tls=mode, username="joy", password="canary-password")
        with pytest.raises(ProviderUnreachable, match="CERTIFICATE_VERIFY_FAILED"):
            carrier.submit()
        with closing(carrier.open()) as provider, pytest.raises(ProviderUnreachable, match="CERTIFICATE_VERIFY_FAILED"):
            provider.check()
    assert not any("AUTH" in command for command in server.commands)


def test_a_certificate_for_another_host_stops_the_mailing(tmp_path: Path, authority: trustme.CA, ca_file: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("mail.example.org").configure_cert(context)
    with SmtpServer(tmp_path / "truth", tls=context) as server:
        carrier = SmtpCarrier(server, tmp_path, tls="starttls", ca_file=str(ca_file))
        with pytest.raises(ProviderUnreachable, match="Hostname mismatch"):
            carrier.submit()


def test_tls_to_a_port_without_it_stops_the_mailing(plain: SmtpCarrier) -> None:
    plain.options["tls"] = "tls"
    with pytest.raises(ProviderUnreachable, match="over TLS"):
        plain.submit()


def test_a_handshake_that_is_cut_is_tried_again_later(impatient: SmtpCarrier, certificate: ssl.SSLContext) -> None:
    impatient.server.tls = certificate
    impatient.server.faults.add("starttls", "cut")
    impatient.options["tls"] = "starttls"
    assert [type(outcome) for outcome in impatient.submit()] == [Postponed]


def test_replies_put_in_before_the_handshake_are_not_believed(
    tmp_path: Path, certificate: ssl.SSLContext, ca_file: Path
) -> None:
    """The STARTTLS injection of CVE-2021-33515 and its like: plain text buffered, then taken for the secure channel's."""
    with SmtpServer(tmp_path / "truth", tls=certificate) as server:
        server.faults.add("starttls", "raw 220 go ahead\n250-evil\n250 AUTH PLAIN\n")
        carrier = SmtpCarrier(server, tmp_path, tls="starttls", ca_file=str(ca_file))
        assert [type(outcome) for outcome in carrier.submit()] == [Accepted]
        assert len(carrier.delivered()) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"host": "mail.example.org", "tls": "none"},
        {"host": "192.0.2.1", "tls": "none"},
        {"host": "localhost.example.org", "tls": "none"},
        {"host": "localhost", "tls": "none", "username": "joy", "password": "canary-password"},
        {"host": "mail.example.org", "username": "joy"},
        {"host": "mail.example.org", "password": "canary-password"},
        {"host": "mail.example.org", "ca_file": "missing.pem"},
        {"host": "mail.example.org", "tls": "ssl"},
        {"host": "mail.example.org", "port": "smtp"},
        {"tls": "tls"},
    ],
)
def test_options_that_make_no_sense_or_no_secret_are_errors(options: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig) as error:
        open_provider("smtp", options, folder=tmp_path)
    assert error.value.problems[0].remedy or "ca_file" in str(error.value)
    assert "canary-password" not in str(error.value)


def test_a_wrong_password_stops_the_mailing_after_one_try(
    tmp_path: Path, certificate: ssl.SSLContext, ca_file: Path
) -> None:
    with SmtpServer(tmp_path / "truth", tls=certificate, login=("joy", "right")) as server:
        carrier = SmtpCarrier(
            server, tmp_path, tls="starttls", username="joy", password="canary-password", ca_file=str(ca_file)
        )
        with pytest.raises(AccountTrouble, match="wrong password") as trouble:
            carrier.submit()
        assert "canary-password" not in f"{trouble.value!r} {trouble.value}"
        assert sum(command.startswith("AUTH") for command in server.commands) == 1
        server.faults.add("auth", "454 4.7.0 temporary failure")
        assert [type(outcome) for outcome in carrier.submit()] == [Postponed]


def test_a_server_that_knows_no_login_we_know_stops_the_mailing(
    tmp_path: Path, certificate: ssl.SSLContext, ca_file: Path
) -> None:
    with SmtpServer(tmp_path / "truth", tls=certificate, login=("a", "b"), mechanisms="GSSAPI NTLM") as server:
        carrier = SmtpCarrier(server, tmp_path, tls="starttls", username="a", password="b", ca_file=str(ca_file))
        with pytest.raises(AccountTrouble, match="GSSAPI NTLM"):
            carrier.submit()


def test_check_says_why_a_server_cannot_be_reached(plain: SmtpCarrier) -> None:
    plain.server.faults.add("connect", "421 4.3.2 closed for today")
    with closing(plain.open()) as provider, pytest.raises(ProviderUnreachable, match="closed for today"):
        provider.check()
