"""Lets in who was given the address: no other host name, no other origin, nobody without the token."""

from __future__ import annotations

import hmac

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

WRITERS = frozenset({"proposal", "edit", "acceptance", "accept"})
"""The paths that may be posted to, below the token; of everything else the preview only shows."""

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Door:
    """Stands before the preview, which listens on a port of this machine that every web page could ask."""

    def __init__(self, app: ASGIApp, *, port: int, token: str, edit_token: str) -> None:
        """`token` is in the address and lets look; `edit_token` the desk's page gets from it, and sends with edits."""
        self._app = app
        ports = (f":{port}", "") if port == 80 else (f":{port}",)  # HTTP's own port is not named
        self._hosts = frozenset(name + port for name in ("127.0.0.1", "localhost", "[::1]") for port in ports)
        self._token = token.encode()
        self._edit_token = edit_token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = (scope["type"] == "http" and self._refusal(Request(scope))) or self._app
        await answer(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        # A page that had its own name point to this machine (DNS rebinding) still sends that name.
        host = request.headers.get("host", "")
        if host not in self._hosts:
            return _says(421, "This is the preview of another address.")
        token, _, path = str(request.scope["path"]).removeprefix("/").partition("/")
        writes = request.method not in {"GET", "HEAD"}
        if writes:
            if request.headers.get("origin") != f"http://{host}":
                return _says(403, "Not from there.")
            if path not in WRITERS:
                return _says(405, "The preview only shows this.", Allow="GET, HEAD")
            if request.method != "POST":
                return _says(405, "Edits are posted.", Allow="POST")
        if not hmac.compare_digest(token.encode(), self._token):
            return _says(403, "Open the address that `dispatch preview` prints: it holds a secret.")
        return self._edit_refusal(request) if writes else None

    def _edit_refusal(self, request: Request) -> Response | None:
        if not hmac.compare_digest(request.headers.get("x-edit-token", "").encode(), self._edit_token):
            return _says(403, "This page is of an earlier preview.")
        # A form of another page can send text/plain without asking, but not this.
        if request.headers.get("content-type") != "application/json":
            return _says(415, "Edits are JSON.")
        return None


def _says(status: int, sentence: str, **headers: str) -> Response:
    return PlainTextResponse(f"{sentence}\n", status, headers=_HEADERS | headers)
