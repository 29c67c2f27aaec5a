"""Shows a newsletter to its author in the browser: from this machine, to this machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
import base64
import gc
import hmac
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from html import escape
from urllib.parse import urlencode

import uvicorn
from starlette.types import ASGIApp

from dispatch.config import load_or_make_key
from dispatch.errors import DispatchError
from dispatch.files import write_whole
from dispatch.preview.app import create_app
from dispatch.preview.desk import Desk
from dispatch.preview.reload import Reloader
from dispatch.project import Project

HOST = "127.0.0.1"
"""Never another one: the preview shows everybody who has subscribed."""

PORTS_TRIED = 20


def serve_preview(
    project: Project,
    issue: str | None,
    *,
    environ: Mapping[str, str],
    port: int,
    open_browser: bool,
    announce: Callable[[str], None],
) -> None:
    """Show the issues of a newsletter, beginning with `issue`, until SIGINT or SIGTERM; call from the main thread.

    `announce` gets the address (see address_of). `environ` is what dispatch.yaml is read with again when it changes.
    Raises NotFound for the issue, DispatchError where no port is free.
    """
    desk = Desk(project, environ, issue)
    token = _token(project)

    def begun(port: int) -> None:
        url = address_of(project, desk.start(), port)
        announce(url)
        if open_browser:
            # In a thread of its own: a browser in the terminal returns only when it is closed.
            threading.Thread(target=webbrowser.open, args=(_door_to(project, url),), daemon=True).start()

    # What is loaded stays, and a save makes thousands of small things: the collector would look through all of them
    # again and again, for a fifth of the time in which an issue is compiled.
    gc.freeze()
    gc.set_threshold(10_000)
    with closing(desk), _listen(port) as listener:
        asyncio.run(_serve(desk, listener, token, begun))


def address_of(project: Project, issue: str | None, port: int) -> str:
    """Where the preview of a newsletter is found, on this machine, by those who may read its `.dispatch` folder.

    The address holds a secret and stays the same: an open tab and a bookmark survive the preview's restart.
    """
    query = f"?{urlencode({'issue': issue})}" if issue else ""
    return f"http://{HOST}:{port}/{_token(project)}/{query}"


def _door_to(project: Project, url: str) -> str:
    """A file that leads to the address: what a browser is started with, every user of this machine can read."""
    path = project.config.state / "preview.html"
    page = f'<!doctype html><meta http-equiv="refresh" content="0; url={escape(url)}"><title>Preview</title>'
    write_whole(path, page.encode(), mode=0o600)
    return path.resolve().as_uri()


def _token(project: Project) -> str:
    """What other users of this machine do not know: the desk shows drafts and subscribers.

    It comes from a key of its own. A signing key made by looking at a clone would pass for the one that is not there.
    """
    key = load_or_make_key(project.config.state, "preview.key")
    return base64.urlsafe_b64encode(hmac.digest(key.encode(), b"preview", "sha256")[:18]).decode()


async def _serve(desk: Desk, listener: socket.socket, token: str, begun: Callable[[int], None]) -> None:
    port = listener.getsockname()[1]
    reloader = Reloader(desk)
    app = create_app(desk, reloader, port=port, token=token)
    server = _Server(app, reloader, lambda: begun(port))
    watching = asyncio.create_task(reloader.watch())
    watching.add_done_callback(lambda _: server.stop())
    await server.serve(sockets=[listener])
    await watching


class _Server(uvicorn.Server):
    """Stops at once, however many browsers listen for changes, and leaves the process alive."""

    def __init__(self, app: ASGIApp, reloader: Reloader, begun: Callable[[], None]) -> None:
        configuration = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            access_log=False,  # it would show the token
            log_config=None,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        super().__init__(configuration)
        self._reloader = reloader
        self._begun = begun

    def stop(self) -> None:
        """Take no more requests, and end."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell when requests are answered, and signals heeded."""
        await super().startup(sockets)
        self._begun()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, for which uvicorn would wait."""
        self._reloader.end()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn's own raises the signal once more at the end, which would be "Interrupted" to the author."""
        before = {number: signal.signal(number, lambda *_: self.stop()) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _listen(first: int) -> socket.socket:
    """The first free port; connections wait until the server begins."""
    last = min(first + PORTS_TRIED, 65536)
    for port in range(first, last):
        with suppress(OSError):
            return socket.create_server((HOST, port))
    raise DispatchError(f"none of the ports {first} to {last - 1} is free", remedy="Name another one with --port.")
