"""SPF: records are read as receivers read them, who stop at ten look-ups and at the first mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dispatch.inspection.dns import DnsTrouble, Resolver
from dispatch.inspection.spf import Reading, read_spf, spf_records, with_mechanism
from dispatch.testing.dns_server import DnsServer
from inspection.zones import txt

Read = Callable[..., Reading]


@pytest.fixture
def server() -> Iterator[DnsServer]:
    with DnsServer("mail.example. IN A 192.0.2.1\nmail.example. IN MX 10 mail.example.\n") as server:
        yield server


@pytest.fixture
def read(server: DnsServer) -> Read:
    """Reads the record of river.example, where others include what is given by name."""

    def read(record: str, **others: str) -> Reading:
        for name, other in others.items():
            server.add(txt(f"{name}.example", other))
        return read_spf("river.example", record, Resolver(["127.0.0.1"], port=server.port, seconds=1))

    return read


def test_only_one_version_is_spf() -> None:
    texts = ["v=spf1 -all", "V=SPF1", "v=spf10 -all", "v=spf1-all", " v=spf1", "google-site-verification=x"]
    assert spf_records(texts) == ["v=spf1 -all", "V=SPF1"]


@pytest.mark.parametrize(
    ("record", "lookups"),
    [
        ("v=spf1 -all", 0),
        ("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ?all", 0),
        ("v=spf1 a:mail.example mx:mail.example a:mail.example/24 mx:mail.example//64 exists:%{i}.x.example ~all", 5),
        ("v=spf1 include:one.example include:two.example -all", 4),
        ("v=spf1 include:one.example -all include:two.example", 1),
        ("v=spf1 redirect=two.example", 3),
        ("v=spf1 redirect=two.example -all", 0),
        ("v=spf1 include:%{d}.example exp=why.example unknown=x -all", 1),
    ],
)
def test_look_ups_are_counted_to_the_end(read: Read, record: str, lookups: int) -> None:
    reading = read(record, one="v=spf1 ip4:192.0.2.1 -all", two="v=spf1 include:one.example a:mail.example -all")
    assert (reading.lookups, reading.faults) == (lookups, [])


def test_ten_look_ups_are_allowed(read: Read) -> None:
    assert read(f"v=spf1 {' '.join(['a:mail.example'] * 10)} -all").faults == []


def test_eleven_are_not(read: Read) -> None:
    reading = read("v=spf1 include:many.example -all", many=f"v=spf1 {' '.join(['a:mail.example'] * 10)} -all")
    assert reading.faults == ["it takes 11 look-ups, and receivers stop at 10"]


def test_a_circle_has_an_end(read: Read, server: DnsServer) -> None:
    reading = read(
        "v=spf1 include:one.example -all", one="v=spf1 include:two.example", two="v=spf1 include:one.example"
    )
    assert reading.faults == ["it takes more than 40 look-ups, and receivers stop at 10"]
    assert len(server.asked) < 10


def test_three_look_ups_that_find_nothing(read: Read) -> None:
    assert read("v=spf1 a:x.example mx:y.example -all").faults == []
    assert read("v=spf1 a:x.example mx:y.example mx -all").faults == [
        "3 of its look-ups find nothing, and receivers stop at 2"
    ]


def test_an_include_that_leads_nowhere(read: Read) -> None:
    assert read("v=spf1 include:x.example -all").faults == ["include leads to x.example, which has no SPF record"]
    assert read("v=spf1 redirect=x.example").faults == ["redirect leads to x.example, which has no SPF record"]


def test_an_include_with_two_records(read: Read, server: DnsServer) -> None:
    server.add(txt("one.example", "v=spf1 -all") + txt("one.example", "v=spf1 ~all"))
    assert read("v=spf1 include:one.example -all").faults == [
        "include leads to one.example, which has more than one SPF record"
    ]


@pytest.mark.parametrize(
    "word",
    ["ip4:192.0.2", "ip4:2001:db8::1", "ip6:192.0.2.1", "include", "include:", "ipv4:192.0.2.1", "all:x", "mail"],
)
def test_a_word_that_spf_does_not_know(read: Read, word: str) -> None:
    assert read(f"v=spf1 {word} -all").faults == [f"river.example says “{word}”, which SPF does not know"]


@pytest.mark.parametrize("word", ["all", "+all", "+ALL"])
def test_everybody_may_send(read: Read, word: str) -> None:
    assert read(f"v=spf1 {word}").everybody == "river.example"
    assert read("v=spf1 include:open.example -all", open=f"v=spf1 {word}").everybody == "open.example"


@pytest.mark.parametrize(
    ("record", "fallback"),
    [
        ("v=spf1 -all", "fail"),
        ("v=spf1 ~all", "softfail"),
        ("v=spf1 ?all", "neutral"),
        ("v=spf1 mx:mail.example", ""),
        ("v=spf1 include:one.example", ""),
        ("v=spf1 redirect=one.example", "fail"),
    ],
)
def test_what_is_said_of_all_others(read: Read, record: str, fallback: str) -> None:
    assert read(record, one="v=spf1 -all").fallback == fallback


def test_what_is_included_is_known(read: Read) -> None:
    reading = read(
        "v=spf1 +Include:ONE.example -all", one="v=spf1 include:two.example -all", two="v=spf1 ip4:192.0.2.1"
    )
    assert reading.mechanisms == {"include:one.example", "include:two.example", "ip4:192.0.2.1"}


def test_a_server_that_does_not_tell(read: Read, server: DnsServer) -> None:
    server.faults["one.example."] = "SERVFAIL"
    with pytest.raises(DnsTrouble, match=r"one\.example: SERVFAIL"):
        read("v=spf1 include:one.example -all")


@pytest.mark.parametrize(
    ("record", "becomes"),
    [
        ("v=spf1 mx -all", "v=spf1 mx include:x.example -all"),
        ("v=spf1 redirect=y.example", "v=spf1 include:x.example redirect=y.example"),
        ("v=spf1 mx", "v=spf1 mx include:x.example"),
    ],
)
def test_a_mechanism_is_added_where_it_counts(record: str, becomes: str) -> None:
    assert with_mechanism(record, "include:x.example") == becomes
