"""A connection to a mail server: encrypted and logged in before use, with a time limit for each stage."""

from __future__ import annotations

import smtplib
import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from typing import NamedTuple

from dispatch.errors import AccountTrouble, ProviderUnreachable
from dispatch.providers.outcome import UNREACHABLE, Postponed, Refused, legible
from dispatch.providers.tls import innermost, is_hopeless

BROKEN = (smtplib.SMTPException, OSError)
"""What any exchange with a server may raise when the connection fails."""


class Away(Exception):
    """There can be no connection now; waiting may help."""

    def __init__(self, outcome: Postponed | Refused) -> None:
        super().__init__(outcome.detail)
        self.outcome = outcome


@dataclass(frozen=True)
class Patience:
    """How long each stage may take, in seconds (RFC 5321 §4.5.3.2, which leaves out `connect`)."""

    connect: float = 30
    greeting: float = 300
    command: float = 300
    data: float = 120
    block: float = 180
    final: float = 600


@dataclass(frozen=True)
class Server:
    """Where to connect, and as whom."""

    host: str
    port: int
    tls: str  # starttls | tls | none
    trust: ssl.SSLContext
    username: str
    password: str = field(repr=False)
    patience: Patience


class Reply(NamedTuple):
    """What a server says: three digits, and text for people."""

    code: int
    text: str

    @classmethod
    def of(cls, code: int, said: bytes | str) -> Reply:
        """A reply as smtplib gives it, with text that may be shown."""
        return cls(code, legible(said.decode("utf-8", "replace") if isinstance(said, bytes) else said))

    @property
    def is_for_good(self) -> bool:
        """Whether this is a 5yz (RFC 5321 §4.2.1)."""
        return 500 <= self.code <= 599

    @property
    def is_refusal(self) -> bool:
        """Whether this is a 4yz or a 5yz."""
        return 400 <= self.code <= 599

    def outcome(self) -> Postponed | Refused:
        """What it means for a message when it is not the hoped-for one: not accepted, for now or for good."""
        if self.is_for_good:
            return Refused(str(self.code), self.text)
        return Postponed(str(self.code) if self.is_refusal else "out of step", self.text)


class Connection(smtplib.SMTP):
    """smtplib's connection with a limit for each stage, TLS from the start where asked, and pipelining."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.usable = True  # for another message
        super().__init__(server.host, server.port)
        self.limit(server.patience.command)

    def _get_socket(self, host: str, port: int, _timeout: float) -> socket.socket:
        """What smtplib.SMTP_SSL and smtplib.LMTP override as well."""
        connected = socket.create_connection((host, port), self._server.patience.connect)
        # Or the dot waits for the server's delayed ACK of the content: 40 ms for each message.
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._server.tls == "tls":
            connected = self._server.trust.wrap_socket(connected, server_hostname=host)
        connected.settimeout(self._server.patience.greeting)
        return connected

    def limit(self, seconds: float) -> None:
        """Give what comes next this long."""
        if self.sock:
            self.sock.settimeout(seconds)

    def reply(self, seconds: float) -> Reply:
        """The next reply; raises one of BROKEN where none comes in time."""
        self.limit(seconds)
        return Reply.of(*self.getreply())

    def ask(self, *commands: str) -> list[Reply]:
        """The replies to commands of which only the last can be DATA: in one round trip where allowed (RFC 2920).

        Fewer replies than commands where one stands in the way of the next.
        """
        patience = self._server.patience
        pipelined = self.has_extn("pipelining")
        replies: list[Reply] = []
        self.limit(patience.command)
        if pipelined:
            self.send("".join(commands))
        for command in commands:
            if not pipelined:
                self.send(command)
            replies.append(self.reply(patience.data if command == "DATA\r\n" else patience.command))
            if replies[-1].code == 421 or (replies[-1].is_refusal and not pipelined):
                break
        return replies

    def has_news(self) -> bool:
        """Whether the server has said something that nobody asked for, or has left."""
        if not self.sock or not self.file:
            return True
        self.sock.settimeout(0)
        try:
            # Without waiting, peek() is empty for "nothing yet" and for "left"; read() tells them apart.
            return bool(self.file.peek(1)) or self.file.raw.read(1) is not None
        except ssl.SSLWantReadError:
            return False
        finally:
            self.limit(self._server.patience.command)

    def start_tls(self) -> None:
        """STARTTLS, or nothing: a server without it, or somebody who took the offer away, gets no mail."""
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("starttls"):
            raise ProviderUnreachable(
                f"{self._server.host}:{self._server.port} offers no STARTTLS, so nothing was sent",
                remedy="Use `tls: tls` where the server encrypts from the start (port 465).",
            )
        self.starttls(context=self._server.trust)

    def log_in(self) -> None:
        """AUTH, once, with the first of PLAIN and LOGIN on offer; raises AccountTrouble or Away."""
        self.ehlo_or_helo_if_needed()
        username, password = self._server.username, self._server.password
        offered = self.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            answer = self.docmd("AUTH", "PLAIN " + _base64(f"\0{username}\0{password}"))
        elif "LOGIN" in offered:
            self.docmd("AUTH", "LOGIN")
            self.docmd(_base64(username))
            answer = self.docmd(_base64(password))
        else:
            raise AccountTrouble(
                f"{self._server.host} offers no login with a password ({' '.join(offered) or 'no AUTH'})",
                remedy="Leave `username` and `password` out if the server knows you by your address.",
            )
        reply = Reply.of(*answer)
        if reply.is_for_good:
            raise AccountTrouble(
                f"{self._server.host} refuses the login of {username}: {reply.text} ({reply.code})",
                remedy="Look at `username` and `password` in dispatch.yaml and the environment.",
            )
        if reply.code != 235:
            raise Away(reply.outcome())


def connect(server: Server) -> Connection:
    """A connection ready for a message. Raises Away, or AccountTrouble or ProviderUnreachable if waiting is useless."""
    connection = None
    try:
        connection = Connection(server)
        if server.tls == "starttls":
            connection.start_tls()
        if server.username:
            connection.log_in()
        connection.ehlo_or_helo_if_needed()
    except BaseException as error:
        if connection:
            connection.close()
        if isinstance(error, (*BROKEN, UnicodeError)):
            raise _explained(error, server) from None
        raise
    return connection


def _explained(error: Exception, server: Server) -> Exception:
    if is_hopeless(error):
        return ProviderUnreachable(
            f"{server.host}:{server.port} cannot be talked to over TLS: {innermost(error)}",
            remedy="Look at `host`, `port` and `tls`; an authority of your own goes into `ca_file`.",
        )
    if not isinstance(error, smtplib.SMTPResponseException):
        return Away(Postponed(UNREACHABLE, legible(innermost(error))))
    reply = Reply.of(error.smtp_code, error.smtp_error)
    if reply.is_for_good:
        return AccountTrouble(
            f"{server.host} turns us away: {reply.text} ({reply.code})",
            remedy="Ask those who run the server; the address that we come from may be blocked.",
        )
    return Away(reply.outcome())


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
