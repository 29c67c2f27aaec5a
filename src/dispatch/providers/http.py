"""Providers with an HTTP API: pure `build` and `read`, one `submit` that does the I/O and keeps the doubts."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from hashlib import sha256
from time import monotonic
from typing import Any, ClassVar
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from dispatch.counts import count
from dispatch.errors import AccountTrouble, InvalidConfig, ProviderUnreachable
from dispatch.messages.message import Message
from dispatch.providers.outcome import UNREACHABLE, Outcome, Postponed, Refused, Uncertain, legible
from dispatch.providers.provider import Batch, Begin, Provider
from dispatch.providers.tls import innermost, is_hopeless, is_loopback

_BLOCK = 256 * 1024  # bytes of a request handed to the socket at a time
_MAX_ANSWER = 1024 * 1024  # bytes; 500 results take a fifth of it


@dataclass(frozen=True)
class Request:
    """One call, ready to be sent, and the messages it carries, in order.

    Calls with the same method, URL and headers cost least: what these need is found out once.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)  # the account's secret is among them
    body: bytes = field(repr=False)
    messages: tuple[Message, ...] = field(default=(), repr=False)

    @property
    def sha256(self) -> str:
        """What identifies the call: method, URL and body; not the headers, for a new key makes no new call."""
        digest = sha256(f"{self.method} {self.url}\n".encode())
        digest.update(self.body)
        return digest.hexdigest()


@dataclass(frozen=True)
class Response:
    """What came back."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes  # the first MiB of it; less than it was if the connection broke

    def json(self) -> object:
        """The body read as JSON; None where it is none (cut short, a proxy's HTML page)."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def retry_after(self) -> float | None:
        """The seconds the server asks to wait (RFC 9110 §10.2.3); None where it asks nothing that makes sense.

        A date is taken against the answer's own `Date`, so that no clock of ours matters. How long a wait is obeyed is
        the delivery loop's business.
        """
        asked = self.headers.get("retry-after", "").strip()
        if asked.isascii() and asked.isdigit() and len(asked) <= 10:
            return float(asked)
        try:
            wait = parsedate_to_datetime(asked) - parsedate_to_datetime(self.headers.get("date", ""))
        except (ValueError, TypeError):
            return None
        return max(0.0, wait.total_seconds())


class HttpProvider(Provider):
    """A provider with an API over HTTP.

    A new one writes `build`, `read_results` (a 2xx) and, where the provider says more than the status, `read_failure`.
    """

    # Codes of Postponed after which the mailing stops, with what to do about it.
    troubles: ClassVar[Mapping[str, str]] = {
        "HTTP 401": "Look at the provider's key in dispatch.yaml and the environment.",
        "HTTP 403": "Look at the provider's key in dispatch.yaml and at what the account may do.",
        "HTTP 404": "Look at `base_url` in dispatch.yaml.",
        "HTTP 407": "The proxy wants a user: put it into HTTPS_PROXY.",
        "redirect": "Set `base_url` in dispatch.yaml to the address that the server names.",
    }
    # Seconds: to connect or hand over a block; to wait for the answer.
    timeouts: ClassVar[tuple[float, float]] = (30.0, 120.0)
    question_timeouts: ClassVar[tuple[float, float]] = (10.0, 60.0)  # the same for a question, at which a person waits
    # Seconds: servers close what is idle for 5 or more, and a request into a closing connection would be a doubt.
    keep_idle: ClassVar[float] = 4.0

    def __init__(self, base_url: str) -> None:
        """Take the address of the API, without a path that calls would have; raises InvalidConfig."""
        parts = urlsplit(base_url)
        if not parts.hostname or not (
            parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
        ):
            raise InvalidConfig(
                "`base_url` is not an https:// address",
                remedy="The key and the messages may not travel unencrypted; http:// is for this machine only.",
            )
        self._base_url = base_url.rstrip("/")
        self._adapter = _Adapter(self._base_url)
        self._used_at = monotonic()

    @abstractmethod
    def build(self, batch: Batch) -> Request:
        """The call for a batch: pure, the same bytes for the same batch."""

    @abstractmethod
    def read_results(self, messages: Sequence[Message], document: object) -> list[Outcome]:
        """One outcome per message, in order, from the JSON of a 2xx answer (None if it was none): pure."""

    def read_failure(self, response: Response) -> Outcome:
        """The outcome of every message of a call that was not answered with 2xx: pure."""
        code = f"HTTP {response.status}"
        said = legible(response.body.decode("utf-8", "replace"), 200)
        if response.status in (408, 429):  # RFC 9110 §15.5.9: the server did not get all of the request in time
            return Postponed(code, said, response.retry_after)
        if response.status in (301, 302, 307, 308):  # RFC 9110 §15.4: look elsewhere; nothing was done here
            return Postponed("redirect", legible(f"{code} to {response.headers.get('location', 'nowhere')}"))
        if code in self.troubles:
            return Postponed(code, said)
        if 400 <= response.status < 500:
            return Refused(code, said, of_call=True)
        return Uncertain(code, said)

    def read(self, request: Request, response: Response) -> list[Outcome]:
        """One outcome per message, in order, whatever the answer: pure."""
        asked = len(request.messages)
        if not 200 <= response.status < 300:
            return [self.read_failure(response)] * asked
        outcomes = self.read_results(request.messages, response.json())
        if len(outcomes) != asked:
            told = f"{count(len(outcomes), 'result')} for {count(asked, 'message')}"
            return [Uncertain("miscounted", told)] * asked
        return outcomes

    def submit(self, batch: Batch, begin: Begin) -> Iterator[Outcome]:
        """One call for the whole batch; AccountTrouble comes after the outcomes."""
        request = self.build(batch)
        # Whoever does not know a repeat again is never sent one, so nobody asks what the call was.
        begin(len(request.messages), request.sha256 if self.capabilities.idempotent else "")
        answer = self._send(request)
        outcomes = self.read(request, answer) if isinstance(answer, Response) else [answer] * len(request.messages)
        yield from outcomes
        self._stop_where_waiting_is_useless(outcomes)

    @property
    def website(self) -> str:
        """The address of the API."""
        return self._base_url

    def close(self) -> None:
        """Let go of the connection."""
        self._adapter.close()

    def get(self, path: str, headers: Mapping[str, str]) -> Response:
        """Ask for something; raises ProviderUnreachable where no answer comes."""
        answer = self._send(Request("GET", self._base_url + path, headers, b""), self.question_timeouts)
        if not isinstance(answer, Response):
            raise ProviderUnreachable(f"{self.name} cannot be asked: {answer.detail}")
        return answer

    def _stop_where_waiting_is_useless(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Postponed) and outcome.code == "tls":
                raise ProviderUnreachable(
                    f"{self.name} at {self._base_url} shows no certificate that holds: {outcome.detail}",
                    remedy="A certificate authority of your own is made known by REQUESTS_CA_BUNDLE=<file>.",
                )
            if isinstance(outcome, Postponed) and outcome.code in self.troubles:
                raise AccountTrouble(
                    f"{self.name} does not accept mail from this account: {outcome.detail} ({outcome.code})",
                    remedy=self.troubles[outcome.code],
                )

    def _send(self, request: Request, timeouts: tuple[float, float] | None = None) -> Response | Postponed | Uncertain:
        """The answer, or the outcome of not having got one.

        requests cannot tell "before" from "after": a reset looks the same. So the body is watched instead: as long as
        its last block was not handed to the socket, the server cannot have the whole request.
        """
        if monotonic() - self._used_at > self.keep_idle:
            self._adapter.close()
        body = _Body(request.body)
        timeouts = timeouts or self.timeouts
        try:
            answer = self._adapter.call(request, body, timeouts)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            self._adapter.close()
            if body.last_block_left:
                return Uncertain("no answer", legible(innermost(error)))
            reached = "broken off" if body.begun else "tls" if is_hopeless(error) else UNREACHABLE
            return Postponed(reached, legible(innermost(error)))
        try:
            return Response(
                answer.status,
                {name.lower(): value for name, value in answer.headers.items()},
                _read_body(answer, monotonic() + timeouts[1]),
            )
        finally:
            answer.close()
            answer.release_conn()
            self._used_at = monotonic()


class _Adapter(HTTPAdapter):
    """requests' adapter for calls that are alike: what a call of a kind needs is found out once.

    It gives urllib3's answer as it is. Preparing each call, the environment, cookies and requests' own Response together
    took as long as all the rest of a call.
    """

    def __init__(self, base_url: str) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)
        # HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE
        with requests.Session() as session:
            environment = session.merge_environment_settings(base_url, {}, None, True, None)
        self._proxies, self._verify = environment["proxies"], environment["verify"] or True
        self._kind: tuple[str, str, Mapping[str, str]] | None = None
        self._pool: Any = None  # urllib3's HTTPConnectionPool; requests' types do not say so

    def call(self, request: Request, body: _Body, timeouts: tuple[float, float]) -> urllib3.BaseHTTPResponse:
        """The answer, its body still to be read; raises requests' and urllib3's errors."""
        kind = (request.method, request.url, request.headers)
        if self._kind != kind:
            prepared = requests.Request(*kind).prepare()
            self._pool = self.get_connection_with_tls_context(prepared, self._verify, proxies=self._proxies)
            self.cert_verify(self._pool, request.url, self._verify, None)  # type: ignore[no-untyped-call]
            self._target, self._headers = self.request_url(prepared, self._proxies), dict(prepared.headers)
            self._kind = kind
        answer: urllib3.BaseHTTPResponse = self._pool.urlopen(
            request.method,
            self._target,
            body=body if request.body else None,
            headers={**self._headers, "Content-Length": str(len(body))} if request.body else self._headers,
            retries=self.max_retries,
            redirect=False,
            assert_same_host=False,
            timeout=urllib3.Timeout(*timeouts),
            preload_content=False,
            decode_content=False,
        )
        return answer

    def close(self) -> None:
        """Let go of the connection; the next call makes another one."""
        super().close()
        if self._pool is not None:  # urllib3 closes a pool when nobody refers to it any more
            self._pool.close()
        self._kind = self._pool = None


class _Body:
    """The bytes of a request in blocks; knows whether the last one may have been handed to the socket."""

    def __init__(self, content: bytes) -> None:
        self._content = memoryview(content)
        self.begun = False
        self.last_block_left = False

    def __len__(self) -> int:
        return len(self._content)

    def __iter__(self) -> Iterator[memoryview]:
        for start in range(0, len(self), _BLOCK):
            self.begun = True
            self.last_block_left = start + _BLOCK >= len(self)
            yield self._content[start : start + _BLOCK]


def _read_body(raw: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """At most a MiB, undecoded (no gzip bomb); what came, if the connection breaks: the status stands for itself."""
    parts: list[bytes] = []
    left = _MAX_ANSWER
    try:
        while left and monotonic() < deadline and (part := raw.read1(left, decode_content=False)):
            parts.append(part)
            left -= len(part)
    except urllib3.exceptions.HTTPError:
        pass
    return b"".join(parts)
