"""What the preview answers at which path: all but two routes only read, and the mail stands in a sandbox."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from typing import TypeVar
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from dispatch.editing import Proposal
from dispatch.errors import DispatchError, NotFound
from dispatch.preview import page, points
from dispatch.preview.acceptance import Acceptance, AskedWord
from dispatch.preview.desk import Desk
from dispatch.preview.door import Door
from dispatch.preview.edits import (
    MOST_BYTES,
    AskedEdits,
    Editor,
    proposal_as_json,
    refusal_as_json,
    text_at_as_json,
    texts_as_json,
)
from dispatch.preview.readers import Reader
from dispatch.preview.reload import Reloader
from dispatch.preview.schemes import in_scheme
from dispatch.preview.simulations import AS_SENT, SIMULATIONS, Scheme, Simulated
from dispatch.preview.standings import StandingBook
from dispatch.preview.verdicts import Verdicts
from dispatch.rendering.webpage import WebPage

Wish = TypeVar("Wish")

_STILL = 0.12
"""Seconds. A mistake is told when the files have been left alone for so long, because some editors write in pieces."""

MOST_VALUES = 100
"""Merge fields that can be made up at once; of more, the first ones are."""

_MOST_DIGITS = 15

_LIST_READERS = 2
"""Who look people up at once: a long list is read for seconds, and there are 40 threads for everything."""

_HEARTBEAT = 15
"""Seconds between signs of life on a stream on which nothing happens."""


def create_app(desk: Desk, reloader: Reloader, *, port: int, token: str) -> ASGIApp:
    """The preview, behind its door and below `/<token>/`."""
    edit_token = secrets.token_urlsafe(24)
    routes = _Answers(desk, reloader, edit_token).routes()
    return Door(Starlette(routes=[Mount(f"/{token}", routes=routes)]), port=port, token=token, edit_token=edit_token)


class _Answers:
    """The routes. Those that are no coroutines are run in threads."""

    def __init__(self, desk: Desk, reloader: Reloader, edit_token: str) -> None:
        self._desk = desk
        self._editor = Editor(desk)
        self._acceptance = Acceptance(desk)
        self._edit_token = edit_token
        self._reloader = reloader
        self._verdicts = Verdicts(desk)
        self._standings = StandingBook(desk, self._verdicts)
        self._judging = asyncio.Lock()
        self._proofreading = asyncio.Lock()
        self._reading = asyncio.Semaphore(_LIST_READERS)
        self._static = page.static_files()

    def routes(self) -> list[Route]:
        return [
            Route("/", self.static_file),
            Route("/static/{name}", self.static_file),
            Route("/events", self.events),
            Route("/mail", self.mail),
            Route("/clients", self.clients),
            Route("/losses", self.losses),
            Route("/web", self.web),
            Route("/source", self.source),
            Route("/message", self.message),
            Route("/media/{name}", self.picture),
            Route("/issues", self.issues),
            Route("/standings", self.standings),
            Route("/findings", self.findings),
            Route("/people", self.people),
            Route("/texts", self.texts),
            Route("/proposal", self.proposal, methods=["POST"]),
            Route("/edit", self.edit, methods=["POST"]),
            Route("/acceptance", self.acceptance, methods=["POST"]),
            Route("/accept", self.accept, methods=["POST"]),
        ]

    def static_file(self, request: Request) -> Response:
        name = request.path_params.get("name", "desk.html")
        if name not in self._static:
            raise HTTPException(404)
        media_type, content = self._static[name]
        return Response(content, media_type=media_type, headers=page.DESK_HEADERS)

    async def events(self, request: Request) -> Response:
        stream = _views(self._desk, self._reloader, *_choice(request))
        return StreamingResponse(stream, media_type="text/event-stream", headers=page.DESK_HEADERS)

    def mail(self, request: Request) -> Response:
        """The mail as a client shows it, which by default is as it is sent."""
        if request.query_params.get("client", AS_SENT.name) == AS_SENT.name:
            message = self._desk.view(*_choice(request)).message
            return _document(AS_SENT.simulate(message.html, _scheme(request)).html if message else "", request)
        return _document(self._simulated(request).html, request)

    def clients(self, _request: Request) -> Response:
        return _json(page.simulations_as_json(SIMULATIONS.values()))

    def losses(self, request: Request) -> Response:
        """What the mail loses in a client."""
        simulated = self._simulated(request)
        return _json({"losses": simulated.losses, "left_out": simulated.left_out})

    def _simulated(self, request: Request) -> Simulated:
        simulation = SIMULATIONS.get(request.query_params.get("client", ""))
        simulated = simulation and self._desk.simulated(simulation, _scheme(request), *_choice(request))
        if not simulated:
            raise HTTPException(404)
        return simulated

    def web(self, request: Request) -> Response:
        """The page of an issue in the archive, or why there is none: a theme may have a mistake in that page alone."""
        webpage = self._desk.webpage(_choice(request)[0])
        if isinstance(webpage, WebPage):
            return _document(in_scheme(webpage.html, _scheme(request)), request)
        return PlainTextResponse("\n\n".join(map(str, webpage)), 404, headers=page.MAIL_HEADERS)

    def source(self, request: Request) -> Response:
        message = self._desk.sent(*_choice(request))
        if not message:
            raise HTTPException(404)
        return _json(page.source_as_json(message))

    def message(self, request: Request) -> Response:
        """The message as a file, as a mailing would hand it over."""
        written = self._desk.written(*_choice(request))
        if not written:
            raise HTTPException(404)
        name, content = written
        headers = page.DESK_HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type="message/rfc822", headers=headers)

    def picture(self, request: Request) -> Response:
        found = self._desk.picture(request.path_params["name"])
        if not found:
            raise HTTPException(404)
        return Response(found.content, media_type=found.content_type, headers=page.PICTURE_HEADERS)

    def issues(self, _request: Request) -> Response:
        return _json(page.entries_as_json(self._desk.issues()))

    def standings(self, request: Request) -> Response:
        return _json(page.standings_as_json(self._standings.standings(_generation(request))))

    async def findings(self, request: Request) -> Response:
        """What the checks say; who waits for it waits without a thread, of which others are in need.

        Only whoever asks with `proofs=wait` waits until all of the issue is proof-read.
        """
        (name, *_), generation = _choice(request), _generation(request)
        proofs = None
        if request.query_params.get("proofs") == "wait":
            async with self._proofreading:
                if generation == self._desk.generation:
                    proofs = await run_in_threadpool(self._desk.proofread, name)
        async with self._judging:
            if generation != self._desk.generation:
                return _json(points.judgement_as_json(None, self._desk.project))
            found = await run_in_threadpool(self._verdicts.judgement, name, generation, proofs)
        return _json(points.judgement_as_json(found, self._desk.project))

    async def people(self, request: Request) -> Response:
        async with self._reading:
            found = await run_in_threadpool(self._desk.people, request.query_params.get("q", ""))
        return _json(page.people_as_json(found))

    def texts(self, request: Request) -> Response:
        name, *_ = _choice(request)
        try:
            issue = self._editor.issue(name)
        except NotFound as error:
            return _refusal(error)
        told: dict[str, object] = {
            "token": self._edit_token,
            "digest": issue.source.digest,
            "texts": texts_as_json(issue),
        }
        line, column = (_number(request, each, "0") for each in ("line", "column"))
        return _json(told | {"at": text_at_as_json(issue, line, column) if line and column else None})

    async def proposal(self, request: Request) -> Response:
        return await _posted(request, AskedEdits.read, self._editor.propose)

    async def edit(self, request: Request) -> Response:
        return await _posted(request, AskedEdits.read, self._editor.write, self._written)

    async def acceptance(self, request: Request) -> Response:
        return await _posted(request, AskedWord.read, self._acceptance.propose)

    async def accept(self, request: Request) -> Response:
        return await _posted(request, AskedWord.read, self._acceptance.write, self._written)

    def _written(self, written: Proposal) -> None:
        # Here and not in a thread, as from the watch, which is told a moment later: the page may write on at once.
        self._desk.changed([written.file])


async def _posted(
    request: Request,
    read: Callable[[bytes], Wish | None],
    work: Callable[[Wish], Proposal],
    done: Callable[[Proposal], None] = lambda _: None,
) -> Response:
    """What comes of what is asked for, or why nothing does; `done` is told what came of them."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    asked = read(body)
    if not asked:
        raise HTTPException(400)
    try:
        proposal = await run_in_threadpool(work, asked)
    except DispatchError as error:
        return _refusal(error)
    done(proposal)
    return _json(proposal_as_json(proposal))


def _refusal(error: DispatchError) -> Response:
    status, content = refusal_as_json(error)
    return JSONResponse(content, status, headers=page.DESK_HEADERS)


async def _views(desk: Desk, reloader: Reloader, name: str, reader: Reader) -> AsyncIterator[str]:
    """An issue as it is now, and again after every change (server-sent events); changes in a row become one."""
    while not reloader.ended:
        name = name or await run_in_threadpool(desk.start)
        view = await run_in_threadpool(desk.view, name, reader)
        if view.problems and await reloader.after(view.generation, within=_STILL):
            continue
        yield f"data: {json.dumps(page.view_as_json(view, desk.project))}\n\n"
        while not await reloader.after(view.generation, within=_HEARTBEAT):
            yield ":\n\n"


def _choice(request: Request) -> tuple[str, Reader]:
    """Which issue, and as whom: with made-up values (`made`, a query in a query), out of segments (`without`, with commas)."""
    asked = request.query_params
    reader = Reader(
        address=asked.get("as", ""),
        made_up=tuple(parse_qsl(asked.get("made", ""))[:MOST_VALUES]),
        without=frozenset(filter(None, asked.get("without", "").split(","))),
        language=asked.get("language", ""),
    )
    return asked.get("issue", ""), reader


def _scheme(request: Request) -> Scheme:
    return "dark" if request.query_params.get("scheme") == "dark" else "light"


def _document(html: str, request: Request) -> Response:
    """A mail or a page, with its pictures unless they are off."""
    if not html:
        raise HTTPException(404)
    pictures = request.query_params.get("images") != "off"
    headers = page.MAIL_HEADERS if pictures else page.BARE_MAIL_HEADERS
    return HTMLResponse(page.document(html, pictures=pictures), headers=headers)


def _generation(request: Request) -> int:
    """Of which state of the files the browser speaks."""
    return _number(request, "generation", "")


def _number(request: Request, name: str, default: str) -> int:
    number = request.query_params.get(name, default)
    if not (number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS):
        raise HTTPException(400)
    return int(number)


def _json(content: object) -> Response:
    return JSONResponse(content, headers=page.DESK_HEADERS)
