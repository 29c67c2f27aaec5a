"""DMARC: which record holds for a domain, and whether another domain speaks for it (RFC 9989 §4.10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dispatch.inspection.dmarc import Walk, aligned, walk_up
from dispatch.inspection.dns import Resolver
from dispatch.testing.dns_server import DnsServer
from inspection.zones import txt

Zone = Callable[..., Resolver]


@pytest.fixture
def zone() -> Iterator[Zone]:
    """Serves DMARC records by their domain."""
    with DnsServer() as server:

        def serve(**records: str) -> Resolver:
            for domain, record in records.items():
                server.add(txt(f"_dmarc.{domain.replace('_', '.')}", record))
            serve.server = server  # type: ignore[attr-defined]
            return Resolver(["127.0.0.1"], port=server.port, seconds=1)

        yield serve


def test_its_own_record(zone: Zone) -> None:
    walk = walk_up("river.example", zone(river_example="v=DMARC1; p=reject; rua=mailto:d@river.example"))
    assert walk.policy
    assert (walk.policy.domain, walk.policy.wish, walk.organisation) == ("river.example", "reject", "river.example")


def test_the_record_of_the_organisation(zone: Zone) -> None:
    """RFC 7489 §6.6.3 found it by a list of public suffixes."""
    resolver = zone(river_example="v=DMARC1; p=reject; sp=quarantine")
    walk = walk_up("news.mail.river.example", resolver)
    assert walk.policy
    assert walk.policy.domain == walk.organisation == "river.example"
    assert walk.policy.wish_for("news.mail.river.example") == "quarantine"
    assert walk.policy.wish_for("river.example") == "reject"


def test_none(zone: Zone) -> None:
    walk = walk_up("news.river.example", zone())
    assert (walk.policy, walk.organisation) == (None, "news.river.example")


def test_every_domain_above_is_asked(zone: Zone) -> None:
    walk_up("news.river.example", zone())
    asked = [name for _, name, _ in zone.server.asked]  # type: ignore[attr-defined]
    assert asked == [f"_dmarc.{domain}." for domain in ("news.river.example", "river.example", "example")]


def test_of_a_long_name_only_the_end_is_walked(zone: Zone) -> None:
    walk_up("a.b.c.d.e.f.g.h.i.river.example", zone())
    asked = [name for _, name, _ in zone.server.asked]  # type: ignore[attr-defined]
    assert len(asked) == 8
    assert asked[:3] == [
        "_dmarc.a.b.c.d.e.f.g.h.i.river.example.",
        "_dmarc.e.f.g.h.i.river.example.",
        "_dmarc.f.g.h.i.river.example.",
    ]


def test_the_record_that_is_highest_is_the_organisations(zone: Zone) -> None:
    resolver = zone(mail_river_example="v=DMARC1; p=none", river_example="v=DMARC1; p=reject")
    walk = walk_up("news.mail.river.example", resolver)
    assert walk.organisation == "river.example"
    assert walk.policy
    assert walk.policy.domain == "river.example"


def test_a_domain_that_calls_itself_the_organisation(zone: Zone) -> None:
    resolver = zone(mail_river_example="v=DMARC1; p=none; psd=n", river_example="v=DMARC1; p=reject")
    assert walk_up("news.mail.river.example", resolver).organisation == "mail.river.example"


def test_a_public_suffix_is_nobodys_organisation(zone: Zone) -> None:
    walk = walk_up("news.river.example", zone(example="v=DMARC1; p=reject; psd=y"))
    assert walk.organisation == "river.example"
    assert walk.policy
    assert walk.policy.domain == "example"


def test_two_records_are_none(zone: Zone) -> None:
    resolver = zone(river_example="v=DMARC1; p=none")
    zone(river_example="v=DMARC1; p=reject")
    walk = walk_up("river.example", resolver)
    assert (walk.policy, walk.surplus) == (None, ("river.example",))


@pytest.mark.parametrize("record", ["v=dmarc1; p=none", "v=DMARC12", "p=none; v=DMARC1", "something else"])
def test_what_is_no_record(zone: Zone, record: str) -> None:
    assert walk_up("river.example", zone(river_example=record)).policy is None


@pytest.mark.parametrize(
    "record", ["v=DMARC1", "v=DMARC1; p=maybe", "v=DMARC1; p=reject; p=none", " v = DMARC1 ;p=none"]
)
def test_a_record_without_a_wish_asks_for_nothing(zone: Zone, record: str) -> None:
    policy = walk_up("river.example", zone(river_example=record)).policy
    assert policy
    assert policy.wish == "none"


@pytest.mark.parametrize(
    ("other", "strict", "holds"),
    [
        ("river.example", True, True),
        ("bounces.river.example", False, True),
        ("bounces.river.example", True, False),
        ("carrier.example", False, False),
    ],
)
def test_alignment(zone: Zone, other: str, strict: bool, holds: bool) -> None:
    resolver = zone(river_example="v=DMARC1; p=none")
    assert aligned(walk_up("river.example", resolver), walk_up(other, resolver), strict=strict) is holds


def test_without_any_record_only_the_same_domain_is_aligned() -> None:
    assert aligned(Walk("river.example", ()), Walk("river.example", ()), strict=False)
    assert not aligned(Walk("river.example", ()), Walk("mail.river.example", ()), strict=False)
