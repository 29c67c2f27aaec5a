"""A connection to a mail server: encrypted and logged in before use, with a time limit for each stage."""

from __future__ import annotations

import smtplib
import socket
import ssl
from base64 import b64encode
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from select import POLLIN, poll
from time import monotonic
from typing import ClassVar, NamedTuple

from dispatch.errors import AccountTrouble, ProviderUnreachable
from dispatch.providers.outcome import UNREACHABLE, Postponed, Refused, legible
from dispatch.providers.smtp_watch import Watch
from dispatch.providers.tls import innermost, is_hopeless

BROKEN = (smtplib.SMTPException, OSError)
"""What any exchange with a server may raise when the connection fails."""

_DOT = b".\r\n"
_LONGEST_REPLY = 64 * 1024  # bytes; RFC 5321 §4.5.3.1.5 allows 512 in a line


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

    code: int  # -1 where it said anything but three digits
    said: bytes

    @property
    def text(self) -> str:
        """Its words as they may be shown."""
        return legible(self.said.decode("utf-8", "replace"))

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
    """smtplib's connection with a limit for each stage, TLS from the start where asked, and pipelining.

    smtplib connects, says hello, encrypts and logs in, under the socket's own time limit. From `watch()` on, which is
    where messages begin, a Watch keeps the limits, and every call costs what it must.
    """

    _watch: ClassVar[Watch] = Watch()

    def __init__(self, server: Server) -> None:
        self._server = server
        self._heard = b""  # the beginning of a reply
        self._replies: deque[Reply] = deque()  # heard, and not yet asked for
        self.usable = True  # for another message
        self.announced: object = None  # the message whose commands were sent along with the dot of the one before
        self.deadline = inf
        patience = server.patience
        self.tick = min(1.0, patience.command / 4, patience.data / 4, patience.block / 4, patience.final / 4)
        try:
            super().__init__(server.host, server.port)
        except BaseException:
            self.close()
            raise
        self._wire.settimeout(patience.command)

    def _get_socket(self, host: str, port: int, _timeout: float) -> socket.socket:
        """What smtplib.SMTP_SSL and smtplib.LMTP override as well."""
        self._wire = socket.create_connection((host, port), self._server.patience.connect)
        # Or the dot waits for the server's delayed ACK of the content: 40 ms for each message.
        self._wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._server.tls == "tls":
            self._wire = self._server.trust.wrap_socket(self._wire, server_hostname=host)
        self._wire.settimeout(self._server.patience.greeting)
        return self._wire

    def watch(self) -> None:
        """From now on the limits of stages hold instead of the socket's."""
        self._wire.settimeout(None)
        self._readable = poll()
        self._readable.register(self._wire, POLLIN)
        self._watch.add(self)

    def end(self) -> None:
        """Make whoever waits for the server wait no longer; for other threads."""
        with suppress(OSError):
            socket.socket.shutdown(self._wire, socket.SHUT_RDWR)

    def write(self, content: bytes | memoryview, seconds: float) -> None:
        """Hand it to the server within this time; raises one of BROKEN."""
        self.deadline = monotonic() + seconds
        try:
            self._wire.sendall(content)
        except OSError:
            self._raise_if_late()
            raise
        self.deadline = inf

    def write_dot(self, following: bytes, seconds: float) -> None:
        """Hand over the final dot, along with the commands that follow; raises one of BROKEN where no dot has left.

        What fails after it has left shows when its answer is asked for.
        """
        content = _DOT + following
        sent = 0
        self.deadline = monotonic() + seconds
        try:
            while sent < len(_DOT):
                sent += self._wire.send(content[sent:])
        except OSError:
            self._raise_if_late()
            raise
        if sent < len(content):
            with suppress(OSError):
                self._wire.sendall(content[sent:])
        self.deadline = inf

    def reply(self, seconds: float) -> Reply:
        """The next reply; raises one of BROKEN where none comes in time."""
        self.deadline = monotonic() + seconds
        while not self._replies:
            self._hear()
        self.deadline = inf
        return self._replies.popleft()

    def getreply(self) -> Reply:
        """The next reply, for smtplib: its own way of reading would not find what came along with another one."""
        while not self._replies:
            self._hear()
        return self._replies.popleft()

    def _hear(self) -> None:
        try:
            heard = self._wire.recv(4096)
        except OSError:
            self._raise_if_late()
            raise
        if not heard or len(self._heard) > _LONGEST_REPLY:
            self._raise_if_late()
            self.close()
            raise smtplib.SMTPServerDisconnected("An endless reply" if heard else "Connection unexpectedly closed")
        replies, self._heard = _read(self._heard + heard)
        self._replies += replies

    def _raise_if_late(self) -> None:
        if monotonic() > self.deadline:
            raise TimeoutError("timed out") from None  # what the cut connection says besides is no reason

    @property
    def pipelines(self) -> bool:
        """Whether the server takes commands before it has answered those before them (RFC 2920)."""
        return "pipelining" in self.esmtp_features

    def ask(self, *commands: str) -> list[Reply]:
        """The replies to commands of which only the last can be DATA: in one round trip where allowed.

        Fewer replies than commands where one stands in the way of the next.
        """
        if not self.pipelines:
            return self._ask_one_by_one(commands)
        self.write("".join(commands).encode("ascii"), self._server.patience.command)
        return self.answers(len(commands))

    def answers(self, count: int) -> list[Reply]:
        """The replies to so many commands that were sent together; fewer where the server says that it leaves."""
        self.deadline = monotonic() + self._server.patience.command
        heard = self._replies
        while len(heard) < count:
            try:
                self._hear()
            except BROKEN:
                if heard and heard[-1].code == 421:  # it said that it would leave
                    return list(heard)
                raise
        self.deadline = inf
        return [heard.popleft() for _ in range(count)]

    def _ask_one_by_one(self, commands: Sequence[str]) -> list[Reply]:
        patience = self._server.patience
        replies: list[Reply] = []
        for command in commands:
            self.write(command.encode("ascii"), patience.command)
            replies.append(self.reply(patience.data if command == "DATA\r\n" else patience.command))
            if replies[-1].is_refusal:
                break
        return replies

    def has_news(self) -> bool:
        """Whether the server has said something that nobody asked for, or has left."""
        wire = self._wire
        if self._replies or self._heard or (isinstance(wire, ssl.SSLSocket) and wire.pending()):
            return True
        if not self._readable.poll(0):
            return False
        wire.settimeout(0)  # what came may be for TLS alone
        try:
            replies, self._heard = _read(wire.recv(4096))
            self._replies += replies
        except (ssl.SSLWantReadError, BlockingIOError):
            return False
        finally:
            wire.settimeout(None)
        return True

    def start_tls(self) -> None:
        """STARTTLS, or nothing: a server without it, or somebody who took the offer away, gets no mail."""
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("starttls"):
            raise ProviderUnreachable(
                f"{self._server.host}:{self._server.port} offers no STARTTLS, so nothing was sent",
                remedy="Use `tls: tls` where the server encrypts from the start (port 465).",
            )
        self.starttls(context=self._server.trust)
        assert self.sock is not None  # noqa: S101 - the encrypted one
        self._wire = self.sock
        # What came before the handshake was in the clear, whoever said it.
        self._heard = b""
        self._replies.clear()

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
        reply = Reply(*answer)
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
        connection.watch()
    except BaseException as error:
        if connection:
            connection.close()
        if isinstance(error, (*BROKEN, UnicodeError)):
            raise _explained(error, server) from None
        raise
    return connection


@lru_cache(maxsize=64)  # a server answers most commands in the same words each time
def _read(heard: bytes) -> tuple[list[Reply], bytes]:
    """The replies (RFC 5321 §4.2.1) that are complete, and what was heard of the next one."""
    replies: list[Reply] = []
    words: list[bytes] = []
    rest = heard
    while True:
        line, ended, after = rest.partition(b"\n")
        if not ended:
            return replies, heard
        rest = after
        words.append(line[4:].strip())
        code = int(line[:3]) if line[:3].isdigit() else -1
        if code < 0 or line[3:4] != b"-":
            replies.append(Reply(code, b"\n".join(words)))
            words, heard = [], rest


def _explained(error: Exception, server: Server) -> Exception:
    if is_hopeless(error):
        return ProviderUnreachable(
            f"{server.host}:{server.port} cannot be talked to over TLS: {innermost(error)}",
            remedy="Look at `host`, `port` and `tls`; an authority of your own goes into `ca_file`.",
        )
    if not isinstance(error, smtplib.SMTPResponseException):
        return Away(Postponed(UNREACHABLE, legible(innermost(error))))
    said = error.smtp_error
    reply = Reply(error.smtp_code, said if isinstance(said, bytes) else said.encode())
    if reply.is_for_good:
        return AccountTrouble(
            f"{server.host} turns us away: {reply.text} ({reply.code})",
            remedy="Ask those who run the server; the address that we come from may be blocked.",
        )
    return Away(reply.outcome())


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
