"""What the fake servers have in common: they listen in a thread, and stop with everybody connected."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from socketserver import BaseRequestHandler, TCPServer, ThreadingMixIn
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

from dispatch.testing.truth import Faults, Truth


class Listener:
    """A server on 127.0.0.1 from `with` on, with its truth and its faults."""

    def __init__(self, truth: Path, handler: type[BaseRequestHandler]) -> None:
        self.truth = Truth(truth)
        self.faults = Faults()
        self.connections = 0  # all that ever came
        self.stopped = Event()
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        self.sockets = ThreadedServer(("127.0.0.1", 0), handler)
        self.sockets.owner = self
        self.port: int = self.sockets.server_address[1]

    def __enter__(self) -> Self:
        self._thread = Thread(target=self.sockets.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.stop()
        self.truth.close()

    def stop(self) -> None:
        """End all connections and take no new ones."""
        self.stopped.set()
        self.sockets.shutdown()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.sockets.server_close()
        self._thread.join()

    def note_connection(self, connection: socket.socket, *, is_open: bool) -> None:
        """Keep track of who is connected."""
        with self._lock:
            if is_open:
                self.connections += 1
                self._open.add(connection)
            else:
                self._open.discard(connection)


class ThreadedServer(ThreadingMixIn, TCPServer):
    """A thread for each connection."""

    allow_reuse_address = True
    request_queue_size = 64
    owner: Any

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves in the middle is what these tests are about."""
