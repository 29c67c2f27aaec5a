"""The resolver: what is there, what is not, and what no server tells are three different things."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from dispatch.inspection.dns import DnsTrouble, NoSuchName, Resolver
from dispatch.testing.dns_server import DnsServer
from inspection.zones import rsa_key, txt

ZONE = f"""\
river.example. IN TXT "v=spf1 " "-all"
river.example. IN TXT "another"
river.example. IN MX 20 b.river.example.
river.example. IN MX 10 a.river.example.
a.river.example. IN A 192.0.2.1
b.river.example. IN AAAA 2001:db8::1
alias.river.example. IN CNAME river.example.
empty.deep.river.example. IN A 192.0.2.1
{txt("long.river.example", rsa_key(4096))}"""


@pytest.fixture
def server() -> Iterator[DnsServer]:
    with DnsServer(ZONE) as server:
        yield server


@pytest.fixture
def resolver(server: DnsServer) -> Resolver:
    return Resolver(["127.0.0.1"], port=server.port, seconds=1)


def test_the_strings_of_a_text_are_one(resolver: Resolver) -> None:
    assert sorted(resolver.texts("river.example")) == ["another", "v=spf1 -all"]


def test_an_alias_is_followed(resolver: Resolver) -> None:
    assert "another" in resolver.texts("alias.river.example")


def test_a_name_of_another_alphabet_is_asked_as_it_travels(resolver: Resolver, server: DnsServer) -> None:
    assert resolver.texts("flüsse.example") == []
    assert server.asked == [("udp", "xn--flsse-lva.example.", "TXT")]


def test_what_is_not_there_is_no_trouble(resolver: Resolver) -> None:
    assert resolver.texts("a.river.example") == []
    assert resolver.texts("nowhere.example") == []
    assert resolver.records("deep.river.example", "MX") == []
    with pytest.raises(NoSuchName):
        resolver.records("nowhere.example", "MX")


@pytest.mark.parametrize(("name", "has"), [("a", True), ("b", True), ("long", False), ("nowhere", False)])
def test_addresses_of_both_kinds(resolver: Resolver, name: str, has: bool) -> None:
    assert resolver.has_address(f"{name}.river.example") is has


def test_what_is_too_long_for_udp_is_asked_over_tcp(resolver: Resolver, server: DnsServer) -> None:
    assert resolver.texts("long.river.example") == [rsa_key(4096)]
    assert [transport for transport, _, _ in server.asked] == ["udp", "tcp"]


def test_a_question_is_asked_once(resolver: Resolver, server: DnsServer) -> None:
    for _ in range(3):
        resolver.texts("river.example")
    assert len(server.asked) == 1


@pytest.mark.parametrize("code", ["SERVFAIL", "REFUSED"])
def test_a_server_that_does_not_tell(resolver: Resolver, server: DnsServer, code: str) -> None:
    server.faults["river.example."] = code
    with pytest.raises(DnsTrouble, match=f"do not tell about river.example: {code}"):
        resolver.texts("river.example")


def test_silence(server: DnsServer) -> None:
    server.faults["river.example."] = "silence"
    began = time.monotonic()
    with pytest.raises(DnsTrouble, match=r"no name server tells about river\.example within 2 seconds"):
        Resolver(["127.0.0.1"], port=server.port, seconds=2).texts("river.example")
    assert time.monotonic() - began < 10, "the resolver has a time limit of its own"
    assert len(server.asked) > 1, "a datagram may be lost"


def test_no_server_is_there() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(DnsTrouble, match=r"river\.example"):
        Resolver(["127.0.0.1"], port=port, seconds=0.3).texts("river.example")


@pytest.mark.parametrize("name", ["a..b", f"{'x' * 64}.example"])
def test_a_name_that_no_name_can_be(resolver: Resolver, name: str) -> None:
    with pytest.raises(DnsTrouble, match="cannot be asked about"):
        resolver.texts(name)
