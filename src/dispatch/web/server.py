"""Runs the web service until it is told to stop, and lets requests in flight finish."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from dispatch.errors import DispatchError

_GRACE = 10  # seconds for requests in flight
_STOPPING = (signal.SIGINT, signal.SIGTERM)


def serve(app: Starlette, host: str, port: int, *, announce: Callable[[str], None]) -> None:
    """Answer requests until SIGINT or SIGTERM; call from the main thread.

    `announce` gets the URL once connections are taken; port 0 picks a free one. Raises DispatchError where the
    address cannot be had.
    """
    with listen(host, port) as listener, _returning_on_signals():
        _log_to_stderr()
        announce(f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}")
        uvicorn.Server(configuration(app)).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections at once; they wait for the server to begin."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise DispatchError(
            f"Port {port} of {host} cannot be opened: {error.strerror or error}",
            remedy="Another program may have it: choose another one with --port.",
        ) from error


def configuration(app: Starlette) -> uvicorn.Config:
    """How uvicorn runs the app: its own access log would hold tokens, so it has none."""
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # nothing here depends on who asks
        timeout_graceful_shutdown=_GRACE,
    )


@contextmanager
def _returning_on_signals() -> Iterator[None]:
    """uvicorn raises the signal that stopped it once more at its end: here that must not cut the caller off."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    logger = logging.getLogger("dispatch.web")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
