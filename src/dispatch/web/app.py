"""The web service: what it answers at which path. It sets no cookies, and redirects nobody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from sqlalchemy import select
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from dispatch.database.database import Database
from dispatch.database.schema import subscriber
from dispatch.errors import DatabaseTrouble
from dispatch.messages.tokens import KeyRing
from dispatch.rendering.palette import DEFAULT_ACCENT
from dispatch.rendering.theme import NewsletterFacts
from dispatch.subscribers.store import SubscriberStore
from dispatch.web.access_log import AccessLog
from dispatch.web.page import PRIVATE, Pages
from dispatch.web.unsubscribe import WayOut

_PICTURE_NAME = re.compile(r"[0-9a-f]{64}\.(?:png|jpg|gif|webp)", re.ASCII)
_PICTURE_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",  # the name is the content's hash
    "Content-Security-Policy": "default-src 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",  # webmail shows them
    "X-Content-Type-Options": "nosniff",
}


def create_app(
    *,
    database: Database,
    store: SubscriberStore,
    ring: KeyRing,
    media: Path,
    newsletter: NewsletterFacts,
    mailings: Callable[[], Iterable[str]],
    accent: str = DEFAULT_ACCENT,
) -> Starlette:
    """The service of one newsletter.

    `media` is the folder with the hosted pictures, `mailings` gives the names of all mailings: an unsubscribe is
    recorded with the one that it came from.
    """

    def health(_request: Request) -> Response:
        try:
            with database.reading() as connection:
                connection.execute(select(subscriber.c.id).limit(1))
        except DatabaseTrouble:
            return JSONResponse({"status": "the database does not answer"}, 503, headers=PRIVATE)
        return JSONResponse({"status": "ok"}, headers=PRIVATE)

    def picture(request: Request) -> Response:
        name = request.path_params["name"]
        if not _PICTURE_NAME.fullmatch(name) or not (media / name).is_file():
            raise HTTPException(404)
        return FileResponse(media / name, headers=_PICTURE_HEADERS)

    way_out = WayOut(store, ring, mailings, Pages(newsletter, accent), newsletter.language)
    app = Starlette(
        routes=[
            Route("/health", health, name="/health"),
            Route("/media/{name}", picture, name="/media/"),
            Route("/u/{token:path}", way_out.answer, methods=["GET", "POST"], name="/u/"),
        ],
        middleware=[Middleware(AccessLog)],
        exception_handlers={HTTPException: _plainly},
    )
    app.router.redirect_slashes = False  # RFC 8058 §3.1: the answer to one-click must not be a redirect
    return app


def _plainly(_request: Request, error: Exception) -> Response:
    """What goes wrong, in the words of the protocol: nothing of the request comes back."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    return PlainTextResponse(f"{error.detail}\n", error.status_code, headers={**PRIVATE, **(error.headers or {})})
