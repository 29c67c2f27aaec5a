"""Starting and stopping."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

import pytest
from starlette.applications import Starlette

from dispatch.errors import DispatchError
from dispatch.web.server import listen, serve
from web.client import Service, person, token


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_finishes_what_it_began_and_ends_well(start: Callable[..., Service], number: signal.Signals) -> None:
    service = start()
    with socket.create_connection((service.host, service.port), timeout=30) as connection:
        connection.sendall(f"POST /u/{token(1)} HTTP/1.1\r\nHost: x\r\nContent-Length: 26\r\n\r\n".encode())
        assert service.ask("GET", "/health").status == 200  # so it has taken the connection before this one
        service.process.send_signal(number)
        connection.sendall(b"List-Unsubscribe=One-Click")
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
    stdout, _ = service.process.communicate(timeout=30)
    assert (service.process.returncode, stdout) == (0, "closed\n")
    assert person(1) in service.suppressions()
    assert "Traceback" not in service.log


def test_a_port_that_is_taken_is_told_in_a_sentence() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(DispatchError, match="cannot be opened") as error:
        serve(Starlette(), "127.0.0.1", taken.getsockname()[1], announce=print)
    assert "--port" in str(error.value)


def test_a_host_that_is_not_ours_is_told_in_a_sentence() -> None:
    with pytest.raises(DispatchError, match="cannot be opened"):
        listen("192.0.2.1", 0)
