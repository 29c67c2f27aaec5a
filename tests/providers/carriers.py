"""The providers that talk to a server, beside servers with a truth of their own."""

from __future__ import annotations

import base64
from contextlib import closing
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

from dispatch.providers import open_provider
from dispatch.providers.outcome import Outcome
from dispatch.providers.provider import Provider
from dispatch.providers.smtp import Smtp
from dispatch.providers.smtp_connection import Patience
from dispatch.testing.mailgun_server import DOMAIN, KEY, MailgunServer, shown
from dispatch.testing.messages import make_messages
from dispatch.testing.postmark_server import TOKEN, PostmarkServer
from dispatch.testing.providers import Carrier, Delivered, Intents, batch
from dispatch.testing.smtp_server import SmtpServer


class SmtpCarrier(Carrier):
    def __init__(self, server: SmtpServer, folder: Path, **options: object) -> None:
        self.server = server
        self.folder = folder
        self.options = {"host": "localhost", "port": server.port, "tls": "none", **options}
        self.secret = str(options.get("password", ""))

    def open(self) -> Provider:
        return open_provider("smtp", self.options, folder=self.folder)

    def delivered(self) -> list[Delivered]:
        return [
            Delivered.parse(entry["recipient"], entry["content"].encode("ascii"))
            for entry in self.server.truth.entries()
        ]

    def refuse(self, address: str) -> None:
        self.server.faults.add("rcpt", "550 5.1.1 no such user", match=address)

    def postpone(self) -> None:
        self.server.faults.add("rcpt", "451 4.7.1 come back later", times=-1)

    def lose_reply(self) -> None:
        self.server.faults.add("dot", "lose")

    def close_account(self) -> None:
        self.server.login = ("somebody", "else")

    def go_away(self) -> None:
        self.server.stop()

    def submit(self, count: int = 1, intents: Intents | None = None) -> list[Outcome]:
        with closing(self.open()) as provider:
            return list(provider.submit(batch(make_messages(count)), intents or Intents(self)))


class ImpatientSmtp(Smtp):
    patience = Patience(connect=2, greeting=0.3, command=0.3, data=0.3, block=0.3, final=0.3)


class ImpatientCarrier(SmtpCarrier):
    def open(self) -> Provider:
        return ImpatientSmtp(**self.options)  # type: ignore[arg-type]


class PostmarkCarrier(Carrier):
    def __init__(self, server: PostmarkServer, folder: Path, **options: object) -> None:
        self.server = server
        self.folder = folder
        self.options = {"token": TOKEN, "base_url": server.url, **options}
        self.secret = TOKEN

    def open(self) -> Provider:
        return open_provider("postmark", self.options, folder=self.folder)

    def delivered(self) -> list[Delivered]:
        return [_delivered(entry["recipient"], entry["message"]) for entry in self.server.truth.entries()]

    def refuse(self, address: str) -> None:
        self.server.inactive.add(address)

    def postpone(self) -> float:
        self.server.faults.add("batch", "429 17")
        return 17.0

    def lose_reply(self) -> None:
        self.server.faults.add("batch", "lose")

    def close_account(self) -> None:
        self.options["token"] = self.secret = "canary-token-of-somebody-else"

    def go_away(self) -> None:
        self.server.stop()

    def submit(self, count: int = 3, intents: Intents | None = None) -> list[Outcome]:
        with closing(self.open()) as provider:
            return list(provider.submit(batch(make_messages(count)), intents or Intents(self)))


class MailgunCarrier(Carrier):
    def __init__(self, server: MailgunServer, folder: Path, **options: object) -> None:
        self.server = server
        self.folder = folder
        self.options = {"api_key": KEY, "domain": DOMAIN, "base_url": server.url, **options}
        self.secret = KEY

    def open(self) -> Provider:
        return open_provider("mailgun", self.options, folder=self.folder)

    def delivered(self) -> list[Delivered]:
        return [
            Delivered(
                entry["recipient"],
                str(make_header(decode_header(f"{entry['name']} <{entry['recipient']}>"))),
                *(shown(entry[part]) for part in ("subject", "text", "html")),
                {name.lower(): value for name, value in entry["headers"].items()},
            )
            for entry in self.server.truth.entries()
        ]

    def refuse(self, address: str) -> None:
        self.server.invalid.add(address)

    def postpone(self) -> float:
        self.server.faults.add("messages", "429 17")
        return 17.0

    def lose_reply(self) -> None:
        self.server.faults.add("messages", "lose")

    def close_account(self) -> None:
        self.options["api_key"] = self.secret = "canary-key-of-somebody-else"

    def go_away(self) -> None:
        self.server.stop()


def _delivered(recipient: str, message: dict[str, Any]) -> Delivered:
    return Delivered(
        recipient,
        str(make_header(decode_header(message["To"]))),
        message["Subject"],
        message["TextBody"],
        message["HtmlBody"],
        {field["Name"].lower(): field["Value"] for field in message["Headers"]},
        {
            picture["ContentID"].removeprefix("cid:"): base64.b64decode(picture["Content"])
            for picture in message.get("Attachments", [])
        },
    )
