"""A newsletter folder and the real `dispatch preview` on it, in a process of its own; asks it what a browser asks."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from PIL import Image

SETTINGS = """\
newsletter:
  name: Harbour Notes
  url: https://harbour.example
  postal_address: 1 Quay Street, Port Example
from: "Harbour Notes <notes@harbour.example>"
subscribers: subscribers.csv
provider: outbox
providers:
  outbox: {folder: .dispatch/outbox}
"""
TIDES = """\
title: The tides of March
preheader: When the water comes, {{first_name|reader}}.
date: 2026-03-02
cover: {image: images/pier.png, alt: A pier at low tide.}
blocks:
  - paragraph: Hello {{first_name|reader}}, the tide is out. Read [the table](https://harbour.example/tides).
  - heading: Why it matters
  - paragraph: Boats need water under them.
signoff: {signature: Mara}
"""
WINDS = """\
title: Winds and weather
date: 2026-02-02
blocks:
  - paragraph: It blew.
"""
SUBSCRIBERS = """\
email,name,first_name,language,tags,status
elodie@example.org,Élodie Laurent,Élodie,fr,paid,subscribed
omar@example.org,Omar <b>Bold</b>,Omar,ar,,subscribed
zoe@example.org,Zoe,,en,,unsubscribed
"""


def write_newsletter(folder: Path) -> Path:
    """A small newsletter, two issues and a picture."""
    for name, text in {
        "dispatch.yaml": SETTINGS,
        "subscribers.csv": SUBSCRIBERS,
        "issues/winds.yaml": WINDS,
        "issues/tides.yaml": TIDES,
    }.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "images").mkdir()
    Image.new("RGB", (40, 30), "#a3241b").save(folder / "images/pier.png")
    return folder


def command(*arguments: str) -> list[str]:
    """The command as a person would type it."""
    return [sys.executable, "-m", "dispatch", "preview", "--no-open", *arguments]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Preview:
    """A running preview."""

    folder: Path
    process: subprocess.Popen[str]
    url: str  # as it was printed
    port: int
    token: str

    @classmethod
    def start(cls, folder: Path, *arguments: str) -> Preview:
        """Run the command in a newsletter's folder, on any free port unless told otherwise."""
        with (folder.parent / f"{folder.name}.stderr").open("w") as stderr:
            process = subprocess.Popen(
                command(*(arguments or ("--port", "0"))),
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                cwd=folder,
                env={**os.environ, "PYTHONWARNINGS": "error"},
            )
        assert process.stdout
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), (folder.parent / f"{folder.name}.stderr").read_text()
        address = urlsplit(url)
        assert address.port
        return cls(folder, process, url, address.port, address.path.strip("/"))

    @property
    def base(self) -> str:
        """The address without a choice of issue."""
        return self.url.partition("?")[0]

    def stop(self) -> None:
        """End it, whatever state it is in."""
        self.process.terminate()
        try:
            self.process.communicate(timeout=10)
        finally:
            self.process.kill()
            self.process.communicate()

    def write(self, name: str, text: str) -> None:
        """Save a file of the newsletter."""
        (self.folder / name).write_text(text, "utf-8")

    def settle(self, content: str | bytes, *, issue: str = "tides") -> dict[str, Any]:
        """Save an issue, byte for byte, and wait for the view in which the desk has it."""
        written = content.encode() if isinstance(content, str) else content
        (self.folder / f"issues/{issue}.yaml").write_bytes(written)
        with self.views(issue=issue) as views:
            digest = sha256(written).hexdigest()
            return next(view for view in views if view["mail"] and view["mail"]["digest"] == digest)

    def ask(self, path: str, method: str = "GET", headers: dict[str, str] | None = None, **query: str) -> Answer:
        """Ask for a path below the token."""
        return self.ask_raw(f"/{self.token}/{path}{'?' if query else ''}{urlencode(query)}", method, headers)

    def post(self, path: str, content: object, *, headers: dict[str, str | None] | None = None) -> Answer:
        """Post JSON (or bytes as they are) as the desk's page does, but for other `headers`; None leaves one out."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        sent: dict[str, str | None] = {
            "Origin": f"http://127.0.0.1:{self.port}",
            "Content-Type": "application/json",
            "X-Edit-Token": self.edit_token(),
            "Content-Length": str(len(body)),
            **(headers or {}),
        }
        given = {name: value for name, value in sent.items() if value is not None}
        return self.ask_raw(f"/{self.token}/{path}", "POST", given, body)

    def edit_token(self) -> str:
        """What the desk's page sends with its edits."""
        return str(self.ask("texts", issue="tides").json["token"])

    def ask_raw(
        self, target: str, method: str = "GET", headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Ask for exactly this, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, target, skip_host="Host" in (headers or {}))
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders(body or None)
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    @contextmanager
    def views(self, **query: str) -> Iterator[Iterator[dict[str, Any]]]:
        """The stream of views, as a browser reads it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", f"/{self.token}/events?{urlencode(query)}")
            response = connection.getresponse()
            assert (response.status, response.getheader("content-type")) == (200, "text/event-stream; charset=utf-8")
            yield (json.loads(line.removeprefix(b"data: ")) for line in response if line.startswith(b"data: "))
            response.close()
        finally:
            connection.close()
