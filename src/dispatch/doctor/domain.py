"""The sender's domain in the DNS: whether mailbox providers can tell that the mail is ours."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.doctor.case import Case, NotExamined, domain_of
from dispatch.doctor.examination import DnsRecord, Observation, error, ok, warning
from dispatch.inspection.dkim import read_key
from dispatch.inspection.dmarc import Walk, aligned, walk_up
from dispatch.inspection.dns import NoSuchName, Resolver
from dispatch.inspection.spf import Reading, read_spf, spf_records, with_mechanism

_SHORTEST_RSA, _GOOD_RSA = 1024, 2048  # RFC 8301 §3.2

_WHO_WANTS_IT = "Gmail, Yahoo and Microsoft want it of everybody who mails many."


def spf(case: Case) -> Iterator[Observation]:
    """The domain in MAIL FROM has one SPF record, which receivers can read to its end and which lets not everybody send.

    Receivers stop at ten look-ups, includes counted, and at two that find nothing (RFC 7208 §4.6.4): then the record
    is worth nothing. Which domain it is depends on the provider; some use one of their own.
    """
    case.require_real_mail()
    known = case.authentication
    domain = known.return_path
    if not domain:
        raise NotExamined(f"SPF is asked of the domain that {case.config.provider} puts into MAIL FROM, its own")
    records = spf_records(case.resolver.texts(domain))
    if not records:
        record = DnsRecord(domain, "TXT", f"v=spf1 {known.spf or 'mx'} ~all")
        doubt = "" if known.spf_is_certain else f", or what {case.config.provider} names in the place of `{known.spf}`"
        yield error(spf, f"{domain} has no SPF record: {_WHO_WANTS_IT}", f"Publish this{doubt}.", record)
    elif len(records) > 1:
        yield error(
            spf,
            f"{domain} has {len(records)} SPF records, and receivers then heed none (RFC 7208 §4.5)",
            f"Make one of them: {' + '.join(records)}",
        )
    else:
        yield from _judge_spf(case, domain, read_spf(domain, records[0], case.resolver))


def _judge_spf(case: Case, domain: str, reading: Reading) -> Iterator[Observation]:
    known = case.authentication
    lacking = known.spf_is_certain and bool(known.spf) and known.spf.lower() not in reading.mechanisms
    for fault in reading.faults:
        yield error(spf, f"the SPF record of {domain} is invalid: {fault}", f"Mend it; it says now: {reading.record}")
    if reading.everybody:
        yield error(
            spf,
            f"the SPF record of {reading.everybody} lets everybody send (+all), which is what forgers want",
            "End it with ~all or -all.",
        )
    if lacking:
        record = DnsRecord(domain, "TXT", with_mechanism(reading.record, known.spf))
        yield error(
            spf, f"the SPF record of {domain} does not let {case.config.provider} send", "Publish this.", record
        )
    elif not reading.faults and not reading.everybody:
        if reading.fallback in ("fail", "softfail"):
            yield ok(spf, f"{domain} has an SPF record with {reading.lookups} of at most 10 look-ups: {reading.record}")
        else:
            yield warning(
                spf, f"the SPF record of {domain} says nothing about others: {reading.record}", "End it with ~all."
            )


def dkim(case: Case) -> Iterator[Observation]:
    """The key that the provider signs with is published, and long enough.

    Where it stands depends on the selector: `s=` in the DKIM-Signature of a mail that you got from the provider. It is
    taken from the provider where it tells, else from `--selector` or the setting `dkim_selector`.
    """
    case.require_real_mail()
    keys = _keys(case)
    if not keys:
        raise NotExamined(
            "the selector is not known; it is s= in the DKIM-Signature of a test mail: dispatch doctor --selector S"
        )
    for selector, domain in keys:
        yield from _judge_key(case, f"{selector}._domainkey.{domain}")


def _keys(case: Case) -> tuple[tuple[str, str], ...]:
    """Selector and domain of each key that signs, as far as they are known."""
    selector = case.config.dkim_selector
    return ((selector, case.authentication.signer or case.domain),) if selector else case.authentication.dkim


def _judge_key(case: Case, name: str) -> Iterator[Observation]:
    texts = case.resolver.texts(name)
    publish = f"Publish the key that {case.config.provider} shows for the domain, in the place of p=…"
    record = DnsRecord(name, "TXT", "v=DKIM1; k=rsa; p=…")
    if not texts:
        yield error(dkim, f"there is no DKIM key at {name}: {_WHO_WANTS_IT}", publish, record)
        return
    if len(texts) > 1:
        yield error(dkim, f"there are {len(texts)} records at {name}, and only one may be there", "Delete the old one.")
        return
    try:
        key = read_key(texts[0])
    except ValueError as reason:
        yield error(dkim, f"the DKIM key at {name} cannot be used: {reason}", publish, record)
        return
    if key.revoked:
        yield error(dkim, f"the DKIM key at {name} is revoked: its p= is empty", publish, record)
    elif key.algorithm == "rsa" and key.bits < _SHORTEST_RSA:
        yield error(
            dkim, f"the DKIM key at {name} has {key.bits} bits, and receivers want {_SHORTEST_RSA}", publish, record
        )
    elif key.testing:
        yield warning(
            dkim, f"the DKIM key at {name} says t=y: it is for testing, and counts for nothing", "Take t=y out."
        )
    elif key.algorithm == "rsa" and key.bits < _GOOD_RSA:
        yield warning(
            dkim,
            f"the DKIM key at {name} has {key.bits} bits, and should have {_GOOD_RSA} (RFC 8301)",
            "Let the provider make a new one.",
        )
    else:
        yield ok(dkim, f"the DKIM key at {name} has {key.bits} bits ({key.algorithm})")


def dmarc(case: Case) -> Iterator[Observation]:
    """The From domain or its organisation has a DMARC policy, and what authenticates the mail is of the same organisation.

    The organisation is found by walking up the DNS (RFC 9989 §4.10). `p=none` is enough for mailbox providers; it asks
    them to do nothing about forgeries, and without `rua` nobody even hears of them.
    """
    case.require_real_mail()
    domain = case.domain
    walk = walk_up(domain, case.resolver)
    policy = walk.policy
    begin = DnsRecord(f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=none; rua=mailto:{_reports_to(case)}")
    for surplus in walk.surplus:
        yield error(
            dmarc, f"there are several DMARC records at _dmarc.{surplus}, and none counts", "Delete all but one."
        )
    if not policy:
        if not walk.surplus:
            yield error(dmarc, f"{domain} has no DMARC policy: {_WHO_WANTS_IT}", "Publish this.", begin)
        return
    wish = policy.wish_for(domain)
    if wish == "none" and "rua" not in policy.tags:
        record = DnsRecord(
            f"_dmarc.{policy.domain}", "TXT", f"{policy.record.rstrip('; ')}; rua=mailto:{_reports_to(case)}"
        )
        yield warning(
            dmarc,
            f"the DMARC policy of {policy.domain} is p=none without reports: nobody acts on forgeries, nobody tells you",
            "Publish this.",
            record,
        )
    else:
        later = (
            "Once the reports show that all your mail passes, p=quarantine protects your name."
            if wish == "none"
            else ""
        )
        yield ok(dmarc, f"the DMARC policy of {policy.domain} for {domain} is {wish}", later)
    yield from _alignment(case, walk)


def _alignment(case: Case, walk: Walk) -> Iterator[Observation]:
    """Which of the domains that authenticate the mail speak for From, as far as they are known."""
    policy = walk.policy
    identifiers = [("SPF", "aspf", case.authentication.return_path)]
    identifiers += [("DKIM", "adkim", domain) for _, domain in _keys(case)]
    known = [(name, tag, other) for name, tag, other in identifiers if other]
    speaking = [
        f"{name} of {other}"
        for name, tag, other in known
        if aligned(walk, walk_up(other, case.resolver), strict=bool(policy and policy.strict(tag)))
    ]
    if speaking:
        yield ok(dmarc, f"From is aligned with {' and with '.join(speaking)}")
    elif known:
        others = ", ".join(f"{name} of {other}" for name, _, other in known)
        yield error(
            dmarc,
            f"nothing that authenticates the mail speaks for {walk.domain}: {others}",
            f"Set up {walk.domain} at {case.config.provider} as a sending domain, or change `from`.",
        )


def _reports_to(case: Case) -> str:
    """An address at the From domain itself: another domain would have to agree (RFC 7489 §7.1)."""
    reply_to = case.config.reply_to
    if reply_to and domain_of(reply_to.address) == case.domain:
        return reply_to.address
    return case.config.from_.address


def mail_hosts(case: Case) -> Iterator[Observation]:
    """The domains of From, Reply-To and unsubscribe.mailto take mail, so that readers can answer.

    Microsoft wants From or Reply-To to take replies, and receivers refuse mail from a domain with a null MX (RFC 7505
    §4.2). Without an MX record mail goes to the address of the domain itself (RFC 5321 §5.1).
    """
    case.require_real_mail()
    config = case.config
    addresses = [("from", config.from_.address)]
    if config.reply_to:
        addresses.append(("reply_to", config.reply_to.address))
    if config.unsubscribe.mailto:
        addresses.append(("unsubscribe.mailto", config.unsubscribe.mailto))
    settings_of: dict[str, list[str]] = {}
    for name, address in addresses:
        settings_of.setdefault(domain_of(address), []).append(name)
    for domain, names in settings_of.items():
        yield _judge_hosts(domain, " and ".join(names), case.resolver)


def _judge_hosts(domain: str, of: str, resolver: Resolver) -> Observation:
    change = f"Give {domain} a mail server, or change {of}."
    try:
        hosts = resolver.mail_hosts(domain)
    except NoSuchName:
        return error(mail_hosts, f"{domain} ({of}) is not in the DNS", "Register it, or look for a slip in its name.")
    if "." in hosts:
        return error(mail_hosts, f"{domain} ({of}) says that it takes no mail (null MX, RFC 7505)", change)
    if not hosts:
        if resolver.has_address(domain):
            return warning(
                mail_hosts, f"{domain} ({of}) has no MX record, so mail for it goes to its web server", change
            )
        return error(mail_hosts, f"{domain} ({of}) takes no mail: it has neither an MX record nor an address", change)
    there = [host for host in hosts if resolver.has_address(host)]
    if not there:
        return error(
            mail_hosts, f"none of the mail servers of {domain} ({of}) has an address: {', '.join(hosts)}", change
        )
    return ok(mail_hosts, f"{domain} ({of}) takes mail at {', '.join(sorted(there, key=hosts.__getitem__))}")
