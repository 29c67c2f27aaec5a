"""Frozen mailings that can be sent again and again from the same state."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from bench.newsletter import configure, write_newsletter
from bench.process import Cost, work
from bench.scope import Scope

# Mostly no limit: what is measured is how fast it could go.
_DELIVERY = "delivery: {{rate: {rate}, concurrency: {concurrency}, claim: none{processes}}}\n"


def http_carrier(name: str, port: int, *, processes: int | None = None, rate: str = "999999/s") -> str:
    """The settings of a carrier with an HTTP API on this machine; as many processes as dispatch thinks fit, or so many."""
    key = {"postmark": "token", "mailgun": "api_key"}[name]
    domain = ", domain: news.crossings.example" if name == "mailgun" else ""
    where = f'{key}: "${{CARRIER_KEY}}", base_url: "http://127.0.0.1:{port}"{domain}'
    return f"provider: {name}\nproviders: {{{name}: {{{where}}}}}\n{_delivery(4, processes, rate)}"


def smtp_carrier(port: int, *, concurrency: int) -> str:
    """The settings of a mail server on this machine."""
    where = f"host: 127.0.0.1, port: {port}, tls: none"
    return f"provider: smtp\nproviders: {{smtp: {{{where}}}}}\n{_delivery(concurrency)}"


def _delivery(concurrency: int, processes: int | None = None, rate: str = "999999/s") -> str:
    wished = f", processes: {processes}" if processes else ""
    return _DELIVERY.format(rate=rate, concurrency=concurrency, processes=wished)


@dataclass(frozen=True)
class FrozenMailing:
    """A mailing just before its first message."""

    folder: Path
    people: int

    @classmethod
    def make(cls, scope: Scope, name: str, people: int, settings: str, *, act: str = "freeze_mailing") -> FrozenMailing:
        """Write a newsletter and freeze its issue for its list; `act` is the piece of work that freezes."""
        folder = write_newsletter(scope.folder / name, people, settings)
        work(act, folder)
        shutil.copytree(folder / ".dispatch", folder / "frozen")
        return cls(folder, people)

    def settle(self, settings: str) -> None:
        """Name another port of the carrier."""
        configure(self.folder, settings)

    def send(self, act: str = "send") -> Cost:
        """Send all of it as it was frozen; `act` is the piece of work that does."""
        shutil.rmtree(self.folder / ".dispatch")
        shutil.copytree(self.folder / "frozen", self.folder / ".dispatch")
        return work(act, self.folder)
