"""A Mailgun lookalike for tests: replaces as Mailgun does, keeps its own truth, and misbehaves when told to."""

from __future__ import annotations

import email
import email.policy
import json
import re
import time
from base64 import b64encode
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from dispatch.testing.api_server import ApiCall
from dispatch.testing.listener import Listener

KEY = "not-a-real-mailgun-key"
DOMAIN = "news.example.com"

_TOKEN = re.compile(r"%recipient\.([\w-]+)%")
_PAGE = 2  # events, so that a few of them take several pages


class MailgunServer(Listener):
    """A server with one domain, at `url`; the key is KEY and the domain DOMAIN.

    `faults` knows the stage `messages`, matched against the call's body, with:

    - `lose`: accept, then end the connection without a word · `cut`: end it, accepting nothing
    - `accept 500`: accept, then answer 500 · `500`, `429`, `429 <Retry-After>`, `503`, …: answer so, accept nothing
    - `too fast`: 429 with the seconds in its text · `sandbox`: 400 for the account's sake
    - `greeting`, `html`, `empty`, `truncated`, `nameless`: accept, with 200 and such a body
    """

    def __init__(self, truth: Path, *, latency: float = 0) -> None:
        super().__init__(truth, _Call)
        self.latency = latency
        self.invalid: set[str] = set()  # addresses for whose sake a whole call is refused
        self.state = "active"  # of the domain
        self.tracking: dict[str, dict[str, Any]] = {"unsubscribe": {"active": False}}
        self.calls: list[bytes] = []  # the body of each call, as it came
        self.url = f"http://127.0.0.1:{self.port}"


class _Call(ApiCall):
    @property
    def owner(self) -> MailgunServer:
        owner: MailgunServer = self.server.owner
        return owner

    def do_GET(self) -> None:  # noqa: N802 - http.server calls it so
        if not self.authorized():
            return
        parts = urlsplit(self.path)
        if parts.path == f"/v4/domains/{DOMAIN}":
            self.answer(200, {"domain": {"name": DOMAIN, "state": self.owner.state}})
        elif parts.path == f"/v3/domains/{DOMAIN}/tracking":
            self.answer(200, {"tracking": self.owner.tracking})
        elif parts.path == f"/v3/{DOMAIN}/events":
            self.answer(200, self.events(parse_qs(parts.query)))
        else:
            self.answer(404, {"message": "Domain not found"})

    def do_POST(self) -> None:  # noqa: N802 - http.server calls it so
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.owner.calls.append(body)
        if not self.authorized():
            return None
        if urlsplit(self.path).path != f"/v3/{DOMAIN}/messages":
            return self.answer(404, {"message": "Domain not found: somewhere.example"})
        if self.owner.latency:
            time.sleep(self.owner.latency)
        fields = _fields(self.headers["Content-Type"], body)
        return self.take(fields, self.owner.faults.take("messages", body.decode()))

    def authorized(self) -> bool:
        if self.headers.get("Authorization") == "Basic " + b64encode(f"api:{KEY}".encode()).decode():
            return True
        self.answer_bytes(401, b"Forbidden", {"Content-Type": "text/plain"})
        return False

    def take(self, fields: dict[str, list[str]], action: str) -> None:
        if action == "cut":
            return self.leave()
        if action == "too fast":
            message = "account-requests-per-sec limit exceeded, try again after 120 seconds"
            return self.answer(429, {"message": message})
        if action == "sandbox":
            return self.answer(400, {"message": "Sandbox subdomains are for test purposes only."})
        if action[:3].isdigit():
            status, _, rest = action.partition(" ")
            return self.answer(
                int(status), {"message": f"refused with {status}"}, {"Retry-After": rest} if rest else {}
            )
        people = getaddresses(fields["to"])
        if len(people) > 1000:
            return self.answer(400, {"message": "too many recipients"})
        if any(address in self.owner.invalid for _, address in people):
            return self.answer(400, {"message": "to parameter is not a valid address. please check documentation"})
        identity = f"<{uuid4()}@{DOMAIN}>"
        self.owner.truth.accept(*_delivered(fields, people, identity), unheard=action == "lose")
        if action == "lose":
            return self.leave()
        if action == "accept 500":
            return self.answer(500, {"message": "Internal Server Error"})
        if action:
            return self.answer_bytes(200, _DISTORTIONS[action])
        return self.answer(200, {"id": identity, "message": "Queued. Thank you."})

    def events(self, query: dict[str, list[str]]) -> dict[str, Any]:
        """What was accepted under a tag, a page at a time."""
        page = int(query.get("page", ["0"])[0])
        entries = [entry for entry in self.owner.truth.entries() if query["tags"][0] in entry["tags"]]
        items = [
            {
                "event": "accepted",
                "recipient": entry["recipient"],
                "user-variables": entry["variables"],
                "message": {"headers": {"message-id": entry["id"].strip("<>")}},
            }
            for entry in entries[page * _PAGE : (page + 1) * _PAGE]
        ]
        following = f"{self.owner.url}/v3/{DOMAIN}/events?event=accepted&tags={query['tags'][0]}&page={page + 1}"
        return {"items": items, "paging": {"next": following}}


def replaced(text: str, values: Mapping[str, Any]) -> str:
    """The text as Mailgun makes it for one recipient: in one pass, without escaping; what it does not know stays."""
    return _TOKEN.sub(lambda token: str(values.get(token[1], token[0])), text)


def _delivered(fields: dict[str, list[str]], people: list[tuple[str, str]], identity: str) -> list[dict[str, Any]]:
    """One entry for each recipient; addresses that differ in case only are one to Mailgun."""
    variables = json.loads(fields.get("recipient-variables", ["{}"])[0])
    distinct = {address.lower(): (name, address) for name, address in people}
    entries = []
    for name, address in distinct.values():
        values = variables.get(address, {})
        written = {field: replaced(content[0], values) for field, content in fields.items()}
        entries.append(
            {
                "id": identity,
                "recipient": address,
                "name": name,
                "tags": fields.get("o:tag", []),
                "subject": written["subject"],
                "text": written["text"],
                "html": written["html"],
                "headers": {field[2:]: value for field, value in written.items() if field.startswith("h:")},
                "variables": {field[2:]: value for field, value in written.items() if field.startswith("v:")},
            }
        )
    return entries


def _fields(content_type: str, body: bytes) -> dict[str, list[str]]:
    """A multipart/form-data body, read by Python's own parser."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    form = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    assert isinstance(form, EmailMessage)
    fields: dict[str, list[str]] = {}
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        fields.setdefault(str(name), []).append(content.decode())
    return fields


_DISTORTIONS = {
    "greeting": b"Mailgun Magnificent API",
    "html": b"<html>Everything is fine.</html>",
    "empty": b"",
    "truncated": b'{"id": "<1@example.com>", "message": "Queued. Thank you."}\0truncated',
    "nameless": b'{"message": "Queued. Thank you."}',
}
