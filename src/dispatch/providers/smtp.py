"""SMTP (RFC 5321): each stage of a message is watched, for only the final dot can make it accepted."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache, lru_cache
from ipaddress import ip_address
from pathlib import Path
from time import monotonic
from typing import ClassVar, Literal

from dispatch.errors import AccountTrouble, InvalidConfig, ProviderUnreachable, Unsupported
from dispatch.messages.message import Message
from dispatch.providers.outcome import Accepted, Outcome, Postponed, Refused, Uncertain, legible
from dispatch.providers.provider import Authentication, Batch, Begin, Capabilities, Provider
from dispatch.providers.smtp_connection import BROKEN, Away, Connection, Patience, Reply, Server, connect
from dispatch.providers.tls import innermost, is_loopback

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_UNIT = 50  # messages a worker takes at a time; with hundreds, the end of a mailing would run on few connections
_MOMENT = 1.0  # seconds for which a server may be left waiting for a message that it was told of
_BLOCK = 256 * 1024  # bytes of a message within one time limit
_PATH = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")  # printable US-ASCII but < and >: nothing that could end the command
_LOGIN_WANTED = frozenset({530, 534, 535, 538})  # RFC 4954 §6


class Smtp(Provider):
    """A mail server that takes our mail: a provider's relay, or one's own.

    Certificates are always verified, against the system's authorities or those in `ca_file`. `tls: none` is for a
    server on this machine, and without a password: neither messages nor secrets travel in the clear.
    One connection is kept as long as the server keeps it.
    """

    name: ClassVar[str] = "smtp"
    default_images: ClassVar[str] = "embed"
    patience: ClassVar[Patience] = Patience()

    def __init__(
        self,
        *,
        host: str,
        port: int | None = None,
        tls: Literal["starttls", "tls", "none"] = "starttls",
        username: str = "",
        password: str = "",
        ca_file: Path | None = None,
    ) -> None:
        if bool(username) != bool(password):
            raise InvalidConfig("`username` and `password` go together", remedy="Set both, or none of them.")
        if tls == "none" and (password or not is_loopback(host)):
            raise InvalidConfig(
                "`tls: none` would send the password in the clear"
                if password
                else f"`tls: none` would send the mail in the clear to {host}",
                remedy="Use `starttls` or `tls`; `none` is for a server on this machine (localhost), without a login.",
            )
        self._server = Server(host, port or _PORTS[tls], tls, _trust(ca_file), username, password, self.patience)
        self._connection: Connection | None = None
        self._hurries = False  # whether the last message was soon followed by the next

    @property
    def capabilities(self) -> Capabilities:
        """Message by message; a repeat is a second copy."""
        return Capabilities(max_messages=_UNIT, one_at_a_time=True)

    def plan(self, messages: Sequence[Message]) -> list[tuple[Message, ...]]:
        """Split into units; raises Unsupported also for an address that cannot stand in a command."""
        for message in messages:
            _path(message.envelope.mail_from)
            _path(message.envelope.rcpt_to)
        return super().plan(messages)

    def submit(self, batch: Batch, begin: Begin) -> Iterator[Outcome]:
        """One transaction for each message; a server that is away is not asked again for each of them.

        As long as nobody waits between them, each but the first is announced along with the final dot of the one before.
        """
        last = len(batch.messages) - 1
        following: _Letter | None = None
        try:
            for index, message in enumerate(batch.messages):
                letter = following or _Letter(message)
                following = _Letter(batch.messages[index + 1]) if self._hurries and index < last else None
                try:
                    outcome = self._carry(letter, following, begin)
                except Away as away:
                    yield from [away.outcome] * (len(batch.messages) - index)
                    return
                answered = monotonic()
                yield outcome
                self._hurries = monotonic() - answered < _MOMENT
        finally:
            if self._connection and self._connection.announced:
                self._drop()  # it waits for a message that will not come

    def check(self) -> list[str]:
        """Nothing, where a connection can be made, encrypted and logged in."""
        try:
            connect(replace(self._server, patience=_IMPATIENCE)).close()
        except Away as away:
            raise ProviderUnreachable(
                f"{self._server.host}:{self._server.port} cannot be reached: {away}",
                remedy="Look at `host` and `port`, and whether the server runs.",
            ) from None
        return []

    def authentication(self, from_domain: str) -> Authentication:
        """MAIL FROM is the From address; whether the server delivers by itself or hands on, it does not say."""
        return Authentication(from_domain, _spf_mechanism(self._server.host), spf_is_certain=False)

    def close(self) -> None:
        """Take leave of the server."""
        if self._connection:
            with suppress(*BROKEN):
                self._connection.write(b"QUIT\r\n", self.patience.connect)
                self._connection.reply(self.patience.connect)
            self._drop()

    def _carry(self, letter: _Letter, following: _Letter | None, begin: Begin) -> Outcome:
        """One message, over the connection at hand, or over a new one where the server has ended that meanwhile."""
        kept = self._connection is not None
        if not self._connection:
            self._connection = connect(self._server)
        try:
            outcome = self._transact(self._connection, letter, following, begin)
            usable = self._connection.usable
        except _ConnectionEnded as end:
            self._drop()
            return self._carry(letter, following, begin) if kept else end.outcome
        except BaseException:
            self._drop()  # in the middle of a transaction: without the dot, the server forgets it
            raise
        if not usable:
            self._drop()
        return outcome

    def _transact(self, connection: Connection, letter: _Letter, following: _Letter | None, begin: Begin) -> Outcome:
        refusal = self._announce(connection, letter)
        if refusal:
            return refusal
        patience, content = self.patience, letter.content
        try:
            if len(content) <= _BLOCK:
                connection.write(content, patience.block)
            else:
                for start in range(0, len(content), _BLOCK):
                    connection.write(memoryview(content)[start : start + _BLOCK], patience.block)
        except BROKEN as error:
            return _broken_off(connection, error)
        begin(1)
        try:
            if connection.has_news():
                # It came before the dot, so it is no answer to it; taken for one, it would make "accepted" a lie.
                connection.usable = False
                return connection.reply(patience.block).outcome()
            if following and connection.pipelines:
                connection.announced = following
                connection.write_dot("".join(following.commands(connection)).encode("ascii"), patience.block)
            else:
                connection.write_dot(b"", patience.block)
        except BROKEN as error:
            return _broken_off(connection, error)
        try:
            return _verdict(connection, connection.reply(patience.final))
        except BROKEN as error:
            connection.usable = False
            return Uncertain("no answer", legible(innermost(error)))

    def _announce(self, connection: Connection, letter: _Letter) -> Outcome | None:
        """MAIL, RCPT and DATA; None where the server now waits for the content."""
        try:
            commands = letter.commands(connection)
            ahead, connection.announced = connection.announced is letter, None
            replies = connection.answers(len(commands)) if ahead else connection.ask(*commands)
        except BROKEN as error:
            raise _ConnectionEnded(_broken_off(connection, error)) from None
        if [reply.code for reply in replies] == [250, 250, 354]:
            return None
        if replies[0].code == 421:
            raise _ConnectionEnded(replies[0].outcome())
        stages = ("MAIL", "RCPT", "DATA")
        for stage, reply in zip(stages, replies, strict=False):
            if reply.code != 354 if stage == "DATA" else reply.code // 100 != 2:
                connection.usable = reply.is_refusal and self._forgets(connection, replies[-1])
                return self._refusal(stage, reply)
        return None

    def _forgets(self, connection: Connection, last: Reply) -> bool:
        """Whether the server is ready for another message; one that waits for this one's content is not."""
        if last.code in (354, 421):
            return False
        try:
            return connection.ask("RSET\r\n")[0].code == 250
        except BROKEN:
            return False

    def _refusal(self, stage: str, reply: Reply) -> Outcome:
        said = f"{reply.text} ({reply.code} to {stage})"
        if reply.code in _LOGIN_WANTED:
            raise AccountTrouble(f"{self._server.host} wants a login: {said}", remedy="Set `username` and `password`.")
        if stage == "MAIL" and reply.is_for_good and reply.code != 552:
            raise AccountTrouble(  # the same sender stands in every message
                f"{self._server.host} refuses the sender: {said}",
                remedy="Set `from` to an address that this account may use.",
            )
        if stage == "RCPT" and reply.code == 550 and reply.said.startswith(b"5.1.1 "):
            return Refused("550", reply.text, suppress="bounced")  # RFC 3463 §3.2: no such mailbox
        if stage == "RCPT" and reply.code == 552:
            return Postponed("552", reply.text)  # RFC 5321 §4.5.3.1.10: how old servers say "too many recipients"
        return reply.outcome()

    def _drop(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None


_IMPATIENCE = Patience(connect=10, greeting=10, command=10)  # of somebody who asks whether all is in order


class _Letter:
    """A message as it is handed to a server."""

    def __init__(self, message: Message) -> None:
        self.content = message.mime() if message.ready_for_smtp else _content(message.mime())
        self._envelope = message.envelope

    def commands(self, connection: Connection) -> tuple[str, str, str]:
        """MAIL, RCPT and DATA, as the server wants them."""
        declared = f" SIZE={len(self.content)}" if connection.has_extn("size") else ""  # RFC 1870
        mail = f"MAIL FROM:<{_path(self._envelope.mail_from)}>{declared}\r\n"
        return mail, f"RCPT TO:<{_path(self._envelope.rcpt_to)}>\r\n", "DATA\r\n"


class _ConnectionEnded(Exception):
    """The server ended the connection before it was given the message: usual for one that was kept."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


@cache  # reading the system's authorities takes as long as hundreds of messages, and each thread has a provider
def _trust(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise InvalidConfig(f"The certificates in `ca_file` {ca_file} cannot be used: {error}") from None


def _broken_off(connection: Connection, error: Exception) -> Postponed:
    """The connection failed before the dot had left."""
    connection.usable = False
    return Postponed("broken off", legible(innermost(error)))


def _verdict(connection: Connection, reply: Reply) -> Outcome:
    """What the answer to the final dot means."""
    if reply.code // 100 == 2:
        connection.usable = reply.code == 250
        return Accepted(f"{reply.code} {reply.text}")
    connection.usable = reply.is_refusal and reply.code != 421
    return reply.outcome() if reply.is_refusal else Uncertain("garbled", f"{reply.code} {reply.text}")


def _content(mime: bytes) -> bytes:
    """The message as DATA wants it: full stops at the beginning of lines doubled (RFC 5321 §4.5.2), CRLF at the end.

    Ours have none there, and looking is all it costs. Where there are some, every line must end in CRLF, or servers
    could disagree about where the message ends (SMTP smuggling, CVE-2023-51764).
    """
    if b"\n." in mime or b"\r." in mime or mime.startswith(b"."):
        if not mime.count(b"\n") == mime.count(b"\r") == mime.count(b"\r\n"):
            raise Unsupported("A message has a line break that is not CRLF", remedy="Please report this.")
        mime = (b"\r\n" + mime).replace(b"\r\n.", b"\r\n..")[2:]
    return mime if mime.endswith(b"\r\n") else mime + b"\r\n"


@lru_cache(maxsize=1024)  # plan() asks as well, and the sender is always the same
def _path(address: str) -> str:
    if not _PATH.fullmatch(address):
        raise Unsupported(f"{address!r} cannot stand in an SMTP command", remedy="Ask for another address.")
    return address


def _spf_mechanism(host: str) -> str:
    """What in an SPF record lets a host send: `a` takes names only (RFC 7208 §5.3, §5.6)."""
    try:
        address = ip_address(host)
    except ValueError:
        return f"a:{host}"
    return f"ip{address.version}:{address}"
