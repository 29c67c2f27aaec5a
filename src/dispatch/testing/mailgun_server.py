"""A Mailgun lookalike for tests: replaces as Mailgun does, keeps its own truth, and misbehaves when told to."""

from __future__ import annotations

import email
import email.policy
import json
import re
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from dispatch.testing.api_server import ApiCall
from dispatch.testing.listener import Listener

KEY = "not-a-real-mailgun-key"
SENDING_KEY = "not-a-real-sending-key-of-the-domain"  # may do nothing else
DOMAIN = "news.example.com"

# https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages, read 2026-07
_MOST_PEOPLE = 1_000  # in a call
_MOST_BYTES = 25_000_000  # of a call
_MOST_OPTIONS = 16_384  # bytes of all o:, h:, v: and t: fields of a call
_MOST_TOLD = 4_096  # characters of a v: field, in an event

_VARIABLE = re.compile(r"%recipient(?:\.([\w.-]+))?%", re.IGNORECASE)
_LINK = re.compile(r"%((?:tag_|mailing_list_)?unsubscribe_(?:url|email))%", re.IGNORECASE)
_ADDRESSING = ("to", "recipient-variables")


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
        self.passes = PASSES[0]
        self.questions = 0  # about events
        self.page = 2  # events, so that a few of them take several pages
        self.url = f"http://127.0.0.1:{self.port}"


class _Call(ApiCall):
    @property
    def owner(self) -> MailgunServer:
        owner: MailgunServer = self.server.owner
        return owner

    def do_GET(self) -> None:  # noqa: N802 - http.server calls it so
        if not self.authorized(KEY):
            return
        parts = urlsplit(self.path)
        if parts.path == f"/v4/domains/{DOMAIN}":
            self.answer(200, {"domain": {"name": DOMAIN, "state": self.owner.state}})
        elif parts.path == f"/v3/domains/{DOMAIN}/tracking":
            self.answer(200, {"tracking": self.owner.tracking})
        elif parts.path == f"/v3/{DOMAIN}/events":
            self.owner.questions += 1
            self.answer(200, self.events(parse_qs(parts.query)))
        else:
            self.answer(404, {"message": "Domain not found"})

    def do_POST(self) -> None:  # noqa: N802 - http.server calls it so
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.owner.calls.append(body)
        if not self.authorized(KEY, SENDING_KEY):
            return None
        if urlsplit(self.path).path != f"/v3/{DOMAIN}/messages":
            return self.answer(404, {"message": "Domain not found: somewhere.example"})
        if len(body) > _MOST_BYTES:
            return self.answer(413, {"message": "Request Entity Too Large"})
        if self.owner.latency:
            time.sleep(self.owner.latency)
        fields = form_fields(self.headers["Content-Type"], body)
        return self.take(fields, self.owner.faults.take("messages", body.decode()))

    def authorized(self, *keys: str) -> bool:
        given = self.headers.get("Authorization")
        if given in ["Basic " + b64encode(f"api:{key}".encode()).decode() for key in keys]:
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
        people = getaddresses(fields.get("to", []))
        fault = self.fault_in(fields, people)
        if fault:
            return self.answer(400, {"message": fault})
        identity = f"<{uuid4()}@{DOMAIN}>"
        entries = delivered(fields, people, identity, self.owner.passes)
        self.owner.truth.accept(*entries, unheard=action == "lose")
        if action == "lose":
            return self.leave()
        if action == "accept 500":
            return self.answer(500, {"message": "Internal Server Error"})
        if action:
            return self.answer_bytes(200, _DISTORTIONS[action])
        return self.answer(200, {"id": identity, "message": "Queued. Thank you."})

    def fault_in(self, fields: dict[str, list[str]], people: list[tuple[str, str]]) -> str:
        """Why Mailgun refuses a call."""
        options = [(name, value) for name, values in fields.items() if name[1:2] == ":" for value in values]
        if sum(len(name) + len(value.encode()) for name, value in options) > _MOST_OPTIONS:
            return "Send options (parameters starting with o:, h:, or v:) are limited to 16KB total"
        if not fields.get("from") or not people:
            return "from parameter is missing" if not fields.get("from") else "to parameter is missing"
        if len(people) > _MOST_PEOPLE:
            return "too many recipients"
        if any(address in self.owner.invalid for _, address in people):
            return "to parameter is not a valid address. please check documentation"
        return ""

    def events(self, query: dict[str, list[str]]) -> dict[str, Any]:
        """What was accepted under a tag, and for a recipient or in a call if that is asked for; a page at a time."""
        assert "end" in query or "ascending" in query  # one of them must be there
        page = int(query.get("page", ["0"])[0])
        entries = [
            entry
            for entry in self.owner.truth.entries()
            if query["tags"][0] in entry["tags"]
            and query.get("recipient", [entry["recipient"]]) == [entry["recipient"]]
            and query.get("message-id", [entry["id"].strip("<>")]) == [entry["id"].strip("<>")]
        ]
        size = min(int(query["limit"][0]), self.owner.page)
        items = [
            {
                "event": "accepted",
                "recipient": entry["recipient"],
                "user-variables": {name: value[:_MOST_TOLD] for name, value in entry["variables"].items()},
                "message": {"headers": {"message-id": entry["id"].strip("<>")}},
            }
            for entry in entries[page * size : (page + 1) * size]
        ]
        following = urlencode({**query, "page": [page + 1]}, doseq=True)
        return {"items": items, "paging": {"next": f"{self.owner.url}/v3/{DOMAIN}/events?{following}"}}


Pass = Callable[[str, Mapping[str, Any], str], str]  # a text, the values of one recipient, and their address


def shown(text: str) -> str:
    """Text or HTML as it reads: neither an entity for a percent sign nor a character without a width is seen."""
    return text.replace("&#37;", "%").replace("\u200c", "")


def variables(text: str, values: Mapping[str, Any], address: str) -> str:
    """Put the values in, without escaping; what is unknown becomes empty."""
    return _VARIABLE.sub(lambda token: str(values.get(token[1], "")) if token[1] else address, text)


def links(text: str, _values: Mapping[str, Any], address: str) -> str:
    """Put Mailgun's own ways out in."""
    return _LINK.sub(lambda token: f"https://mailgun.example/{token[1].lower()}?{address}", text)


# In which order Mailgun does it, and whether it looks again at what it has put in, is not documented.
PASSES: tuple[tuple[Pass, ...], ...] = ((variables, links), (links, variables), (variables, links) * 3)


def delivered(
    fields: dict[str, list[str]], people: list[tuple[str, str]], identity: str, passes: Sequence[Pass]
) -> list[dict[str, Any]]:
    """One entry for each recipient; addresses that differ in case only are one to Mailgun."""
    given = json.loads(fields.get("recipient-variables", ["{}"])[0])
    distinct = {address.lower(): (name, address) for name, address in people}
    entries = []
    for name, address in distinct.values():
        written = {"to": name, **{field: content[0] for field, content in fields.items() if field not in _ADDRESSING}}
        for put_in in passes:
            written = {field: put_in(text, given.get(address, {}), address) for field, text in written.items()}
        entries.append(
            {
                "id": identity,
                "recipient": address,
                "from": written["from"],
                "name": written["to"],
                "tags": fields.get("o:tag", []),
                "subject": written["subject"],
                "text": written["text"],
                "html": written["html"],
                "headers": {field[2:]: value for field, value in written.items() if field.startswith("h:")},
                "variables": {field[2:]: value for field, value in written.items() if field.startswith("v:")},
            }
        )
    return entries


def form_fields(content_type: str, body: bytes) -> dict[str, list[str]]:
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
