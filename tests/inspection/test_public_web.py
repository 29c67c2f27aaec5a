"""Only the public web is asked, at the very address that was looked at."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from ipaddress import ip_address

import pytest
import trustme
from pytest_httpserver import HTTPServer

from dispatch.inspection.public_web import IpAddress, NoAnswer, NotAsked, PublicWeb, Reply, addresses_of, is_public

HERE = ip_address("127.0.0.1")
ANY_PORT = range(1, 65536)


def resolving(**names: str | list[str]) -> Callable[[str], list[IpAddress]]:
    """A DNS with these names, their dots written as _."""

    def resolve(host: str) -> list[IpAddress]:
        found = names.get(host.replace(".", "_"), [])
        return [ip_address(address) for address in ([found] if isinstance(found, str) else found)] or addresses_of(host)

    return resolve


def is_here(address: IpAddress) -> bool:
    """For these tests 127.0.0.1 is the public internet, and nothing else is."""
    return address == HERE


def web(**names: str | list[str]) -> PublicWeb:
    return PublicWeb(seconds=2, resolve=resolving(**names), allowed=is_here, ports=ANY_PORT)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",  # what clouds tell about themselves
        "192.0.2.1",
        "198.18.0.1",
        "224.0.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
        "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
        "192.0.0.8",
        "192.88.99.1",
        "3fff::1",
        "5f00::1",
        "fec0::1",
    ],
)
def test_an_address_that_is_not_of_the_public_internet(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_of_the_public_internet(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1", "0177.0.0.1"]
)
def test_this_machine_is_never_asked_however_it_is_spelled(httpserver: HTTPServer, host: str) -> None:
    httpserver.expect_request("/").respond_with_data("secret")
    with pytest.raises((NotAsked, NoAnswer)) as refused:
        PublicWeb(seconds=2, ports=ANY_PORT).ask("GET", f"http://{host}:{httpserver.port}/")
    assert "no public address" in str(refused.value) or "does not know" in str(refused.value)
    assert httpserver.log == []


def test_a_name_with_one_private_address_among_public_ones_is_not_asked(httpserver: HTTPServer) -> None:
    with pytest.raises(NotAsked, match=r"leads to 10\.0\.0\.1, which is no public address"):
        web(rebinding_example=["127.0.0.1", "10.0.0.1"]).ask("GET", f"http://rebinding.example:{httpserver.port}/")
    assert httpserver.log == []


def test_a_name_is_resolved_once_and_that_address_is_asked(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a b", headers={"Host": f"rebinding.example:{httpserver.port}"}).respond_with_data("ok")
    answers = iter([[HERE], [ip_address("127.0.0.2")]])
    public = PublicWeb(seconds=2, resolve=lambda _: next(answers), allowed=is_here, ports=ANY_PORT)
    url = f"http://rebinding.example:{httpserver.port}/a b"
    assert public.ask("GET", url) == Reply(200, "")
    with pytest.raises(NotAsked, match=r"127\.0\.0\.2"):
        public.ask("GET", url)
    assert len(httpserver.log) == 1


def test_a_redirect_is_told_and_not_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("", status=302, headers={"Location": "http://10.0.0.1/"})
    assert web().ask("HEAD", f"http://127.0.0.1:{httpserver.port}/") == Reply(302, "http://10.0.0.1/")


def test_proxies_of_the_environment_are_not_used(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    httpserver.expect_request("/").respond_with_data("ok")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert web().ask("GET", f"http://127.0.0.1:{httpserver.port}/").status == 200


@pytest.mark.parametrize("url", ["ftp://example.org/", "file:///etc/passwd", "gopher://example.org", "https:///x"])
def test_only_the_web_is_asked(url: str) -> None:
    with pytest.raises((NotAsked, NoAnswer)):
        web().ask("GET", url)


def test_no_port_is_asked_but_those_of_the_web(httpserver: HTTPServer) -> None:
    public = PublicWeb(seconds=2, allowed=is_here)
    with pytest.raises(NotAsked, match=f"leads to port {httpserver.port}, which is none of the web"):
        public.ask("GET", f"http://127.0.0.1:{httpserver.port}/")
    assert httpserver.log == []


def test_a_name_that_is_not_in_the_dns() -> None:
    def unknown(_: str) -> list[IpAddress]:
        raise OSError("Name or service not known")

    with pytest.raises(NoAnswer, match=r"has a host that the DNS does not know: gone\.example"):
        PublicWeb(resolve=unknown).ask("GET", "https://gone.example/")


def test_a_port_where_nobody_listens_and_one_that_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(NoAnswer, match=r"does not answer within 0\.2 seconds"):
            PublicWeb(seconds=0.2, allowed=is_here, ports=ANY_PORT).ask("GET", f"http://127.0.0.1:{port}/")
    with pytest.raises(NoAnswer, match="cannot be reached"):
        web().ask("GET", f"http://127.0.0.1:{port}/")


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[HTTPServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("bridge.example").configure_cert(context)
    with HTTPServer(host="127.0.0.1", ssl_context=context) as server:
        server.expect_request("/").respond_with_data("ok")
        yield server


def test_a_certificate_is_held_against_the_name_and_not_the_address(secure: HTTPServer, authority: trustme.CA) -> None:
    resolve = resolving(bridge_example="127.0.0.1", other_example="127.0.0.1")
    with authority.cert_pem.tempfile() as file:
        public = PublicWeb(seconds=2, resolve=resolve, allowed=is_here, authorities=file, ports=ANY_PORT)
    assert public.ask("GET", f"https://bridge.example:{secure.port}/").status == 200
    with pytest.raises(NoAnswer, match="has no valid certificate"):
        public.ask("GET", f"https://other.example:{secure.port}/")
    with pytest.raises(NoAnswer, match="has no valid certificate"):
        PublicWeb(seconds=2, resolve=resolve, allowed=is_here, ports=ANY_PORT).ask(
            "GET", f"https://bridge.example:{secure.port}/"
        )
