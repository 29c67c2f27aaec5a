"""The way out: GET shows one button and changes nothing, POST unsubscribes in every shape of RFC 8058."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from dispatch.errors import DatabaseTrouble
from dispatch.messages.tokens import InvalidToken, KeyRing, Token, mailing_tag, probe_proof, read_token
from dispatch.rendering.words import spoken_language
from dispatch.subscribers.store import SubscriberStore
from dispatch.web.page import PRIVATE, Pages
from dispatch.web.wording import Wording, wording_for

_LARGEST_BODY = 2**20  # octets; a one-click POST has some 200
_SLOWEST_BODY = 30.0  # seconds

log = logging.getLogger(__name__)


class WayOut:
    """Answers at `/u/<token>`. Who holds the link may leave, and nothing else (RFC 8058 §6)."""

    def __init__(
        self,
        store: SubscriberStore,
        ring: KeyRing,
        mailings: Callable[[], Iterable[str]],
        pages: Pages,
        language: str,
    ) -> None:
        """`language` is the newsletter's: that of readers of whom none is known that we speak."""
        self._store = store
        self._ring = ring
        self._mailings = mailings
        self._pages = pages
        self._language = spoken_language("", language)

    async def answer(self, request: Request) -> Response:
        """Answer a GET, HEAD or POST, with a slash behind the token or not: never with a redirect (RFC 8058 §3.1)."""
        text = request.path_params["token"].removesuffix("/")
        try:
            token = read_token(self._ring, text)
        except InvalidToken:
            return self._pages.page(wording_for(self._language).unknown, self._language, status=404)
        if request.method != "POST":
            # Scanners follow every link of a mail: five products have unsubscribed people by GET.
            language, wording = await self._speaking_to(token)
            return self._pages.page(wording.ask, language, button=wording.button)
        # What the body says does not matter: mail programs send multipart, urlencoded, other words and nothing at all.
        if failure := await _read_away(request):
            return failure
        match token.purpose:
            case "probe":
                return await self._prove(token, text)
            case "test":
                language, wording = await self._speaking_to(token)
                return self._pages.page(wording.test, language)
            case "unsubscribe":
                return await self._unsubscribe(token)

    async def _prove(self, token: Token, text: str) -> Response:
        """Whoever sends and we who record must share one database, or nobody would heed those who leave here."""
        try:
            if await run_in_threadpool(self._store.expects, token.subscriber_id):
                return JSONResponse({"proof": probe_proof(self._ring, text)}, headers=PRIVATE)
        except DatabaseTrouble:
            return _failure(503, "The database does not answer.")
        return _failure(409, "This probe is not on record in the database of this service.")

    async def _unsubscribe(self, token: Token) -> Response:
        try:
            await run_in_threadpool(self._record, token)
        except DatabaseTrouble as trouble:
            log.error("An unsubscribe could not be recorded: %s", trouble)  # noqa: TRY400 - a sentence, no traceback
            language, wording = await self._speaking_to(token)
            response = self._pages.page(wording.trouble, language, button=wording.again, status=503)
            response.headers["Retry-After"] = "60"
            return response
        language, wording = await self._speaking_to(token)
        return self._pages.page(wording.left, language)

    async def _speaking_to(self, token: Token) -> tuple[str, Wording]:
        """The language of the subscriber behind a token, and what we say in it; the newsletter's where theirs is not known.

        What the browser prefers does not matter: a page depends on nothing in a request but its token.
        """
        try:
            theirs = await run_in_threadpool(self._store.language_of, token.subscriber_id)
        except DatabaseTrouble:
            theirs = ""
        language = spoken_language(theirs, self._language)
        return language, wording_for(language)

    def _record(self, token: Token) -> None:
        """On disk when this returns."""
        mailing = next((name for name in self._mailings() if mailing_tag(name) == token.mailing_tag), "")
        self._store.unsubscribe(token.subscriber_id, f"one-click {mailing}".rstrip())


async def _read_away(request: Request) -> Response | None:
    """Take in the body and forget it; an answer if it is too long, too slow or breaks off."""
    size = 0
    try:
        async with asyncio.timeout(_SLOWEST_BODY):
            async for chunk in request.stream():
                size += len(chunk)
                if size > _LARGEST_BODY:
                    return _failure(413, "Too much was sent.")
    except TimeoutError:
        return _failure(408, "The request took too long.")
    except ClientDisconnect:
        return _failure(400, "The request broke off.")
    return None


def _failure(status: int, text: str) -> Response:
    return PlainTextResponse(f"{text}\n", status, headers={**PRIVATE, "Connection": "close"})
