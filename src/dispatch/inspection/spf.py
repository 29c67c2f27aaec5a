"""SPF as a receiver reads it, without asking for any one sender: look-ups counted, mistakes found (RFC 7208)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import NamedTuple

from dispatch.inspection.dns import NoSuchName, Resolver

MOST_LOOKUPS = 10
"""RFC 7208 §4.6.4: whoever needs more gets a permerror, as if nothing were published."""

_MOST_VOID = 2
_ENOUGH = 40  # look-ups after which the sum does not matter any more
_ASKING = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
_MECHANISM = re.compile(
    r"(?P<qualifier>[+?~-]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)(?::(?P<value>[^/\s]+))?(?:/\S*)?",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"(?P<name>[a-z][a-z0-9_.-]*)=(?P<value>\S*)", re.IGNORECASE)
_FALLBACKS = {"": "pass", "+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}


class _Term(NamedTuple):
    """One word of a record: `-all`, `include:example.org`, `redirect=example.org`."""

    qualifier: str
    name: str
    value: str


@dataclass
class Reading:
    """What came of reading a domain's record with all that it includes."""

    record: str
    lookups: int = 0
    void: int = 0  # look-ups that found nothing
    faults: list[str] = field(default_factory=list)  # each makes the record invalid
    everybody: str = ""  # the domain whose record lets everybody send, if any does
    mechanisms: set[str] = field(default_factory=set)  # of all records, in lower case: `include:example.org`
    fallback: str = ""  # what is said of all others: fail, softfail, neutral, pass; empty where nothing is


def spf_records(texts: list[str]) -> list[str]:
    """Those TXT records that are SPF (RFC 7208 §4.5)."""
    return [text for text in texts if re.match(r"v=spf1( |$)", text, re.IGNORECASE)]


def read_spf(domain: str, record: str, resolver: Resolver) -> Reading:
    """Read a record to its end, every include followed; raises DnsTrouble."""
    reading = Reading(record)
    reading.fallback = _read(domain, record, resolver, reading)
    if reading.lookups > MOST_LOOKUPS:
        count = f"{reading.lookups}" if reading.lookups <= _ENOUGH else f"more than {_ENOUGH}"
        reading.faults.append(f"it takes {count} look-ups, and receivers stop at {MOST_LOOKUPS}")
    if reading.void > _MOST_VOID:
        reading.faults.append(f"{reading.void} of its look-ups find nothing, and receivers stop at {_MOST_VOID}")
    return reading


def with_mechanism(record: str, mechanism: str) -> str:
    """A record to which a mechanism was added, before what it says of all others."""
    terms = record.split()
    last = re.compile(r"[+?~-]?all|redirect=.*", re.IGNORECASE)
    place = next((index for index, term in enumerate(terms) if last.fullmatch(term)), len(terms))
    return " ".join([*terms[:place], mechanism, *terms[place:]])


def _read(domain: str, record: str, resolver: Resolver, reading: Reading) -> str:
    """Add one record to the reading; gives what it says of all others."""
    redirect = ""
    for word in record.split()[1:]:
        term = _term(word)
        if not term:
            reading.faults.append(f"{domain} says “{word}”, which SPF does not know")
        elif term.name == "all":  # RFC 7208 §5.1: what stands behind it is passed over, a redirect wherever it stands
            if term.qualifier in ("", "+"):
                reading.everybody = reading.everybody or domain
            return _FALLBACKS[term.qualifier]
        elif term.name == "redirect":
            redirect = term.value
        else:
            reading.mechanisms.add(word.lower().removeprefix("+"))
            _look_up(domain, term, resolver, reading)
    return _follow("redirect", redirect, resolver, reading) if redirect else ""


def _look_up(domain: str, term: _Term, resolver: Resolver, reading: Reading) -> None:
    if term.name == "include":
        _follow("include", term.value, resolver, reading)
    elif term.name in _ASKING:
        reading.lookups += 1
        target = term.value or domain
        if term.name in ("a", "mx") and "%{" not in target and reading.lookups <= _ENOUGH:
            reading.void += not _finds(target, term.name, resolver)


def _follow(name: str, target: str, resolver: Resolver, reading: Reading) -> str:
    """Read the record that an include or a redirect leads to; gives what it says of all others."""
    reading.lookups += 1
    if "%{" in target or reading.lookups > _ENOUGH:  # only a message could fill a macro (RFC 7208 §7)
        return ""
    records = spf_records(resolver.texts(target))
    if len(records) == 1:
        return _read(target, records[0], resolver, reading)
    what = "has more than one SPF record" if records else "has no SPF record"
    reading.faults.append(f"{name} leads to {target}, which {what}")
    return ""


def _finds(target: str, name: str, resolver: Resolver) -> bool:
    if name == "a":
        return resolver.has_address(target)
    try:
        return bool(resolver.mail_hosts(target))
    except NoSuchName:
        return False


def _term(word: str) -> _Term | None:
    """A word of a record; None for one at which receivers stop (RFC 7208 §4.6.1). Unknown modifiers are no fault."""
    modifier = _MODIFIER.fullmatch(word)
    if modifier:
        return _Term("", modifier["name"].lower(), modifier["value"])
    match = _MECHANISM.fullmatch(word)
    if not match:
        return None
    name, value = match["name"].lower(), match["value"] or ""
    if name in ("ip4", "ip6"):
        try:
            version = ip_network(word.partition(":")[2], strict=False).version
        except ValueError:
            return None
        return _Term(match["qualifier"], name, value) if version == int(name[2]) else None
    needs_value = name in ("include", "exists")
    if (needs_value and not value) or (name == "all" and word.lower().lstrip("+?~-") != "all"):
        return None
    return _Term(match["qualifier"], name, value)
