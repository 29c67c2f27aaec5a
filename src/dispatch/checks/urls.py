"""Addresses of links, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, urlsplit

from dispatch.checks.evidence import Evidence
from dispatch.checks.parts import WrittenLink
from dispatch.content.richtext import MergeField
from dispatch.rendering.escaping import SCHEMES

OPEN = "…"
"""Stands for a merge field inside an address."""

# In host:8000 the host is no scheme, nor is it in example.org:8000, though RFC 3986 §3.1 lets a scheme have dots.
_SCHEME = re.compile(rf"({'|'.join(SCHEMES)}|[a-z][a-z0-9+-]*(?!:\d)):", re.IGNORECASE)


def written_urls(evidence: Evidence) -> Iterator[tuple[WrittenLink, str]]:
    """Every link with its address, merge fields as `…`; those that begin with one are known only person by person."""
    for link in evidence.links:
        if link.url and isinstance(link.url[0], MergeField):
            continue
        yield link, "".join(OPEN if isinstance(part, MergeField) else part.text for part in link.url).strip()


def web_addresses(evidence: Evidence) -> Iterator[tuple[WrittenLink, str]]:
    """The links into the web whose address is the same for everybody."""
    for link, url in written_urls(evidence):
        if OPEN not in url and host_of(url):
            yield link, url


def scheme_of(url: str) -> str:
    """What stands before the colon, in lower case; empty where nothing does."""
    match = _SCHEME.match(url)
    return match[1].lower() if match else ""


def host_of(url: str) -> str:
    """The host of a web address; empty where there is none."""
    parts = split(url)
    return parts.hostname or "" if parts and parts.scheme in {"https", "http"} else ""


def split(url: str) -> SplitResult | None:
    """An address in parts; None where it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises as well
    except ValueError:
        return None
    return parts


def names_in_query(url: str) -> list[str]:
    """The names of its parameters, in order."""
    parts = split(url)
    return [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)] if parts else []


def same_page(url: str) -> str:
    """What two addresses of one page have in common: the scheme, a slash at the end and a place in it do not count."""
    parts = split(url)
    if parts is None:
        return url
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{f':{parts.port}' if parts.port else ''}{parts.path.rstrip('/')}{f'?{parts.query}' if parts.query else ''}"
