"""Lets in who was given the address: no other host name, no other origin, nobody without the token."""

from __future__ import annotations

import hmac

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Door:
    """Stands before the preview, which listens on a port of this machine that every web page could ask."""

    def __init__(self, app: ASGIApp, *, port: int, token: str) -> None:
        self._app = app
        self._hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = (scope["type"] == "http" and self._refusal(Request(scope))) or self._app
        await answer(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        # A page that had its own name point to this machine (DNS rebinding) still sends that name.
        if request.headers.get("host", "") not in self._hosts:
            return _says(421, "This is the preview of another address.")
        if request.method not in {"GET", "HEAD"}:
            origin = request.headers.get("origin")
            if origin is None or origin.removeprefix("http://") not in self._hosts:
                return _says(403, "Not from there.")
            return _says(405, "The preview only shows.", Allow="GET, HEAD")
        first = request.url.path.split("/")[1]
        if not hmac.compare_digest(first.encode(), self._token):
            return _says(403, "Open the address that `dispatch preview` prints: it holds a secret.")
        return None


def _says(status: int, sentence: str, **headers: str) -> Response:
    return PlainTextResponse(f"{sentence}\n", status, headers=_HEADERS | headers)
