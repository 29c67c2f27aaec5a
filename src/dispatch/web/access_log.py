"""One line for each request, without what must not be kept: no token, no address, no query, no client."""

from __future__ import annotations

import logging
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)


class AccessLog:
    """Writes `POST /u/ 200 4 ms`: the route that answered, never the path that was asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and write down how it was answered."""
        begin, status = perf_counter(), 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            if scope["type"] == "http":
                route = getattr(scope.get("route"), "name", "(elsewhere)")
                log.info("%s %s %s %.0f ms", scope["method"], route, status, 1000 * (perf_counter() - begin))
