"""Health, pictures, and everything that is not there."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dispatch.database.database import Database
from dispatch.messages.tokens import KeyRing
from dispatch.subscribers.store import SubscriberStore
from dispatch.web.app import create_app
from web.client import PICTURE, Service
from web.service import KEY, NEWSLETTER


def test_health_asks_the_database(service: Service) -> None:
    answer = service.ask("GET", "/health")
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok"})
    assert service.ask("HEAD", "/health").status == 200


def test_health_tells_when_the_database_does_not_answer(tmp_path: Path) -> None:
    ring = KeyRing([KEY])
    with closing(Database.open("sqlite:///dispatch.db", folder=tmp_path)) as database:
        app = create_app(
            database=database,
            store=SubscriberStore(database, lambda: datetime.now(UTC), ring.id_key),
            ring=ring,
            media=tmp_path,
            newsletter=NEWSLETTER,
            mailings=list,
        )
        database.close()
        for file in tmp_path.glob("dispatch.db*"):
            file.write_text("something else")
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": "/health", "headers": [], "query_string": b""}
        asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 503
    assert json.loads(sent[1]["body"]) == {"status": "the database does not answer"}


def test_pictures_are_served_for_ever(service: Service) -> None:
    answer = service.ask("GET", f"/media/{PICTURE}")
    assert (answer.status, answer.body) == (200, b"\x89PNG not really")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    head = service.ask("HEAD", f"/media/{PICTURE}")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(answer.body))


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "../dispatch.yaml",
        "..%2Fdispatch.yaml",
        "%2e%2e%2fdispatch.yaml",
        "%2e%2e/dispatch.yaml",
        "..%5cdispatch.yaml",
        "",
        ".",
        PICTURE.upper(),
        PICTURE + "%00",
        PICTURE + "%0a",
        PICTURE + "/",
        "x" + PICTURE,
        "f0" * 32 + ".png",
        "0a" * 32 + ".svg",
        "0a" * 32 + ".html",
    ],
)
def test_nothing_but_pictures_by_their_hash_is_served(service: Service, name: str) -> None:
    answer = service.ask("GET", f"/media/{name}")
    assert (answer.status, answer.text) == (404, "Not Found\n")


@pytest.mark.parametrize(
    "path", ["/", "/dispatch.yaml", "/.dispatch/dispatch.db", "/health/", "/<script>", "//x.example/"]
)
def test_nothing_else_is_there_and_nobody_is_sent_elsewhere(service: Service, path: str) -> None:
    answer = service.ask("GET", path)
    assert (answer.status, answer.text) == (404, "Not Found\n")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "location" not in answer.headers


def test_the_service_does_not_tell_what_it_is_made_of(service: Service) -> None:
    assert "server" not in service.ask("GET", "/health").headers
