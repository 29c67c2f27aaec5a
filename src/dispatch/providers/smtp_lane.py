"""A connection to a mail server over which messages go one after the other: each stage of each is watched."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from time import monotonic

from dispatch.errors import AccountTrouble, Unsupported
from dispatch.messages.message import Message
from dispatch.providers.outcome import Accepted, Outcome, Postponed, Refused, Uncertain, legible
from dispatch.providers.smtp_connection import BROKEN, Connection, Reply, Server, connect
from dispatch.providers.tls import innermost

_BLOCK = 256 * 1024  # bytes of a message within one time limit
_PATH = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")  # printable US-ASCII but < and >: nothing that could end the command
_LOGIN_WANTED = frozenset({530, 534, 535, 538})  # RFC 4954 §6


class Letter:
    """A message as it is handed to a server."""

    def __init__(self, message: Message, mime: bytes) -> None:
        self.content = mime if message.ready_for_smtp else as_data(mime)
        self._envelope = message.envelope

    def commands(self, connection: Connection) -> tuple[str, str, str]:
        """MAIL, RCPT and DATA, as the server wants them."""
        declared = f" SIZE={len(self.content)}" if connection.has_extn("size") else ""  # RFC 1870
        mail = f"MAIL FROM:<{path_of(self._envelope.mail_from)}>{declared}\r\n"
        return mail, f"RCPT TO:<{path_of(self._envelope.rcpt_to)}>\r\n", "DATA\r\n"


class Lane:
    """One connection, kept as long as the server keeps it, and the message that is on its way over it.

    A message goes in three steps: `prepare`, `send_dot`, `verdict`. The first that gives an outcome is its last.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection: Connection | None = None
        self._is_amid = False  # a message's transaction is open

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as is known."""
        return self._connection is not None

    def prepare(self, letter: Letter) -> Outcome | None:
        """Hand over all but the final dot; None where the server waits for that.

        Over the connection at hand, or over a new one where there is none or the server has ended it meanwhile. Raises
        Away where there can be none, and AccountTrouble or ProviderUnreachable where the mailing must stop.
        """
        kept = self._connection is not None
        connection = self._connection = self._connection or connect(self._server)
        self._is_amid = True
        try:
            return self._over(connection, self._announce(connection, letter) or self._write(connection, letter.content))
        except _ConnectionEnded as end:
            self.drop()
            return self.prepare(letter) if kept else end.outcome

    def send_dot(self, following: Letter | None) -> Outcome | None:
        """The point of no return; None where the dot has left, and may be answered.

        The message `following` on this connection is announced along with it, where the server takes that.
        """
        connection = self._at_hand()
        seconds = self._server.patience.block
        try:
            if connection.has_news():
                # It came before the dot, so it is no answer to it; taken for one, it would make "accepted" a lie.
                connection.usable = False
                return self._over(connection, connection.reply(seconds).outcome())
            if following and connection.pipelines:
                connection.announced = following
                connection.write_dot("".join(following.commands(connection)).encode("ascii"), seconds)
            else:
                connection.write_dot(b"", seconds)
        except BROKEN as error:
            return self._over(connection, _broken_off(connection, error))
        self._dotted = monotonic()
        return None

    def verdict(self) -> Outcome:
        """What became of the message whose dot has left."""
        connection = self._at_hand()
        left = self._dotted + self._server.patience.final - monotonic()  # other lanes were waited for meanwhile
        try:
            outcome = _verdict(connection, connection.reply(left))
        except BROKEN as error:
            connection.usable = False
            outcome = Uncertain("no answer", legible(innermost(error)))
        self._over(connection, outcome)
        return outcome

    def rest(self) -> None:
        """No further message comes for now. Without its dot, the server forgets one that was begun."""
        if self._connection and (self._is_amid or self._connection.announced):
            self.drop()

    def drop(self) -> None:
        """End the connection without a word."""
        if self._connection:
            self._connection.close()
            self._connection = None
        self._is_amid = False

    def close(self) -> None:
        """Take leave of the server."""
        if self._connection:
            seconds = self._server.patience.connect
            with suppress(*BROKEN):
                self._connection.write(b"QUIT\r\n", seconds)
                self._connection.reply(seconds)
            self.drop()

    def _at_hand(self) -> Connection:
        assert self._connection  # noqa: S101 - the one of prepare()
        return self._connection

    def _over(self, connection: Connection, outcome: Outcome | None) -> Outcome | None:
        """What became of a message, if that is known; then the connection is free for another one, or of no use."""
        if outcome:
            self._is_amid = False
            if not connection.usable:
                self.drop()
        return outcome

    def _write(self, connection: Connection, content: bytes) -> Outcome | None:
        seconds = self._server.patience.block
        try:
            if len(content) <= _BLOCK:
                connection.write(content, seconds)
            else:
                for start in range(0, len(content), _BLOCK):
                    connection.write(memoryview(content)[start : start + _BLOCK], seconds)
        except BROKEN as error:
            return _broken_off(connection, error)
        return None

    def _announce(self, connection: Connection, letter: Letter) -> Outcome | None:
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


class _ConnectionEnded(Exception):
    """The server ended the connection before it was given the message: usual for one that was kept."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


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


def as_data(mime: bytes) -> bytes:
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
def path_of(address: str) -> str:
    """An address as it stands in a command; raises Unsupported where it cannot."""
    if not _PATH.fullmatch(address):
        raise Unsupported(f"{address!r} cannot stand in an SMTP command", remedy="Ask for another address.")
    return address
