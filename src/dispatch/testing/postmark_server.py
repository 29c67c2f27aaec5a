"""A Postmark lookalike for tests: keeps its own truth, and misbehaves when told to."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from dispatch.testing.api_server import ApiCall
from dispatch.testing.listener import Listener
from dispatch.testing.rate_limit import RateLimit

TOKEN = "not-a-real-postmark-token"  # noqa: S105


class PostmarkServer(Listener):
    """A server with one broadcast stream, at `url`; the token is TOKEN. What is faster than its `limit` is refused with 429.

    `faults` knows the stage `early` with `cut` (end the connection after the first 64 KiB of a call), the stage `ask`
    (whatever the action, a question is refused with 403), and the stage `batch`, matched against the call's body, with:

    - `lose`: accept, then end the connection without a word · `cut`: end it, accepting nothing
    - `hang`: accept, then say nothing more
    - `accept 500`: accept, then answer 500 · `500`, `429`, `429 <Retry-After>`, `503 <json>`, …: answer so, accept nothing
    - `short`, `surplus`, `shuffled`, `no-codes`, `nameless`: accept, with results that miss one, have one too many,
      stand in reverse, lack `ErrorCode`, lack `To`
    - `html`, `empty`, `truncated`, `long`, `nested`, `utf-16`: accept, with 200 and such a body
    - `out-of-credits <n>`: accept the first n messages, refuse the others with 405
    """

    def __init__(self, truth: Path, *, tls: ssl.SSLContext | None = None, latency: float = 0) -> None:
        super().__init__(truth, _Call)
        self.latency = latency
        self.inactive: set[str] = set()  # addresses refused with 406
        self.limit = RateLimit()  # of batch calls
        self.stream = {
            "ID": "broadcast",
            "MessageStreamType": "Broadcasts",
            "ArchivedAt": None,
            "SubscriptionManagementConfiguration": {"UnsubscribeHandlingType": "Custom"},
        }
        self.calls: list[bytes] = []  # the body of each batch call, as it came
        if tls:
            self.sockets.socket = tls.wrap_socket(self.sockets.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"


class _Call(ApiCall):
    @property
    def owner(self) -> PostmarkServer:
        owner: PostmarkServer = self.server.owner
        return owner

    def do_GET(self) -> None:  # noqa: N802 - http.server calls it so
        if not self.authorized():
            return
        if self.owner.faults.take("ask"):
            self.answer(403, {"ErrorCode": 0, "Message": "This key may not ask."})
            return
        parts = urlsplit(self.path)
        if parts.path == "/messages/outbound":
            self.answer(200, self.found(parse_qs(parts.query)))
        elif parts.path == f"/message-streams/{self.owner.stream['ID']}":
            self.answer(200, self.owner.stream)
        else:
            self.answer(404, {"ErrorCode": 1226, "Message": "The message stream for the provided 'ID' was not found."})

    def do_POST(self) -> None:  # noqa: N802 - http.server calls it so
        if self.owner.faults.take("early"):
            self.rfile.read(64 * 1024)
            return self.leave()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.owner.calls.append(body)
        if not self.authorized():
            return None
        if urlsplit(self.path).path != "/email/batch":
            return self.answer(404, {"ErrorCode": 0, "Message": "Not Found"})
        if self.owner.latency:
            time.sleep(self.owner.latency)
        return self.batch(json.loads(body), self.owner.faults.take("batch", body.decode()))

    def authorized(self) -> bool:
        if self.headers.get("X-Postmark-Server-Token") == TOKEN:
            return True
        message = "The Server Token you provided in the X-Postmark-Server-Token request header was invalid."
        self.answer(401, {"ErrorCode": 10, "Message": message})
        return False

    def found(self, query: dict[str, list[str]]) -> dict[str, Any]:
        """Of the default stream, as the real one does, unless another is asked for."""
        stream = query.get("messagestream", ["outbound"])[0]
        reference = query["metadata_dispatch"][0]
        entries = [
            {"MessageID": entry["id"], "Metadata": entry["message"]["Metadata"], "Status": "Sent"}
            for entry in self.owner.truth.entries()
            if entry["message"]["MessageStream"] == stream and entry["message"]["Metadata"]["dispatch"] == reference
        ]
        return {"TotalCount": len(entries), "Messages": entries}

    def batch(self, messages: list[dict[str, Any]], action: str) -> None:
        if len(messages) > 500:
            return self.answer(422, {"ErrorCode": 410, "Message": "Too many batch messages."})
        if (wait := self.owner.limit.take()) is not None:
            return self.refuse(f"429 {wait}")
        if action == "cut":
            return self.leave()
        if action[:3].isdigit():
            return self.refuse(action)
        limit = int(action[15:]) if action.startswith("out-of-credits") else None
        results = self.accept(messages, limit, unheard=action == "lose")
        if action == "lose":
            return self.leave()
        if action == "hang":
            self.owner.stopped.wait()
            return self.leave()
        if action == "accept 500":
            return self.answer(500, {"ErrorCode": 0, "Message": "Internal Server Error"})
        if action in _DISTORTIONS:
            return self.answer_bytes(200, _DISTORTIONS[action](results))
        return self.answer(200, results)

    def refuse(self, action: str) -> None:
        status, _, rest = action.partition(" ")
        if rest.startswith(("{", "<")):
            self.answer_bytes(int(status), rest.encode())
        else:
            answer = {"ErrorCode": int(status), "Message": f"refused with {status}"}
            self.answer(int(status), answer, {"Retry-After": rest} if rest else {})

    def accept(self, messages: list[dict[str, Any]], limit: int | None, *, unheard: bool) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = []
        entries: list[dict[str, Any]] = []
        for message in messages:
            recipient = message["To"].rpartition("<")[2].rstrip(">")
            result: dict[str, Any] = {"To": message["To"]}
            if recipient in self.owner.inactive:
                result |= {
                    "ErrorCode": 406,
                    "Message": "You tried to send to a recipient that has been marked as inactive.",
                }
            elif len(entries) == limit:
                result |= {"ErrorCode": 405, "Message": "Not allowed to send: no credits left."}
            else:
                result |= {
                    "SubmittedAt": "2026-09-01T00:00:00Z",
                    "MessageID": str(uuid4()),
                    "ErrorCode": 0,
                    "Message": "OK",
                }
                entries.append({"id": result["MessageID"], "recipient": recipient, "message": message})
            results.append(result)
        self.owner.truth.accept(*entries, unheard=unheard)
        return results


def _bytes(document: object) -> bytes:
    return json.dumps(document).encode()


def _without(results: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in result.items() if name not in names} for result in results]


_DISTORTIONS: dict[str, Callable[[list[dict[str, Any]]], bytes]] = {
    "short": lambda results: _bytes(results[:-1]),
    "surplus": lambda results: _bytes([*results, results[-1]]),
    "shuffled": lambda results: _bytes(results[::-1]),
    "no-codes": lambda results: _bytes(_without(results, "ErrorCode", "Message")),
    "nameless": lambda results: _bytes(_without(results, "To")),
    "html": lambda _: b"<html>Everything is fine.</html>",
    "empty": lambda _: b"",
    "truncated": lambda results: _bytes(results) + b"\0truncated",
    "long": lambda results: b" " * 50_000_000 + _bytes(results),
    "nested": lambda _: b"[" * 500_000,
    "utf-16": lambda results: json.dumps(results).encode("utf-16"),
}
