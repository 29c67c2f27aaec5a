"""The sender's domain: each mistake that makes mailbox providers refuse mail is told, with the record to publish."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.doctor.case import Case
from dispatch.doctor.domain import dkim, dmarc, mail_hosts, spf
from dispatch.doctor.examination import DnsRecord, Examination
from dispatch.providers.provider import Authentication
from dispatch.testing.dns_server import DnsServer
from doctor.conftest import Open
from doctor.looks import look, only, verdicts
from inspection.zones import rsa_key, txt
from newsletter import configure

pytestmark = pytest.mark.usefixtures("real")

DOMAIN = "crossings.example"
ALL: list[Examination] = [spf, dkim, dmarc, mail_hosts]


@pytest.fixture
def known(case: Open) -> Callable[..., Case]:
    """The case of a provider of which this is known."""

    def known(**facts: object) -> Case:
        return dataclasses.replace(case(), authentication=Authentication(**facts))  # type: ignore[arg-type]

    return known


# --- SPF -----------------------------------------------------------------------------------------


def test_a_record_in_order(case: Open, dns: DnsServer) -> None:
    dns.add(txt(DOMAIN, "v=spf1 include:carrier.example -all") + txt("carrier.example", "v=spf1 ip4:192.0.2.1 -all"))
    seen = only(spf, case())
    assert (seen.verdict, seen.message) == (
        "ok",
        "crossings.example has an SPF record with 1 of at most 10 look-ups: v=spf1 include:carrier.example -all",
    )


def test_no_record(case: Open, dns: DnsServer) -> None:
    dns.add(txt(DOMAIN, "google-site-verification=x"))
    seen = only(spf, case())
    assert (seen.verdict, "has no SPF record" in seen.message) == ("error", True)
    assert seen.record == DnsRecord(DOMAIN, "TXT", "v=spf1 a:mail.crossings.example ~all")


def test_two_records(case: Open, dns: DnsServer) -> None:
    dns.add(txt(DOMAIN, "v=spf1 mx -all") + txt(DOMAIN, "v=spf1 a -all"))
    seen = only(spf, case())
    assert (seen.verdict, "has 2 SPF records, and receivers then heed none" in seen.message) == ("error", True)
    assert "v=spf1 mx -all" in seen.hint
    assert "v=spf1 a -all" in seen.hint


def test_eleven_look_ups(case: Open, dns: DnsServer) -> None:
    names = [f"n{number}.example" for number in range(11)]
    dns.add(txt(DOMAIN, f"v=spf1 {' '.join(f'include:{name}' for name in names)} -all"))
    for name in names:
        dns.add(txt(name, "v=spf1 ip4:192.0.2.1 -all"))
    seen = only(spf, case())
    assert (seen.verdict, "invalid: it takes 11 look-ups, and receivers stop at 10" in seen.message) == ("error", True)


def test_everybody_may_send(case: Open, dns: DnsServer) -> None:
    dns.add(txt(DOMAIN, "v=spf1 +all"))
    seen = only(spf, case())
    assert (seen.verdict, "lets everybody send (+all)" in seen.message) == ("error", True)


@pytest.mark.parametrize("record", ["v=spf1 ip4:192.0.2.1", "v=spf1 ip4:192.0.2.1 ?all"])
def test_a_record_that_says_nothing_of_others(case: Open, dns: DnsServer, record: str) -> None:
    dns.add(txt(DOMAIN, record))
    assert only(spf, case()).verdict == "warning"


def test_a_record_without_the_provider(known: Callable[..., Case], dns: DnsServer) -> None:
    dns.add(txt("mg.crossings.example", "v=spf1 mx:crossings.example ip4:192.0.2.1 -all"))
    dns.add("crossings.example. IN MX 10 mail.crossings.example.\n")
    seen = only(spf, known(return_path="mg.crossings.example", spf="include:carrier.example"))
    assert (seen.verdict, "does not let smtp send" in seen.message) == ("error", True)
    assert seen.record == DnsRecord(
        "mg.crossings.example",
        "TXT",
        "v=spf1 mx:crossings.example ip4:192.0.2.1 include:carrier.example -all",
    )


def test_a_provider_with_a_return_path_of_its_own(known: Callable[..., Case], dns: DnsServer) -> None:
    assert only(spf, known()).verdict == "skipped"
    assert dns.asked == []


# --- DKIM ----------------------------------------------------------------------------------------

KEY_AT = "s1._domainkey.crossings.example"


def test_without_a_selector_it_says_where_to_find_one(case: Open) -> None:
    seen = only(dkim, case())
    assert (seen.verdict, "dispatch doctor --selector S" in seen.message) == ("skipped", True)


@pytest.mark.parametrize(
    ("record", "verdict", "says"),
    [
        (f"v=DKIM1; k=rsa; p={rsa_key(2048)}", "ok", "has 2048 bits (rsa)"),
        (f"v=DKIM1; k=rsa; p={rsa_key(1024)}", "warning", "has 1024 bits, and should have 2048"),
        (f"v=DKIM1; k=rsa; p={rsa_key(768)}", "error", "has 768 bits, and receivers want 1024"),
        ("v=DKIM1; k=rsa; p=", "error", "is revoked"),
        (f"v=DKIM1; t=y; p={rsa_key(2048)}", "warning", "it is for testing"),
        (f"v=DKIM1; p={rsa_key(2048)[:100]}", "error", "perhaps a part was lost"),
        ("", "error", "there is no DKIM key"),
    ],
)
def test_a_key(case: Open, real: Path, dns: DnsServer, record: str, verdict: str, says: str) -> None:
    configure(real, "dkim_selector: s1\n")
    if record:
        dns.add(txt(KEY_AT, record))
    seen = only(dkim, case())
    assert (seen.verdict, says in seen.message, KEY_AT in seen.message) == (verdict, True, True)
    assert (seen.record is not None) is (verdict == "error")


def test_a_key_behind_an_alias_too_long_for_udp(case: Open, real: Path, dns: DnsServer) -> None:
    configure(real, "dkim_selector: s1\n")
    dns.add(f"{KEY_AT}. IN CNAME s1.carrier.example.\n" + txt("s1.carrier.example", f"v=DKIM1; p={rsa_key(4096)}"))
    assert "has 4096 bits" in only(dkim, case()).message
    assert [transport for transport, _, _ in dns.asked] == ["udp", "tcp"]


def test_two_keys_in_one_place(case: Open, real: Path, dns: DnsServer) -> None:
    configure(real, "dkim_selector: s1\n")
    dns.add(txt(KEY_AT, "v=DKIM1; p=") + txt(KEY_AT, f"v=DKIM1; p={rsa_key(2048)}"))
    assert only(dkim, case()).verdict == "error"


def test_the_keys_that_the_provider_names(known: Callable[..., Case], dns: DnsServer) -> None:
    dns.add(txt("k1._domainkey.mg.crossings.example", f"v=DKIM1; p={rsa_key(2048)}"))
    seen = look(dkim, known(dkim=(("k1", "mg.crossings.example"), ("k2", "mg.crossings.example"))))
    assert verdicts(seen) == ["ok", "error"]


def test_the_key_of_a_domain_of_the_providers(known: Callable[..., Case], real: Path, dns: DnsServer) -> None:
    configure(real, "dkim_selector: s1\n")
    assert only(dkim, known(signer="mg.crossings.example")).message.startswith(
        "there is no DKIM key at s1._domainkey.mg.crossings.example"
    )


# --- DMARC ---------------------------------------------------------------------------------------


def test_no_policy(case: Open) -> None:
    seen = only(dmarc, case())
    assert (seen.verdict, "crossings.example has no DMARC policy: Gmail" in seen.message) == ("error", True)
    assert seen.record == DnsRecord(
        "_dmarc.crossings.example", "TXT", "v=DMARC1; p=none; rua=mailto:news@crossings.example"
    )


def test_reports_go_to_the_domain_itself(case: Open, real: Path) -> None:
    configure(real, "reply_to: desk@crossings.example\n")
    assert "rua=mailto:desk@crossings.example" in str(only(dmarc, case()).record)


def test_reports_do_not_go_elsewhere(case: Open, real: Path) -> None:
    configure(real, "reply_to: desk@elsewhere.example\n")
    assert "rua=mailto:news@crossings.example" in str(only(dmarc, case()).record)


def test_a_policy_that_asks_for_nothing(case: Open, dns: DnsServer) -> None:
    dns.add(txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=none;"))
    seen = look(dmarc, case())[0]
    assert (seen.verdict, "nobody acts on forgeries, nobody tells you" in seen.message) == ("warning", True)
    assert seen.record == DnsRecord(
        "_dmarc.crossings.example", "TXT", "v=DMARC1; p=none; rua=mailto:news@crossings.example"
    )


def test_a_policy_that_looks_on(case: Open, dns: DnsServer) -> None:
    dns.add(txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=none; rua=mailto:d@crossings.example"))
    seen = look(dmarc, case())[0]
    assert (seen.verdict, "p=quarantine protects" in seen.hint) == ("ok", True)


def test_the_policy_of_the_organisation(case: Open, real: Path, dns: DnsServer) -> None:
    text = (real / "dispatch.yaml").read_text().replace("news@crossings", "news@mail.crossings")
    (real / "dispatch.yaml").write_text(text)
    dns.add(txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=reject; sp=quarantine"))
    policy, alignment = look(dmarc, case())
    assert policy.message == "the DMARC policy of crossings.example for mail.crossings.example is quarantine"
    assert alignment.message == "From is aligned with SPF of mail.crossings.example"


def test_two_policies(case: Open, dns: DnsServer) -> None:
    dns.add(txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=none") + txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=reject"))
    seen = only(dmarc, case())
    assert (seen.verdict, "several DMARC records" in seen.message) == ("error", True)


@pytest.mark.parametrize(
    ("policy", "facts", "verdict", "says"),
    [
        ("", {"return_path": "bounces.crossings.example"}, "ok", "aligned with SPF of bounces.crossings.example"),
        ("; aspf=s", {"return_path": "bounces.crossings.example"}, "error", "nothing that authenticates the mail"),
        ("", {"return_path": "carrier.example"}, "error", "SPF of carrier.example"),
        (
            "; adkim=s",
            {"return_path": "carrier.example", "dkim": (("k1", DOMAIN),)},
            "ok",
            "aligned with DKIM of crossings.example",
        ),
    ],
)
def test_alignment(
    known: Callable[..., Case], dns: DnsServer, policy: str, facts: dict[str, object], verdict: str, says: str
) -> None:
    dns.add(txt(f"_dmarc.{DOMAIN}", f"v=DMARC1; p=reject{policy}"))
    seen = look(dmarc, known(**facts))[1]
    assert (seen.verdict, says in seen.message) == (verdict, True)


def test_where_nothing_is_known_nothing_is_said_of_alignment(known: Callable[..., Case], dns: DnsServer) -> None:
    dns.add(txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=reject"))
    assert verdicts(look(dmarc, known())) == ["ok"]


# --- mail hosts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "verdict", "says"),
    [
        ("@ MX 20 b\n@ MX 10 a\na A 192.0.2.1\nb AAAA 2001:db8::1", "ok", "takes mail at a.crossings.example, b.cross"),
        ("@ MX 10 a\n@ MX 20 b\nb A 192.0.2.1", "ok", "takes mail at b.crossings.example"),
        ("@ MX 10 a", "error", "none of the mail servers of crossings.example (from) has an address"),
        ("@ MX 0 .", "error", "says that it takes no mail (null MX, RFC 7505)"),
        ("@ A 192.0.2.1", "warning", "mail for it goes to its web server"),
        ("@ TXT x", "error", "neither an MX record nor an address"),
        ("", "error", "is not in the DNS"),
    ],
)
def test_the_hosts_of_a_domain(case: Open, dns: DnsServer, zone: str, verdict: str, says: str) -> None:
    for name, kind, value in (line.split(maxsplit=2) for line in zone.splitlines()):
        owner = f"{DOMAIN}." if name == "@" else f"{name}.{DOMAIN}."
        within = f".{DOMAIN}." if kind == "MX" and not value.endswith(".") else ""
        dns.add(f"{owner} IN {kind} {value}{within}\n")
    seen = only(mail_hosts, case())
    assert (seen.verdict, says in seen.message) == (verdict, True)


def test_each_domain_that_readers_may_write_to(case: Open, real: Path, dns: DnsServer) -> None:
    configure(real, "reply_to: desk@desk.example\nunsubscribe: {mailto: leave@crossings.example}\n")
    dns.add(f"{DOMAIN}. IN MX 10 {DOMAIN}.\n{DOMAIN}. IN A 192.0.2.1\ndesk.example. IN MX 0 .\n")
    ours, theirs = look(mail_hosts, case())
    assert (ours.verdict, "(from and unsubscribe.mailto)" in ours.message) == ("ok", True)
    assert (theirs.verdict, "desk.example (reply_to)" in theirs.message) == ("error", True)
    assert "change reply_to" in theirs.hint


# --- all of them ---------------------------------------------------------------------------------

FIRST_ASKED = {spf: DOMAIN, dkim: KEY_AT, dmarc: f"_dmarc.{DOMAIN}", mail_hosts: DOMAIN}


@pytest.mark.parametrize("fault", ["SERVFAIL", "silence"])
@pytest.mark.parametrize("examination", ALL)
def test_what_could_not_be_found_out_is_not_fine(
    case: Open, real: Path, dns: DnsServer, examination: Examination, fault: str
) -> None:
    configure(real, "dkim_selector: s1\n")
    dns.faults[f"{FIRST_ASKED[examination]}."] = fault
    seen = only(examination, case())
    assert (seen.verdict, FIRST_ASKED[examination] in seen.message, "--offline" in seen.hint) == ("error", True, True)


@pytest.mark.parametrize("examination", ALL)
def test_the_outbox_needs_no_domain(case: Open, real: Path, dns: DnsServer, examination: Examination) -> None:
    text = (real / "dispatch.yaml").read_text().replace("provider: smtp", "provider: outbox")
    (real / "dispatch.yaml").write_text(text)
    assert only(examination, case()).message == "not looked at: outbox carries no real mail"
    assert dns.asked == []
