"""What all HTTP providers inherit: which doubts stay, and which waits are asked for."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from dispatch.errors import AccountTrouble
from dispatch.providers.http import Response
from dispatch.providers.outcome import Accepted, Outcome, Postponed, Refused, Uncertain
from dispatch.providers.postmark import Postmark
from dispatch.testing.messages import make_message, make_messages
from dispatch.testing.postmark_server import TOKEN, PostmarkServer
from dispatch.testing.providers import batch

LARGE = [make_message(position, text="x" * 4_000_000) for position in (1, 2, 3)]  # more than any buffer takes


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostmarkServer]:
    with PostmarkServer(tmp_path / "truth") as server:
        yield server


class Hurried(Postmark):
    timeouts = (0.5, 0.3)


def begin(count: int, request_sha256: str = "") -> None:
    """Anything may leave."""


def submit(provider: Postmark, messages: list[object] | tuple[object, ...] = ()) -> list[Outcome]:
    return list(provider.submit(batch(messages or make_messages(2)), begin))  # type: ignore[arg-type]


# --- before or after ---------------------------------------------------------------------------------------------


def test_a_call_cut_before_its_last_block_was_not_accepted(server: PostmarkServer) -> None:
    server.faults.add("early", "cut")
    with closing(Postmark(token=TOKEN, base_url=server.url)) as provider:
        outcomes = submit(provider, LARGE)
        assert [(type(outcome), getattr(outcome, "code", "")) for outcome in outcomes] == [
            (Postponed, "broken off")
        ] * 3
        assert [type(outcome) for outcome in submit(provider, LARGE)] == [Accepted] * 3


def test_a_silent_server_is_uncertain_after_the_time_limit(server: PostmarkServer) -> None:
    server.faults.add("batch", "hang")
    with closing(Hurried(token=TOKEN, base_url=server.url)) as provider:
        assert [type(outcome) for outcome in submit(provider)] == [Uncertain] * 2
    assert len(server.truth.entries()) == 2


def test_a_server_that_takes_no_bytes_has_not_accepted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with closing(Hurried(token=TOKEN, base_url=url)) as provider:
            outcomes = submit(provider, LARGE)
    assert [type(outcome) for outcome in outcomes] == [Postponed] * 3


@pytest.mark.parametrize("url", ["http://localhost:9", "https://no-such-host.invalid", "https://" + "x" * 80 + ".org"])
def test_without_a_connection_nothing_is_uncertain(url: str) -> None:
    with closing(Postmark(token=TOKEN, base_url=url)) as provider:
        outcomes = submit(provider)
    assert [(type(outcome), getattr(outcome, "code", "")) for outcome in outcomes] == [(Postponed, "unreachable")] * 2


def _answer_once(listening: socket.socket, answer: bytes) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.recv(1024 * 1024)
        connection.sendall(answer)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"", Uncertain),
        (b"\x00\xff garbage", Uncertain),
        (b"HTTP/1.1 20", Uncertain),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[", Uncertain),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Uncertain),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08garbage", Uncertain),
        (b"HTTP/1.1 429 Slow\r\nContent-Length: 99\r\nRetry-After: 5\r\n\r\ncut", Postponed),
        (b"HTTP/1.1 303 See Other\r\nLocation: /done\r\n\r\n", Uncertain),
        (b"HTTP/1.1 100 Continue\r\n\r\n", Uncertain),
    ],
)
def test_an_answer_that_breaks_is_as_good_as_its_status(answer: bytes, expected: type[Outcome]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=_answer_once, args=(listening, answer))
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with closing(Hurried(token=TOKEN, base_url=url)) as provider:
            assert [type(outcome) for outcome in submit(provider)] == [expected] * 2
        thread.join()


def test_a_redirect_is_not_followed_and_stops_the_mailing() -> None:
    answer = b"HTTP/1.1 308 Moved\r\nLocation: https://elsewhere.example/email/batch\r\nContent-Length: 0\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=_answer_once, args=(listening, answer))
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with (
            closing(Postmark(token=TOKEN, base_url=url)) as provider,
            pytest.raises(AccountTrouble, match=r"elsewhere\.example"),
        ):
            submit(provider)
        thread.join()


def test_a_slow_drip_ends_at_the_time_limit() -> None:
    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(1024 * 1024)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            try:
                while True:
                    connection.sendall(b" ")
                    connection.settimeout(0.05)
                    try:
                        if not connection.recv(1):
                            break
                    except TimeoutError:
                        continue
            except OSError:
                pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=drip, args=(listening,))
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with closing(Hurried(token=TOKEN, base_url=url)) as provider:
            assert [type(outcome) for outcome in submit(provider)] == [Uncertain] * 2
        thread.join()


# --- one connection, nobody else's settings --------------------------------------------------------------------------


def test_calls_share_a_connection(server: PostmarkServer) -> None:
    with closing(Postmark(token=TOKEN, base_url=server.url)) as provider:
        for _ in range(4):
            submit(provider)
        provider.check()
    assert server.connections == 1


def test_each_call_has_its_own_body_and_nothing_of_the_one_before(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/email/batch").respond_with_json([])
    httpserver.expect_request("/message-streams/broadcast").respond_with_json({})
    with closing(Postmark(token=TOKEN, base_url=httpserver.url_for("").rstrip("/"))) as provider:
        submit(provider, make_messages(3))
        provider.check()
        submit(provider, make_messages(1))
        submit(provider, make_messages(2))
    requests = [request for request, _ in httpserver.log]
    assert [request.method for request in requests] == ["POST", "GET", "POST", "POST"]
    assert [request.content_length for request in requests] == [len(request.data) or None for request in requests]
    bodies = [json.loads(request.data) for request in requests if request.data]
    assert [len(body) for body in bodies] == [3, 1, 2]


def test_a_connection_that_was_idle_is_not_used_again(server: PostmarkServer) -> None:
    class Forgetful(Postmark):
        keep_idle = -1.0

    with closing(Forgetful(token=TOKEN, base_url=server.url)) as provider:
        submit(provider)
        submit(provider)
    assert server.connections == 2


def test_a_netrc_file_cannot_log_us_in(httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    httpserver.expect_request("/email/batch").respond_with_json([])
    with closing(Postmark(token=TOKEN, base_url=httpserver.url_for("/"))) as provider:
        submit(provider)
    ((request, _),) = httpserver.log
    assert "Authorization" not in request.headers
    assert request.headers["X-Postmark-Server-Token"] == TOKEN


def test_a_proxy_from_the_environment_is_used_and_may_be_away(
    server: PostmarkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with closing(Postmark(token=TOKEN, base_url="https://api.example.org")) as provider:
        outcomes = submit(provider)
    assert [(type(outcome), getattr(outcome, "code", "")) for outcome in outcomes] == [(Postponed, "unreachable")] * 2


# --- Retry-After ------------------------------------------------------------------------------------------------------

NOW = "Mon, 02 Mar 2026 08:00:00 GMT"


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("1", 1.0),
        (" 60 ", 60.0),
        ("0", 0.0),
        ("1000000000", 1e9),
        ("9" * 11, None),
        ("Mon, 02 Mar 2026 08:01:30 GMT", 90.0),
        ("Monday, 02-Mar-26 08:01:30 GMT", 90.0),
        ("Mon, 02 Mar 2026 07:00:00 GMT", 0.0),
        ("Mon, 02 Mar 2026 10:00:00 GMT", 7200.0),
        ("5, 10", None),  # two of them
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("9" * 5000, None),
        ("1e9", None),
        ("", None),
        ("Mon, 99 Mar 2026 08:01:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_nothing(asked: str, seconds: float | None) -> None:
    assert Response(429, {"retry-after": asked, "date": NOW}, b"").retry_after == seconds


def test_a_date_without_the_servers_own_clock_says_nothing() -> None:
    assert Response(429, {"retry-after": NOW}, b"").retry_after is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_retry_after_breaks_the_reading(asked: str, date: str) -> None:
    seconds = Response(429, {"retry-after": asked, "date": date}, b"").retry_after
    assert seconds is None or seconds >= 0


# --- what a status means where the provider says no more ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, Refused("HTTP 400", "why", of_call=True)),
        (401, Postponed("HTTP 401", "why")),
        (403, Postponed("HTTP 403", "why")),
        (404, Postponed("HTTP 404", "why")),
        (422, Refused("HTTP 422", "why", of_call=True)),
        (429, Postponed("HTTP 429", "why", 9.0)),
        (408, Postponed("HTTP 408", "why", 9.0)),
        (302, Postponed("redirect", "HTTP 302 to nowhere")),
        (303, Uncertain("HTTP 303", "why")),
        (500, Uncertain("HTTP 500", "why")),
        (503, Uncertain("HTTP 503", "why")),
        (599, Uncertain("HTTP 599", "why")),
        (101, Uncertain("HTTP 101", "why")),
    ],
)
def test_a_status_has_a_meaning(status: int, expected: Outcome) -> None:
    with closing(Postmark(token=TOKEN)) as provider:
        answer = Response(status, {"retry-after": "9"}, b"wh\x00y".replace(b"\x00", b""))
        assert super(Postmark, provider).read_failure(answer) == expected
