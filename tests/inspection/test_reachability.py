"""Links are followed, kindly, and good answers are remembered for a day."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from dispatch.inspection.public_web import PublicWeb
from dispatch.inspection.reachability import Reachability

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)


class Clock:
    """Stands still until it is moved."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def links(tmp_path: Path, clock: Clock) -> Reachability:
    here = PublicWeb(seconds=2, allowed=lambda address: address == ip_address("127.0.0.1"), ports=range(1, 65536))
    return Reachability(tmp_path / ".dispatch" / "links.json", clock, here)


def trouble(links: Reachability, url: str) -> str:
    return links.answers([url])[url].trouble


def methods(server: HTTPServer) -> list[str]:
    return [request.method for request, _ in server.log]


def test_a_page_that_is_there_costs_one_head(links: Reachability, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a", query_string="b=1").respond_with_data("ok")
    assert trouble(links, httpserver.url_for("/a?b=1") + "#c") == ""
    assert methods(httpserver) == ["HEAD"]


@pytest.mark.parametrize("status", [404, 410, 500])
def test_a_page_that_is_gone_is_told_with_its_status(links: Reachability, httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/a").respond_with_data("", status=status)
    assert trouble(links, httpserver.url_for("/a")).startswith(f"is answered with {status} ")


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_a_program_that_is_turned_away_says_nothing_about_readers(
    links: Reachability, httpserver: HTTPServer, status: int
) -> None:
    httpserver.expect_request("/a").respond_with_data("", status=status)
    assert trouble(links, httpserver.url_for("/a")) == ""


@pytest.mark.parametrize("status", [404, 405, 501])
def test_get_where_head_is_refused(links: Reachability, httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/a", method="HEAD").respond_with_data("", status=status)
    httpserver.expect_request("/a", method="GET").respond_with_data("ok")
    assert trouble(links, httpserver.url_for("/a")) == ""
    assert methods(httpserver) == ["HEAD", "GET"]


def test_five_redirects_are_followed_and_no_sixth(links: Reachability, httpserver: HTTPServer) -> None:
    for number in range(1, 7):
        head = {"Location": f"{number - 1}"}
        httpserver.expect_request(f"/{number}").respond_with_data("", status=301, headers=head)
    httpserver.expect_request("/0").respond_with_data("ok")
    assert trouble(links, httpserver.url_for("/5")) == ""
    assert trouble(links, httpserver.url_for("/6")) == "is redirected more than 5 times"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("http://169.254.169.254/latest/meta-data/", "leads to 169.254.169.254, which is no public address"),
        ("http://127.0.0.2/", "leads to 127.0.0.2, which is no public address"),
        ("http://[::1]/", "leads to ::1, which is no public address"),
        ("file:///etc/passwd", "leads on to file:, which is not the web"),
    ],
)
def test_a_redirect_into_a_private_network_is_not_followed(
    links: Reachability, httpserver: HTTPServer, target: str, said: str
) -> None:
    httpserver.expect_request("/a").respond_with_data("", status=302, headers={"Location": target})
    assert trouble(links, httpserver.url_for("/a")) == said


def test_a_redirect_to_what_is_no_address_is_told(links: Reachability) -> None:
    def redirect() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(1_000)
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        redirecting = threading.Thread(target=redirect)
        redirecting.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        assert trouble(links, url) == "leads on to what is no web address"
        redirecting.join()


@pytest.mark.parametrize("endless", [b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200, b"HTTP/1.1 100 Continue\r\n\r\n" * 20])
def test_a_server_that_never_comes_to_an_end_is_left(tmp_path: Path, clock: Clock, endless: bytes) -> None:
    over = threading.Event()

    def drip() -> None:
        connection, _ = server.accept()
        with connection:
            for at in range(0, len(endless), len(endless) // 20):
                if over.wait(0.05):
                    return
                connection.sendall(endless[at : at + len(endless) // 20])

    web = PublicWeb(seconds=2, allowed=lambda _: True, ports=range(1, 65536))
    links = Reachability(tmp_path / ".dispatch" / "links.json", clock, web, seconds=0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = threading.Thread(target=drip)
        dripping.start()
        began = monotonic()
        try:
            said = trouble(links, f"http://127.0.0.1:{server.getsockname()[1]}/")
            took = monotonic() - began
        finally:
            over.set()
            dripping.join()
    assert said == "does not answer within 0.2 seconds"
    assert took < 0.9  # the server needs a second


def test_good_answers_are_kept_for_a_day_and_bad_ones_are_not(
    links: Reachability, httpserver: HTTPServer, clock: Clock
) -> None:
    httpserver.expect_request("/good").respond_with_data("ok")
    httpserver.expect_request("/bad").respond_with_data("", status=404)
    urls = [httpserver.url_for("/good"), httpserver.url_for("/bad")]
    first = links.answers(urls)
    seen = len(httpserver.log)
    clock.now += timedelta(hours=23)
    assert links.answers(urls) == first
    assert [request.path for request, _ in httpserver.log[seen:]] == ["/bad", "/bad"]
    clock.now += timedelta(hours=2)
    links.answers(urls)
    assert [request.path for request, _ in httpserver.log].count("/good") == 2


@pytest.mark.parametrize("content", ["", "[]", "{", '{"https://example.org": 1}', '{"https://example.org": "x"}'])
def test_a_file_that_cannot_be_read_is_as_good_as_none(
    links: Reachability, httpserver: HTTPServer, tmp_path: Path, content: str
) -> None:
    (tmp_path / ".dispatch").mkdir()
    (tmp_path / ".dispatch" / "links.json").write_text(content)
    httpserver.expect_request("/good").respond_with_data("ok")
    assert trouble(links, httpserver.url_for("/good")) == ""


@pytest.fixture
def crowd() -> Iterator[HTTPServer]:
    """A server that answers many at a time."""
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        yield server


def test_eight_at_once(links: Reachability, crowd: HTTPServer) -> None:
    together = threading.Barrier(8, timeout=5)

    def meet(_: Request) -> Response:
        together.wait()
        return Response("ok")

    crowd.expect_request("/", method="HEAD").respond_with_handler(meet)
    urls = [f"{crowd.url_for('/')}?{number}" for number in range(8)]
    assert not any(answer.trouble for answer in links.answers(urls).values())


def test_each_address_is_asked_once_and_nothing_is_written_where_none_is(
    links: Reachability, httpserver: HTTPServer, tmp_path: Path
) -> None:
    assert links.answers([]) == {}
    assert not (tmp_path / ".dispatch").exists()
    httpserver.expect_request("/a").respond_with_data("ok")
    links.answers([httpserver.url_for("/a")] * 3)
    assert len(httpserver.log) == 1
