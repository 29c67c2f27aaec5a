"""A connection cut at any byte, in any direction: no outcome says more than the server's truth bears out."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

from dispatch.providers.outcome import Accepted, Outcome, Uncertain
from dispatch.providers.postmark import Postmark
from dispatch.providers.provider import Provider
from dispatch.providers.smtp import Smtp
from dispatch.testing.listener import Listener
from dispatch.testing.messages import make_messages
from dispatch.testing.postmark_server import TOKEN, PostmarkServer
from dispatch.testing.providers import batch
from dispatch.testing.smtp_server import SmtpServer

UNCUT = 10**9
KINDS = ["smtp", "smtp one by one", "postmark"]


@contextmanager
def wire(port: int, up: int, down: int) -> Iterator[int]:
    """A port that leads to another; its first connection is cut when so many bytes have gone up, or down."""
    threads: list[Thread] = []

    def accept(listening: socket.socket) -> None:
        limits = (up, down)
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                threads.append(Thread(target=connect, args=(client, *limits)))
                threads[-1].start()
                limits = (UNCUT, UNCUT)

    def connect(client: socket.socket, most_up: int, most_down: int) -> None:
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            back = Thread(target=pump, args=(server, client, most_down))
            back.start()
            pump(client, server, most_up)
            back.join()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        accepting = Thread(target=accept, args=(listening,))
        accepting.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        accepting.join()
    for thread in threads:
        thread.join()


def pump(source: socket.socket, sink: socket.socket, most: int) -> None:
    with suppress(OSError):
        while most and (content := source.recv(min(65536, most))):
            sink.sendall(content)
            most -= len(content)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def server_of(kind: str, truth: Path) -> Iterator[Listener]:
    with PostmarkServer(truth) if kind == "postmark" else SmtpServer(truth, pipelining=kind == "smtp") as server:
        yield server


def provider_at(kind: str, port: int) -> Provider:
    if kind == "postmark":
        return Postmark(token=TOKEN, base_url=f"http://127.0.0.1:{port}")
    return Smtp(host="localhost", port=port, tls="none")


def check_cut(kind: str, truth: Path, up: int, down: int) -> list[Outcome]:
    messages = make_messages(3)  # over SMTP, the third is announced along with the dot of the second
    with (
        server_of(kind, truth) as server,
        wire(server.port, up, down) as port,
        closing(provider_at(kind, port)) as provider,
    ):
        outcomes = list(provider.submit(batch(messages), lambda *_: None))
        provider.close()
    accepted = [entry["recipient"] for entry in server.truth.entries()]
    for message, outcome in zip(messages, outcomes, strict=True):
        if not isinstance(outcome, Uncertain):
            assert accepted.count(message.envelope.rcpt_to) == isinstance(outcome, Accepted), (up, down, outcomes)
    return outcomes


@pytest.mark.parametrize("kind", KINDS)
def test_no_outcome_is_wrong_wherever_the_wire_is_cut(kind: str, tmp_path: Path) -> None:
    seen: set[type[Outcome]] = set()
    for number, (up, down) in enumerate(
        [(k, UNCUT) for k in range(1, 6000, 397)] + [(UNCUT, k) for k in range(1, 900, 53)]
    ):
        seen.update(map(type, check_cut(kind, tmp_path / str(number), up, down)))
    assert {Accepted} < seen


@pytest.mark.complete
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("direction", ["up", "down"])
def test_no_outcome_is_wrong_at_any_of_many_bytes(kind: str, direction: str, tmp_path: Path) -> None:
    for k in range(1, 6000, 19) if direction == "up" else range(1, 900, 7):
        check_cut(kind, tmp_path / str(k), *((k, UNCUT) if direction == "up" else (UNCUT, k)))
