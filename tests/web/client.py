"""The other side of service.py: starts it in a process of its own, asks it, and reads its database and log."""

from __future__ import annotations

import http.client
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dispatch.database.database import Database
from dispatch.messages.tokens import KeyRing, Purpose, sign_token
from dispatch.subscribers.store import SubscriberStore
from web.service import KEY

PICTURE = "0a" * 32 + ".png"


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


@dataclass(frozen=True)
class Service:
    """A running service."""

    folder: Path
    process: subprocess.Popen[str]
    host: str
    port: int

    @classmethod
    def start(cls, folder: Path, *arguments: str) -> Service:
        """Make a newsletter's folder and serve it."""
        (folder / "media").mkdir()
        (folder / "media" / PICTURE).write_bytes(b"\x89PNG not really")
        (folder / "media" / "notes.txt").write_text("not a picture")
        (folder / "dispatch.yaml").write_text("not for you")
        command = [sys.executable, str(Path(__file__).with_name("service.py")), str(folder), *arguments]
        with (folder / "stderr").open("w") as stderr:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)
        assert process.stdout
        url = process.stdout.readline().strip()
        assert url.startswith("http://"), (folder / "stderr").read_text()
        host, _, port = url.removeprefix("http://").rpartition(":")
        return cls(folder, process, host, int(port))

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request on a connection of its own; _ in the names of headers stands for -."""
        with closing(http.client.HTTPConnection(self.host, self.port, timeout=30)) as connection:
            connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    @contextmanager
    def store(self) -> Iterator[SubscriberStore]:
        """Its subscribers, as another process sees them."""
        with closing(Database.open("sqlite:///.dispatch/dispatch.db", folder=self.folder)) as database:
            yield SubscriberStore(database, lambda: datetime.now(UTC), KeyRing([KEY]).id_key)

    def suppressions(self) -> dict[str, str]:
        """Subscriber's id to what did it, read straight from the file."""
        with closing(sqlite3.connect(self.folder / ".dispatch/dispatch.db")) as connection:
            return dict(connection.execute("SELECT subscriber_id, source FROM suppression"))

    def events(self) -> int:
        """How many changes the history of all subscribers holds."""
        with closing(sqlite3.connect(self.folder / ".dispatch/dispatch.db")) as connection:
            return int(connection.execute("SELECT count(*) FROM subscriber_event").fetchone()[0])

    @property
    def log(self) -> str:
        """What it wrote to stderr."""
        return (self.folder / "stderr").read_text()


def token(number: int, purpose: Purpose = "unsubscribe") -> str:
    """The token of an invented subscriber."""
    return sign_token(KeyRing([KEY]), purpose, person(number), "grain.1")


def person(number: int) -> str:
    """An invented subscriber's id."""
    return f"{number:032x}"
