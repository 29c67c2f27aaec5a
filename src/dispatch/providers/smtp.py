"""SMTP (RFC 5321): each stage of a message is watched, for only the final dot can make it accepted."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from ipaddress import ip_address
from itertools import islice, zip_longest
from pathlib import Path
from time import monotonic
from typing import ClassVar, Literal

from dispatch.errors import InvalidConfig, ProviderUnreachable
from dispatch.messages.message import Message, mimes_of
from dispatch.providers.outcome import Outcome
from dispatch.providers.provider import Authentication, Batch, Begin, Capabilities, Provider
from dispatch.providers.smtp_connection import Away, Patience, Server, connect
from dispatch.providers.smtp_lane import Lane, Letter, path_of
from dispatch.providers.tls import is_loopback

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_UNIT = 50  # messages a worker takes at a time; with hundreds, the end of a mailing would run on few connections
_MOMENT = 1.0  # seconds for which a server may be left waiting for a message that it was told of

LANES = 4
"""Connections of one thread to a server on this machine."""


class Smtp(Provider):
    """A mail server that takes our mail: a provider's relay, or one's own.

    Certificates are always verified, against the system's authorities or those in `ca_file`. `tls: none` is for a
    server on this machine, and without a password: neither messages nor secrets travel in the clear.
    A connection is kept as long as the server keeps it. Where the server is near, one thread has several: their final
    dots share one durable step of the ledger. A round waits for the slowest of its answers, so elsewhere it has one.
    """

    name: ClassVar[str] = "smtp"
    default_images: ClassVar[str] = "embed"
    patience: ClassVar[Patience] = Patience()

    def __init__(
        self,
        *,
        host: str,
        port: int | None = None,
        tls: Literal["starttls", "tls", "none"] = "starttls",
        username: str = "",
        password: str = "",
        ca_file: Path | None = None,
    ) -> None:
        if bool(username) != bool(password):
            raise InvalidConfig("`username` and `password` go together", remedy="Set both, or none of them.")
        if tls == "none" and (password or not is_loopback(host)):
            raise InvalidConfig(
                "`tls: none` would send the password in the clear"
                if password
                else f"`tls: none` would send the mail in the clear to {host}",
                remedy="Use `starttls` or `tls`; `none` is for a server on this machine (localhost), without a login.",
            )
        self._server = Server(host, port or _PORTS[tls], tls, _trust(ca_file), username, password, self.patience)
        self._lanes: list[Lane] = []
        self._lanes_at_most = LANES if is_loopback(host) else 1
        self._away: Outcome | None = None  # the answer to all for which there is no connection
        self._hurries = False  # whether the last round was soon followed by the next

    @property
    def capabilities(self) -> Capabilities:
        """Message by message; a repeat is a second copy."""
        return Capabilities(max_messages=_UNIT, lanes=self._lanes_at_most)

    def plan(self, messages: Sequence[Message]) -> list[tuple[Message, ...]]:
        """Split into units; raises Unsupported also for an address that cannot stand in a command."""
        for message in messages:
            path_of(message.envelope.mail_from)
            path_of(message.envelope.rcpt_to)
        return super().plan(messages)

    def submit(self, batch: Batch, begin: Begin) -> Iterator[Outcome]:
        """In rounds of a message on each lane, with one `begin` for all final dots of a round.

        As long as nobody waits between rounds, a message is announced along with the dot of the one before it on its
        lane. A server that is away is not asked again for each message.
        """
        messages, width = batch.messages, batch.lanes
        self._lanes += [Lane(self._server) for _ in range(width - len(self._lanes))]
        self._away = None
        letters = map(Letter, messages, mimes_of(messages))
        following: list[Letter] = []
        try:
            while round_ := following or list(islice(letters, width)):
                outcomes = [self._prepare(lane, letter) for lane, letter in zip(self._lanes, round_, strict=False)]
                following = list(islice(letters, width)) if self._hurries else []  # and the server reads meanwhile
                answers = self._finish(outcomes, following, begin)
                answered = monotonic()
                yield from answers
                self._hurries = monotonic() - answered < _MOMENT
        finally:
            for lane in self._lanes:
                lane.rest()

    def check(self) -> list[str]:
        """Nothing, where a connection can be made, encrypted and logged in."""
        try:
            connect(replace(self._server, patience=_IMPATIENCE)).close()
        except Away as away:
            raise ProviderUnreachable(
                f"{self._server.host}:{self._server.port} cannot be reached: {away}",
                remedy="Look at `host` and `port`, and whether the server runs.",
            ) from None
        return []

    def authentication(self, from_domain: str) -> Authentication:
        """MAIL FROM is the From address; whether the server delivers by itself or hands on, it does not say."""
        return Authentication(from_domain, _spf_mechanism(self._server.host), spf_is_certain=False)

    def close(self) -> None:
        """Take leave of the server."""
        for lane in self._lanes:
            lane.close()

    def _prepare(self, lane: Lane, letter: Letter) -> Outcome | None:
        """All of a message but its dot; once the server was away, no lane makes a new connection for this batch."""
        if self._away and not lane.is_open:
            return self._away
        try:
            return lane.prepare(letter)
        except Away as away:
            self._away = away.outcome
            return self._away

    def _finish(
        self, outcomes: Sequence[Outcome | None], following: Sequence[Letter], begin: Begin
    ) -> Sequence[Outcome]:
        """The dots of those that wait for theirs, and the answers to them.

        `begin` counts messages in order, so also those before the last dot that need none: the ledger learns of their
        outcomes with the next step, and had it to learn of our death instead, they would be in doubt like their round.
        """
        ready = [index for index, outcome in enumerate(outcomes) if outcome is None]
        if ready:
            begin(ready[-1] + 1)
        early = [
            lane.send_dot(letter) if outcome is None else outcome
            for lane, letter, outcome in zip_longest(self._lanes[: len(outcomes)], following, outcomes)
        ]
        return [outcome or lane.verdict() for lane, outcome in zip(self._lanes, early, strict=False)]


_IMPATIENCE = Patience(connect=10, greeting=10, command=10)  # of somebody who asks whether all is in order


@cache  # reading the system's authorities takes as long as hundreds of messages, and each thread has a provider
def _trust(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise InvalidConfig(f"The certificates in `ca_file` {ca_file} cannot be used: {error}") from None


def _spf_mechanism(host: str) -> str:
    """What in an SPF record lets a host send: `a` takes names only (RFC 7208 §5.3, §5.6)."""
    try:
        address = ip_address(host)
    except ValueError:
        return f"a:{host}"
    return f"ip{address.version}:{address}"
