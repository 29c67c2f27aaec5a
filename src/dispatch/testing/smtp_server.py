"""A mail server for tests: speaks SMTP, keeps its own truth, and misbehaves at any stage when told to."""

from __future__ import annotations

import socket
import ssl
import time
from base64 import b64decode
from contextlib import suppress
from pathlib import Path
from socketserver import StreamRequestHandler

from dispatch.testing.listener import Listener, ThreadedServer


class SmtpServer(Listener):
    """Listens on 127.0.0.1 from `with` on; `port` says where.

    `faults` knows the stages connect, ehlo, starttls, auth, mail, rcpt, data, body, dot, and these actions:

    - a reply such as `450 4.2.1 busy`, said instead of the usual one; `421 …` also ends the connection
    - `cut`: end the connection without a word (at `dot`: without accepting)
    - `lose`, at `dot` only: accept, then end the connection without a word
    - `hang`: say nothing more until the client leaves (at `dot`: having accepted)
    - `raw …`: say exactly what follows, with `\\n` for line ends
    """

    def __init__(
        self,
        truth: Path,
        *,
        pipelining: bool = True,
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        login: tuple[str, str] | None = None,
        mechanisms: str = "PLAIN LOGIN",
        close_after: int = 0,
        latency: float = 0,
    ) -> None:
        super().__init__(truth, _Session)
        self.pipelining, self.tls, self.implicit_tls = pipelining, tls, implicit_tls
        self.login, self.mechanisms = login, mechanisms
        self.close_after, self.latency = close_after, latency
        self.commands: list[str] = []  # as they came, from all connections


class _Leave(Exception):
    """End the connection."""


class _Session(StreamRequestHandler):
    disable_nagle_algorithm = True
    server: ThreadedServer
    connection: socket.socket

    def setup(self) -> None:
        self.owner: SmtpServer = self.server.owner
        self.request.settimeout(60)
        self.owner.note_connection(self.request, is_open=True)
        self._raw = self.request
        if self.owner.tls and self.owner.implicit_tls:
            self.request = self.owner.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        self.owner.note_connection(self._raw, is_open=False)
        with suppress(OSError):
            super().finish()
        with suppress(OSError):
            self.request.close()

    def handle(self) -> None:
        self.logged_in = not self.owner.login
        self.accepted = 0
        self.mail_from = self.rcpt_to = ""
        with suppress(_Leave, OSError, ssl.SSLError):
            self.say("connect", "220 fake.example ESMTP")
            while line := self.rfile.readline(4096):
                self.command(line.decode("ascii", "replace").rstrip("\r\n"))

    def say(self, stage: str, usual: str, argument: str = "") -> str:
        """Say the usual thing or what the script has in its place; returns the reply."""
        action = self.owner.faults.take(stage, argument)
        if action == "cut":
            raise _Leave
        if action == "hang":
            self.hang()
        if self.owner.latency:
            time.sleep(self.owner.latency)
        reply = action or usual
        self.write(reply[4:].replace("\n", "\r\n").encode() if reply.startswith("raw ") else reply.encode() + b"\r\n")
        if reply.startswith("421"):
            raise _Leave
        return reply

    def write(self, content: bytes) -> None:
        self.wfile.write(content)
        self.wfile.flush()

    def hang(self) -> None:
        """Wait until the client or the test has had enough."""
        self.request.settimeout(0.05)
        while not self.owner.stopped.is_set():
            try:
                if not self.request.recv(4096):
                    break
            except TimeoutError:
                continue
        raise _Leave

    def command(self, line: str) -> None:
        self.owner.commands.append(line)
        verb, _, argument = line.partition(" ")
        handle = getattr(self, f"on_{verb.lower()}", None)
        if handle:
            handle(argument)
        else:
            self.say("unknown", "500 5.5.2 what?")

    def on_ehlo(self, argument: str) -> None:
        self.say("ehlo", self.greeting(), argument)

    def on_starttls(self, _argument: str) -> None:
        if "220" in self.say("starttls", "220 go ahead" if self.owner.tls else "502 5.5.1 no TLS here"):
            self.encrypt()

    def on_auth(self, argument: str) -> None:
        mechanism, _, initial = argument.partition(" ")
        if mechanism.upper() == "PLAIN":
            _, username, password = b64decode(initial).decode().split("\0")
        else:
            username, password = self.prompt("VXNlcm5hbWU6"), self.prompt("UGFzc3dvcmQ6")
        self.logged_in = (username, password) == self.owner.login
        self.say("auth", "235 2.7.0 welcome" if self.logged_in else "535 5.7.8 wrong password")

    def on_mail(self, argument: str) -> None:
        usual = "250 2.1.0 sender fine" if self.logged_in else "530 5.7.0 authentication required"
        if self.say("mail", usual, argument).startswith("2"):
            self.mail_from, self.rcpt_to = _between_brackets(argument), ""

    def on_rcpt(self, argument: str) -> None:
        usual = "250 2.1.5 recipient fine" if self.mail_from else "503 5.5.1 MAIL first"
        if self.say("rcpt", usual, argument).startswith("2"):
            self.rcpt_to = _between_brackets(argument)

    def on_data(self, _argument: str) -> None:
        usual = "354 go on" if self.rcpt_to else "554 5.5.1 no valid recipients"
        if self.say("data", usual).startswith("354"):
            self.take_content()

    def on_rset(self, _argument: str) -> None:
        self.mail_from = self.rcpt_to = ""
        self.say("rset", "250 2.0.0 forgotten")

    def on_quit(self, _argument: str) -> None:
        self.say("quit", "221 2.0.0 bye")
        raise _Leave

    def greeting(self) -> str:
        lines = ["fake.example", "SIZE 50000000", "8BITMIME"]
        if self.owner.pipelining:
            lines.append("PIPELINING")
        if self.owner.tls and not isinstance(self.request, ssl.SSLSocket):
            lines.append("STARTTLS")
        if self.owner.login:
            lines.append(f"AUTH {self.owner.mechanisms}")
        return "\r\n".join(f"250{' ' if line == lines[-1] else '-'}{line}" for line in lines)

    def encrypt(self) -> None:
        assert self.owner.tls
        self.rfile.close()
        self.request = self.connection = self.owner.tls.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")

    def prompt(self, question: str) -> str:
        self.write(f"334 {question}\r\n".encode())
        return b64decode(self.rfile.readline(4096)).decode()

    def take_content(self) -> None:
        if self.owner.faults.take("body") == "cut":
            self.rfile.readline()
            raise _Leave
        content = self.content()
        action = self.owner.faults.take("dot", self.rcpt_to)
        number = ""
        if action in ("", "lose", "hang") or action.startswith(("2", "raw")):
            number = self.accept(content, unheard=action == "lose")
        if action in ("cut", "lose"):
            raise _Leave
        if action == "hang":
            self.hang()
        self.say("after dot", action or f"250 2.0.0 queued as {number}")
        self.mail_from = self.rcpt_to = ""
        if self.owner.close_after and self.accepted == self.owner.close_after:
            raise _Leave

    def content(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise _Leave  # it left before the dot: nothing was accepted
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def accept(self, content: bytes, *, unheard: bool) -> str:
        self.accepted += 1
        number = f"{id(self):x}-{self.accepted}"
        self.owner.truth.accept(
            {
                "id": number,
                "mail_from": self.mail_from,
                "recipient": self.rcpt_to,
                "content": content.decode("ascii", "surrogateescape"),
            },
            unheard=unheard,
        )
        return number


def _between_brackets(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]
