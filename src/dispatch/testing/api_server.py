"""What the fake servers with an HTTP API have in common: how a call is read, answered, or left without a word."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from http.server import BaseHTTPRequestHandler

from dispatch.testing.listener import Listener, ThreadedServer


class ApiCall(BaseHTTPRequestHandler):
    """A connection to such a server."""

    disable_nagle_algorithm = True
    server: ThreadedServer
    protocol_version = "HTTP/1.1"
    connection: socket.socket

    def setup(self) -> None:
        """Count the connection."""
        owner: Listener = self.server.owner
        owner.note_connection(self.request, is_open=True)
        self.request.settimeout(60)
        super().setup()

    def finish(self) -> None:
        """It is closed, by whomever."""
        self.server.owner.note_connection(self.request, is_open=False)
        with suppress(OSError):
            super().finish()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def answer(self, status: int, document: object, headers: dict[str, str] | None = None) -> None:
        """Answer with JSON."""
        self.answer_bytes(status, json.dumps(document).encode(), headers)

    def answer_bytes(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """Answer with these bytes; with half of them where they end so."""
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        truncated = body.endswith(b"\0truncated")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if truncated:
            self.wfile.write(body[: len(body) // 2])
            return self.leave()
        self.wfile.write(body)
        return None

    def leave(self) -> None:
        """End the connection without a word."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
